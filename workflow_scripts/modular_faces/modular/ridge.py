"""Ridge regression with a penalty for each module (banded ridge), for many ratings at once.

The objective is the weighted mean squared error plus the squared coefficients of each module times its penalty.
Solved in rows or in columns, whichever are fewer.

References
----------
Dupré la Tour, T., Eickenberg, M., Nunez-Elizalde, A. O., & Gallant, J. L. (2022). Feature-space selection with
banded ridge regression. NeuroImage, 264, 119728. https://doi.org/10.1016/j.neuroimage.2022.119728
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Array = NDArray[np.float64]
Rows = NDArray[np.intp]

LEAST_SHARE = 1e-3
"""Least share of a module in a candidate, so that every penalty is finite."""


def solve_ridge(
    blocks: Sequence[Floats], targets: Array, *, penalties: Array, weights: Array
) -> tuple[list[Array], Array]:
    """Solve a ridge regression of several targets.

    Parameters
    ----------
    blocks : sequence of (n, d_m) ndarray of float
        Columns of each module.
    targets : (n, t) ndarray of float64
    penalties : (m,) ndarray of float64
        Of each module, above zero.
    weights : (n,) ndarray of float64
        Of each row, not negative.

    Returns
    -------
    coefficients : list of (d_m, t) ndarray of float64
    intercepts : (t,) ndarray of float64
    """
    from scipy.linalg import cho_factor, cho_solve

    share = weights / weights.sum()
    used = np.flatnonzero(share)
    share, targets = share[used], targets[used]
    root = np.sqrt(share)[:, None]
    middles = [share @ block[used].astype(np.float64) for block in blocks]
    middle_of_targets = share @ targets
    centred = [
        (block[used] - middle) * (root / np.sqrt(penalty))
        for block, middle, penalty in zip(blocks, middles, penalties, strict=True)
    ]
    wide = np.hstack(centred) if centred else np.empty((len(used), 0))
    aims = (targets - middle_of_targets) * root
    rows = wide.shape[0] < wide.shape[1]
    gram = wide @ wide.T if rows else wide.T @ wide
    gram[np.diag_indices_from(gram)] += 1.0
    factor = cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    joint = wide.T @ cho_solve(factor, aims) if rows else cho_solve(factor, wide.T @ aims)
    ends = np.cumsum([block.shape[1] for block in blocks])[:-1]
    coefficients = [
        part / np.sqrt(penalty)
        for part, penalty in zip(np.split(joint, ends), penalties, strict=True)
    ]
    shifts = [middle @ part for middle, part in zip(middles, coefficients, strict=True)]
    return coefficients, np.asarray(middle_of_targets - sum(shifts, np.zeros(targets.shape[1])))


def scale_candidates(n_modules: int, *, count: int, seed: int) -> Array:
    """Propose shares of the modules: all alike, each alone, all but each, then at random.

    Parameters
    ----------
    n_modules : int
    count : int
        Candidates drawn at random, half of them near the corners.
    seed : int

    Returns
    -------
    (c, m) ndarray of float64
        Rows add to one; no share is below `LEAST_SHARE` (before rows are made to add to one).
    """
    if n_modules == 1:
        return np.ones((1, 1))
    rng = np.random.default_rng(seed)
    even = np.full((1, n_modules), 1.0 / n_modules)
    alone = np.eye(n_modules)
    without = (1.0 - alone) / (n_modules - 1)
    spread = rng.dirichlet(np.ones(n_modules), size=(count + 1) // 2)
    corners = rng.dirichlet(np.full(n_modules, 0.3), size=count // 2)
    shares = np.maximum(np.vstack([even, alone, without, spread, corners]), LEAST_SHARE)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def search_penalties(
    blocks: Sequence[Floats],
    targets: Array,
    folds: Sequence[tuple[Rows, Rows]],
    *,
    shares: Array,
    strengths: Array,
    joint: bool,
) -> tuple[Array, Array]:
    """Choose the penalties of the modules that have the least error in held-out folds, for each target.

    Parameters
    ----------
    blocks : sequence of (n, d_m) ndarray of float
    targets : (n, t) ndarray of float64
    folds : sequence of (rows to fit, rows to check)
    shares : (c, m) ndarray of float64
        Candidates, see `scale_candidates`.
    strengths : (a,) ndarray of float64
        Candidates of the overall strength: penalties are strength over share.
    joint : bool
        One choice for all targets, by the sum of their errors.

    Returns
    -------
    penalties : (t, m) ndarray of float64
    errors : (t,) ndarray of float64
        Mean squared error in the held-out folds.
    """
    losses = np.zeros((len(shares), len(strengths), targets.shape[1]))
    for fit, check in folds:
        system = RidgeSystem([block[fit] for block in blocks], [block[check] for block in blocks])
        for place, share in enumerate(shares):
            for strength, predicted in enumerate(system.path(targets[fit], share, strengths)):
                losses[place, strength] += np.sum((targets[check] - predicted) ** 2, axis=0)
    flat = losses.reshape(-1, targets.shape[1])
    if joint:
        flat = np.repeat(flat.sum(axis=1, keepdims=True), targets.shape[1], axis=1)
    share, strength = np.divmod(flat.argmin(axis=0), len(strengths))
    penalties = strengths[strength][:, None] / shares[share]
    return penalties, flat.min(axis=0) / sum(len(check) for _, check in folds)


class RidgeSystem:
    """Everything that ridge regressions on the same training pictures share, for predictions of others.

    Parameters
    ----------
    blocks : sequence of (n, d_m) ndarray of float
        Columns of each module for the pictures to fit.
    others : sequence of (k, d_m) ndarray of float
        The same for the pictures to predict.
    """

    def __init__(self, blocks: Sequence[Floats], others: Sequence[Floats]) -> None:
        middles = [block.mean(axis=0) for block in blocks]
        fitted = [block - middle for block, middle in zip(blocks, middles, strict=True)]
        checked = [block - middle for block, middle in zip(others, middles, strict=True)]
        self.count = len(blocks[0])
        self.others = len(others[0])
        self.widths = [block.shape[1] for block in blocks]
        self.by_rows = self.count < sum(self.widths)
        if self.by_rows:
            self.squares = [_double(block @ block.T) for block in fitted]
            self.lefts = [_double(c @ f.T) for c, f in zip(checked, fitted, strict=True)]
            return
        self.wide = np.hstack(fitted)
        self.gram = _double(self.wide.T @ self.wide)
        self.left = _double(np.hstack(checked))

    def predict(self, targets: Array, penalties: Array) -> Array:
        """Predict the other pictures.

        Parameters
        ----------
        targets : (n, t) ndarray of float64
        penalties : (m,) ndarray of float64
            Of each module; infinite where it is left out.

        Returns
        -------
        (k, t) ndarray of float64
        """
        from scipy.linalg import cho_factor, cho_solve

        middle = targets.mean(axis=0)
        square, left, right = self._system(targets - middle, 1.0 / (self.count * penalties))
        square[np.diag_indices_from(square)] += 1.0
        factor = cho_factor(square, lower=True, overwrite_a=True, check_finite=False)
        return np.asarray(left @ cho_solve(factor, right) + middle)

    def path(self, targets: Array, share: Array, strengths: Array) -> Iterator[Array]:
        """Predict the other pictures for several strengths; penalties are strength over share."""
        from scipy.linalg import eigh

        middle = targets.mean(axis=0)
        square, left, right = self._system(targets - middle, share / self.count)
        values, vectors = eigh(square, check_finite=False, driver="evd", overwrite_a=True)
        left, right = left @ vectors, vectors.T @ right
        for strength in strengths:
            yield middle + left @ (right / (np.maximum(values, 0.0) + strength)[:, None])

    def _system(self, targets: Array, scales: Array) -> tuple[Array, Array, Array]:
        """Matrices so that predictions are ``left (square + 1)^-1 right`` at penalties of one over `scales`."""
        if self.by_rows:
            square = np.zeros_like(self.squares[0])
            left = np.zeros_like(self.lefts[0])
            for scale, one, other in zip(scales, self.squares, self.lefts, strict=True):
                if scale > 0:
                    square += scale * one
                    left += scale * other
            return square, left, targets
        root = np.sqrt(np.repeat(scales, self.widths))
        used = np.flatnonzero(root)
        root = root[used]
        square = self.gram[np.ix_(used, used)] * root[:, None] * root
        moments = (self.wide.T @ targets.astype(self.wide.dtype))[used]
        return square, self.left[:, used] * root, moments * root[:, None]


def _double(values: Floats) -> Array:
    return np.asarray(values, dtype=np.float64)
