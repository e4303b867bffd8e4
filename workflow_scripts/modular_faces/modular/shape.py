"""Shape of faces without place, size and rotation: transformers for a scikit-learn pipeline.

Training faces are laid on their own mean, which is found by turns (generalised Procrustes analysis, Gower
1975). A test face is laid on that mean alone, so no other test face and no order matters.

References
----------
Gower 1975, "Generalized Procrustes analysis", https://doi.org/10.1007/BF02291478
Umeyama 1991, "Least-squares estimation of transformation parameters between two point patterns",
https://doi.org/10.1109/34.88573
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from modular_faces.face_model import CANONICAL_VERTICES, MESH_VERTICES, FaceGeometry

Points = NDArray[np.float64]

MESH_EYES: Final = (33, 263)
"""Outer corners of the eyes in the mesh."""
IBUG_EYES: Final = (36, 45)
"""Outer corners of the eyes among the 68 landmarks."""

_ROUNDS: Final = 50
_CONVERGED: Final = 1e-7
_AT_ONCE: Final = 512
"""Faces that are laid on a target at once: more take more memory and no less time."""


def as_points(values: NDArray[np.floating], *, dimensions: int) -> Points:
    """Turn rows (x of all points, then y, then z) into points.

    Parameters
    ----------
    values : (n, dimensions * p) ndarray of float
    dimensions : int

    Returns
    -------
    (n, p, dimensions) ndarray of float64

    Raises
    ------
    ValueError
        If the number of columns is no multiple of `dimensions`.
    """
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] % dimensions:
        raise ValueError(
            f"coordinates have shape {rows.shape}; expected rows of x, then y"
            f"{', then z' if dimensions == 3 else ''} of all points"
        )
    return rows.reshape(len(rows), dimensions, -1).transpose(0, 2, 1)


def as_rows(points: Points) -> NDArray[np.float64]:
    """Undo `as_points`: (n, p, d) points to (n, d * p) rows."""
    return points.transpose(0, 2, 1).reshape(len(points), -1)


def align_each(points: Points, target: Points, weights: NDArray[np.float64]) -> Points:
    """Lay every face on a target by the similarity of its own that fits best.

    Parameters
    ----------
    points : (n, p, d) ndarray of float64
        A face with a missing number stays missing altogether.
    target : (p, d) ndarray of float64
    weights : (p,) ndarray of float64
        How much each point counts for the fit, 0 or more; all points are moved.

    Returns
    -------
    (n, p, d) ndarray of float64
        Proper rotations only, a face is never mirrored.
    """
    aligned = np.full(points.shape, np.nan)
    for first in range(0, len(points), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        _align(points[part], target, weights, aligned[part])
    return aligned


def _align(points: Points, target: Points, weights: NDArray[np.float64], aligned: Points) -> None:
    """Lay some faces on a target and write them where they belong."""
    share = weights / weights.sum()
    middle = share @ target
    goal = target - middle
    centred = points - np.einsum("p,npd->nd", share, points)[:, None]
    known = np.isfinite(centred).all(axis=(1, 2))
    if not known.any():
        return
    faces = centred[known]
    covariance = np.einsum("pi,p,npj->nij", goal, share, faces)
    u, singular, v_t = np.linalg.svd(covariance)
    signs = np.ones(singular.shape)
    signs[:, -1] = np.sign(np.linalg.det(u) * np.linalg.det(v_t))
    turn = (u * signs[:, None]) @ v_t
    extent = np.einsum("p,npd->n", share, faces**2)
    scale = (singular * signs).sum(axis=1) / np.where(extent > 0, extent, np.nan)
    aligned[known] = scale[:, None, None] * faces @ turn.transpose(0, 2, 1) + middle


def mean_shape(
    points: Points, start: Points, weights: NDArray[np.float64], eyes: tuple[int, int]
) -> Points:
    """Mean of faces that are laid on it, eyes one unit apart (generalised Procrustes analysis).

    Parameters
    ----------
    points : (n, p, d) ndarray of float64
    start : (p, d) ndarray of float64
        Gives the orientation of the mean.
    weights : (p,) ndarray of float64
    eyes : (int, int)
        The two points whose distance in the mean is 1.

    Returns
    -------
    (p, d) ndarray of float64
        Its weighted centre lies in the origin.
    """
    mean = _in_units(start, weights, eyes)
    for _ in range(_ROUNDS):
        new = _in_units(_middle(align_each(points, mean, weights)), weights, eyes)
        change = float(np.abs(new - mean).max())
        mean = new
        if change < _CONVERGED:
            break
    return mean


def _middle(points: Points) -> Points:
    """Mean of faces, (p, d), some points at a time; missing faces are passed over."""
    parts = [points[:, first : first + 64] for first in range(0, points.shape[1], 64)]
    return np.concatenate([np.nanmean(part, axis=0) for part in parts])


def _in_units(shape: Points, weights: NDArray[np.float64], eyes: tuple[int, int]) -> Points:
    centred = shape - weights @ shape / weights.sum()
    distance = float(np.linalg.norm(centred[eyes[0]] - centred[eyes[1]]))
    return np.asarray(centred / distance, dtype=np.float64)


class _AlignedShape(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What the plane and space have in common."""

    dimensions: int
    mean_: Points

    def fit(self, X: NDArray[np.floating], y: Any = None) -> Self:  # noqa: N803
        """Find the mean of the training faces; rows with missing numbers are passed over.

        Raises
        ------
        ValueError
            If no training face is whole.
        """
        points = as_points(X, dimensions=self.dimensions)
        whole = points[np.isfinite(points).all(axis=(1, 2))]
        del points
        if not len(whole):
            raise ValueError(
                "no training picture has a whole face; a model of shape needs some: leave the module out"
            )
        start, self.weights_, eyes = self._reference(whole)
        self.mean_ = mean_shape(whole, start, self.weights_, eyes)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: NDArray[np.floating]) -> NDArray[np.float64]:  # noqa: N803
        """Lay each face singly on the mean of the training faces.

        Returns
        -------
        (n, k) ndarray of float64
            x of all points, then y, then z, in units of the distance of the eyes of the mean face; a row
            with a missing number is missing altogether.
        """
        aligned = np.empty(X.shape)
        for first in range(0, len(X), _AT_ONCE):
            points = as_points(X[first : first + _AT_ONCE], dimensions=self.dimensions)
            own = align_each(points, self.mean_, self.weights_)
            aligned[first : first + _AT_ONCE] = as_rows(own)
        return aligned

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Names of the columns, those of the input."""
        names = [f"x{i}" for i in range(self.n_features_in_)]
        return np.asarray(names if input_features is None else input_features, dtype=object)

    def _reference(self, points: Points) -> tuple[Points, NDArray[np.float64], tuple[int, int]]:
        raise NotImplementedError


class PlaneShape(_AlignedShape):
    """Shape in the picture's plane: place, size and tilt are taken out, turn and nod of the head stay.

    Parameters
    ----------
    eyes : (int, int)
        The outer corners of the eyes: `MESH_EYES` or `IBUG_EYES`.

    Attributes
    ----------
    mean_ : (p, 2) ndarray of float64
        The mean face: x to the viewer's right, y downwards, eyes level and 1 apart.
    """

    dimensions = 2

    def __init__(self, *, eyes: tuple[int, int]) -> None:
        self.eyes = eyes

    def _reference(self, points: Points) -> tuple[Points, NDArray[np.float64], tuple[int, int]]:
        """Level the eyes of the mean of all faces, each centred and with eyes 1 apart."""
        weights = np.ones(points.shape[1])
        first, second = self.eyes
        across = points[:, second] - points[:, first]
        cos, sin = (across / (across**2).sum(axis=1, keepdims=True)).T
        turn = np.stack([np.stack([cos, sin], axis=1), np.stack([-sin, cos], axis=1)], axis=1)
        level = (points - points.mean(axis=1, keepdims=True)) @ turn.transpose(0, 2, 1)
        return level.mean(axis=0), weights, self.eyes


class FrontalShape(_AlignedShape):
    """Shape in space, turned to the front: place, size and all three rotations are taken out.

    Parameters
    ----------
    vertices : (468, 3) ndarray of float64
        The canonical face: x to the viewer's right, y up, z towards the viewer.
    weights : (468,) ndarray of float64
        Weight of each vertex in the fit; `FaceGeometry.weights` counts 33 that move little with expression.

    Attributes
    ----------
    mean_ : (478, 3) ndarray of float64
        The mean face from the front: x to the viewer's right, y downwards, z away from the viewer, eyes 1
        apart.
    """

    dimensions = 3

    def __init__(self, *, vertices: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
        self.vertices = vertices
        self.weights = weights

    def _reference(self, points: Points) -> tuple[Points, NDArray[np.float64], tuple[int, int]]:
        weights = with_iris(self.weights[:, None])[:, 0]
        canonical = with_iris(self.vertices * (1.0, -1.0, -1.0))
        return _middle(align_each(points, canonical, weights)), weights, MESH_EYES


def with_iris(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add zeros for the ten points of the irises, which the canonical face lacks: (468, d) to (478, d)."""
    return np.concatenate(
        [vertices, np.zeros((MESH_VERTICES - CANONICAL_VERTICES, vertices.shape[1]))]
    )


def frontal_points(mesh: NDArray[np.floating], geometry: FaceGeometry) -> Points:
    """Turn meshes to the front, each by itself, with the eyes one unit apart.

    Parameters
    ----------
    mesh : (n, 1434) ndarray of float
        Rows of `tables.MESH_COLUMNS`, pixels.
    geometry : FaceGeometry
        The canonical face they are laid on.

    Returns
    -------
    (n, 478, 3) ndarray of float64
        x to the viewer's right, y up, z towards the viewer; the distance of the outer corners of the eyes
        is 1. A row with a missing number is missing altogether.
    """
    points = as_points(mesh, dimensions=3) * (1.0, -1.0, -1.0)
    weights = with_iris(geometry.weights[:, None])[:, 0]
    turned = align_each(points, with_iris(geometry.vertices), weights)
    right, left = MESH_EYES
    distance = np.linalg.norm(turned[:, left] - turned[:, right], axis=1)
    return np.asarray(turned / distance[:, None, None], dtype=np.float64)
