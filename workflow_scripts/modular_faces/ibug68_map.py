"""The 68 iBUG landmarks as weighted means of mesh vertices, with weights learnt from data.

`ibug68.landmarks_from_mesh` picks one vertex for each point. A landmark detector trained on people's
annotations sets its points elsewhere, above all along the jaw, and most of the difference is
constant. Here each point is a sum of mesh vertices whose weights add to one. Such a sum moves,
turns, grows and mirrors with the mesh, and needs no frame of reference: what was learnt on upright
faces holds for tilted ones.

``ibug68_map.csv`` holds the weights; NOTICE.md states their terms, ``docs/landmarks.md`` how they were
learnt and what they bring.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modular_faces.face_model import MESH_VERTICES
from modular_faces.geometry import IBUG68_MIRROR

WEIGHTS_FILE = Path(__file__).with_suffix(".csv")

RIGHT_POINTS = tuple(
    point for point, partner in enumerate(IBUG68_MIRROR.tolist()) if point <= partner
)
"""Points of the person's right half and of the midline; the others are their mirror images."""


def learnt_landmarks(mesh: NDArray[np.floating]) -> NDArray[np.float64]:
    """Place the 68 iBUG points on a mesh.

    Parameters
    ----------
    mesh : (478, 3) ndarray of float
        Pixels.

    Returns
    -------
    (68, 2) ndarray of float64
        x and y in pixels, iBUG order.

    Raises
    ------
    ValueError
        When the mesh has another shape.
    """
    if mesh.shape != (MESH_VERTICES, 3):
        raise ValueError(f"the mesh has shape {mesh.shape}; expected ({MESH_VERTICES}, 3)")
    return point_weights() @ mesh[:, :2].astype(np.float64)


@cache
def point_weights() -> NDArray[np.float64]:
    """Weight of each vertex in each of the 68 points, (68, 478); rows add to one."""
    return read_weights(WEIGHTS_FILE)


def read_weights(path: Path) -> NDArray[np.float64]:
    """Read a table of weights.

    Parameters
    ----------
    path : Path
        CSV with the columns vertex, partner (the vertex's mirror image) and point_N for each of
        `RIGHT_POINTS`; vertices that are not in it weigh nothing.

    Returns
    -------
    (68, 478) ndarray of float64, read-only
        A point of the left half has the weights of its partner, each at the mirror image of its
        vertex.

    Raises
    ------
    ValueError
        If a column is missing or the weights of a point do not add to one.
    """
    weights = np.zeros((68, MESH_VERTICES))
    with path.open(newline="") as stream:
        reader = csv.DictReader(stream)
        names = [f"point_{point}" for point in RIGHT_POINTS]
        missing = sorted({"vertex", "partner", *names} - set(reader.fieldnames or ()))
        if missing:
            raise ValueError(f"{path} lacks the columns {', '.join(missing)}; make it again")
        mirrored = IBUG68_MIRROR[list(RIGHT_POINTS)]
        for row in reader:
            values = [float(row[name] or 0) for name in names]
            weights[list(RIGHT_POINTS), int(row["vertex"])] = values
            weights[mirrored, int(row["partner"])] = values
    sums = weights.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > 1e-9)
    if wrong.size:
        raise ValueError(
            f"{path}: the weights of point {wrong[0]} add to {sums[wrong[0]]:.6f}, not to one; "
            "make it again"
        )
    weights.setflags(write=False)
    return weights
