"""Multinomial logistic regression of categories on modules, with a penalty for each module.

The penalty of a module alone is the one with the least log loss in stratified inner folds. For several modules
three proportions of their penalties are compared: all alike, those of the modules alone, and those that a banded
ridge regression of the categories finds; each with several overall strengths, by log loss in the same folds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.folds import Rows, grouped_folds
from modular_faces.modular.linear_model import (
    Blocks,
    FitOptions,
    LinearModel,
    columns_of,
    leading,
)
from modular_faces.modular.ridge import scale_candidates, search_penalties
from modular_faces.modular.softmax import softmax
from modular_faces.modular.softmax_many import fit_many
from modular_faces.modular.softmax_parts import Problem

Array = NDArray[np.float64]
Classes = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
ROUGHER = 10.0
"""Fits that only compare penalties end this much earlier."""
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


@dataclass(frozen=True)
class Request:
    """One of several models of the same pictures and modules.

    Attributes
    ----------
    classes : (n,) ndarray of int64
    penalties : (m,) ndarray of float64
        In the order of the modules; infinite for a module that is left out.
    weights : (n,) ndarray of float64
        Of each picture.
    start : LinearModel or None
        A model of the same modules to begin from.
    """

    classes: Classes
    penalties: Array
    weights: Array
    start: LinearModel | None


def fit_each(
    blocks: Blocks, requests: Sequence[Request], *, n_classes: int, options: FitOptions
) -> Iterator[LinearModel]:
    """Fit several models of the same pictures and modules.

    Parameters
    ----------
    blocks : mapping of str to (n, d_m) ndarray of float
    requests : sequence of Request
    n_classes : int
    options : FitOptions

    Yields
    ------
    LinearModel
        In the order of `requests`; coefficients of a module that was left out are zero.
    """
    modules = list(blocks)
    widths = [blocks[name].shape[1] for name in modules]
    ends = np.cumsum(widths)[:-1]
    problems = [
        Problem(
            one.weights,
            one.classes,
            np.repeat(one.penalties, widths),
            None if one.start is None else _parameters(one.start, modules, one.penalties),
        )
        for one in requests
    ]
    solutions = fit_many(
        columns_of(blocks),
        problems,
        n_classes=n_classes,
        tolerance=options.tolerance,
        iterations=options.iterations,
    )
    for one, found in zip(requests, solutions, strict=True):
        parts = np.split(found.parameters[:-1], ends)
        yield LinearModel(
            "emotions",
            dict(zip(modules, parts, strict=True)),
            found.parameters[-1],
            np.asarray(one.penalties)[:, None],
            found.converged,
        )


def _parameters(model: LinearModel, modules: Sequence[str], penalties: Array) -> Array:
    """Coefficients and intercepts to begin from; nothing of modules that are left out."""
    parts = [
        model.coefficients[name] * float(np.isfinite(penalty))
        for name, penalty in zip(modules, penalties, strict=True)
    ]
    return np.vstack([*parts, model.intercepts])


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
    blocks, n_classes, options
        As for `fit_each`.
    classes : (n,) ndarray of int64
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
                {name: blocks[name]}, np.ones((1, 1)), strengths, classes, n_classes, folds, options
            )
            alone[name] = float(strengths[int(losses.argmin())])
    own = np.array([alone[name] for name in blocks])
    if len(own) == 1:
        return own
    proportions = np.stack(
        [
            np.ones(len(own)),
            own / np.exp(np.log(own).mean()),
            _ridge_proportions(list(blocks.values()), classes, n_classes, folds, options),
        ]
    )
    losses = _losses(blocks, proportions, strengths, classes, n_classes, folds, options)
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
    blocks: Blocks,
    proportions: Array,
    strengths: Array,
    classes: Classes,
    n_classes: int,
    folds: Sequence[tuple[Rows, Rows]],
    options: FitOptions,
) -> Array:
    """Held-out log loss for each proportion and strength, from strong to weak, (p, s).

    Each fit starts from that of the strength before. Once the loss of a proportion has risen twice in a row weaker
    penalties are not tried: theirs is infinite.
    """
    columns = columns_of(blocks)
    widths = [block.shape[1] for block in blocks.values()]
    weights = row_weights(classes, n_classes, options)
    learning = [np.zeros(len(classes)) for _ in folds]
    for own, (rows, _) in zip(learning, folds, strict=True):
        own[rows] = weights[rows]
    starts: dict[tuple[int, int], Array] = {}
    losses = np.full((len(proportions), len(strengths)), np.inf)
    going = list(range(len(proportions)))
    for place, strength in enumerate(strengths):
        jobs = [(one, number) for one in going for number in range(len(folds))]
        problems = [
            Problem(
                learning[number],
                classes,
                np.repeat(np.minimum(strength * proportions[one], TAKEN_OUT), widths),
                starts.get((one, number)),
            )
            for one, number in jobs
        ]
        found = fit_many(
            columns,
            problems,
            n_classes=n_classes,
            tolerance=ROUGHER * options.tolerance,
            iterations=options.iterations,
        )
        losses[going, place] = 0.0
        for (one, number), solution in zip(jobs, found, strict=True):
            starts[one, number] = solution.parameters
            check = folds[number][1]
            own = _log_loss(columns.values[check], classes[check], solution.parameters)
            losses[one, place] += float(weights[check] @ own)
        if place > 1:
            going = [
                one for one in going if not (np.diff(losses[one, place - 2 : place + 1]) > 0).all()
            ]
        if not going:
            break
    return losses


def _log_loss(columns: Floats, classes: Classes, parameters: Array) -> Array:
    """Minus the logarithm of the probability of the true category, (n,)."""
    scores = columns @ parameters[:-1].astype(columns.dtype) + parameters[-1]
    own = softmax(scores)[np.arange(len(classes)), classes]
    return np.asarray(-np.log(np.maximum(own, 1e-12)))
