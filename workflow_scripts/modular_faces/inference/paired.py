"""Two conditions on the same pictures: what the second rescues, what it breaks, and whether that is chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from modular_faces.inference.intervals import Interval, effective_size, paired_difference


@dataclass(frozen=True)
class PairedComparison:
    """How often a change makes a case of none and none of a case.

    Attributes
    ----------
    n : int
        Pictures with both conditions.
    first_only : int
        Cases in the first condition only (b): rescued, where a case is a failure.
    second_only : int
        Cases in the second condition only (c): broken.
    difference : Interval
        Share of cases, first minus second.
    p : float
        Two-sided exact McNemar test; 1 where no picture changes.
    """

    n: int
    first_only: int
    second_only: int
    difference: Interval
    p: float


def compare_paired(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    *,
    weights: NDArray[np.float64],
    confidence: float,
) -> PairedComparison:
    """Compare two conditions on the same pictures.

    Parameters
    ----------
    first, second : (n,) ndarray of bool
        Whether each picture is a case.
    weights : (n,) ndarray of float64
        1 everywhere, or the weights of a sample of the pictures that are no case in the first condition
        beside all that are.
    confidence : float

    Returns
    -------
    PairedComparison

    Notes
    -----
    With a sample, a broken picture is seen only with probability 1 / weight. Under the null hypothesis a
    changed picture is then a rescued one with probability weight / (1 + weight) instead of one half, and the exact
    test is a binomial test against that share. Where pictures that are no case have different weights, as
    at a level that was not the one sampled by, the mean weight of the broken ones counts, and the largest where
    none is broken. The interval is that of the weighted table, brought to its effective size.

    References
    ----------
    McNemar, Q. (1947). Note on the sampling error of the difference between correlated proportions or
    percentages. https://doi.org/10.1007/BF02295996
    """
    cells = [first & second, first & ~second, ~first & second, ~first & ~second]
    total = float(weights.sum())
    scale = effective_size(weights) / total if total > 0 else 0.0
    table = [float(weights[cell].sum()) * scale for cell in cells]
    b, c = int(cells[1].sum()), int(cells[2].sum())
    return PairedComparison(
        n=len(first),
        first_only=b,
        second_only=c,
        difference=paired_difference(*table, confidence=confidence),
        p=exact_mcnemar(b, c, null_share=_null_share(first, second, weights)),
    )


def exact_mcnemar(first_only: int, second_only: int, *, null_share: float) -> float:
    """Test whether changes go one way more often than chance has it.

    Parameters
    ----------
    first_only, second_only : int
        Pictures that change, one way and the other.
    null_share : float
        Share of `first_only` among them under the null hypothesis: 0.5 where every picture was looked at.

    Returns
    -------
    float
        Two-sided p-value; 1 where no picture changes.

    Examples
    --------
    >>> round(exact_mcnemar(7, 1, null_share=0.5), 5)
    0.07031
    """
    changed = first_only + second_only
    if not changed:
        return 1.0
    return float(stats.binomtest(first_only, changed, null_share).pvalue)


def _null_share(
    first: NDArray[np.bool_], second: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Share of cases of the first condition among changes, when both directions are as likely."""
    cases, others, broken = weights[first], weights[~first], weights[~first & second]
    if not cases.size or not others.size:
        return 0.5
    weight = float((broken.mean() if broken.size else others.max()) / cases.mean())
    return weight / (1 + weight)
