"""Fit a model again on resampled pictures at its own penalties, fast: what is shared by all refits is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular import emotion_model
from modular_faces.modular.emotion_model import Request
from modular_faces.modular.linear_model import Blocks, Floats, Joined, LinearModel
from modular_faces.modular.tasks import EmotionTask, RatingTask

Array = NDArray[np.float64]
Refit = Callable[[Floats], Iterator[tuple[dict[str, Array], Array]]]
"""Takes weights of the pictures, a row for each refit (b, n); gives for each the coefficients by module and the
scores (n, K) of all pictures."""


def emotion_refit(
    task: EmotionTask, blocks: Blocks, rows: NDArray[np.intp], model: LinearModel
) -> Refit:
    """Refit a logistic regression from where the first fit ended."""
    classes = task.truth[rows]
    own = emotion_model.row_weights(classes, len(task.names), task.options)
    rough = replace(task, options=replace(task.options, tolerance=3 * task.options.tolerance))
    joined = Joined(blocks)

    def refit(draws: Floats) -> Iterator[tuple[dict[str, Array], Array]]:
        requests = [Request(classes, model.penalties[:, 0], own * draw, model) for draw in draws]
        for fitted in rough.fit_each(joined, requests):
            yield dict(fitted.coefficients), fitted.scores(joined)

    return refit


def rating_refit(
    task: RatingTask, blocks: Blocks, rows: NDArray[np.intp], model: LinearModel
) -> Refit:
    """Refit ridge regressions, in rows or in columns, whichever are fewer."""
    names = list(blocks)
    targets = task.truth[rows]
    columns = np.hstack([blocks[name] for name in names]).astype(np.float64)
    widths = [blocks[name].shape[1] for name in names]
    ends = np.cumsum(widths)[:-1]
    by_rows = columns.shape[0] < columns.shape[1]
    kernels = [part @ part.T for part in np.split(columns, ends, axis=1)] if by_rows else []

    def refit_once(weights: Array) -> tuple[dict[str, Array], Array]:
        share = weights / weights.sum()
        joint = np.empty((columns.shape[1], targets.shape[1]))
        aims = targets - share @ targets
        centred = columns - share @ columns
        gram = None if by_rows else centred.T @ (centred * share[:, None])
        middles = [share @ kernel for kernel in kernels]
        for place in range(targets.shape[1]):
            penalties = model.penalties[:, place]
            if gram is None:
                dual = _dual(kernels, middles, share, penalties, aims[:, place])
                joint[:, place] = (centred.T @ dual) / np.repeat(penalties, widths)
            else:
                joint[:, place] = _primal(
                    gram, centred.T @ (share * aims[:, place]), np.repeat(penalties, widths)
                )
        parts = dict(zip(names, np.split(joint, ends), strict=True))
        return parts, centred @ joint

    def refit(draws: Floats) -> Iterator[tuple[dict[str, Array], Array]]:
        return (refit_once(draw.astype(np.float64)) for draw in draws)

    return refit


def _dual(
    kernels: list[Array], middles: list[Array], share: Array, penalties: Array, aims: Array
) -> Array:
    """Weights of the pictures whose sum of columns gives the coefficients."""
    from scipy.linalg import cho_factor, cho_solve

    kernel = np.zeros_like(kernels[0])
    middle = np.zeros(len(share))
    for one, its_middle, penalty in zip(kernels, middles, penalties, strict=True):
        kernel += one / penalty
        middle += its_middle / penalty
    kernel -= middle[:, None] + middle[None, :] - share @ middle
    root = np.sqrt(share)
    kernel *= root[:, None] * root
    kernel[np.diag_indices_from(kernel)] += 1.0
    factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    return np.asarray(root * cho_solve(factor, root * aims))


def _primal(gram: Array, moments: Array, penalties: Array) -> Array:
    from scipy.linalg import cho_factor, cho_solve

    square = gram.copy()
    square[np.diag_indices_from(square)] += penalties
    factor = cho_factor(square, lower=True, overwrite_a=True, check_finite=False)
    return np.asarray(cho_solve(factor, moments))


def make_refit(task: Any, blocks: Blocks, rows: NDArray[np.intp], model: LinearModel) -> Refit:
    """Choose the way of refitting that fits the task."""
    if isinstance(task, EmotionTask):
        return emotion_refit(task, blocks, rows, model)
    return rating_refit(task, blocks, rows, model)
