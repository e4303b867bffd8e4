"""Meshes for faces of a backend that has landmarks only, read where its landmarks are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from modular_faces.landmarks import Outcome, Picture, Pictures

MeshOf = Callable[[Picture, NDArray[np.float64]], tuple[NDArray[np.float64], float]]


def with_meshes(
    outcomes: Mapping[str, Outcome], pictures: Pictures, mesh_of: MeshOf, *, accept: float
) -> dict[str, Outcome]:
    """Give trusted faces of a backend that has no mesh the mesh that regions and face angle need.

    Parameters
    ----------
    outcomes : mapping of str to Outcome
    pictures : callable
        As for `find_faces`.
    mesh_of : callable
        Reads the mesh of a (H, W, 3) uint8 RGB picture where (68, 2) landmarks are, of which some may be
        NaN; gives (478, 3) points and a presence.
    accept : float
        Least presence; where it is not reached, there is no mesh.

    Returns
    -------
    dict of str to Outcome
        Landmarks stay those of the backend; `mesh_presence` is given where it was read.
    """
    wanted = {
        image_id
        for image_id, outcome in outcomes.items()
        if outcome.trusted and outcome.face is not None and _shows_both_eyes(outcome.face.landmarks)
    }
    complete = dict(outcomes)
    for image_id, picture in pictures(wanted) if wanted else ():
        outcome = complete[image_id]
        if outcome.face is not None:
            mesh, presence = mesh_of(picture, outcome.face.landmarks)
            face = replace(
                outcome.face, mesh=mesh if presence >= accept else None, mesh_presence=presence
            )
            everyone = tuple(face if one is outcome.face else one for one in outcome.everyone)
            complete[image_id] = replace(outcome, face=face, everyone=everyone)
    return complete


def _shows_both_eyes(landmarks: NDArray[np.float64]) -> bool:
    """Whether there is a point of either eye: without, nothing says how the face is turned."""
    eyes = (landmarks[36:42], landmarks[42:48])
    return all(bool(np.isfinite(points).all(axis=1).any()) for points in eyes)
