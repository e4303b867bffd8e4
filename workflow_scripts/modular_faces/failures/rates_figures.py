"""Figures of study 1, rates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from modular_faces.failures.outcome import Level
from modular_faces.failures.parts import part_name
from modular_faces.failures.report_parts import Figure, share_in_words
from modular_faces.figures import CATEGORIES, AnyChart, grid_chart, save_figure

LOST = {"found": "no landmarks", "trusted": "no trusted landmarks"}
_PERCENT = alt.Axis(format=".0%")
_ROW_HEIGHT = 22


def rates_by_part(rates: pd.DataFrame, level: Level, folder: Path) -> Figure:
    """Failure rate of every part with its interval, sharpening and geometry side by side."""
    rows = _named(rates[(rates["level"] == level) & rates["rate"].notna()])
    base = alt.Chart(rows[["name", "kind", "rate", "low", "high", "n", "failures"]])
    y = alt.Y("name:N", sort=rows["name"].tolist(), title=None)
    color = alt.Color("kind:N", title="changes", scale=alt.Scale(range=list(CATEGORIES)))
    limits = base.mark_rule(strokeWidth=2).encode(
        y=y,
        x=alt.X("low:Q", title=f"pictures with {LOST[level]}", axis=_PERCENT),
        x2="high:Q",
        color=color,
    )
    points = base.mark_point(size=70).encode(
        y=y,
        x="rate:Q",
        color=color,
        tooltip=["name", "kind", "rate", "low", "high", "failures", "n"],
    )
    save_figure(
        _sized(limits + points, rows, "Failure rate of every variant"), folder / f"by_part_{level}"
    )
    best, worst = rows.iloc[0], rows.iloc[-1]
    return _figure(
        f"by_part_{level}",
        "Failure rate of every variant",
        f"Share of the {int(rows['n'].max())} pictures with {LOST[level]}, with 95 % intervals, fewest first. "
        "Colours tell what a variant changes: geometry (border, scale), sharpening, or nothing.",
        f"Dots with intervals: {best['name']} loses {share_in_words(best['rate'])}, {worst['name']} "
        f"{share_in_words(worst['rate'])}.",
        level,
    )


def rescued_and_broken(rates: pd.DataFrame, level: Level, folder: Path) -> Figure:
    """What each part rescues and breaks against its reference."""
    rows = _named(rates[(rates["level"] == level) & rates["p"].notna()])
    long = pd.concat(
        [
            pd.DataFrame(
                {"name": rows["name"], "what": what, "pictures": sign * rows[what].astype(int)}
            )
            for what, sign in (("rescued", 1), ("broken", -1))
        ]
    )
    chart = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            y=alt.Y("name:N", sort=rows["name"].tolist(), title=None),
            x=alt.X(
                "pictures:Q",
                title="pictures broken (left) and rescued (right)",
                axis=alt.Axis(labelExpr="format(abs(datum.value), ',')"),
            ),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=["rescued", "broken"], range=[CATEGORIES[2], CATEGORIES[1]]),
            ),
            tooltip=["name", "what", "pictures"],
        )
    )
    save_figure(_sized(chart, rows, "Rescued and broken"), folder / f"rescued_{level}")
    most = rows.loc[rows["rescued"].astype(int).idxmax()]
    return _figure(
        f"rescued_{level}",
        "Rescued and broken",
        f"To the right, pictures that the reference lost ({LOST[level]}) and this variant does not; to the left, "
        f"pictures that it loses and the reference did not; n = {int(rows['n'].max())}. A good cure has much on the "
        "right and little on the left.",
        f"Bars: {most['name']} rescues {most['rescued']} and breaks {most['broken']}.",
        level,
    )


def rates_by_label(groups: pd.DataFrame, level: Level, folder: Path) -> Figure:
    """Failure rate of the outcome by label."""
    rows = groups[groups["grouping"] == "label"].sort_values("rate", ascending=False, kind="stable")
    chart = _dots(rows, level, order=rows["group"].tolist())
    save_figure(_sized(chart, rows, "Failure rate by label"), folder / f"by_label_{level}")
    first, last = rows.iloc[0], rows.iloc[-1]
    return _figure(
        f"by_label_{level}",
        "Failure rate by label",
        f"Share of the pictures of each label with {LOST[level]}, with 95 % intervals; n = {int(rows['n'].sum())}. "
        "Which labels are lost more often than the rest, and what dropping failures does to their mix, is tested under "
        "who is lost.",
        f"Dots with intervals from {share_in_words(last['rate'])} ({last['group']}) to "
        f"{share_in_words(first['rate'])} ({first['group']}).",
        level,
    )


def rates_by_quantile(
    groups: pd.DataFrame, names: Sequence[str], level: Level, folder: Path
) -> Figure:
    """Failure rate of the outcome over quantiles of the descriptors in which failures differ most."""
    chosen = groups[groups["grouping"].isin(names)]
    top = min(1.0, float(chosen["high"].max()) * 1.05)
    charts: list[AnyChart] = []
    for name in names:
        rows = chosen[chosen["grouping"] == name]
        chart: Any = _dots(rows, level, order=rows["group"].tolist(), top=top)
        height = max(60, _ROW_HEIGHT * len(rows))
        charts.append(chart.properties(width=220, height=height, title=name.replace("_", " ")))
    save_figure(grid_chart(charts, columns=2), folder / f"by_quantile_{level}")
    return _figure(
        f"by_quantile_{level}",
        "Failure rate by brightness, sharpness and the like",
        f"Pictures in groups of about equal size by each measure; dots are the share with {LOST[level]}, with 95 % "
        f"intervals; n = {int(groups.groupby('grouping')['n'].sum().max())}. Shown are the measures in which failures "
        "and successes differ most. A slope is an association, not a cause.",
        f"Small panels of failure rates over groups of {', '.join(names)}.",
        level,
    )


def _dots(
    rows: pd.DataFrame, level: Level, *, order: list[str], top: float | None = None
) -> alt.LayerChart:
    scale = alt.Undefined if top is None else alt.Scale(domain=[0, top])
    base = alt.Chart(rows[["group", "rate", "low", "high", "n", "failures"]])
    y = alt.Y("group:N", sort=order, title=None)
    x = alt.X("low:Q", title=f"with {LOST[level]}", axis=_PERCENT, scale=scale)
    limits = base.mark_rule(strokeWidth=2, color=CATEGORIES[0]).encode(y=y, x=x, x2="high:Q")
    points = base.mark_point(size=60).encode(
        y=y, x="rate:Q", tooltip=["group", "rate", "low", "high", "failures", "n"]
    )
    chart: alt.LayerChart = limits + points
    return chart


def _named(rates: pd.DataFrame) -> pd.DataFrame:
    """Add the name of each part; order by rate."""
    several = rates["backend"].nunique() > 1
    names = [
        part_name(part, several_backends=several)
        for part in zip(rates["backend"], rates["variant"], strict=True)
    ]
    return rates.assign(name=names).sort_values(["rate", "name"], kind="stable")


def _sized(chart: Any, rows: pd.DataFrame, title: str) -> AnyChart:
    sized: AnyChart = chart.properties(
        width=380, height=max(60, _ROW_HEIGHT * len(rows)), title=title
    )
    return sized


def _figure(stem: str, title: str, caption: str, alt_text: str, level: Level) -> Figure:
    return Figure(
        stem=f"figures/rates/{stem}",
        title=title,
        caption=caption,
        alt=alt_text,
        level=level,
        private=False,
    )
