"""Study 7, who is lost, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import altair as alt
import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.descriptor_words import words_of
from modular_faces.failures.groupings import MOST_GROUPS
from modular_faces.failures.groups import LABELS
from modular_faces.failures.outcome import Level, Outcome, levels_to_study
from modular_faces.failures.report_parts import (
    Figure,
    StudyReport,
    Table,
    level_in_words,
    p_in_words,
    share_in_words,
)
from modular_faces.failures.report_words import change_in_words, range_in_words
from modular_faces.figures import CATEGORIES, FAINT, AnyChart, grid_chart, save_figure

PERCEIVED: Final = (
    "Ratings and annotations of gender, race, age and skin are how people described a picture; they say nothing about "
    "the person."
)
_LOST: Final = {"found": "no landmarks", "trusted": "no trusted landmarks"}
_SHOWN: Final = 12
_WORDS: Final = 5


@dataclass(frozen=True)
class GroupTables:
    """Tables of the study.

    Attributes
    ----------
    rates, tests, dropping : pandas.DataFrame
        From `modular_faces.failures.groups`.
    errors : pandas.DataFrame
        From `modular_faces.failures.groups_error`; without rows where no landmarks are known.
    """

    rates: pd.DataFrame
    tests: pd.DataFrame
    dropping: pd.DataFrame
    errors: pd.DataFrame


def groups_report(
    outcomes: Mapping[Level, Outcome],
    tables: GroupTables,
    *,
    columns: Sequence[str],
    folder: Path,
    confidence: float,
) -> StudyReport:
    """Draw the figures of the study and put its findings into words.

    Parameters
    ----------
    outcomes : mapping of str to Outcome
        Both levels.
    tables : GroupTables
    columns : sequence of str
        The columns of groups that were asked for.
    folder : Path
        Of the figures, ``figures/groups`` beside the report.
    confidence : float
        Of the intervals.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trusted = outcomes["trusted"]
    skipped = None
    if not columns:
        skipped = (
            "The dataset has no labels and no columns of groups; name some in failures.groups, or give a table "
            "in failures.groups_table."
        )
    elif tables.rates.empty:
        skipped = trusted.too_few or f"No column has two to {MOST_GROUPS} groups."
    findings: list[str] = []
    figures: list[Figure] = []
    studied, note = levels_to_study(outcomes)
    for outcome in studied if skipped is None else []:
        rates = tables.rates[tables.rates["level"] == outcome.level]
        if len(rates):
            findings += _findings(tables, outcome)
            figures.append(_rates_figure(rates, outcome, folder, confidence))
            figures.append(_dropping_figure(tables.dropping, outcome, folder, confidence))
        elif outcome.too_few:
            findings.append(f"Level {outcome.level}: {outcome.too_few}")
    if len(tables.errors):
        findings.append(_error_finding(tables.errors))
        figures.append(_error_figure(tables.errors, folder, confidence))
    if figures:
        findings += [*([note] if note else []), PERCEIVED]
    return StudyReport(
        study="groups",
        title=f"Who is lost: {trusted.title}",
        question="Are some groups lost more often, and what does dropping failures do to an analysis?",
        skipped=skipped,
        findings=findings,
        figures=figures,
        tables=[
            Table("groups.csv", "Failure rate of every group against the rest."),
            Table("groups_tests.csv", "One test for each column of groups."),
            Table("groups_dropping.csv", "Shares and means with and without failures."),
            Table("groups_error.csv", "Landmark error of every group, where landmarks are known."),
        ],
        n={"pictures": len(trusted.failed), "failures": int(trusted.failed.sum())},
    )


def _findings(tables: GroupTables, outcome: Outcome) -> list[str]:
    rates = tables.rates[tables.rates["level"] == outcome.level]
    significant = rates[rates["p_holm"] < 0.05]
    order = significant["difference"].abs().sort_values(ascending=False, kind="stable").index
    findings = [_group_words(row) for _, row in significant.loc[order].head(_WORDS).iterrows()]
    if not findings:
        findings.append(
            "No difference between groups in how often they are lost found after Holm's correction "
            f"({counted(len(rates), 'group')}, {counted(int(outcome.failed.sum()), 'failure')}, {outcome.level})."
        )
    return findings + _dropping_words(tables, outcome)


def _group_words(row: Mapping[str, Any]) -> str:
    return (
        f"{words_of(row['column'])} {row['group']}: {share_in_words(row['rate'])} lost "
        f"[{range_in_words(row['low'], row['high'])}] (n = {row['n']:,}) against "
        f"{share_in_words(row['rate_rest'])} of the rest, difference {100 * row['difference']:+.1f} points "
        f"[{100 * row['difference_low']:+.1f}, {100 * row['difference_high']:+.1f}], {p_in_words(row['p_holm'])} after "
        f"Holm's correction ({row['level']})."
    )


def _dropping_words(tables: GroupTables, outcome: Outcome) -> list[str]:
    """What dropping failures changes, of the groups and numbers in which failures surely differ."""
    rows = tables.dropping[tables.dropping["level"] == outcome.level]
    n, known = len(outcome.failed), int(rows["n"].max())
    kept = f"{int((~outcome.failed).sum()):,} of {counted(n, 'picture')}"
    about = f"; of at most {known:,} a group is known" if known < n else ""
    sentences = [f"Dropping failures leaves {kept} ({outcome.level}){about}."]
    shares = _tested(rows[rows["quantity"] == "share"], tables.rates, ["column", "group"], outcome)
    means = _tested(rows[rows["quantity"] == "mean"], tables.tests, ["column"], outcome)
    if len(shares):
        row = shares.loc[shares["change"].abs().idxmax()]
        sentences.append(
            f"The share that it changes most is {words_of(row['column'])} {row['group']}, "
            f"{change_in_words(row['all'], row['kept'])} ({100 * row['change']:+.1f} points "
            f"[{100 * row['change_low']:+.1f}, {100 * row['change_high']:+.1f}])."
        )
    if len(means):
        row = means.loc[means["change_sd"].abs().idxmax()]
        sentences.append(
            f"The mean that it changes most is {words_of(row['column'])}: {row['all']:.4g} becomes {row['kept']:.4g} "
            f"({row['change']:+.3g} [{row['change_low']:+.3g}, {row['change_high']:+.3g}], {row['change_sd']:+.2f} "
            "standard deviations)."
        )
    if not len(shares) and not len(means):
        sentences.append("No change of a share or a mean beyond chance found.")
    return sentences


def _tested(
    rows: pd.DataFrame, tests: pd.DataFrame, keys: list[str], outcome: Outcome
) -> pd.DataFrame:
    """Rows of groups or columns in which failures differ from successes after Holm's correction."""
    sure = tests[(tests["level"] == outcome.level) & (tests["p_holm"] < 0.05)]
    return rows.merge(sure[keys], on=keys)


def _error_finding(errors: pd.DataFrame) -> str:
    worst, best = errors.loc[errors["median"].idxmax()], errors.loc[errors["median"].idxmin()]
    significant = int((errors["p_holm"] < 0.05).sum())
    differs = (
        f"{significant} of {counted(len(errors), 'group')} {'differs' if significant == 1 else 'differ'} from the rest "
        "after Holm's correction"
        if significant
        else f"no difference between {counted(len(errors), 'group')} found after Holm's correction"
    )
    ends = [
        f"{row['median']:.1f} % [{row['low']:.1f}, {row['high']:.1f}] of the eye distance ({words_of(row['column'])} "
        f"{row['group']}, n = {row['n']:,})"
        for row in (best, worst)
    ]
    return f"Where landmarks are known, their median error ranges from {ends[0]} to {ends[1]}; {differs}."


def _rates_figure(rates: pd.DataFrame, outcome: Outcome, folder: Path, confidence: float) -> Figure:
    top = min(1.0, float(rates["high"].max()) * 1.05)
    charts: list[AnyChart] = [
        _panel(rows, words_of(str(name)), "rate", f"with {_LOST[outcome.level]}", [0, top], "~%")
        for name, rows in list(rates.groupby("column", sort=False, observed=True))[:_SHOWN]
    ]
    stem = f"rates_{outcome.level}"
    save_figure(grid_chart(charts, columns=2), folder / stem)
    worst = rates.loc[rates["rate"].idxmax()]
    return _figure(
        stem,
        "Failure rate by group",
        f"Share of the pictures of each group with {_LOST[outcome.level]}, with "
        f"{level_in_words(confidence)} intervals; n = {int(rates['n'].groupby(rates['column']).sum().max()):,}. "
        f"Ratings are cut into groups of about equal size. {PERCEIVED}",
        f"Dots with intervals in {len(charts)} panels; the highest rate is {share_in_words(worst['rate'])} in "
        f"{words_of(worst['column'])} {worst['group']}.",
        outcome.level,
    )


def _dropping_figure(
    dropping: pd.DataFrame, outcome: Outcome, folder: Path, confidence: float
) -> Figure:
    rows = dropping[(dropping["level"] == outcome.level) & (dropping["quantity"] == "share")]
    order = rows["change"].abs().sort_values(ascending=False, kind="stable").index
    shown = rows.loc[order].head(2 * _SHOWN)
    name = shown["column"].map(words_of) + ": " + shown["group"]
    shown = shown.assign(name=name, own=shown["group"]).sort_values("change")
    chart = _panel(
        shown.assign(group=shown["name"], low=shown["change_low"], high=shown["change_high"]),
        "What dropping failures changes",
        "change",
        "change of the group's share of the pictures",
        None,
        "+.1%",
    )
    stem = f"dropping_{outcome.level}"
    save_figure(chart, folder / stem)
    return _figure(
        stem,
        "What dropping failures changes",
        f"Change of each group's share of the pictures whose group is known when those with {_LOST[outcome.level]} "
        f"are dropped ({int(shown['n'].max()):,} to {counted(int(shown['n_kept'].max()), 'picture')}), with "
        f"{level_in_words(confidence)} intervals; left of 0, the group shrinks. The {len(shown)} largest changes.",
        f"Dots with intervals from {100 * shown['change'].min():+.1f} to {100 * shown['change'].max():+.1f} points.",
        outcome.level,
    )


def _error_figure(errors: pd.DataFrame, folder: Path, confidence: float) -> Figure:
    top = float(errors["high"].max()) * 1.05
    title = "median landmark error, % of the eye distance"
    charts: list[AnyChart] = [
        _panel(rows, words_of(str(name)), "median", title, [0, top], "~g")
        for name, rows in list(errors.groupby("column", sort=False, observed=True))[:_SHOWN]
    ]
    save_figure(grid_chart(charts, columns=2), folder / "error")
    return _figure(
        "error",
        "Landmark error by group",
        "Median distance between found and known landmarks, in percent of the distance of the outer corners of the "
        f"eyes, with {level_in_words(confidence)} bootstrap intervals; n = "
        f"{counted(int(errors['n'].groupby(errors['column']).sum().max()), 'picture')} "
        "with landmarks and known points.",
        f"Dots with intervals in {len(charts)} panels.",
        None,
    )


def _panel(
    rows: pd.DataFrame,
    title: str,
    value: str,
    axis_title: str,
    domain: list[float] | None,
    number_format: str,
) -> AnyChart:
    scale = alt.Undefined if domain is None else alt.Scale(domain=domain)
    axis = alt.Axis(format=number_format, tickCount=5)
    own = rows["own"] if "own" in rows else rows["group"]
    label = {"label": own.where(rows["column"].isin(LABELS), "")}
    base = alt.Chart(rows[["group", value, "low", "high", "n"]].assign(**label))
    y = alt.Y("group:N", sort=rows["group"].tolist(), title=None)
    x = alt.X("low:Q", title=axis_title, scale=scale, axis=axis)
    limits = base.mark_rule(strokeWidth=2, color=CATEGORIES[0]).encode(y=y, x=x, x2="high:Q")
    points = base.mark_point(size=60).encode(
        y=y, x=f"{value}:Q", tooltip=["group", value, "low", "high", "n"]
    )
    layers: Any = limits + points
    if domain is None:
        zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=FAINT, strokeDash=[4, 4])
        layers = zero.encode(x="x:Q") + layers
    chart: AnyChart = layers.properties(
        width=240,
        height=max(50, 22 * len(rows)),
        title=title,
    )
    return chart


def _figure(stem: str, title: str, caption: str, alt_text: str, level: Level | None) -> Figure:
    return Figure(f"figures/groups/{stem}", title, caption, alt_text, level, private=False)
