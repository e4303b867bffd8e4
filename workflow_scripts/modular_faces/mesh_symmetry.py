"""Which point of the mesh is the mirror image of which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_IRIS_PARTNERS = (473, 476, 475, 474, 477, 468, 471, 470, 469, 472)
"""Of points 468 to 477: centre, outer side, top, inner side and bottom of both irises."""


def mesh_partners(vertices: NDArray[np.float64]) -> NDArray[np.intp]:
    """Pair every point of the mesh with its mirror image.

    Parameters
    ----------
    vertices : (468, 3) ndarray of float64
        The canonical face, x = 0 in the midline.

    Returns
    -------
    (478,) ndarray of int
        Index of the partner of each point; points in the midline are their own. The ten points of
        the irises, which the canonical face has not, are paired by their meaning.

    Raises
    ------
    ValueError
        If the face is not symmetric.
    """
    mirrored = vertices * np.array([-1.0, 1.0, 1.0])
    distances = np.linalg.norm(vertices[:, None] - mirrored[None], axis=2)
    partners = distances.argmin(axis=0)
    if not np.array_equal(partners[partners], np.arange(len(vertices))):
        raise ValueError("the canonical face is not symmetric: its points do not pair up")
    return np.concatenate([partners, np.array(_IRIS_PARTNERS)])
