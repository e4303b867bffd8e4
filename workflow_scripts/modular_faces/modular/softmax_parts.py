"""What a multinomial logistic regression is made of: columns, curvature, losses and gradients of several at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Array = NDArray[np.float64]

LEFT_OUT = np.inf
"""Penalty of a column that a regression does without."""


@dataclass(frozen=True)
class Problem:
    """One regression.

    Attributes
    ----------
    weights : (n,) ndarray of float64
        Of each picture, not negative; 0 for those it does not learn from.
    classes : (n,) ndarray of int64
    penalties : (d,) ndarray of float64
        Of each column, above zero, `LEFT_OUT` for those it does without.
    start : (d + 1, K) ndarray of float64 or None
        Coefficients and, last, intercepts to begin from.
    """

    weights: Array
    classes: NDArray[np.int64]
    penalties: Array
    start: Array | None


@dataclass(frozen=True)
class Solution:
    """Where a regression ended.

    Attributes
    ----------
    parameters : (d + 1, K) ndarray of float64
        Coefficients and, last, intercepts; each row adds to zero.
    converged : bool
    """

    parameters: Array
    converged: bool


class Columns:
    """Columns that many regressions share, with their products, which are computed once.

    Parameters
    ----------
    values : (n, d) ndarray of float
        Centred; float32 is fastest.
    """

    def __init__(self, values: Floats) -> None:
        self.values = values
        self.square = np.asarray(values.T @ values) / np.asarray(len(values), values.dtype)

    def curvature(self, penalties: Array, prior: Array) -> Curvature:
        """Approximate curvature of a regression with these penalties and shares of the categories."""
        return Curvature(self.square, penalties, float(np.mean(prior * (1.0 - prior))))


class Curvature:
    """Solves systems of the approximate curvature: of the squared columns, and of the intercepts."""

    def __init__(self, square: Floats, penalties: Array, share: float) -> None:
        from scipy.linalg import cho_factor

        self.used = np.flatnonzero(np.isfinite(penalties))
        part = square[np.ix_(self.used, self.used)] * np.asarray(share, square.dtype)
        part[np.diag_indices_from(part)] += penalties[self.used].astype(part.dtype)
        self.factor = cho_factor(part, lower=True, overwrite_a=True, check_finite=False)
        self.share = share

    def solve(self, gradient: Array) -> Array:
        """Solve for the step of a gradient, (d + 1, c); columns left out do not move."""
        from scipy.linalg import cho_solve

        step = np.zeros_like(gradient)
        right = gradient[self.used].astype(self.factor[0].dtype)
        step[self.used] = cho_solve(self.factor, right, check_finite=False)
        step[-1] = gradient[-1] / self.share
        return step


class Objective:
    """Losses and gradients of several regressions with one reading of the columns."""

    def __init__(self, values: Floats, batch: Sequence[Problem], n_classes: int) -> None:
        self.values, self.k = values, n_classes
        self.classes = np.stack([one.classes for one in batch], axis=1)
        self.shares = np.stack([one.weights / one.weights.sum() for one in batch], axis=1)
        if not all((one.penalties > 0).all() for one in batch):
            raise ValueError("penalties of a logistic regression must be above zero")
        self.penalties = np.stack(
            [np.where(np.isfinite(one.penalties), one.penalties, 0.0) for one in batch]
        )[:, :, None]
        self.priors = np.stack(
            [
                np.bincount(classes, share, minlength=n_classes)
                for classes, share in zip(self.classes.T, self.shares.T, strict=True)
            ]
        )
        if (np.count_nonzero(self.priors, axis=1) < 2).any():
            raise ValueError(
                "a model of categories needs at least two categories in its training data"
            )
        self.starts = np.stack([self._start(one, k) for k, one in enumerate(batch)])

    def _start(self, problem: Problem, place: int) -> Array:
        if problem.start is not None:
            return problem.start
        start = np.zeros((self.values.shape[1] + 1, self.k))
        start[-1] = np.log(np.maximum(self.priors[place], 1e-6))
        return start

    def __call__(self, parameters: Array, active: NDArray[np.intp]) -> tuple[Array, Array]:
        """Losses (b,) and gradients (b, d + 1, K) of the regressions `active` at parameters (b, d + 1, K)."""
        n, b = len(self.values), len(active)
        kind = self.values.dtype
        joint = parameters[:, :-1].transpose(1, 0, 2).reshape(-1, b * self.k)
        scores = (self.values @ joint.astype(kind)).reshape(n, b, self.k)
        scores += parameters[:, -1].astype(kind)
        classes, shares = self.classes[:, active], self.shares[:, active]
        scores -= scores.max(axis=2, keepdims=True)
        own = np.take_along_axis(scores, classes[:, :, None], axis=2)[:, :, 0]
        np.exp(scores, out=scores)
        total = scores.sum(axis=2)
        each = np.log(total.astype(np.float64)) - own
        losses = np.einsum("nb,nb->b", shares, each)
        scores *= (shares / total).astype(kind)[:, :, None]
        rows, places = np.ogrid[:n, :b]
        scores[rows, places, classes] -= shares.astype(kind)
        penalised = self.penalties[active] * parameters[:, :-1]
        losses += 0.5 * np.einsum("bdk,bdk->b", penalised, parameters[:, :-1])
        product = (self.values.T @ scores.reshape(n, -1)).astype(np.float64)
        gradients = np.empty_like(parameters)
        gradients[:, :-1] = product.reshape(-1, b, self.k).transpose(1, 0, 2) + penalised
        gradients[:, -1] = scores.sum(axis=0, dtype=np.float64)
        return losses, gradients
