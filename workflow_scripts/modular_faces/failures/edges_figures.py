"""Figures of the study of edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from modular_faces.failures.edges import PROFILES
from modular_faces.failures.edges_tables import GROUPS, DrawnEdges, density_maps
from modular_faces.failures.map_comparison import MapComparison
from modular_faces.failures.picture_frame import Frame, unpool
from modular_faces.figures import CATEGORIES, AnyChart, grid_chart
from modular_faces.picture_figures import map_chart

RULE_WORDS = {"fixed": "fixed threshold", "strongest": "strongest gradients"}
_AXES = {
    "row": "row (0 at the top)",
    "column": "column (0 on the left)",
    "radius": "pixels from the centre",
    "orientation": "direction in degrees (0 across, 90 upright)",
}


_LEGEND = alt.Legend(symbolOpacity=1, symbolStrokeWidth=0, symbolType="square")


def density_chart(
    drawn: Mapping[str, DrawnEdges], comparisons: Sequence[MapComparison], frame: Frame
) -> AnyChart:
    """Edges of failures, of successes, their difference, and where that is more than chance; a row per rule."""
    charts: list[AnyChart] = []
    for one in comparisons:
        if one.name == "density":
            charts += _density_row(drawn[one.channel], one, frame)
    return grid_chart(charts, columns=4)


def _density_row(drawn: DrawnEdges, tested: MapComparison, frame: Frame) -> Sequence[AnyChart]:
    words = RULE_WORDS[tested.channel]
    both = [100 * density for density in density_maps(drawn, frame)]
    top = float(max(density.max() for density in both))
    charts: list[AnyChart] = [
        map_chart(
            density,
            title=f"{group.capitalize()}, {words}",
            legend="% of pictures with an edge",
            diverging=False,
            limits=(0.0, top or 1.0),
        )
        for group, density in zip(GROUPS, both, strict=True)
    ]
    difference = both[0] - both[1]
    cells = 100 * tested.map(tested.test.difference)
    shown = np.where(tested.significant, cells, np.nan)
    certain = unpool(shown, frame, largest=max(tested.shape))
    reach = float(np.abs(difference).max()) or 1.0
    beyond = "Beyond chance" if tested.significant.any() else "None beyond chance"
    charts += [_signed(difference, "Difference", reach), _signed(certain, beyond, reach)]
    return charts


def _signed(values: npt.NDArray[np.float64], title: str, reach: float) -> AnyChart:
    return map_chart(
        values, title=title, legend="percentage points", diverging=True, limits=(-reach, reach)
    )


def profile_chart(table: pd.DataFrame) -> AnyChart:
    """Profiles of both groups with the bands of the draws; a row per profile, a column per rule.

    Parameters
    ----------
    table : pandas.DataFrame
        From `profile_table`, one level.
    """
    charts: list[AnyChart] = []
    for profile in PROFILES:
        for rule, words in RULE_WORDS.items():
            rows = table[(table["profile"] == profile) & (table["rule"] == rule)]
            charts.append(_profile(_long(rows), _AXES[profile], words, profile))
    return grid_chart(charts, columns=len(RULE_WORDS))


def _long(rows: pd.DataFrame) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "place": rows["place"],
                "pictures": group,
                "share": 100 * rows[group],
                "low": 100 * rows[f"{group}_low"],
                "high": 100 * rows[f"{group}_high"],
            }
        )
        for group in GROUPS
    ]
    return pd.concat(parts).round(4)


def _profile(rows: pd.DataFrame, axis: str, title: str, profile: str) -> AnyChart:
    what = "% of edges" if profile == "orientation" else "% of pixels with an edge"
    colors = alt.Scale(domain=list(GROUPS), range=[CATEGORIES[1], CATEGORIES[0]])
    base = alt.Chart(rows).encode(
        x=alt.X("place:Q", title=axis, scale=alt.Scale(nice=False)),
        color=alt.Color("pictures:N", title=None, scale=colors, legend=_LEGEND),
    )
    band = base.mark_area(opacity=0.3).encode(y=alt.Y("low:Q", title=what), y2="high:Q")
    layers: Any = alt.layer(band, base.mark_line(strokeWidth=2).encode(y="share:Q"))
    chart: AnyChart = layers.properties(width=360, height=150, title=title.capitalize())
    return chart
