"""The 68 iBUG points as fixed places on the base mesh (`ibug68_vertices.csv`)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TABLE = Path(__file__).with_name("ibug68_vertices.csv")


@cache
def ibug68_vertices() -> tuple[NDArray[np.int64], Array]:
    """Return the vertex pairs (68, 2) of the base mesh and their weights (68, 2)."""
    with TABLE.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    pairs = np.array([[int(row["vertex_a"]), int(row["vertex_b"])] for row in rows])
    second = np.array([float(row["weight_b"]) for row in rows])
    return pairs, np.stack([1 - second, second], axis=1)


def ibug68(refined: Array, used: NDArray[np.int64]) -> Array:
    """Pick the 68 points from refined positions, (68, 3).

    Parameters
    ----------
    refined : (m, 3) ndarray
        Positions of the refined mesh; the first rows are the base vertices `used`.
    used : (n,) ndarray of int
        Sorted base-mesh indices, as in `mesh.Topology`.
    """
    pairs, weights = ibug68_vertices()
    result: Array = np.einsum("pk,pkd->pd", weights, refined[np.searchsorted(used, pairs)])
    return result
