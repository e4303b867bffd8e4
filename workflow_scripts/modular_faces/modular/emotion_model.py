"""Multinomial logistic regression of categories on modules, with a penalty for each module.

The penalty of a module alone is the one with the least log loss in stratified inner folds. For several modules
three proportions of their penalties are compared: all alike, those of the modules alone, and those that a banded
ridge regression of the categories finds; each with several overall strengths, by log loss in the same folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.folds import Rows, grouped_folds
from modular_faces.modular.linear_model import Blocks, FitOptions, LinearModel, join, leading
from modular_faces.modular.ridge import scale_candidates, search_penalties
from modular_faces.modular.softmax import SoftmaxFit, fit_softmax, softmax

Array = NDArray[np.float64]
Classes = NDArray[np.int64]
TAKEN_OUT = 1e6
"""Penalty of a module that the search would rather leave out."""


def inner_folds(
    classes: Classes, clusters: NDArray[np.int64], options: FitOptions
) -> list[tuple[Rows, Rows]]:
    """Cut training pictures into stratified folds that keep duplicates together."""
    return grouped_folds(classes, clusters, folds=options.inner_folds, seed=options.seed)


def row_weights(classes: Classes, n_classes: int, options: FitOptions) -> Array:
    """Weight of each picture: one, or in inverse proportion to how common its category is."""
    if options.class_weights == "none":
        return np.ones(len(classes))
    counts = np.maximum(np.bincount(classes, minlength=n_classes), 1)
    return np.asarray(len(classes) / (np.count_nonzero(counts) * counts[classes]))


def fit_emotions(
    blocks: Blocks,
    classes: Classes,
    *,
    n_classes: int,
    penalties: Array,
    weights: Array,
    start: LinearModel | None,
    options: FitOptions,
) -> LinearModel:
    """Fit categories at given penalties.

    Parameters
    ----------
    blocks : mapping of str to (n, d_m) ndarray of float
    classes : (n,) ndarray of int64
    n_classes : int
    penalties : (m,) ndarray of float64
        In the order of `blocks`.
    weights : (n,) ndarray of float64
        Of each picture.
    start : LinearModel or None
        A model of the same modules to begin from.
    options : FitOptions
    """
    modules = list(blocks)
    widths = [blocks[name].shape[1] for name in modules]
    begin = None
    if start is not None:
        stacked = np.vstack([start.coefficients[name] for name in modules])
        begin = SoftmaxFit(stacked, start.intercepts, True)
    fit = fit_softmax(
        join(blocks, modules),
        classes,
        n_classes=n_classes,
        penalties=np.repeat(penalties, widths),
        weights=weights,
        start=begin,
        tolerance=options.tolerance,
        iterations=options.iterations,
    )
    parts = np.split(fit.coefficients, np.cumsum(widths)[:-1])
    return LinearModel(
        "emotions",
        dict(zip(modules, parts, strict=True)),
        fit.intercepts,
        np.asarray(penalties)[:, None],
        fit.converged,
    )


def choose_penalties(
    blocks: Blocks,
    classes: Classes,
    clusters: NDArray[np.int64],
    *,
    n_classes: int,
    options: FitOptions,
    alone: dict[str, float],
) -> Array:
    """Choose the penalty of each module from training pictures.

    Parameters
    ----------
    blocks, classes, n_classes, options
        As for `fit_emotions`.
    clusters : (n,) ndarray of int64
        Groups of duplicates.
    alone : dict of str to float
        Penalties of modules alone that are known already for these pictures; new ones are added.

    Returns
    -------
    (m,) ndarray of float64
    """
    folds = inner_folds(classes, clusters, options)
    strengths = np.array(sorted(options.strengths, reverse=True))
    for name in blocks:
        if name not in alone:
            losses = _losses(
                [blocks[name]], np.ones(1), strengths, classes, n_classes, folds, options
            )
            alone[name] = float(strengths[int(losses.argmin())])
    own = np.array([alone[name] for name in blocks])
    if len(own) == 1:
        return own
    parts = list(blocks.values())
    proportions = [
        np.ones(len(own)),
        own / np.exp(np.log(own).mean()),
        _ridge_proportions(parts, classes, n_classes, folds, options),
    ]
    losses = np.array(
        [_losses(parts, one, strengths, classes, n_classes, folds, options) for one in proportions]
    )
    best, strength = np.unravel_index(int(losses.argmin()), losses.shape)
    return np.asarray(np.minimum(proportions[best] * strengths[strength], TAKEN_OUT))


def _ridge_proportions(
    blocks: Sequence[NDArray[np.floating[Any]]],
    classes: Classes,
    n_classes: int,
    folds: Sequence[tuple[Rows, Rows]],
    options: FitOptions,
) -> Array:
    """Proportions of the penalties that predict the categories best as numbers, all by one ridge regression."""
    present = np.bincount(classes, minlength=n_classes) > 0
    truth = np.eye(n_classes)[classes][:, present]
    spread = truth / np.sqrt(truth.mean(axis=0))
    shares = scale_candidates(len(blocks), count=options.scale_candidates, seed=options.seed)
    small = leading(blocks, width=options.search_width)
    penalties, _ = search_penalties(
        small, spread, folds, shares=shares, strengths=np.array(options.strengths), joint=True
    )
    return np.asarray(penalties[0] / np.exp(np.log(penalties[0]).mean()))


def _losses(
    blocks: Sequence[NDArray[np.floating[Any]]],
    proportions: Array,
    strengths: Array,
    classes: Classes,
    n_classes: int,
    folds: Sequence[tuple[Rows, Rows]],
    options: FitOptions,
) -> Array:
    """Held-out log loss for each strength, from strong to weak; each fit starts from that of the strength before.

    Once the loss has risen twice in a row weaker penalties are not tried: theirs is infinite.
    """
    columns = np.hstack(list(blocks))
    widths = [block.shape[1] for block in blocks]
    weights = row_weights(classes, n_classes, options)
    parts = [(columns[rows], columns[check], rows, check) for rows, check in folds]
    starts: list[SoftmaxFit | None] = [None] * len(parts)
    losses = np.full(len(strengths), np.inf)
    for place, strength in enumerate(strengths):
        penalties = np.repeat(np.minimum(strength * proportions, TAKEN_OUT), widths)
        losses[place] = 0.0
        for number, (fitted, checked, rows, check) in enumerate(parts):
            start = fit_softmax(
                fitted,
                classes[rows],
                n_classes=n_classes,
                penalties=penalties,
                weights=weights[rows],
                start=starts[number],
                tolerance=10 * options.tolerance,
                iterations=options.iterations,
            )
            starts[number] = start
            predicted = softmax(checked @ start.coefficients + start.intercepts)
            own = predicted[np.arange(len(check)), classes[check]]
            losses[place] -= float(weights[check] @ np.log(np.maximum(own, 1e-12)))
        if place > 1 and losses[place] > losses[place - 1] > losses[place - 2]:
            break
    return losses
