"""The 68 iBUG landmarks, read from the 478-point mesh by picking one vertex for each.

The picks name the same place of the face as the iBUG point and are symmetric: the vertex of a
point's mirror partner is the mirror image of its vertex on the canonical face.

References
----------
Sagonas et al. (2016). 300 Faces In-The-Wild Challenge: database and results. Image and Vision
Computing 47, 3-18. doi:10.1016/j.imavis.2016.01.002
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from modular_faces.face_model import MESH_VERTICES

JAW: Final = (127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356)
"""Points 0-16: the face oval from the person's right temple over the chin to the left."""

RIGHT_BROW: Final = (70, 63, 105, 66, 107)
"""Points 17-21: upper edge, from the outside in; the person's right is the viewer's left."""

LEFT_BROW: Final = (336, 296, 334, 293, 300)
"""Points 22-26: upper edge, from the inside out."""

NOSE_BRIDGE: Final = (168, 197, 5, 4)
"""Points 27-30: from between the eyes to the tip."""

NOSE_BASE: Final = (240, 97, 2, 326, 460)
"""Points 31-35: under the nostrils, from the person's right to the left."""

RIGHT_EYE: Final = (33, 160, 158, 133, 153, 144)
"""Points 36-41: outer corner, upper lid, inner corner, lower lid."""

LEFT_EYE: Final = (362, 385, 387, 263, 373, 380)
"""Points 42-47: inner corner, upper lid, outer corner, lower lid."""

OUTER_LIPS: Final = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
"""Points 48-59: from the person's right corner over the upper lip and back along the lower."""

INNER_LIPS: Final = (78, 82, 13, 312, 308, 317, 14, 87)
"""Points 60-67: in the same direction."""

IBUG68_VERTICES: Final[NDArray[np.intp]] = np.array(
    [
        *JAW,
        *RIGHT_BROW,
        *LEFT_BROW,
        *NOSE_BRIDGE,
        *NOSE_BASE,
        *RIGHT_EYE,
        *LEFT_EYE,
        *OUTER_LIPS,
        *INNER_LIPS,
    ],
    dtype=np.intp,
)
"""Mesh vertex of each of the 68 points, in iBUG order."""


def landmarks_from_mesh(mesh: NDArray[np.floating]) -> NDArray[np.float64]:
    """Pick the 68 iBUG points of a mesh.

    Parameters
    ----------
    mesh : (478, 3) ndarray of float
        Pixels.

    Returns
    -------
    (68, 2) ndarray of float64
        x and y in pixels, iBUG order: point 0 lies at the person's right temple, on the viewer's
        left.

    Raises
    ------
    ValueError
        When the mesh has another shape.

    Notes
    -----
    ``docs/mesh.md`` draws the map and gives its distance from another landmark detector.
    """
    if mesh.shape != (MESH_VERTICES, 3):
        raise ValueError(f"the mesh has shape {mesh.shape}; expected ({MESH_VERTICES}, 3)")
    return mesh[IBUG68_VERTICES, :2].astype(np.float64)
