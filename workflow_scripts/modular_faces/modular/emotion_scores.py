"""Scores of predicted categories, for many weightings of the same pictures at once.

References
----------
Guo, C., Pleiss, G., Sun, Y., & Weinberger, K. Q. (2017). On calibration of modern neural networks. ICML.
https://arxiv.org/abs/1706.04599
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.inference.paired import exact_mcnemar

Array = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]

CALIBRATION_BINS = 10
LEAST_PROBABILITY = 1e-6
"""Log loss takes no probability below this."""


def emotion_metrics(
    weights: Floats, truth: NDArray[np.int64], predicted: Floats, names: Sequence[str]
) -> dict[str, Array]:
    """Score predictions.

    Parameters
    ----------
    weights : (b, n) ndarray of float
        Each row weighs the pictures once.
    truth : (n,) ndarray of int64
        0 to ``K - 1``.
    predicted : (repeats, n, K) ndarray of float
        Probabilities; a picture with NaN counts as wrong.
    names : sequence of str, length K

    Returns
    -------
    dict of str to (b,) ndarray of float64
        accuracy, balanced_accuracy (mean recall of the categories that occur), macro_f1, recall of each category;
        log_loss and calibration_error (expected, 10 bins of equal width), unless a picture has no probabilities.
    """
    parts = [_one_repeat(weights, truth, one, names) for one in predicted]
    return {name: np.asarray(np.mean([part[name] for part in parts], axis=0)) for name in parts[0]}


def confusion(weights: Floats, truth: NDArray[np.int64], predicted: Floats) -> Array:
    """Weighted counts of true and predicted categories.

    Parameters
    ----------
    weights : (b, n) ndarray of float
    truth : (n,) ndarray of int64
    predicted : (n, K) ndarray of float
        Probabilities; NaN is predicted as none.

    Returns
    -------
    (b, K, K + 1) ndarray of float64
        True by predicted; the last column is none.
    """
    n, k = predicted.shape
    lost = np.asarray(np.isnan(predicted).any(axis=1))
    choice = np.where(lost, k, np.where(lost[:, None], 0.0, predicted).argmax(axis=1))
    cells = np.zeros((n, k * (k + 1)), weights.dtype)
    cells[np.arange(n), truth * (k + 1) + choice] = 1.0
    return np.asarray(weights @ cells, dtype=np.float64).reshape(-1, k, k + 1)


def _one_repeat(
    weights: Floats, truth: NDArray[np.int64], predicted: Floats, names: Sequence[str]
) -> dict[str, Array]:
    table = confusion(weights, truth, predicted)
    hits = np.diagonal(table, axis1=1, axis2=2)
    of_truth, of_choice = table.sum(axis=2), table[:, :, :-1].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = hits / of_truth
        f1 = np.where(of_truth > 0, 2 * hits / (of_truth + of_choice), np.nan)
    scores = {
        "accuracy": hits.sum(axis=1) / of_truth.sum(axis=1),
        "balanced_accuracy": _mean(recall),
        "macro_f1": _mean(f1),
        **{f"recall_{name}": recall[:, k] for k, name in enumerate(names)},
    }
    if not np.isnan(predicted).any():
        scores |= _of_probabilities(weights, truth, predicted)
    return scores


def _mean(values: Array) -> Array:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _of_probabilities(
    weights: Floats, truth: NDArray[np.int64], predicted: Floats
) -> dict[str, Array]:
    total = weights.sum(axis=1, dtype=np.float64)
    own = np.maximum(predicted[np.arange(len(truth)), truth], LEAST_PROBABILITY)
    loss = -np.log(own.astype(np.float64))
    _, right, sure = calibration_sums(weights, truth, predicted)
    return {
        "log_loss": np.asarray(weights @ loss) / total,
        "calibration_error": np.abs(right - sure).sum(axis=1) / total,
    }


def calibration_sums(weights: Floats, truth: NDArray[np.int64], predicted: Floats) -> Array:
    """Sums behind a calibration curve.

    Returns
    -------
    (3, b, bins) ndarray of float64
        Weight, weight of right predictions, weight times highest probability of each bin.
    """
    sure = predicted.max(axis=1).astype(np.float64)
    right = predicted.argmax(axis=1) == truth
    bins = np.minimum((sure * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    member = np.eye(CALIBRATION_BINS)[bins]
    return np.stack(
        [weights @ (member * part[:, None]) for part in (np.ones(len(sure)), right, sure)]
    )


def balanced_view(predicted: Floats, prior: Floats) -> Floats:
    """Predictions as if every category were equally common: probabilities over how common each was in training.

    Parameters
    ----------
    predicted, prior : (..., K) ndarray of float
    """
    odds = predicted / np.maximum(prior, LEAST_PROBABILITY)
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def mcnemar(one: Floats, other: Floats, truth: NDArray[np.int64]) -> tuple[int, int, float]:
    """Compare which pictures two models get right; a picture without probabilities is wrong.

    Parameters
    ----------
    one, other : (n, K) ndarray of float32
    truth : (n,) ndarray of int64

    Returns
    -------
    tuple of int, int, float
        Pictures that only the first gets right, only the second, and the exact p-value of McNemar's test.
    """
    right, right_other = (
        np.isfinite(part).all(axis=1) & (part.argmax(axis=1) == truth) for part in (one, other)
    )
    only, other_only = int((right & ~right_other).sum()), int((~right & right_other).sum())
    return only, other_only, exact_mcnemar(only, other_only, null_share=0.5)
