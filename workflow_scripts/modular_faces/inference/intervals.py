"""Confidence intervals of shares, of their differences, and of differences of medians."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

FloatArray = NDArray[np.float64]

_CHUNK_VALUES: Final = 4_000_000
"""Values drawn at once where a bootstrap has to draw them: 32 MB."""


class Interval(NamedTuple):
    """An estimate with the limits of its confidence interval; all NaN where there are no data."""

    estimate: float
    low: float
    high: float


NO_INTERVAL: Final = Interval(float("nan"), float("nan"), float("nan"))


def normal_quantile(confidence: float) -> float:
    """Give the two-sided quantile of the standard normal distribution, 1.96 for 0.95.

    Raises
    ------
    ValueError
        If the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; give a number between 0 and 1, such as 0.95")
    return float(stats.norm.ppf((1 + confidence) / 2))


def wilson(count: float, n: float, *, confidence: float) -> Interval:
    """Estimate a share with Wilson's score interval.

    Parameters
    ----------
    count, n : float
        Cases and all; fractions are allowed, for weighted data brought to their effective size.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Interval
        Between 0 and 1; `NO_INTERVAL` where n is 0.

    Raises
    ------
    ValueError
        If count is not between 0 and n.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> [round(value, 4) for value in wilson(81, 263, confidence=0.95)]
    [0.308, 0.2553, 0.3662]
    """
    z = normal_quantile(confidence)
    if not -1e-9 <= count <= n + 1e-9:
        raise ValueError(f"{count} of {n}: a share needs a count between 0 and the number of all")
    if n <= 0:
        return NO_INTERVAL
    share = min(max(count / n, 0.0), 1.0)
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    low = 0.0 if share == 0 else float((middle - half) / scale)
    high = 1.0 if share == 1 else float((middle + half) / scale)
    return Interval(share, max(low, 0.0), min(high, 1.0))


def effective_size(weights: ArrayLike) -> float:
    """Number of equally weighted pictures that say as much as these weighted ones (Kish).

    Parameters
    ----------
    weights : (n,) array_like of float

    Returns
    -------
    float
        The square of the sum over the sum of squares: n for equal weights, 0 for none. On the safe side where
        few heavy and many light pictures come together.

    References
    ----------
    Kish, L. (1965). Survey sampling. Wiley, section 11.7.
    """
    values = np.asarray(weights, dtype=np.float64)
    total = float(values.sum())
    return total**2 / float((values**2).sum()) if total > 0 else 0.0


def weighted_share(cases: NDArray[np.bool_], weights: FloatArray, *, confidence: float) -> Interval:
    """Estimate a share of weighted pictures: Wilson's interval at their effective number.

    Parameters
    ----------
    cases : (n,) ndarray of bool
    weights : (n,) ndarray of float64
    confidence : float
    """
    total = float(weights.sum())
    if total <= 0:
        return NO_INTERVAL
    size = effective_size(weights)
    share = min(float(weights[cases].sum()) / total, 1.0)
    return wilson(share * size, size, confidence=confidence)


def independent_difference(first: Interval, second: Interval) -> Interval:
    """Estimate the difference of two independent shares, first minus second, from their intervals.

    Parameters
    ----------
    first, second : Interval
        From `wilson` or `weighted_share`.

    Returns
    -------
    Interval
        Newcombe's hybrid score interval (method 10).

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions: comparison
    of eleven methods. https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    difference = first.estimate - second.estimate
    down = np.hypot(first.estimate - first.low, second.high - second.estimate)
    up = np.hypot(first.high - first.estimate, second.estimate - second.low)
    return Interval(difference, float(difference - down), float(difference + up))


def paired_difference(
    both: float, first_only: float, second_only: float, neither: float, *, confidence: float
) -> Interval:
    """Estimate the difference of two shares measured on the same pictures, first minus second.

    Parameters
    ----------
    both, first_only, second_only, neither : float
        Pictures that are cases in both conditions, in one only, in none; fractions are allowed, for
        weighted data brought to their effective size.
    confidence : float

    Returns
    -------
    Interval
        Between -1 and 1; `NO_INTERVAL` where there are no pictures.

    Notes
    -----
    Newcombe's square-and-add interval of two Wilson intervals (his method 10), which keeps its level for
    small tables and zero cells and stays within -1 and 1. Fagerland and others recommend it beside
    Tango's score interval, which is as good but has no form for weighted tables.

    References
    ----------
    Newcombe, R. G. (1998). Improved confidence intervals for the difference between binomial proportions based
    on paired data. https://doi.org/10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C
    Fagerland, M. W., Lydersen, S., & Laake, P. (2014). Recommended tests and confidence intervals for paired
    binomial proportions. https://doi.org/10.1002/sim.6148
    """
    n = both + first_only + second_only + neither
    if n <= 0:
        return NO_INTERVAL
    first = wilson(both + first_only, n, confidence=confidence)
    second = wilson(both + second_only, n, confidence=confidence)
    correlation = _newcombe_correlation(both, first_only, second_only, neither)

    def reach(one: float, other: float) -> float:
        return float(np.sqrt(max(one**2 - 2 * correlation * one * other + other**2, 0.0)))

    difference = (first_only - second_only) / n
    down = reach(first.estimate - first.low, second.high - second.estimate)
    up = reach(first.high - first.estimate, second.estimate - second.low)
    return Interval(difference, max(difference - down, -1.0), min(difference + up, 1.0))


def _newcombe_correlation(e: float, f: float, g: float, h: float) -> float:
    """Correlation of the two conditions, with Newcombe's correction for continuity."""
    margins = (e + f) * (g + h) * (e + g) * (f + h)
    if margins <= 0:
        return 0.0
    n = e + f + g + h
    surplus = e * h - f * g
    if surplus > 0:
        surplus = max(surplus - n / 2, 0.0)
    return float(surplus / np.sqrt(margins))


def median_difference(
    first: ArrayLike,
    second: ArrayLike,
    *,
    draws: int,
    seed: int,
    confidence: float,
    first_weights: ArrayLike | None = None,
    second_weights: ArrayLike | None = None,
) -> Interval:
    """Estimate the difference of two medians, first minus second, with a bootstrap interval.

    Parameters
    ----------
    first, second : (n,) and (m,) array_like of float
        Values without NaN.
    draws : int
        Bootstrap samples.
    seed : int
    confidence : float
    first_weights, second_weights : array_like of float, optional
        Weight of each value; by default all count the same.

    Returns
    -------
    Interval
        `NO_INTERVAL` where one group is empty.

    Notes
    -----
    Percentile interval; each group is drawn on its own. BCa is not used: its acceleration comes from the
    jackknife, which does not work for a median, because the median is not smooth (Efron & Tibshirani 1993,
    section 11.6). Values of equal weight need not be drawn: the median of a bootstrap sample is an order
    statistic of the values whose rank follows from a beta distribution, so that a million pictures cost
    as little as a hundred.

    References
    ----------
    Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall.
    https://doi.org/10.1201/9780429246593
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if not one.size or not two.size:
        return NO_INTERVAL
    generator = np.random.default_rng(seed)
    drawn_one = _bootstrap_medians(one, first_weights, draws, generator)
    drawn_two = _bootstrap_medians(two, second_weights, draws, generator)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn_one - drawn_two, [tail, 1 - tail])
    estimate = weighted_median(one, first_weights) - weighted_median(two, second_weights)
    return Interval(estimate, float(low), float(high))


def weighted_median(values: ArrayLike, weights: ArrayLike | None) -> float:
    """Median of weighted values: where the running weight reaches one half; between two where it meets it."""
    known = np.asarray(values, dtype=np.float64)
    if weights is None:
        return float(np.median(known))
    order = np.argsort(known, kind="stable")
    heap = np.cumsum(np.asarray(weights, dtype=np.float64)[order])
    half = heap[-1] / 2
    lower = int(np.searchsorted(heap, half * (1 - 1e-12)))
    upper = int(np.searchsorted(heap, half * (1 + 1e-12), side="right"))
    return float((known[order[lower]] + known[order[min(upper, known.size - 1)]]) / 2)


def _bootstrap_medians(
    values: FloatArray, weights: ArrayLike | None, draws: int, generator: np.random.Generator
) -> FloatArray:
    """Medians of bootstrap samples of the values, (draws,)."""
    known = None if weights is None else np.asarray(weights, dtype=np.float64)
    if known is None or np.ptp(known) == 0:
        return _medians_by_rank(np.sort(values), draws, generator)
    medians = np.empty(draws)
    step = max(1, _CHUNK_VALUES // values.size)
    for start in range(0, draws, step):
        rows = generator.integers(0, values.size, (min(step, draws - start), values.size))
        for row, chosen in enumerate(rows, start):
            medians[row] = weighted_median(values[chosen], known[chosen])
    return medians


def _medians_by_rank(ordered: FloatArray, draws: int, generator: np.random.Generator) -> FloatArray:
    """Medians of bootstrap samples, from the joint law of the middle order statistics of uniforms."""
    n = ordered.size
    middle = (n + 1) // 2
    place = generator.beta(middle, n - middle + 1, draws)
    lower = ordered[np.minimum((place * n).astype(np.intp), n - 1)]
    if n % 2:
        return lower
    following = place + (1 - place) * generator.beta(1, n - middle, draws)
    upper = ordered[np.minimum((following * n).astype(np.intp), n - 1)]
    between: FloatArray = (lower + upper) / 2
    return between
