"""Pictures without a face: models from what they still have, and weights for those that were found.

Scores of found pictures alone flatter a model where hard pictures are lost. Three remedies stand beside them: a
fallback model for the lost ones; lost counted as wrong; and found pictures weighed by how unlikely it was to
find them.

References
----------
Seaman, S. R., & White, I. R. (2013). Review of inverse probability weighting for dealing with missing data.
Statistical Methods in Medical Research, 22(3), 278-295. https://doi.org/10.1177/0962280210395740
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.folds import Fold
from modular_faces.modular.module_blocks import Module
from modular_faces.modular.protocol import PipelineFactory, encode_fold
from modular_faces.modular.resampling import Draws
from modular_faces.modular.softmax import softmax
from modular_faces.modular.softmax_many import fit_many
from modular_faces.modular.softmax_parts import Columns, Problem
from modular_faces.modular.tasks import EmotionTask, RatingTask, Task

Array = NDArray[np.float64]
Values = NDArray[np.float32]

MOSTLY = 0.5
"""A column counts as there for lost pictures when this part of them has it."""

LEAST_CHANCE = 0.05
"""No found picture counts for more than one over this, whatever the estimate."""


def remaining_modules(
    blocks: Mapping[str, Module], modules: Sequence[str], lost: NDArray[np.bool_]
) -> dict[str, Module]:
    """Columns that lost pictures still have, by module.

    Parameters
    ----------
    blocks : mapping of str to Module
    modules : sequence of str
    lost : (n,) ndarray of bool

    Returns
    -------
    dict of str to Module
        Modules with those columns alone; modules without any are left out.
    """
    remaining: dict[str, Module] = {}
    if not lost.any():
        return remaining
    for name in modules:
        block = blocks[name]
        here = np.isfinite(block.values[lost]).mean(axis=0) >= MOSTLY
        if here.any():
            columns = tuple(
                column for column, kept in zip(block.columns, here, strict=True) if kept
            )
            remaining[name] = replace(block, columns=columns, values=block.values[:, here])
    return remaining


def fallback_predictions(
    blocks: Mapping[str, Module],
    modules: Sequence[str],
    task: Task,
    folds: Sequence[Fold],
    lost: NDArray[np.bool_],
    *,
    baseline: Values,
    pipeline: PipelineFactory,
    components: int,
) -> Values:
    """Predict lost pictures from what they still have, by models trained on all pictures that have it.

    Parameters
    ----------
    blocks, modules, task, folds, pipeline, components
        See `protocol.run_folds`.
    lost : (n,) ndarray of bool
    baseline : (repeats, n, K) ndarray of float32
        Prediction for a picture that has nothing.

    Returns
    -------
    (repeats, n, K) ndarray of float32
        `baseline` for all but those lost pictures that have something.
    """
    predictions = baseline.copy()
    remaining = remaining_modules(blocks, modules, lost)
    if not remaining:
        return predictions
    there = np.logical_and.reduce(
        [np.isfinite(block.values).all(axis=1) for block in remaining.values()]
    )
    for fold in folds:
        train = fold.train[(there & task.known)[fold.train]]
        test = fold.test[(there & lost)[fold.test]]
        if len(test) == 0:
            continue
        encoded = encode_fold(
            remaining,
            list(remaining),
            train=train,
            test=test,
            pipeline=pipeline,
            components=components,
        )
        penalties = task.choose(encoded.train_blocks, train, {})
        model = task.fit(encoded.train_blocks, train, penalties, None)
        predictions[fold.repeat, test] = model.predict(encoded.test_blocks)
    return predictions


@dataclass(frozen=True)
class FoundWeights:
    """Weights of found pictures.

    Attributes
    ----------
    weights : (draws + 1, n) ndarray of float32
        One over the chance to be found, cut off, times the draw; 0 for lost pictures.
    chance : (n,) ndarray of float64
        Estimated chance of each picture to be found.
    effective : float
        Kish's effective number of pictures.
    cut : float
        Largest weight before pictures are drawn.
    """

    weights: Draws
    chance: Array
    effective: float
    cut: float


def found_weights(
    descriptors: Values,
    found: NDArray[np.bool_],
    classes: NDArray[np.int64] | None,
    folds: Sequence[Fold],
    draws: Draws,
    *,
    quantile: float,
    strength: float,
) -> FoundWeights:
    """Weigh found pictures by one over their chance to be found, given what can be seen without a face.

    Parameters
    ----------
    descriptors : (n, k) ndarray of float32
        Of every picture; missing numbers take the mean.
    found : (n,) ndarray of bool
    classes : (n,) ndarray of int64 or None
        Category, -1 where there is none: the chance may differ between them.
    folds : sequence of Fold
        The chance of test pictures is learnt from training pictures.
    draws : (b, n) ndarray of float32
        Of `resampling.draw_weights`; the chance is learnt anew for each draw.
    quantile : float
        Weights above this quantile of the found test pictures are cut.
    strength : float
        Penalty of the logistic regression.

    Returns
    -------
    FoundWeights

    Notes
    -----
    Right only if pictures that look alike in these descriptors and have the same label are lost by chance alone
    (missing at random), which no data can show.
    """
    tested = np.unique(np.concatenate([fold.test for fold in folds]))
    chances = _chances(descriptors, classes, found, folds, draws, strength)
    weights = np.zeros_like(draws)
    cuts = []
    for row, (draw, chance) in enumerate(zip(draws, chances, strict=True)):
        inverse = np.where(found, 1.0 / np.maximum(chance, LEAST_CHANCE), 0.0)
        seen = inverse[tested][found[tested]]
        cuts.append(float(np.quantile(seen, quantile)) if len(seen) else 1.0)
        weights[row] = np.where(found, np.minimum(inverse, cuts[-1]), 0.0) * draw
    whole = weights[0][tested].astype(np.float64)
    effective = float(whole.sum() ** 2 / np.maximum((whole**2).sum(), 1e-12))
    return FoundWeights(weights, chances[0], effective, cuts[0])


def _columns(
    descriptors: Values, classes: NDArray[np.int64] | None, train: NDArray[np.intp]
) -> Array:
    """What the chance is estimated from, standardised on training pictures, (n, k)."""
    known = np.where(np.isfinite(descriptors), descriptors, np.nan).astype(np.float64)
    means = np.nan_to_num(np.nanmean(known[train], axis=0))
    filled = np.where(np.isfinite(known), known, means)
    middle, spread = filled[train].mean(axis=0), filled[train].std(axis=0)
    standard = (filled - middle) / np.where(spread > 0, spread, 1.0)
    if classes is None:
        return np.asarray(standard)
    return np.hstack([standard, np.eye(classes.max() + 2)[classes]])


def _chances(
    descriptors: Values,
    classes: NDArray[np.int64] | None,
    found: NDArray[np.bool_],
    folds: Sequence[Fold],
    draws: Draws,
    strength: float,
) -> Array:
    """Chance of each test picture to be found, learnt for each draw from the training pictures of its fold, (b, n)."""
    chances = np.full((len(draws), len(found)), np.nan)
    outcome = found.astype(np.int64)
    for fold in folds:
        if fold.repeat > 0:
            continue
        columns = _columns(descriptors, classes, fold.train)
        weights = draws[:, fold.train].astype(np.float64)
        seen = [len(np.unique(outcome[fold.train][one > 0])) for one in weights]
        both = [row for row, kinds in enumerate(seen) if kinds > 1]
        chances[:, fold.test] = (weights @ outcome[fold.train] / weights.sum(axis=1))[:, None]
        penalties = np.full(columns.shape[1], strength)
        problems = [Problem(weights[row], outcome[fold.train], penalties, None) for row in both]
        fits = fit_many(
            Columns(columns[fold.train]), problems, n_classes=2, tolerance=1e-4, iterations=200
        )
        for row, fit in zip(both, fits, strict=True):
            scores = columns[fold.test] @ fit.parameters[:-1] + fit.parameters[-1]
            chances[row, fold.test] = softmax(scores)[:, 1]
    return chances


def extremes(task: EmotionTask | RatingTask) -> tuple[Values, Values]:
    """The worst and the best that could be predicted of each picture.

    Parameters
    ----------
    task : EmotionTask or RatingTask

    Returns
    -------
    worst, best : (n, K) ndarray of float32
        Of categories none (NaN, which counts as wrong) and the true one; of ratings the end of what was rated that
        lies farther from the truth, and the truth.
    """
    if isinstance(task, EmotionTask):
        best = np.eye(len(task.names), dtype=np.float32)[np.maximum(task.truth, 0)]
        return np.full_like(best, np.nan), best
    low, high = np.nanmin(task.truth, axis=0), np.nanmax(task.truth, axis=0)
    worst = np.where(task.truth - low > high - task.truth, low, high)
    return worst.astype(np.float32), task.truth.astype(np.float32)
