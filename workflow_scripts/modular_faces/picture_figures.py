"""Pictures and maps in the shape of a picture, as figures: pixels as squares, a colour scale beside them."""

from __future__ import annotations

from typing import Any, Final, cast

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from modular_faces.figures import DIVERGING, FAINT, SEQUENTIAL
from modular_faces.inline_pictures import colored_map, png_url

MAP_WIDTH: Final = 240
"""Width of a map or a picture in a figure, in pixels."""


def map_chart(
    values: NDArray[np.floating[Any]],
    *,
    title: str,
    legend: str,
    diverging: bool,
    limits: tuple[float, float] | None,
) -> alt.LayerChart:
    """Draw a map in the shape of a picture, with its colour scale.

    Parameters
    ----------
    values : (H, W) ndarray of float
        NaN is left transparent.
    title : str
    legend : str
        What the colours mean, with the unit.
    diverging : bool
        Blue below 0, white at 0, red above, as far to either side; otherwise viridis.
    limits : (float, float) or None
        Values of the first and last colour; values beyond take that colour. None takes them from the
        values. With `diverging` the one further from 0 counts, for both sides.

    Returns
    -------
    altair.LayerChart
        x and y are pixels of the picture, centres at integers, so that points can be laid over it.
    """
    if values.ndim != 2:
        raise ValueError(f"a map has rows and columns, and the values have shape {values.shape}")
    low, high = _limits(values, diverging=diverging, limits=limits)
    anchors = DIVERGING if diverging else SEQUENTIAL
    scale = alt.Scale(
        domain=np.linspace(low, high, len(anchors)).tolist(),
        range=list(anchors),
        interpolate="rgb",
        clamp=True,
    )
    colors = alt.Color("value:Q", scale=scale, title=legend, legend=_gradient_legend())
    ends = alt.Chart(pd.DataFrame({"value": [low, high]}))
    key = ends.mark_point(size=0, filled=True).encode(color=colors)
    picture = colored_map(values, low=low, high=high, anchors=anchors)
    return _layers([_picture_mark(picture), key], title=title, shape=values.shape)


def picture_chart(picture: NDArray[np.uint8], *, title: str) -> alt.LayerChart:
    """Draw a picture with a title, beside maps of the same size.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
    title : str
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(
            "a picture has three channels of uint8, and this one has shape "
            f"{picture.shape} and type {picture.dtype}"
        )
    mark = _picture_mark(Image.fromarray(picture))
    return _layers([mark], title=title, shape=picture.shape)


def _limits(
    values: NDArray[np.floating[Any]], *, diverging: bool, limits: tuple[float, float] | None
) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    low, high = limits or (float(known.min(initial=np.inf)), float(known.max(initial=-np.inf)))
    if not known.size and limits is None:
        low = high = 0.0
    if diverging:
        reach = max(abs(low), abs(high)) or 1.0
        return -reach, reach
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _picture_mark(picture: Image.Image) -> alt.Chart:
    """Draw a picture over its own extent, its pixels as squares."""
    width, height = picture.size
    url = png_url(picture, at_least=2 * MAP_WIDTH)
    shown = _extent((height, width))
    place = pd.DataFrame({"x": [(width - 1) / 2], "y": [(height - 1) / 2], "url": [url]})
    mark: alt.Chart = (
        alt.Chart(place)
        .mark_image(width=shown["width"], height=shown["height"], aspect=False)
        .encode(
            x=alt.X("x:Q", axis=None, scale=_pixels(-0.5, width - 0.5)),
            y=alt.Y("y:Q", axis=None, scale=_pixels(height - 0.5, -0.5)),
            url="url:N",
        )
    )
    return mark


def _pixels(first: float, last: float) -> alt.Scale:
    return alt.Scale(domain=[first, last], zero=False, nice=False)


def _extent(shape: tuple[int, ...]) -> dict[str, int]:
    return {"width": MAP_WIDTH, "height": round(MAP_WIDTH * shape[0] / shape[1])}


def _layers(marks: list[Any], *, title: str, shape: tuple[int, ...]) -> alt.LayerChart:
    words = alt.TitleParams(title, limit=MAP_WIDTH)
    frame = alt.ViewBackground(stroke=FAINT, strokeOpacity=0.5)
    chart: Any = alt.layer(*marks).properties(title=words, view=frame, **_extent(shape))
    return cast(alt.LayerChart, chart)


def _gradient_legend() -> alt.Legend:
    return alt.Legend(
        orient="bottom",
        direction="horizontal",
        gradientOpacity=1,
        gradientLength=MAP_WIDTH,
        titleLimit=MAP_WIDTH,
        tickCount=4,
        format=".3~r",
    )
