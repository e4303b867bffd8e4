"""How large a difference between two groups is, whatever the unit and the shape of the distributions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from modular_faces.inference.intervals import NO_INTERVAL, Interval, normal_quantile


class GroupDifference(NamedTuple):
    """Cliff's delta with the Mann-Whitney test that belongs to it."""

    delta: Interval
    p: float


def cliffs_delta(first: ArrayLike, second: ArrayLike, *, confidence: float) -> Interval:
    """Estimate how much more often a value of the first group is the larger one.

    Parameters
    ----------
    first, second : (n,) and (m,) array_like of float
        Values without NaN.
    confidence : float

    Returns
    -------
    Interval
        P(first > second) - P(first < second), from -1 to 1; `NO_INTERVAL` where a group is empty.

    Notes
    -----
    Variance: Cliff's unbiased estimate, or the least possible for this many pairs where that is larger. Limits: his
    asymmetric ones, which stay within -1 and 1. Groups that do not overlap have no variance; the near limit is then
    (k - z^2) / (k + z^2) for the k values of the smaller group. Sorting instead of comparing all pairs keeps a
    million pictures cheap.

    References
    ----------
    Cliff, N. (1996). Answering ordinal questions with ordinal data using ordinal statistics.
    https://doi.org/10.1207/s15327906mbr3103_4
    Feng, D., & Cliff, N. (2004). Monte Carlo evaluation of ordinal d with improved confidence interval.
    https://doi.org/10.22237/jmasm/1099267560
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    n, m = one.size, two.size
    if not n or not m:
        return NO_INTERVAL
    of_one, ties = _dominance(one, two)
    of_two = -_dominance(two, one)[0]
    delta = float(of_one.mean())
    z = normal_quantile(confidence)
    if abs(delta) > 1 - 1e-12:
        fewest = min(n, m)
        inner = (fewest - z**2) / (fewest + z**2)
        return Interval(delta, inner, 1.0) if delta > 0 else Interval(delta, -1.0, -inner)
    variance = _variance(of_one, of_two, delta, ties)
    reach = z * np.sqrt(variance * ((1 - delta**2) ** 2 + z**2 * variance))
    scale = 1 - delta**2 + z**2 * variance
    low, high = ((delta - delta**3 + sign * reach) / scale for sign in (-1, 1))
    return Interval(delta, max(float(low), -1.0), min(float(high), 1.0))


def mann_whitney(first: ArrayLike, second: ArrayLike, *, confidence: float) -> GroupDifference:
    """Test whether values of one group tend to be larger, and say how much.

    Parameters
    ----------
    first, second : (n,) and (m,) array_like of float
        Values without NaN.
    confidence : float

    Returns
    -------
    GroupDifference
        Two-sided p-value (exact for small groups without ties, else normal with correction for ties and
        continuity); NaN where a group is empty, 1 where all values are the same.

    References
    ----------
    Mann, H. B., & Whitney, D. R. (1947). On a test of whether one of two random variables is stochastically
    larger than the other. https://doi.org/10.1214/aoms/1177730491
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if not one.size or not two.size:
        return GroupDifference(NO_INTERVAL, float("nan"))
    delta = cliffs_delta(one, two, confidence=confidence)
    if min(one.min(), two.min()) == max(one.max(), two.max()):
        return GroupDifference(delta, 1.0)
    p = stats.mannwhitneyu(one, two, alternative="two-sided", method="auto").pvalue
    return GroupDifference(delta, float(p))


def cramers_v(table: NDArray[np.integer], *, confidence: float) -> Interval:
    """Estimate how strongly two ways of grouping go together.

    Parameters
    ----------
    table : (r, c) ndarray of int
        Counts; no row and no column without any.
    confidence : float

    Returns
    -------
    Interval
        Cramer's V corrected for bias, from 0 to 1.

    Notes
    -----
    Limits: the noncentralities that make the chi-squared of the table just not too large and just not too small,
    brought to V. A chi-squared below its mean without any association says no more than that mean does; the upper
    limit is then that of the mean, since a small chance must not make the interval narrow.

    References
    ----------
    Bergsma, W. (2013). A bias-correction for Cramer's V and Tschuprow's T.
    https://doi.org/10.1016/j.jkss.2012.10.002
    Smithson, M. (2003). Confidence intervals. Sage. https://doi.org/10.4135/9781412983761
    """
    n, (rows, columns) = int(table.sum()), table.shape
    statistic = float(stats.chi2_contingency(table, correction=False).statistic)
    freedom = (rows - 1) * (columns - 1)
    phi = max(0.0, statistic / n - freedom / (n - 1))
    least = min(size - (size - 1) ** 2 / (n - 1) for size in (rows, columns)) - 1
    strength = min(float(np.sqrt(phi / least)), 1.0) if least > 0 else 0.0
    most = n * (min(rows, columns) - 1)
    tail = (1 - confidence) / 2
    low, high = (
        float(np.sqrt(min(_noncentrality(value, freedom, share), most) / most))
        for value, share in ((statistic, 1 - tail), (max(statistic, freedom), tail))
    )
    return Interval(strength, min(low, strength), max(high, strength))


def _noncentrality(statistic: float, freedom: int, share: float) -> float:
    """Noncentrality under which a chi-squared stays below the statistic in this share of cases; 0 if none does."""
    if special.chdtr(freedom, statistic) <= share:
        return 0.0
    return float(special.chndtrinc(statistic, freedom, share))


def _dominance(
    values: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[NDArray[np.float64], int]:
    """For each value the share of others below it minus the share above it; and the number of ties."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left")
    not_above = np.searchsorted(ordered, values, side="right")
    ties = int((not_above - below).sum())
    dominance: NDArray[np.float64] = (below - (others.size - not_above)) / others.size
    return dominance, ties


def _variance(
    of_one: NDArray[np.float64], of_two: NDArray[np.float64], delta: float, ties: int
) -> float:
    """Cliff's unbiased variance of delta."""
    n, m = of_one.size, of_two.size
    least = (1 - delta**2) / (n * m - 1) if n * m > 1 else 1.0
    if n < 2 or m < 2:
        return max(least, 1.0 / max(min(n, m), 1))
    pairs = n * m - ties - n * m * delta**2
    rows = m**2 * float(((of_one - delta) ** 2).sum())
    columns = n**2 * float(((of_two - delta) ** 2).sum())
    return max((rows + columns - pairs) / (n * m * (n - 1) * (m - 1)), least)
