"""Pictures in groups: by label, by split, by quantiles of a number; how often each group fails."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from modular_faces.descriptors import DESCRIPTOR_NAMES
from modular_faces.failures.study_rows import only_pictures, wanted_rows
from modular_faces.inference.correction import holm
from modular_faces.inference.effect_sizes import cramers_v, mann_whitney
from modular_faces.inference.intervals import NO_INTERVAL, Interval, wilson

MOST_GROUPS: Final = 40
"""A column with more different texts than this names pictures, not groups."""
UNKNOWN: Final = "not known"

_LEAST_EXPECTED = 5
_PERMUTATIONS = 1999


@dataclass(frozen=True)
class Grouping:
    """Pictures in groups.

    Attributes
    ----------
    name : str
    groups : tuple of str
        Names of the groups, in order.
    codes : (n,) ndarray of int8
        Group of each picture; -1 where it is not known.
    values : (n,) ndarray of float or None
        The numbers that were cut into quantiles; None for groups that are named.
    """

    name: str
    groups: tuple[str, ...]
    codes: NDArray[np.int8]
    values: NDArray[np.floating] | None


@dataclass(frozen=True)
class GroupTest:
    """Whether failures are spread evenly over groups, or differ from successes in a number.

    Attributes
    ----------
    grouping, effect_name : str
    failures, successes : int
        With a known group or number.
    effect : Interval
        Cliff's delta, failures against successes; Cramer's V for named groups.
    p : float
    """

    grouping: str
    effect_name: str
    failures: int
    successes: int
    effect: Interval
    p: float


def read_descriptors(
    paths: Iterable[str | os.PathLike[str]],
    names: Sequence[str] = DESCRIPTOR_NAMES,
    *,
    of: Container[str] | None = None,
) -> pd.DataFrame:
    """Read descriptors of all shards.

    Parameters
    ----------
    paths : iterable of path-like
    names : sequence of str
        Columns to read.
    of : container of str, optional
        Pictures to read, by default all.

    Returns
    -------
    pandas.DataFrame
        Indexed by image_id, float32; NaN for pictures that could not be decoded.
    """
    columns, rows_of = ["image_id", *names], only_pictures(of)
    tables = [wanted_rows(path, columns, rows_of=rows_of) for path in paths]
    whole: pd.DataFrame = pa.concat_tables(tables).to_pandas(split_blocks=True)
    return whole.set_index("image_id")


def named_groups(name: str, values: Iterable[object]) -> Grouping | None:
    """Group pictures by a text; None where there are fewer than two groups, or more than `MOST_GROUPS`."""
    texts = pd.Series(list(values), dtype=object)
    codes, groups = pd.factorize(texts, sort=True)
    if not 2 <= len(groups) <= MOST_GROUPS:
        return None
    return Grouping(name, tuple(map(str, groups)), codes.astype(np.int8), None)


def quantile_groups(name: str, values: NDArray[np.floating], *, quantiles: int) -> Grouping | None:
    """Group pictures by a number, into groups as equal in size as ties allow.

    Parameters
    ----------
    name : str
    values : (n,) ndarray of float
        NaN where it is not known.
    quantiles : int
        Groups at most; fewer where many pictures have the same number. A number with two values makes two
        groups.

    Returns
    -------
    Grouping or None
        None where all pictures have the same number.
    """
    numbers = np.asarray(values)
    known = np.isfinite(numbers)
    distinct = np.unique(numbers[known])
    if len(distinct) < 2:
        return None
    if len(distinct) <= quantiles:
        edges = distinct[1:]
    else:
        shares = np.arange(1, quantiles) / quantiles
        cuts = np.quantile(numbers[known], shares, method="inverted_cdf")
        edges = np.unique(
            distinct[np.minimum(np.searchsorted(distinct, cuts, side="right"), len(distinct) - 1)]
        )
    codes = np.where(known, np.searchsorted(edges, numbers, side="right"), -1)
    names = tuple(_range_name(numbers[codes == group]) for group in range(len(edges) + 1))
    return Grouping(name, names, codes.astype(np.int8), numbers)


def group_rates(
    grouping: Grouping,
    lost: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    confidence: float,
) -> list[tuple[str, int, int, Interval]]:
    """Failure rate of each group.

    Parameters
    ----------
    grouping : Grouping
    lost : (n,) ndarray of bool
    weights : (n,) ndarray of float64
        0 for pictures that were not looked at.
    confidence : float

    Returns
    -------
    list of (group, n, failures, rate)
        Groups without a picture are left out; pictures whose group is not known come last.
    """
    looked = weights > 0
    codes = grouping.codes[looked] + 1
    failed, weight = lost[looked], weights[looked]
    bins = len(grouping.groups) + 1
    n = np.bincount(codes, minlength=bins)
    failures = np.bincount(codes[failed], minlength=bins)
    total = np.bincount(codes, weights=weight, minlength=bins)
    of_failures = np.bincount(codes[failed], weights=weight[failed], minlength=bins)
    squares = np.bincount(codes, weights=weight**2, minlength=bins)
    rows = []
    for place in (*range(1, bins), 0):
        if n[place]:
            size = float(total[place] ** 2 / squares[place])
            share = float(of_failures[place] / total[place])
            rate = wilson(share * size, size, confidence=confidence)
            name = grouping.groups[place - 1] if place else UNKNOWN
            rows.append((name, int(n[place]), int(failures[place]), rate))
    return rows


def group_test(
    grouping: Grouping, lost: NDArray[np.bool_], *, confidence: float, seed: int
) -> GroupTest:
    """Test whether failures and successes differ.

    Parameters
    ----------
    grouping : Grouping
    lost : (n,) ndarray of bool
    confidence : float
    seed : int
        Of the permutation test where groups are small.

    Returns
    -------
    GroupTest
        Mann-Whitney and Cliff's delta for numbers; chi-squared and Cramer's V for named groups, by permutation
        where fewer than 5 pictures are expected in a cell. The test needs no weights: how many successes were
        sampled says nothing about their groups.
    """
    known = grouping.codes >= 0
    failures, successes = int((known & lost).sum()), int((known & ~lost).sum())
    if grouping.values is not None:
        found = mann_whitney(
            grouping.values[known & lost], grouping.values[known & ~lost], confidence=confidence
        )
        return GroupTest(grouping.name, "Cliff's delta", failures, successes, found.delta, found.p)
    effect, p = _association(grouping, lost, confidence, seed)
    return GroupTest(grouping.name, "Cramer's V", failures, successes, effect, p)


def tests_together(
    groupings: Iterable[Grouping],
    lost: NDArray[np.bool_],
    *,
    named: str,
    family: str,
    confidence: float,
    seed: int,
) -> list[dict[str, Any]]:
    """Test every grouping, and correct all tests as one family (Holm).

    Parameters
    ----------
    groupings : iterable of Grouping
    lost : (n,) ndarray of bool
    named : str
        What the column with the name of the grouping is called.
    family : str
        What the tests are corrected over, in words.
    confidence : float
    seed : int
        See `group_test`.

    Returns
    -------
    list of dict
        A row per grouping: its name, effect_name, failures, successes, effect, low, high, p, family, p_holm.
    """
    tests = [group_test(one, lost, confidence=confidence, seed=seed) for one in groupings]
    corrected = holm([test.p for test in tests])
    return [
        {
            named: test.grouping,
            "effect_name": test.effect_name,
            "failures": test.failures,
            "successes": test.successes,
            **dict(zip(("effect", "low", "high"), test.effect, strict=True)),
            "p": test.p,
            "family": family,
            "p_holm": float(p),
        }
        for test, p in zip(tests, corrected, strict=True)
    ]


def _association(
    grouping: Grouping, lost: NDArray[np.bool_], confidence: float, seed: int
) -> tuple[Interval, float]:
    known = grouping.codes >= 0
    codes = 2 * grouping.codes[known].astype(np.intp) + lost[known]
    table = np.bincount(codes, minlength=2 * len(grouping.groups)).reshape(-1, 2)
    table = table[table.sum(axis=1) > 0]
    if len(table) < 2 or (table.sum(axis=0) == 0).any():
        return NO_INTERVAL, float("nan")
    found = stats.chi2_contingency(table, correction=False)
    p = float(found.pvalue)
    if found.expected_freq.min() < _LEAST_EXPECTED:
        p = _permuted(table, float(found.statistic), seed)
    return cramers_v(table, confidence=confidence), p


def _permuted(table: NDArray[np.intp], statistic: float, seed: int) -> float:
    """P-value of chi-squared when failures are dealt to the pictures at random."""
    totals, failures = table.sum(axis=1), int(table[:, 1].sum())
    share = failures / totals.sum()
    drawn = np.random.default_rng(seed).multivariate_hypergeometric(
        totals, failures, size=_PERMUTATIONS
    )
    drawn_statistics = ((drawn - totals * share) ** 2 / (totals * share * (1 - share))).sum(axis=1)
    as_large = int((drawn_statistics >= statistic * (1 - 1e-9)).sum())
    return (as_large + 1) / (_PERMUTATIONS + 1)


def _range_name(values: NDArray[np.floating]) -> str:
    low, high = (f"{value:.4g}" for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"
