"""Bootstrap of predictions: how far a score would move with other pictures from the same source.

No model is fitted again. Groups of duplicates are drawn as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Draws = NDArray[np.float32]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes
    ----------
    value, low, high : float
        NaN where there is none.
    """

    value: float
    low: float
    high: float


def draw_weights(clusters: NDArray[np.int64], *, draws: int, seed: int) -> Draws:
    """Count how often each picture is drawn; the first row is the data as they are.

    Parameters
    ----------
    clusters : (n,) ndarray of int64
        Groups of duplicates.
    draws, seed : int

    Returns
    -------
    (draws + 1, n) ndarray of float32
        Ones in the first row.
    """
    _, group = np.unique(clusters, return_inverse=True)
    count = int(group.max(initial=-1)) + 1
    rng = np.random.default_rng(seed)
    counts = np.ones((draws + 1, len(clusters)), np.float32)
    for row in range(1, draws + 1):
        drawn = np.bincount(rng.integers(0, count, count), minlength=count)
        counts[row] = drawn[group.ravel()]
    return counts


def draw_apart(
    clusters: NDArray[np.int64], tested: NDArray[np.bool_], *, draws: int, seed: int
) -> Draws:
    """Draw tested pictures and all others apart, so that every draw has as many groups of either as there are.

    Parameters
    ----------
    clusters : (n,) ndarray of int64
    tested : (n,) ndarray of bool
    draws, seed
        See `draw_weights`.

    Returns
    -------
    (draws + 1, n) ndarray of float32
    """
    counts = np.ones((draws + 1, len(clusters)), np.float32)
    for place, part in enumerate((tested, ~tested)):
        if part.any():
            counts[:, part] = draw_weights(clusters[part], draws=draws, seed=seed + place)
    return counts


def estimate(values: Array, *, level: float) -> Estimate:
    """Take the first as the value and the quantiles of the others as the interval.

    Parameters
    ----------
    values : (draws + 1,) ndarray of float64
    level : float
        Such as .95.
    """
    drawn = values[1:][np.isfinite(values[1:])]
    if len(drawn) == 0:
        return Estimate(float(values[0]), np.nan, np.nan)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return Estimate(float(values[0]), float(low), float(high))


def band(values: Array, *, level: float) -> Estimate:
    """Mean and quantiles of values that are all drawn alike, such as scores by chance."""
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return Estimate(float(values.mean()), float(low), float(high))


def differences(ours: Mapping[str, Array], theirs: Mapping[str, Array]) -> dict[str, Array]:
    """Subtract the scores of another model, draw by draw: both were drawn on the same pictures."""
    return {name: ours[name] - theirs[name] for name in ours if name in theirs}
