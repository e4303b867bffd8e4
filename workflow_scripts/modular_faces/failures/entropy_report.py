"""Study 3, entropy, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import altair as alt
import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.entropy import BIN, PLACES, kinds_left_out
from modular_faces.failures.outcome import Level, Outcome, levels_to_study
from modular_faces.failures.report_parts import (
    Figure,
    StudyReport,
    Table,
    level_in_words,
    p_in_words,
)
from modular_faces.figures import CATEGORIES, FAINT, AnyChart, save_figure

_CHANNEL_COLORS: Final = {
    "red": CATEGORIES[1],
    "green": CATEGORIES[2],
    "blue": CATEGORIES[0],
    "grey": CATEGORIES[6],
}
_GROUP_COLORS: Final = {"failures": CATEGORIES[1], "successes": CATEGORIES[0]}


def entropy_report(
    outcomes: Mapping[Level, Outcome],
    table: pd.DataFrame,
    distributions: pd.DataFrame,
    descriptors: pd.DataFrame,
    *,
    folder: Path,
    confidence: float,
) -> StudyReport:
    """Draw the figures of the study and put its findings into words.

    Parameters
    ----------
    outcomes : mapping of str to Outcome
        Both levels.
    table, distributions : pandas.DataFrame
        From `modular_faces.failures.entropy`.
    descriptors : pandas.DataFrame
        Indexed by image_id.
    folder : Path
        Of the figures, ``figures/entropy`` beside the report.
    confidence : float
        Of the intervals.
    """
    folder.mkdir(parents=True, exist_ok=True)
    studied, note = levels_to_study(outcomes)
    trusted = outcomes["trusted"]
    skipped = None
    if table.empty:
        skipped = trusted.too_few or " ".join(kinds_left_out(trusted, descriptors))
    findings: list[str] = []
    figures: list[Figure] = []
    for outcome in studied:
        rows = table[table["level"] == outcome.level]
        if rows.empty:
            why = [outcome.too_few] if outcome.too_few else kinds_left_out(outcome, descriptors)
            findings += [f"Level {outcome.level}: {sentence}" for sentence in why]
            continue
        findings += [_finding(row) for _, row in _worth_saying(rows).iterrows()]
        findings += kinds_left_out(outcome, descriptors)
        figures.append(_differences(rows, outcome, folder, confidence=confidence))
        figures.append(
            _distributions(distributions[distributions["level"] == outcome.level], outcome, folder)
        )
    return StudyReport(
        study="entropy",
        title=f"Shannon entropy: {trusted.title}",
        question="Do lost pictures hold less information in red, green or blue?",
        skipped=skipped,
        findings=[] if skipped else [*findings, *([note] if note else [])],
        figures=figures,
        tables=[
            Table(
                "entropy.csv", "Entropy of failures and successes, by channel and place, in bits."
            ),
            Table("entropy_distribution.csv", f"Pictures by entropy, in bins of {BIN} bits."),
        ],
        n={"pictures": len(trusted.failed), "failures": int(trusted.failed.sum())},
    )


def _worth_saying(rows: pd.DataFrame) -> pd.DataFrame:
    """Significant differences, largest first; where there is none, the largest."""
    ordered = rows.loc[rows["delta"].abs().sort_values(ascending=False, kind="stable").index]
    significant = ordered[ordered["p_holm"] < 0.05]
    return significant.head(4) if len(significant) else ordered.head(1)


def _finding(row: Mapping[str, Any]) -> str:
    numbers = (
        f"medians {row['median_failures']:.2f} and {row['median_successes']:.2f} bits, difference "
        f"{row['difference']:+.2f} [{row['difference_low']:+.2f}, {row['difference_high']:+.2f}], "
        f"Cliff's delta {row['delta']:+.2f} [{row['delta_low']:+.2f}, {row['delta_high']:+.2f}], "
        f"{p_in_words(row['p_holm'])} after Holm's correction, {counted(row['failures'], 'failure')} and "
        f"{counted(row['successes'], 'success', 'successes')} ({row['level']})"
    )
    where = f"{row['channel']}, {row['place']}, {row['pictures']} pictures"
    if row["p_holm"] >= 0.05:
        return f"No difference in entropy found; the largest is in {where}: {numbers}."
    sign = "lower" if row["delta"] < 0 else "higher"
    return f"Entropy of failures is {sign} in {where}: {numbers}."


def _differences(
    rows: pd.DataFrame, outcome: Outcome, folder: Path, *, confidence: float
) -> Figure:
    names = rows["channel"] + ", " + rows["place"] + " (" + rows["pictures"] + ")"
    shown = rows.assign(name=names)[
        ["name", "channel", "difference", "difference_low", "difference_high", "delta"]
    ]
    color = alt.Color(
        "channel:N",
        scale=alt.Scale(domain=list(_CHANNEL_COLORS), range=list(_CHANNEL_COLORS.values())),
        legend=None,
    )
    y = alt.Y("name:N", sort=shown["name"].tolist(), title=None)
    base = alt.Chart(shown)
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color=FAINT, strokeDash=[4, 4])
    x = alt.X("difference_low:Q", title="median entropy, failures minus successes (bits)")
    limits = base.mark_rule(strokeWidth=2).encode(y=y, x=x, x2="difference_high:Q", color=color)
    points = base.mark_point(size=70).encode(
        y=y, x="difference:Q", color=color, tooltip=["name", "difference", "delta"]
    )
    chart: Any = zero.encode(x="x:Q") + limits + points
    stem = f"difference_{outcome.level}"
    title = "Entropy of failures against successes"
    save_figure(chart.properties(width=360, height=24 * len(shown), title=title), folder / stem)
    largest = rows.loc[rows["difference"].abs().idxmax()]
    return Figure(
        f"figures/entropy/{stem}",
        title,
        f"Difference of the median entropy with {level_in_words(confidence)} bootstrap intervals; left of the line, "
        f"failures have less. At most {counted(int(rows['failures'].max()), 'failure')} and "
        f"{counted(int(rows['successes'].max()), 'success', 'successes')} ({outcome.level}).",
        f"Dots with intervals; the largest difference is {largest['difference']:+.2f} bits in {largest['channel']}, "
        f"{largest['place']}.",
        outcome.level,
        private=False,
    )


def _distributions(rows: pd.DataFrame, outcome: Outcome, folder: Path) -> Figure:
    panels: list[AnyChart] = []
    for (kind, place, channel), part in rows.groupby(
        ["pictures", "place", "channel"], sort=False, observed=True
    ):
        panels.append(_panel(part, f"{channel}, {place} ({kind})"))
    chart = alt.concat(*panels, columns=3 if len(panels) > 2 else len(PLACES))
    stem = f"distribution_{outcome.level}"
    save_figure(chart, folder / stem)
    groups = rows.groupby("group")["count"].sum() / max(len(panels), 1)
    return Figure(
        f"figures/entropy/{stem}",
        "How entropy is distributed",
        f"Lines: share of the failures (orange) and of the successes (blue) by entropy, in bins of {BIN} bits, "
        "for each channel and place. Where the curves lie over each other, entropy says nothing about failing.",
        f"Curves of about {groups.get('failures', 0):,.0f} failures and {groups.get('successes', 0):,.0f} successes in "
        f"{len(panels)} panels.",
        outcome.level,
        private=False,
    )


def _panel(part: pd.DataFrame, title: str) -> AnyChart:
    chart: AnyChart = (
        alt.Chart(part[["bits", "share", "group"]])
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("bits:Q", title="bits", scale=alt.Scale(zero=False)),
            y=alt.Y("share:Q", title=None, stack=None, axis=alt.Axis(format="~%")),
            color=alt.Color(
                "group:N",
                title=None,
                scale=alt.Scale(domain=list(_GROUP_COLORS), range=list(_GROUP_COLORS.values())),
            ),
        )
        .properties(width=190, height=110, title=title)
    )
    return chart
