"""Study 7, who is lost: failure rates by group, and what dropping failures does to an analysis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from modular_faces.failures.groupings import (
    Grouping,
    named_groups,
    quantile_groups,
    tests_together,
)
from modular_faces.failures.outcome import Outcome
from modular_faces.inference.correction import holm
from modular_faces.inference.intervals import Interval, independent_difference, weighted_share

LABELS: Final = ("label_name", "label")
"""Columns that hold the label of a picture."""

LIKELY: Final = re.compile(
    r"(rating_)?(gender|sex|race|ethnicity|age|age_group|skin_colou?r|skin_tone|skin_lightness|skin_type|femininity)"
)
"""Columns that are taken for groups when the config names none."""

_KEYS: Final = ("backend", "variant", "level", "column", "group")


def group_columns(names: Iterable[str], wanted: Sequence[str] | str) -> list[str]:
    """Choose the columns of groups.

    Parameters
    ----------
    names : iterable of str
        Columns of the manifest and of the user's table.
    wanted : sequence of str, or 'auto'
        From the config. Names may leave out ``rating_``, and write - for _.

    Returns
    -------
    list of str
        label first where there is one.

    Raises
    ------
    ValueError
        If a wanted column does not exist.
    """
    known = list(dict.fromkeys(names))
    label = [name for name in LABELS if name in known][:1]
    if wanted == "auto":
        return label + [name for name in known if LIKELY.fullmatch(name.lower())]
    chosen = []
    for name in wanted:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", name)
        found = next((n for n in (name, plain, f"rating_{plain}") if n in known), None)
        if found is None:
            raise ValueError(
                f"failures.groups: there is no column '{name}' in the manifest or in failures.groups_table; "
                f"known: {', '.join(known)}"
            )
        chosen.append(found)
    return list(dict.fromkeys(label + chosen))


def groupings_of(table: pd.DataFrame, columns: Sequence[str], *, quantiles: int) -> list[Grouping]:
    """Group pictures by each column: by name, or by quantiles where it holds numbers.

    Parameters
    ----------
    table : pandas.DataFrame
        A row per picture of the outcome.
    columns : sequence of str
    quantiles : int

    Returns
    -------
    list of Grouping
        Columns with a single group, or with more names than can be groups, are left out.
    """
    found = []
    for name in columns:
        values = table[name]
        grouping = (
            quantile_groups(name, values.to_numpy(dtype=np.float64), quantiles=quantiles)
            if pd.api.types.is_numeric_dtype(values)
            else named_groups(name.removesuffix("_name"), values)
        )
        if grouping is not None:
            found.append(grouping)
    return found


def group_rate_table(
    outcomes: Iterable[Outcome], groupings: Sequence[Grouping], *, confidence: float
) -> pd.DataFrame:
    """Failure rate of each group, against all others.

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, column, group, n, failures, rate, low, high, n_rest, rate_rest, difference
        (group minus rest) with its limits, p (Fisher's exact test of the group against the rest), family,
        p_holm. Pictures whose group is not known are left out of a column.
    """
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        of_level = [
            _group_row(outcome, grouping, code, confidence)
            for grouping in groupings
            for code in range(len(grouping.groups))
        ]
        corrected = holm([row["p"] for row in of_level])
        family = f"every group against the rest, {outcome.level}"
        rows += [
            row | {"family": family, "p_holm": float(p)}
            for row, p in zip(of_level, corrected, strict=True)
        ]
    return pd.DataFrame(rows, columns=_RATE_COLUMNS)


_RATE_COLUMNS = (
    *_KEYS,
    *("n", "failures", "rate", "low", "high", "n_rest", "rate_rest"),
    *("difference", "difference_low", "difference_high", "p", "family", "p_holm"),
)


def _group_row(
    outcome: Outcome, grouping: Grouping, code: int, confidence: float
) -> dict[str, Any]:
    inside, outside = grouping.codes == code, (grouping.codes >= 0) & (grouping.codes != code)
    lost, weights = outcome.failed, outcome.weights
    rate, rest = (
        weighted_share(lost[rows], weights[rows], confidence=confidence)
        for rows in (inside, outside)
    )
    table = [[int((rows & lost).sum()), int((rows & ~lost).sum())] for rows in (inside, outside)]
    difference = independent_difference(rate, rest)
    return {
        **outcome.keys,
        "column": grouping.name,
        "group": grouping.groups[code],
        "n": sum(table[0]),
        "failures": table[0][0],
        **_limits("rate", rate, low="low", high="high"),
        "n_rest": sum(table[1]),
        "rate_rest": rest.estimate,
        **_limits("difference", difference, low="difference_low", high="difference_high"),
        "p": float(stats.fisher_exact(table).pvalue) if sum(table[1]) else np.nan,
    }


def _limits(name: str, interval: Interval, *, low: str, high: str) -> dict[str, float]:
    return {name: interval.estimate, low: interval.low, high: interval.high}


def group_tests(
    outcomes: Iterable[Outcome],
    groupings: Sequence[Grouping],
    *,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """Test each column: whether failures are spread evenly over its groups, or differ in its number.

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, column, effect_name, failures, successes, effect, low, high, p, family,
        p_holm.
    """
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        tested = tests_together(
            groupings,
            outcome.failed,
            named="column",
            family=f"columns of groups, {outcome.level}",
            confidence=confidence,
            seed=seed,
        )
        rows += [outcome.keys | row for row in tested]
    return pd.DataFrame(rows, columns=_TEST_COLUMNS)


_TEST_COLUMNS = (
    *("backend", "variant", "level", "column", "effect_name", "failures", "successes"),
    *("effect", "low", "high", "p", "family", "p_holm"),
)


def dropping_table(
    outcomes: Iterable[Outcome], groupings: Sequence[Grouping], *, confidence: float
) -> pd.DataFrame:
    """What remains of a dataset when its failures are dropped.

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, column, group, quantity, all, kept, change with its limits. quantity is
        ``share`` of a group among all pictures and among those that are kept, or ``mean`` of a number, whose
        change is also given in standard deviations (``change_sd``).

    Notes
    -----
    Dropping a part f of the pictures changes a share or mean by f times the difference between kept and lost
    pictures; its interval is f times that of the difference (Newcombe's for shares, Welch's for means), so
    that the size of f counts as known.
    """
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        for grouping in groupings:
            rows += _changed_shares(outcome, grouping, confidence)
            if grouping.values is not None:
                rows.append(_changed_mean(outcome, grouping, confidence))
    return pd.DataFrame(rows, columns=_DROPPING_COLUMNS)


_DROPPING_COLUMNS = (
    *_KEYS,
    *("quantity", "n", "n_kept", "all", "kept", "change", "change_low", "change_high", "change_sd"),
)


def _changed_shares(
    outcome: Outcome, grouping: Grouping, confidence: float
) -> list[dict[str, Any]]:
    known = grouping.codes >= 0
    kept, lost = known & ~outcome.failed, known & outcome.failed
    weights = outcome.weights
    part = float(weights[lost].sum() / weights[known].sum())
    rows = []
    for code, name in enumerate(grouping.groups):
        inside = grouping.codes == code
        shares = [
            weighted_share(inside[chosen], weights[chosen], confidence=confidence)
            for chosen in (known, kept, lost)
        ]
        change = Interval(0.0, 0.0, 0.0)
        if lost.any() and kept.any():
            change = independent_difference(shares[1], shares[2])
        rows.append(
            _dropped(outcome, grouping, name, "share", shares[0].estimate, shares[1].estimate)
            | _limits("change", _times(change, part), low="change_low", high="change_high")
        )
    return rows


def _changed_mean(outcome: Outcome, grouping: Grouping, confidence: float) -> dict[str, Any]:
    values = np.asarray(grouping.values)
    known = np.isfinite(values)
    kept, lost = known & ~outcome.failed, known & outcome.failed
    weights = outcome.weights
    part = float(weights[lost].sum() / weights[known].sum())
    mean = float(np.average(values[known], weights=weights[known]))
    change = Interval(0.0, 0.0, 0.0)
    if min(lost.sum(), kept.sum()) > 1 and np.ptp(values[known]) > 0:
        test = stats.ttest_ind(values[kept], values[lost], equal_var=False)
        limits = test.confidence_interval(confidence)
        gap = float(values[kept].mean() - values[lost].mean())
        change = _times(Interval(gap, float(limits.low), float(limits.high)), part)
    row = _dropped(outcome, grouping, "", "mean", mean, mean + change.estimate)
    deviation = float(values[known].std(ddof=1)) if known.sum() > 1 else 0.0
    row["change_sd"] = change.estimate / deviation if deviation else 0.0
    return row | _limits("change", change, low="change_low", high="change_high")


def _times(interval: Interval, factor: float) -> Interval:
    return Interval(*(factor * value for value in interval))


def _dropped(
    outcome: Outcome, grouping: Grouping, group: str, quantity: str, before: float, after: float
) -> dict[str, Any]:
    known = grouping.codes >= 0
    return {
        **outcome.keys,
        "column": grouping.name,
        "group": group,
        "quantity": quantity,
        "n": int(known.sum()),
        "n_kept": int((known & ~outcome.failed).sum()),
        "all": before,
        "kept": after,
        "change_sd": np.nan,
    }
