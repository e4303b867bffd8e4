"""Ridge regression of ratings on modules, with a penalty for each module and rating (banded ridge)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.folds import grouped_folds
from modular_faces.modular.linear_model import Blocks, FitOptions, LinearModel, leading
from modular_faces.modular.ridge import (
    RidgeSystem,
    scale_candidates,
    search_penalties,
    solve_ridge,
)

Array = NDArray[np.float64]


def choose_penalties(
    blocks: Blocks, targets: Array, clusters: NDArray[np.int64], *, options: FitOptions
) -> Array:
    """Choose the penalty of each module for each rating from training pictures.

    Parameters
    ----------
    blocks : mapping of str to (n, d_m) ndarray of float
    targets : (n, t) ndarray of float64
    clusters : (n,) ndarray of int64
        Groups of duplicates, kept together by the inner folds.
    options : FitOptions

    Returns
    -------
    (m, t) ndarray of float64
    """
    folds = grouped_folds(None, clusters, folds=options.inner_folds, seed=options.seed)
    parts = list(blocks.values())
    if len(targets) > options.search_width:
        parts = leading(parts, width=options.search_width)
    penalties, _ = search_penalties(
        parts,
        targets,
        folds,
        shares=scale_candidates(len(parts), count=options.scale_candidates, seed=options.seed),
        strengths=np.array(options.strengths),
        joint=False,
    )
    return penalties.T


def fit_ratings(blocks: Blocks, targets: Array, *, penalties: Array, weights: Array) -> LinearModel:
    """Fit ratings at given penalties.

    Parameters
    ----------
    blocks : mapping of str to (n, d_m) ndarray of float
    targets : (n, t) ndarray of float64
    penalties : (m, t) ndarray of float64
    weights : (n,) ndarray of float64
        Of each picture.
    """
    modules = list(blocks)
    coefficients = {name: np.zeros((blocks[name].shape[1], targets.shape[1])) for name in modules}
    intercepts = np.zeros(targets.shape[1])
    for penalty, same in _groups(penalties):
        parts, intercepts[same] = solve_ridge(
            list(blocks.values()), targets[:, same], penalties=penalty, weights=weights
        )
        for name, part in zip(modules, parts, strict=True):
            coefficients[name][:, same] = part
    return LinearModel("ratings", coefficients, intercepts, penalties, True)


def predict_ratings(system: RidgeSystem, targets: Array, penalties: Array) -> Array:
    """Predict the other pictures of a system at given penalties.

    Parameters
    ----------
    system : RidgeSystem
    targets : (n, t) ndarray of float64
    penalties : (m, t) ndarray of float64
        Infinite for modules that are left out.

    Returns
    -------
    (k, t) ndarray of float64
    """
    columns = np.empty((system.others, targets.shape[1]))
    for penalty, same in _groups(penalties):
        columns[:, same] = system.predict(targets[:, same], penalty)
    return columns


def _groups(penalties: Array) -> list[tuple[Array, NDArray[np.intp]]]:
    """Ratings that share their penalties, so that they are solved at once."""
    distinct, place = np.unique(penalties.T, axis=0, return_inverse=True)
    return [(one, np.flatnonzero(place.ravel() == k)) for k, one in enumerate(distinct)]
