"""Charts of weights: arrows, cells and parts on the mean face, colours in their own colour, columns by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.figures import CATEGORIES, DIVERGING, FAINT, INK, SEQUENTIAL, AnyChart
from modular_faces.modular.mean_face import LINES
from modular_faces.region_polygons import POLYGONS

Points = NDArray[np.float64]

FACE_WIDTH: Final = 340
SEEN: Final = CATEGORIES[1]
"""Colour of what is drawn as "looks more X"."""
THINNED: Final = ("outline", "eyes")
"""Parts with more arrows than they need where there are many targets."""
_MARGIN: Final = 0.22


def fewer_arrows(arrows: pd.DataFrame, *, most: int) -> pd.DataFrame:
    """Leave out every second arrow of the parts in `THINNED`, alike on both sides, then of all, until few enough.

    Parameters
    ----------
    arrows : pandas.DataFrame
        From `weight_rows.arrow_rows`.
    most : int
        Most rows.
    """
    for part in THINNED:
        if len(arrows) <= most:
            return arrows
        place = arrows.groupby(["target", "view", "part"]).cumcount()
        arrows = arrows[(arrows["part"] != part) | (place % 2 == 0)]
    step = -(-len(arrows) // most)
    return arrows[arrows.groupby(["target", "view"]).cumcount() % step == 0]


def shape_chart(arrows: pd.DataFrame, points: Points) -> AnyChart:
    """Arrows on the mean face beside the parts of the face; a click on a part shows its arrows alone.

    Parameters
    ----------
    arrows : pandas.DataFrame
        From `weight_rows.arrow_rows`.
    points : (478, 2) ndarray of float64
        The mean face.
    """
    chosen = alt.selection_point(fields=["part"], name="part")
    shown = alt.when(chosen & alt.datum.sure).then(alt.value(0.95))
    opacity = shown.when(chosen).then(alt.value(0.35)).otherwise(alt.value(0.05))
    face = face_with_arrows(arrows, points, opacity)
    bars: Any = (
        alt.Chart(arrows, title="mean length of arrows; click a part")
        .mark_bar(color=SEEN)
        .encode(
            x=alt.X(
                "mean(moved):Q",
                stack=None,
                title="eye distances per standard deviation of the score",
            ),
            y=alt.Y("part:N", title=None, sort="-x"),
            opacity=alt.when(chosen).then(alt.value(1)).otherwise(alt.value(0.3)),
            tooltip=[alt.Tooltip("part:N"), alt.Tooltip("mean(moved):Q", format=".3f")],
        )
        .add_params(chosen)
        .properties(width=230, height=170)
    )
    return cast(AnyChart, alt.hconcat(face, bars))


def face_with_arrows(arrows: pd.DataFrame, points: Points, opacity: Any) -> Any:
    """Arrows on the mean face, as opaque as a condition says."""
    x, y = _face_axes(points)
    tips = [alt.Tooltip("part:N"), alt.Tooltip("moved:Q", format=".3f", title="eye distances")]
    base: Any = alt.Chart(arrows).encode(opacity=opacity, tooltip=tips)
    lines = base.mark_rule(color=SEEN, strokeWidth=2).encode(x=x, y=y, x2="x2:Q", y2="y2:Q")
    heads = base.mark_point(shape="triangle-up", color=SEEN, filled=True, size=38).encode(
        x=alt.X("x2:Q", axis=None, scale=x["scale"]),
        y=alt.Y("y2:Q", axis=None, scale=y["scale"]),
        angle=alt.Angle("angle:Q", scale=None),
    )
    return alt.layer(outline(points), lines, heads).properties(**_extent(points))


def sure_or_faint() -> Any:
    """Opacity of arrows in a figure without a choice: strong where the interval leaves out 0."""
    return alt.when(alt.datum.sure).then(alt.value(0.95)).otherwise(alt.value(0.3))


def cells_chart(cells: pd.DataFrame, points: Points, legend: str) -> AnyChart:
    """Cells of the aligned face as a heat map under the lines of the mean face."""
    low = float(np.abs(cells["value"]).quantile(0.99)) or 1.0
    x, y = _face_axes(points, cells)
    color = alt.Color("value:Q", scale=diverging_scale(low), title=legend, legend=_legend())
    tips = [
        alt.Tooltip("value:Q", format=".3f"),
        alt.Tooltip("strongest:N", title="strongest direction, degrees (0 right, 90 down)"),
        alt.Tooltip("sure:Q", format=".0%", title="directions whose interval leaves out 0"),
    ]
    marks: Any = alt.Chart(cells).mark_rect(stroke=None)
    rects = marks.encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=color, tooltip=tips)
    lines = outline(points)
    return cast(AnyChart, alt.layer(rects, lines).properties(**_extent(points, cells)))


def parts_chart(parts: pd.DataFrame, points: Points, legend: str) -> AnyChart:
    """Named regions of the face, filled by a number."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "MultiPolygon", "coordinates": _rings(row["part"], points)},
            **{name: row[name] for name in ("target", "view", "part", "value", "columns")},
        }
        for row in parts.to_dict("records")
    ]
    top = float(parts["value"].max()) or 1.0
    domain = np.linspace(0.0, top, len(SEQUENTIAL)).round(4).tolist()
    scale = alt.Scale(domain=domain, range=list(SEQUENTIAL), interpolate="rgb")
    color = alt.Color("value:Q", scale=scale, title=legend, legend=_legend())
    tips = [alt.Tooltip("part:N"), alt.Tooltip("value:Q", format=".3f"), alt.Tooltip("columns:Q")]
    data = alt.InlineData(values=features)
    shapes: Any = alt.Chart(data).mark_geoshape(stroke=FAINT, strokeWidth=0.7)
    lines = {
        "type": "Feature",
        "geometry": {"type": "MultiLineString", "coordinates": _lines(points)},
    }
    drawn = alt.Chart(alt.InlineData(values=[lines])).mark_geoshape(
        filled=False, stroke=INK, strokeWidth=0.8
    )
    both: Any = alt.layer(shapes.encode(color=color, tooltip=tips), drawn)
    size = _extent(points)
    return cast(AnyChart, both.project(type="identity").properties(**size))


CHANNELS: Final = {
    "hsv_h": "hue (HSV)",
    "hsv_s": "saturation (HSV)",
    "hsv_v": "brightness (HSV)",
    "lab_l": "lightness (CIELAB L*)",
    "lab_a": "green to red (CIELAB a*)",
    "lab_b": "blue to yellow (CIELAB b*)",
    "rgb_r": "red (RGB)",
    "rgb_g": "green (RGB)",
    "rgb_b": "blue (RGB)",
}


def swatch_chart(swatches: pd.DataFrame) -> AnyChart:
    """Colour bins as bars in their own colour, a row per channel."""
    swatches = swatches.assign(channel=swatches["channel"].map(CHANNELS))
    tips = [
        *(alt.Tooltip("channel:N"), alt.Tooltip("bin:O")),
        *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("value", "low", "high")),
    ]
    base: Any = alt.Chart(swatches).encode(x=alt.X("bin:O", axis=None), tooltip=tips)
    bars = base.mark_bar(stroke=INK, strokeWidth=0.8).encode(
        y=alt.Y("value:Q", stack=None, title=None, axis=alt.Axis(tickCount=3)),
        color=alt.Color("color:N", scale=None),
    )
    spans = base.mark_rule(color=INK).encode(y="low:Q", y2="high:Q")
    faceted = alt.layer(bars, spans).properties(width=190, height=70)
    return cast(
        AnyChart,
        faceted.facet(
            facet=alt.Facet("channel:N", title=None, sort=list(CHANNELS.values())), columns=3
        ).resolve_scale(x="independent"),
    )


NAME: Final = (
    "replace(replace(replace(datum.column, /^(measure|expression|haralick)_/, ''), /_/g, ' '), "
    "/([a-z])([A-Z])/g, '$1 $2')"
)
"""A column's name in words, without the module that it is of (a Vega expression)."""


def named_chart(named: pd.DataFrame, title: str) -> AnyChart:
    """Columns by name with their intervals, largest first."""
    tips = [
        *(alt.Tooltip("column:N"), alt.Tooltip("words:N"), alt.Tooltip("value:Q", format=".3f")),
        alt.Tooltip("same_sign:Q", format=".0%", title="refits of the same sign"),
    ]
    order = alt.EncodingSortField(field="size", op="max", order="descending")
    base: Any = (
        alt.Chart(named)
        .transform_calculate(size="abs(datum.value)", name=NAME)
        .encode(
            y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=330)),
            tooltip=tips,
        )
    )
    bars = base.mark_bar().encode(
        x=alt.X("value:Q", stack=None, title=title),
        color=alt.when("datum.value < 0")
        .then(alt.value(CATEGORIES[0]))
        .otherwise(alt.value(CATEGORIES[1])),
    )
    spans = base.mark_rule().encode(x="low:Q", x2="high:Q")
    return cast(AnyChart, alt.layer(bars, spans).properties(width=340, height=alt.Step(17)))


def outline(points: Points) -> Any:
    """Draw the lines of a face."""
    x, y = _face_axes(points)
    rows = [
        {"line": line, "step": step, "x": round(float(px), 4), "y": round(float(py), 4)}
        for line, vertices in enumerate(LINES)
        for step, (px, py) in enumerate(points[list(vertices)])
    ]
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(color=FAINT, strokeWidth=1.2)
        .encode(x=x, y=y, detail="line:N", order="step:Q")
    )


def diverging_scale(reach: float) -> alt.Scale:
    """Blue below 0, red above, as far to either side."""
    domain = np.linspace(-reach, reach, len(DIVERGING)).tolist()
    return alt.Scale(domain=domain, range=list(DIVERGING), interpolate="rgb", clamp=True)


def _legend() -> alt.Legend:
    return alt.Legend(
        orient="bottom", direction="horizontal", gradientLength=260, titleLimit=330, tickCount=4
    )


def _bounds(points: Points, cells: pd.DataFrame | None = None) -> tuple[Points, Points]:
    low, high = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
    if cells is not None:
        low = np.minimum(low, cells[["x", "y"]].min().to_numpy())
        high = np.maximum(high, cells[["x2", "y2"]].max().to_numpy())
    return low, high


def _face_axes(points: Points, cells: pd.DataFrame | None = None) -> tuple[alt.X, alt.Y]:
    low, high = _bounds(points, cells)
    across = alt.Scale(domain=[float(low[0]), float(high[0])], nice=False, zero=False)
    down = alt.Scale(domain=[float(high[1]), float(low[1])], nice=False, zero=False)
    return alt.X("x:Q", axis=None, scale=across), alt.Y("y:Q", axis=None, scale=down)


def _extent(points: Points, cells: pd.DataFrame | None = None) -> dict[str, int]:
    low, high = _bounds(points, cells)
    across, down = high - low
    return {"width": FACE_WIDTH, "height": round(FACE_WIDTH * float(down / across))}


def _rings(part: str, points: Points) -> list[list[list[list[float]]]]:
    return [[_closed(points[polygon])] for polygon in POLYGONS[part]]


def _closed(ring: Points) -> list[list[float]]:
    return [[round(float(value), 4) for value in point] for point in [*ring, ring[0]]]


def _lines(points: Points) -> list[list[list[float]]]:
    def one(vertices: Sequence[int]) -> list[list[float]]:
        return [[round(float(value), 4) for value in point] for point in points[list(vertices)]]

    return [one(vertices) for vertices in LINES]
