"""Figures of study 1, rates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.descriptor_words import about_oval, words_of
from modular_faces.failures.outcome import Level
from modular_faces.failures.parts import Part, part_name
from modular_faces.failures.report_parts import Figure, level_in_words
from modular_faces.failures.report_words import ends_in_words
from modular_faces.figures import CATEGORIES, AnyChart, follows, save_figure

LOST = {"found": "no landmarks", "trusted": "no trusted landmarks"}
_PERCENT = alt.Axis(format="~%")
_ROW_HEIGHT = 22


def rates_by_part(
    rates: pd.DataFrame, groups: pd.DataFrame, level: Level, folder: Path, *, confidence: float
) -> Figure:
    """Failure rate of every part with its interval, sharpening and geometry side by side; on the page by label."""
    rows = _named(rates[(rates["level"] == level) & rates["rate"].notna()])
    base = alt.Chart(_by_label_too(rows, groups[groups["level"] == level]))
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
    chart = follows(limits + points, {"label": ""})
    save_figure(_sized(chart, rows, "Failure rate of every variant"), folder / f"by_part_{level}")
    best, worst = rows.iloc[0], rows.iloc[-1]
    return _figure(
        f"by_part_{level}",
        "Failure rate of every variant",
        f"Share of the {counted(int(rows['n'].max()), 'picture')} with {LOST[level]}, with "
        f"{level_in_words(confidence)} intervals, fewest first. Colours tell what a variant changes: "
        "geometry (border, scale), sharpening, or nothing.",
        _losses(best, worst),
        level,
    )


def _losses(best: pd.Series, worst: pd.Series) -> str:
    """Say of the variants that lose fewest and most pictures how many; of a single one once."""
    fewest, most = ends_in_words(best["rate"], worst["rate"])
    text = f"Dots with intervals: {best['name']} loses {fewest}"
    return f"{text}." if best["name"] == worst["name"] else f"{text}, {worst['name']} {most}."


def between(least: pd.Series, most: pd.Series) -> str:
    """Say between which rates the groups lie; of equal ones, or a single group, one rate."""
    low, high = ends_in_words(least["rate"], most["rate"])
    if low == high:
        return f"Dots with intervals, all at {low}."
    return f"Dots with intervals from {low} ({least['group']}) to {high} ({most['group']})."


def rescued_and_broken(rates: pd.DataFrame, level: Level, folder: Path) -> Figure:
    """What each part rescues and breaks against its reference."""
    rows = _named(rates[(rates["level"] == level) & rates["p"].notna()])
    long = pd.concat(
        [
            pd.DataFrame(
                {
                    **rows[["backend", "variant", "name"]],
                    "what": what,
                    "pictures": sign * rows[what].astype(int),
                }
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
        f"pictures that it loses and the reference did not; n = {int(rows['n'].max()):,}. A good cure has much on the "
        "right and little on the left.",
        f"Bars: {most['name']} rescues {int(most['rescued']):,} and breaks {int(most['broken']):,}.",
        level,
    )


def rates_by_label(
    groups: pd.DataFrame, outcome: Part, level: Level, folder: Path, *, confidence: float
) -> Figure:
    """Failure rate of the outcome by label; on the page of every part."""
    every = groups[(groups["grouping"] == "label") & groups["rate"].notna()]
    rows = of_part(every, outcome).sort_values("rate", ascending=False, kind="stable")
    chart = _dots(every.assign(label=every["group"]), level, order=rows["group"].tolist())
    chart = follows(chart, _of_outcome(outcome))
    save_figure(_sized(chart, rows, "Failure rate by label"), folder / f"by_label_{level}")
    first, last = rows.iloc[0], rows.iloc[-1]
    return _figure(
        f"by_label_{level}",
        "Failure rate by label",
        f"Share of the pictures of each label with {LOST[level]} ({outcome[0]} on {outcome[1]}), with "
        f"{level_in_words(confidence)} intervals; n = {int(rows['n'].sum()):,}. Which labels are lost more often than "
        "the rest, and what dropping failures does to their mix, is tested under who is lost.",
        between(last, first),
        level,
    )


def rates_by_quantile(
    groups: pd.DataFrame,
    names: Sequence[str],
    outcome: Part,
    level: Level,
    folder: Path,
    *,
    confidence: float,
) -> Figure:
    """Failure rate over quantiles of the descriptors in which the outcome's failures differ most.

    The saved figure shows the outcome, the page every part.
    """
    charts: list[AnyChart] = []
    for name in names:
        every = groups[(groups["grouping"] == name) & groups["rate"].notna()]
        order = of_part(every, outcome)["group"].tolist()
        chart: Any = follows(_dots(every, level, order=order), _of_outcome(outcome))
        height = max(60, _ROW_HEIGHT * len(order))
        charts.append(chart.properties(width=220, height=height, title=words_of(name)))
    grid = alt.concat(*charts, columns=2).resolve_scale(x="shared", y="independent")
    save_figure(grid, folder / f"by_quantile_{level}")
    rows = of_part(groups, outcome)
    return _figure(
        f"by_quantile_{level}",
        "Failure rate by brightness, sharpness and the like",
        f"Pictures in groups of about equal size by each measure; dots are the share with {LOST[level]} "
        f"({outcome[0]} on {outcome[1]}), with {level_in_words(confidence)} intervals; n = "
        f"{int(rows.groupby('grouping')['n'].sum().max()):,}. Shown are the measures in which failures and successes "
        f"differ most. A slope is an association, not a cause.{about_oval(names)}",
        f"Small panels of failure rates over groups of {'; '.join(map(words_of, names))}.",
        level,
    )


def of_part(groups: pd.DataFrame, part: Part) -> pd.DataFrame:
    """Rows of one backend on one variant."""
    return groups[(groups["backend"] == part[0]) & (groups["variant"] == part[1])]


def _of_outcome(outcome: Part) -> dict[str, str]:
    return {"backend": outcome[0], "variant": outcome[1]}


def _by_label_too(rows: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Rates of all pictures (no label), and the same of each label."""
    columns = ["rate", "low", "high", "n", "failures"]
    keys = ["backend", "variant", "name", "kind"]
    of_labels = groups[(groups["grouping"] == "label") & groups["rate"].notna()].merge(
        rows[keys], on=keys[:2]
    )
    every = [rows.assign(label=""), of_labels.assign(label=of_labels["group"].astype(str))]
    return pd.concat([part[[*keys, *columns, "label"]] for part in every])


def _dots(rows: pd.DataFrame, level: Level, *, order: list[str]) -> AnyChart:
    fields = {"backend", "variant", "label"} & set(rows.columns)
    base = alt.Chart(rows[["group", "rate", "low", "high", "n", "failures", *sorted(fields)]])
    y = alt.Y("group:N", sort=order, title=None)
    x = alt.X("low:Q", title=f"with {LOST[level]}", axis=_PERCENT)
    limits = base.mark_rule(strokeWidth=2, color=CATEGORIES[0]).encode(y=y, x=x, x2="high:Q")
    points = base.mark_point(size=60).encode(
        y=y, x="rate:Q", tooltip=["group", "rate", "low", "high", "failures", "n"]
    )
    chart: AnyChart = limits + points
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
