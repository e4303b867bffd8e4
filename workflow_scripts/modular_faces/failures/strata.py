"""Tests of one number within strata of others: whether it says anything that they do not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MOST_STRATA = 8
LEAST_IN_STRATUM = 10


class StratifiedDifference(NamedTuple):
    """A difference of two groups within strata.

    Attributes
    ----------
    delta : float
        Mean of Cliff's delta of the strata, weighted as in the test; NaN where no stratum holds both groups.
    p : float
        Two-sided; 1 where no stratum holds both groups.
    """

    delta: float
    p: float


def van_elteren(
    values: FloatArray, group: BoolArray, strata: NDArray[np.intp]
) -> StratifiedDifference:
    """Test whether values tend to be larger in a group, within strata.

    Parameters
    ----------
    values : (n,) ndarray of float64
        Without NaN.
    group : (n,) ndarray of bool
    strata : (n,) ndarray of int

    Returns
    -------
    StratifiedDifference

    Notes
    -----
    Sum over the strata of Wilcoxon's rank sums less their expectation, each divided by one more than the size of the
    stratum, by its standard deviation with correction for ties. With one stratum this is the Mann-Whitney test
    without correction for continuity.

    References
    ----------
    van Elteren, P. H. (1960). On the combination of independent two sample tests of Wilcoxon. Bulletin of the
    International Statistical Institute, 37, 351-361.
    """
    surplus = variance = weights = 0.0
    deltas = 0.0
    for stratum in np.unique(strata):
        chosen = strata == stratum
        inside, cases = values[chosen], group[chosen]
        n, m = int(cases.sum()), int((~cases).sum())
        if not n or not m:
            continue
        size = n + m
        ranks = stats.rankdata(inside)
        excess = float(ranks[cases].sum()) - n * (size + 1) / 2
        _, ties = np.unique(inside, return_counts=True)
        tied = float((ties.astype(np.float64) ** 3 - ties).sum())
        spread = n * m / 12 * (size + 1 - tied / (size * (size - 1)))
        surplus += excess / (size + 1)
        variance += spread / (size + 1) ** 2
        weight = n * m / (size + 1)
        deltas += weight * 2 * excess / (n * m)
        weights += weight
    if weights == 0:
        return StratifiedDifference(float("nan"), 1.0)
    if variance <= 0:
        return StratifiedDifference(deltas / weights, 1.0)
    p = 2 * float(stats.norm.sf(abs(surplus) / np.sqrt(variance)))
    return StratifiedDifference(deltas / weights, min(p, 1.0))


def strata_by(known: FloatArray, group: BoolArray, *, seed: int) -> NDArray[np.intp]:
    """Cut pictures into strata within which some numbers tell the groups apart no more.

    Parameters
    ----------
    known : (n, k) ndarray of float64
        The numbers; NaN counts as their median. With k = 0 all pictures are one stratum.
    group : (n,) ndarray of bool
    seed : int

    Returns
    -------
    (n,) ndarray of int
        Leaves of a decision tree that tells the groups apart by these numbers.

    References
    ----------
    Breiman, L., Friedman, J., Stone, C. J., & Olshen, R. A. (1984). Classification and regression trees. Chapman
    & Hall. https://doi.org/10.1201/9781315139470
    """
    if not known.shape[1]:
        return np.zeros(len(group), dtype=np.intp)
    from sklearn.tree import DecisionTreeClassifier

    filled = np.where(np.isnan(known), np.nanmedian(known, axis=0), known)
    tree = DecisionTreeClassifier(
        max_leaf_nodes=MOST_STRATA,
        min_samples_leaf=min(LEAST_IN_STRATUM, max(1, len(group) // 4)),
        class_weight="balanced",
        random_state=seed,
    )
    leaves: NDArray[np.intp] = tree.fit(filled, group).apply(filled).astype(np.intp)
    return leaves
