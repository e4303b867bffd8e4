"""Scores of predicted ratings, for many weightings of the same pictures at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]


def rating_metrics(
    weights: Floats, truth: Array, predicted: Floats, baseline: Floats
) -> dict[str, Array]:
    """Score predictions of one rating, pooled over the pictures.

    Parameters
    ----------
    weights : (b, n) ndarray of float
        Each row weighs the pictures once.
    truth : (n,) ndarray of float64
    predicted : (repeats, n) ndarray of float
    baseline : (repeats, n) ndarray of float
        Mean of the training pictures of each picture's fold.

    Returns
    -------
    dict of str to (b,) ndarray of float64
        r2 (one minus squared error over that of the baseline: below 0 where the mean is better), mse, mae,
        r (Pearson). Means over repeats.
    """
    total = weights.sum(axis=1, dtype=np.float64)
    parts = []
    for one, middle in zip(predicted.astype(np.float64), baseline.astype(np.float64), strict=True):
        squared = weights @ (truth - one) ** 2
        of_mean = weights @ (truth - middle) ** 2
        parts.append(
            {
                "r2": 1.0 - squared / of_mean,
                "mse": squared / total,
                "mae": weights @ np.abs(truth - one) / total,
                "r": correlations(weights, truth, one),
            }
        )
    return {name: np.asarray(np.mean([part[name] for part in parts], axis=0)) for name in parts[0]}


def correlations(weights: Floats, one: Array, other: Array) -> Array:
    """Weighted Pearson correlations, (b,); NaN where one of the two is constant."""
    total = weights.sum(axis=1, dtype=np.float64)
    one, other = one - one.mean(), other - other.mean()
    means = (weights @ one / total, weights @ other / total)
    product = weights @ (one * other) / total - means[0] * means[1]
    spreads = [
        np.maximum(weights @ values**2 / total - mean**2, 0.0)
        for values, mean in zip((one, other), means, strict=True)
    ]
    scale = np.sqrt(spreads[0] * spreads[1])
    return np.asarray(np.divide(product, scale, where=scale > 0, out=np.full(len(total), np.nan)))


def against_reliability(metrics: dict[str, Array], reliability: Array) -> dict[str, Array]:
    """Scores beside what perfect prediction of the raters' agreement would reach; may exceed one.

    Parameters
    ----------
    metrics : dict
        Of `rating_metrics`.
    reliability : (b,) ndarray of float64
        Of the mean rating (Spearman-Brown); drawn anew in each row where its interval is known.
    """
    return {
        "r2_over_reliability": metrics["r2"] / reliability,
        "r_over_root_reliability": metrics["r"] / np.sqrt(reliability),
    }
