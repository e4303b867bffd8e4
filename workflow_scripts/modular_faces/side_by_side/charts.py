"""Charts of the backends side by side, for all pictures and label by label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from modular_faces.bridge import ALL
from modular_faces.figures import CATEGORIES, AnyChart
from modular_faces.side_by_side.frames import BackendTables, pair_name, parts_of_face

WIDTH: Final = 320
STEP: Final = 12
"""Pixels between two marks."""
NUMBERS: Final = ("n", "value", "low", "high")
SHARE: Final = "share of the pictures"
DISTANCE: Final = "% of the distance of the outer eye corners"


def shares_chart(tables: BackendTables, labels: Sequence[str]) -> AnyChart:
    """Draw what each instrument finds and trusts of the pictures of these labels."""
    columns = ["backend", "variant", "instrument", "label", "level", *NUMBERS]
    return _dots(
        tables.shares.loc[tables.shares["label"].isin(labels), columns],
        row=("instrument", tables.instruments),
        color=("level", ["found", "trusted"]),
        axis=SHARE,
        percent=True,
    )


def shares_by_label(tables: BackendTables) -> AnyChart:
    """Draw the same label by label."""
    rows = tables.shares[tables.shares["label"] != ALL].rename(columns={"label": "of"})
    columns = ["backend", "variant", "instrument", "of", "level", *NUMBERS]
    chart: AnyChart = _dots(
        rows[columns],
        row=("of", tables.labels),
        color=("instrument", tables.instruments),
        axis=SHARE,
        percent=True,
        facet="level",
    )
    return chart


def apart_chart(tables: BackendTables, labels: Sequence[str]) -> AnyChart:
    """Draw how far apart each pair puts the landmarks on the pictures of these labels."""
    rows = tables.apart[(tables.apart["part"] == "face") & tables.apart["label"].isin(labels)]
    return _dots(
        rows[["pair", "label", *NUMBERS]],
        row=("pair", _pairs(tables)),
        color=None,
        axis=DISTANCE,
        percent=False,
    )


def apart_by_label(tables: BackendTables) -> AnyChart:
    """Draw the same label by label."""
    rows = tables.apart[(tables.apart["part"] == "face") & (tables.apart["label"] != ALL)]
    return _dots(
        rows.rename(columns={"label": "of"})[["pair", "of", *NUMBERS]],
        row=("of", tables.labels),
        color=("pair", _pairs(tables)),
        axis=DISTANCE,
        percent=False,
    )


def apart_by_part(tables: BackendTables, labels: Sequence[str]) -> AnyChart:
    """Draw the same for each part of the face."""
    rows = tables.apart[tables.apart["label"].isin(labels)]
    return _dots(
        rows[["pair", "label", "part", *NUMBERS]],
        row=("part", parts_of_face()),
        color=("pair", _pairs(tables)),
        axis=DISTANCE,
        percent=False,
    )


def seconds_chart(tables: BackendTables) -> AnyChart:
    """Draw how long each instrument took for a picture."""
    rows = tables.seconds.assign(milliseconds=1000 * tables.seconds["seconds_per_picture"])
    chart: AnyChart = (
        alt.Chart(rows[["backend", "variant", "instrument", "pictures", "milliseconds"]].round(2))
        .mark_bar(height=STEP)
        .encode(
            x=alt.X(
                "milliseconds:Q", title="milliseconds for a picture, start of the jobs included"
            ),
            y=alt.Y("instrument:N", sort=tables.instruments, title=None),
            tooltip=["instrument", "milliseconds", "pictures"],
        )
        .properties(width=WIDTH, height=alt.Step(2 * STEP))
    )
    return chart


def _pairs(tables: BackendTables) -> list[str]:
    return [pair_name(a, b) for a, b in tables.pairs]


def _dots(
    rows: pd.DataFrame,
    *,
    row: tuple[str, Sequence[str]],
    color: tuple[str, Sequence[str]] | None,
    axis: str,
    percent: bool,
    facet: str | None = None,
) -> AnyChart:
    """Draw values with their intervals: a row for each of some names, a colour for each of others.

    Values of too few pictures for an interval are drawn without one.
    """
    rows = rows.assign(
        low=rows["low"].fillna(rows["value"]), high=rows["high"].fillna(rows["value"])
    )
    scale = alt.Scale(zero=not percent)
    shown = alt.Axis(format="%" if percent else "", tickCount=5)
    encoding: dict[str, Any] = {"y": alt.Y(f"{row[0]}:N", sort=list(row[1]), title=None)}
    if color is not None:
        name, order = color
        legend = alt.Legend(orient="top", columns=1 if len(order) > 2 else 2, labelLimit=330)
        colors = alt.Scale(domain=list(order), range=_colors(len(order)))
        encoding["yOffset"] = alt.YOffset(f"{name}:N", sort=list(order))
        encoding["color"] = alt.Color(f"{name}:N", title=None, legend=legend, scale=colors)
    base = alt.Chart(rows).encode(**encoding)
    tooltip = [name for name in rows.columns if name not in ("backend", "variant")]
    lines = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=axis, scale=scale, axis=shown), x2="high:Q", tooltip=tooltip
    )
    points = base.mark_point(size=45).encode(
        x=alt.X("value:Q", title=axis, scale=scale), tooltip=tooltip
    )
    height = alt.Step(STEP, **{"for": "offset"}) if color else alt.Step(2 * STEP)
    width = WIDTH if facet is None else WIDTH * 2 // 3
    chart = alt.layer(lines, points).properties(width=width, height=height)
    if facet is None:
        return chart
    faceted: AnyChart = chart.facet(column=alt.Column(f"{facet}:N", title=None))
    return faceted


def _colors(number: int) -> list[str]:
    return [CATEGORIES[k % len(CATEGORIES)] for k in range(number)]
