"""Figures of the study of interventions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from modular_faces.failures.cures import Overlap
from modular_faces.figures import CATEGORIES, FAINT, INK, AnyChart

MOST_SETS = 12
"""Most sets of causes that the figure of overlaps shows."""

_ROW = 20
_WIDTH = 380
_PERCENT = alt.Axis(format="~%", grid=True)


def share_chart(table: pd.DataFrame, words: dict[str, str]) -> AnyChart:
    """Share of failures that undoing each cause brings back beyond placebo, with its interval.

    Parameters
    ----------
    table : pandas.DataFrame
        From `intervention_tables.share_table`.
    words : dict of str to str
        What each cause is called.
    """
    shown = table.assign(
        what=table["cause"].map(words),
        kind=[
            "named as a cause" if named else "not beyond the causes above, or within chance"
            for named in table["named"]
        ],
    )
    return _intervals(
        shown,
        words,
        value="share",
        title="share of failures brought back, less placebo",
        colors={
            "named as a cause": CATEGORIES[1],
            "not beyond the causes above, or within chance": CATEGORIES[0],
        },
    )


def dose_chart(table: pd.DataFrame, words: dict[str, str]) -> AnyChart:
    """Share of failures that each single change brings back, placebos first."""
    shown = table.assign(
        what=[
            f"{words.get(cause, 'placebo')}: {dose_words(dose)}"
            for cause, dose in zip(table["cause"], table["dose"], strict=True)
        ],
        kind=["placebo" if change == "placebo" else "a cause undone" for change in table["change"]],
    )
    return _intervals(
        shown,
        words,
        value="rate",
        title="share of failures brought back",
        colors={"placebo": CATEGORIES[6], "a cause undone": CATEGORIES[0]},
    )


def reverse_chart(table: pd.DataFrame, words: dict[str, str]) -> AnyChart:
    """Share of successes that each change makes fail, less placebo."""
    names = {"undo": "remedy for: ", "put_in": ""}
    shown = table[table["change"] != "placebo"].copy()
    shown["what"] = [
        f"{names[row.change]}{words[row.cause]} ({dose_words(row.dose)})"
        for row in shown.itertuples()
    ]
    shown["kind"] = shown["change"].map({"undo": "a cause undone", "put_in": "a cause put in"})
    return _intervals(
        shown,
        words,
        value="share",
        title="share of successes lost, less placebo",
        colors={"a cause put in": CATEGORIES[1], "a cause undone": CATEGORIES[0]},
    )


def dose_words(dose: str) -> str:
    """Say what a dose is called: "brightened_q25" becomes "brightened to percentile 25"."""
    return re.sub(r"\bq(\d+)\b", r"to percentile \1", dose.replace("_", " "))


def _intervals(
    table: pd.DataFrame, words: dict[str, str], *, value: str, title: str, colors: dict[str, str]
) -> AnyChart:
    columns = ["cause", "what", "kind", value, f"{value}_low", f"{value}_high", "n"]
    order = table["what"].tolist()
    kinds = [kind for kind in colors if (table["kind"] == kind).any()]
    y = alt.Y("what:N", sort=order, title=None, axis=alt.Axis(labelLimit=420, grid=False))
    color = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=kinds, range=[colors[kind] for kind in kinds]),
        legend=alt.Legend(orient="top", labelLimit=420),
    )
    of_cause = table["cause"].where(table["cause"].isin(words), "")
    base = alt.Chart(table.assign(cause=of_cause)[columns].round(5))
    bars = base.mark_rule(strokeWidth=2).encode(
        x=alt.X(f"{value}_low:Q", title=title, axis=_PERCENT),
        x2=f"{value}_high:Q",
        y=y,
        color=color,
    )
    tooltip: list[Any] = ["what:N", alt.Tooltip(f"{value}:Q", format=".1%"), "n:Q"]
    dots = base.mark_point().encode(x=f"{value}:Q", y=y, color=color, tooltip=tooltip)
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=INK).encode(x="x:Q")
    chart: AnyChart = alt.layer(zero, bars, dots).properties(width=_WIDTH, height=_ROW * len(table))
    return chart


def overlap_chart(
    overlap: Sequence[Overlap], causes: Sequence[str], words: dict[str, str]
) -> AnyChart:
    """Which causes' remedies bring the same failures back: a column per set, a dot per remedy in it."""
    shown = list(overlap)[:MOST_SETS]
    order = [str(place) for place in range(len(shown))]
    x: dict[str, Any] = {"sort": order, "axis": None}
    counts = pd.DataFrame({"set": order, "n": [one.n for one in shown]})
    bars = (
        alt.Chart(counts)
        .mark_bar()
        .encode(x=alt.X("set:N", **x), y=alt.Y("n:Q", title="failures"), tooltip=["n:Q"])
    )
    numbers = (
        alt.Chart(counts)
        .mark_text(dy=-7, color=INK)
        .encode(x=alt.X("set:N", **x), y="n:Q", text="n:Q")
    )
    cells = pd.DataFrame(
        [
            {"set": place, "what": words[cause], "in": cause in one.causes}
            for place, one in zip(order, shown, strict=True)
            for cause in causes
        ]
    )
    dots = (
        alt.Chart(cells)
        .mark_point(size=90)
        .encode(
            x=alt.X("set:N", **x),
            y=alt.Y(
                "what:N",
                sort=[words[cause] for cause in causes],
                title=None,
                axis=alt.Axis(labelLimit=420, grid=False),
            ),
            color=alt.Color(
                "in:N",
                scale=alt.Scale(domain=[True, False], range=[CATEGORIES[0], FAINT]),
                legend=None,
            ),
            opacity=alt.condition("datum.in", alt.value(1.0), alt.value(0.25)),
        )
    )
    width = 36 * len(shown)
    above = alt.layer(bars, numbers).properties(width=width, height=140)
    below = dots.properties(width=width, height=_ROW * len(causes))
    chart: AnyChart = alt.vconcat(above, below, spacing=6)
    return chart
