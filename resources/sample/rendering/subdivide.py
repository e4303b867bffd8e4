"""Catmull-Clark refinement of a polygon mesh as a sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]


def catmull_clark(
    count: int, polygons: Sequence[Sequence[int]]
) -> tuple[sparse.csr_matrix, Ints, Ints]:
    """One Catmull-Clark step.

    Parameters
    ----------
    count : int
        Number of vertices; each belongs to a polygon.
    polygons : sequence of sequences of int
        Vertex indices around each face.

    Returns
    -------
    refine : (count + edges + faces, count) sparse matrix
        Rows: moved vertices first, then edge points, then face points.
    quads : (q, 4) ndarray of int
    parents : (q,) ndarray of int
        The polygon each quad came from.

    References
    ----------
    Catmull & Clark 1978, doi:10.1016/0010-4485(78)90110-0.
    """
    sizes = np.array([len(corners) for corners in polygons])
    face = np.repeat(np.arange(len(sizes)), sizes)
    corner = np.concatenate([np.asarray(corners) for corners in polygons])
    after = np.concatenate([np.roll(corners, -1) for corners in polygons])
    edges, edge = np.unique(np.sort(np.stack([corner, after], 1), 1), axis=0, return_inverse=True)
    edge = edge.ravel()
    before = np.concatenate([np.roll(part, 1) for part in np.split(edge, np.cumsum(sizes)[:-1])])
    inner = np.bincount(edge) == 2

    def incidence(row: Ints, column: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
        return sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=shape)

    face_points = sparse.diags(1 / sizes) @ incidence(face, corner, (len(sizes), count))
    ends = incidence(np.repeat(np.arange(len(edges)), 2), edges.ravel(), (len(edges), count))
    owners = incidence(edge, face, (len(edges), len(sizes)))
    edge_points = sparse.diags(np.where(inner, 0.25, 0.5)) @ ends
    edge_points += 0.25 * sparse.diags(inner * 1.0) @ owners @ face_points

    valence = np.bincount(corner, minlength=count)
    faces_around = incidence(corner, face, (count, len(sizes))) @ face_points
    neighbours = ends.T @ ends
    neighbours -= sparse.diags(neighbours.diagonal())
    smooth = sparse.diags(1 / valence**2) @ (faces_around + neighbours)
    smooth += sparse.diags((valence - 2) / valence)
    rim = sparse.diags(~inner * 1.0) @ ends
    rim_neighbours = rim.T @ rim
    degree = rim_neighbours.diagonal()
    rim_neighbours -= sparse.diags(degree)
    on_rim = degree > 0
    crease = sparse.diags(np.where(on_rim, 0.75, 0)) + 0.25 * (
        sparse.diags(1 / np.maximum(degree, 1)) @ rim_neighbours
    )
    vertex_points = sparse.diags(~on_rim * 1.0) @ smooth + crease
    refine = sparse.vstack([vertex_points, edge_points, face_points]).tocsr()
    quads = np.stack([corner, count + edge, count + len(edges) + face, count + before], axis=1)
    return refine, quads, face
