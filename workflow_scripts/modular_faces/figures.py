"""Figures: one look for every chart, saved as SVG, PNG and Vega-Lite, the same bytes each time.

Text, lines and marks have at least a contrast of 3:1 on white and on a dark page, so that a saved figure
can be put on either; backgrounds are transparent.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

import altair as alt
import vl_convert
from PIL import Image

from modular_faces.tables import whole_file

AnyChart: TypeAlias = (
    alt.Chart
    | alt.LayerChart
    | alt.FacetChart
    | alt.RepeatChart
    | alt.ConcatChart
    | alt.HConcatChart
    | alt.VConcatChart
)

MOST_ROWS: Final = 5000
"""Most rows of data that a figure may carry: more are aggregated first."""

INK: Final = "#757575"
FAINT: Final = "#8a8a8a"
CATEGORIES: Final = ("#2f7fc1", "#d5651b", "#1b9e77", "#9b5fc0", "#c9477b", "#93711f", "#7f7f7f")
"""Colours of categories, in order: blue, orange, green, violet, rose, brown, grey."""

SEQUENTIAL: Final = (
    *("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c"),
    *("#28ae80", "#5ec962", "#addc30", "#fde725"),
)
"""Anchors of viridis, from low to high; in between the colours are interpolated in sRGB."""
DIVERGING: Final = (
    *("#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7"),
    *("#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f"),
)
"""Anchors of ColorBrewer's RdBu, reversed: blue below, white in the middle, red above."""

_THEME: Final = "modular_faces"


@alt.theme.register(_THEME, enable=False)
def theme() -> alt.theme.ThemeConfig:
    """Give the look of every figure; `with alt.theme.enable("modular_faces"):` puts it on a chart."""
    lines = {"domainColor": FAINT, "tickColor": FAINT, "gridColor": FAINT, "gridOpacity": 0.25}
    words = {"labelColor": INK, "titleColor": INK, "labelFontSize": 11, "titleFontSize": 12}
    words |= {"titleFontWeight": "normal", "labelLimit": 260, "titleLimit": 360}
    header = {"subtitleColor": INK, "subtitleFontSize": 11, "fontWeight": 600}
    config: dict[str, Any] = {
        "background": "transparent",
        "font": "sans-serif",
        "axis": lines | words,
        "axisQuantitative": {"labelOverlap": "greedy", "labelSeparation": 6},
        "legend": words | {"symbolBaseFillColor": INK, "symbolBaseStrokeColor": INK},
        "header": words,
        "title": header | {"color": INK, "fontSize": 13, "anchor": "start", "offset": 8},
        "view": {"stroke": None, "continuousWidth": 360, "continuousHeight": 240},
        "text": {"color": INK, "fontSize": 11},
        "rule": {"color": INK},
        "point": {"opacity": 1, "filled": True, "size": 50},
        "mark": {"color": CATEGORIES[0]},
        "range": {
            "category": list(CATEGORIES),
            "ramp": list(SEQUENTIAL),
            "heatmap": list(SEQUENTIAL),
            "diverging": list(DIVERGING),
        },
    }
    return cast(alt.theme.ThemeConfig, {"config": config})


def chart_spec(chart: AnyChart) -> dict[str, Any]:
    """Give the Vega-Lite specification of a chart in the house's look, its data inside.

    Parameters
    ----------
    chart : Altair chart

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If the chart carries more than `MOST_ROWS` rows, or data that lie elsewhere.
    """
    with alt.theme.enable(_THEME), alt.data_transformers.enable("default", max_rows=None):
        spec: dict[str, Any] = chart.to_dict()
    datasets = [*spec.get("datasets", {}).values(), *_inline_data(spec)]
    rows = sum(len(rows) for rows in datasets)
    if rows > MOST_ROWS:
        raise ValueError(
            f"the figure carries {rows} rows of data, and at most {MOST_ROWS} may be drawn; "
            "aggregate them before plotting"
        )
    return spec


def save_figure(chart: AnyChart, stem: Path) -> None:
    """Write a chart as `stem`.svg, `stem`.png (two dots per pixel) and `stem`.vl.json.

    Parameters
    ----------
    chart : Altair chart
    stem : Path
        Without a suffix; its folder is made when missing.

    Raises
    ------
    ValueError
        As `chart_spec`.
    """
    spec = chart_spec(chart)
    version = "v" + ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    svg = vl_convert.vegalite_to_svg(spec, vl_version=version, allowed_base_urls=[])
    png = vl_convert.svg_to_png(svg, scale=2)
    text = json.dumps(spec, sort_keys=True, ensure_ascii=False, allow_nan=False)
    files = {".svg": svg.encode(), ".png": _smaller(png), ".vl.json": f"{text}\n".encode()}
    for suffix, content in files.items():
        with whole_file(stem.with_name(stem.name + suffix)) as temporary:
            temporary.write_bytes(content)


def _smaller(png: bytes) -> bytes:
    """Compress a PNG better; its pixels stay as they are."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.save(buffer, format="PNG", compress_level=6, dpi=(144, 144))
    return buffer.getvalue()


def _inline_data(node: Any) -> Iterator[list[Any]]:
    """Find data given at the place where they are drawn; refuse data that lie elsewhere."""
    if isinstance(node, list):
        for item in node:
            yield from _inline_data(item)
    elif isinstance(node, dict):
        data = node.get("data")
        if isinstance(data, dict) and "url" in data:
            raise ValueError(
                f"the figure reads its data from '{data['url']}'; give them to the chart instead"
            )
        if isinstance(data, dict) and isinstance(data.get("values"), list):
            yield data["values"]
        for key, item in node.items():
            if key not in ("data", "datasets"):
                yield from _inline_data(item)


def follows(chart: AnyChart, choice: Mapping[str, str]) -> AnyChart:
    """Let a chart show one value of some fields at a time, which the page's filters may exchange.

    Parameters
    ----------
    chart : Altair chart
    choice : mapping of str to str
        By field, the value that is shown where nothing is chosen: always in the saved figure. All rows carry
        the fields; an empty one says that a row has none.

    Returns
    -------
    Altair chart
        With a parameter `page_<field>` for each of them.
    """
    shown: Any = chart
    for field, value in choice.items():
        shown = shown.add_params(alt.param(name=f"page_{field}", value=value))
        shown = shown.transform_filter(f"datum.{field} === page_{field}")
    return cast(AnyChart, shown)


def grid_chart(charts: Sequence[AnyChart], *, columns: int) -> alt.ConcatChart:
    """Lay charts out row by row, each with its own scales."""
    grid: alt.ConcatChart = alt.concat(*charts, columns=columns).resolve_scale(
        color="independent", x="independent", y="independent"
    )
    return grid
