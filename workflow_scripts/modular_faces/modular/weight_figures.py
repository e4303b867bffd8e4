"""Forward patterns as figures beside the page: a face, or a row of colours, for each category or rating."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import altair as alt
import pandas as pd

from modular_faces.figures import AnyChart, grid_chart, save_figure
from modular_faces.modular import weight_charts, weight_rows
from modular_faces.modular.score_parts import words_of
from modular_faces.modular.weight_sections import NAMED, SHAPES, WeightInputs, rows_of_region

MOST_TARGETS: Final = 8
"""Categories and ratings in one figure."""
COLUMNS: Final = 4
"""Faces side by side; wider charts stand in two columns."""
_FACE: Final = 210
"""Width of a face, pixels."""


def save_weight_figures(inputs: WeightInputs, targets: Sequence[str], folder: Path) -> None:
    """Save a figure for each region and way of drawing.

    Parameters
    ----------
    inputs : WeightInputs
    targets : sequence of str
        Which categories and ratings are drawn, at most `MOST_TARGETS`.
    folder : Path
    """
    for region in dict.fromkeys(inputs.weights["region"]):
        rows = rows_of_region(inputs, region)
        seen = rows[(rows["view"] == "pattern") & rows["target"].isin(list(targets))]
        for name, charts in _figures(seen, inputs, region, targets):
            wide = name == "colors" or name.startswith("names_")
            grid = grid_chart(charts, columns=2 if wide else COLUMNS)
            save_figure(grid, folder / f"{region}_{name}")


Drawn: TypeAlias = tuple[str, pd.DataFrame, Callable[[pd.DataFrame], Any]]
"""Name of a figure, its rows, and what draws those of one target."""


def _figures(
    rows: pd.DataFrame, inputs: WeightInputs, region: str, targets: Sequence[str]
) -> Iterator[tuple[str, list[AnyChart]]]:
    """Names of figures, with a chart for each target that has something to draw."""
    for name, drawn, draw in (*_faces(rows, inputs), *_columns(rows, inputs, region)):
        if len(drawn):
            yield name, _each(drawn, targets, draw)


def _faces(rows: pd.DataFrame, inputs: WeightInputs) -> Iterator[Drawn]:
    """What is drawn on the mean face."""
    opacity = weight_charts.sure_or_faint()
    points = inputs.face.frontal
    for module in SHAPES:
        if module in set(rows["module"]):
            arrows, _ = weight_rows.arrow_rows(rows, inputs.face, module)
            own = inputs.face.of(module)
            yield (
                module,
                arrows,
                partial(weight_charts.face_with_arrows, points=own, opacity=opacity),
            )
    cells = partial(weight_charts.cells_chart, points=points, legend="standard deviations")
    yield "edges", weight_rows.cell_rows(rows, **inputs.frame), cells
    parts = partial(weight_charts.parts_chart, points=points, legend="root mean square")
    for module in ("color", "texture"):
        yield f"parts_{module}", weight_rows.part_rows(rows, module), parts


def _columns(rows: pd.DataFrame, inputs: WeightInputs, region: str) -> Iterator[Drawn]:
    """What is drawn as bars: colours of one space, columns whose names are plain words."""
    where = "image" if region == "image" else inputs.region_of_face
    swatches = weight_rows.swatch_rows(rows, where)
    one_space = swatches[swatches["channel"].str.startswith("lab_")] if len(swatches) else swatches
    yield "colors", one_space, weight_charts.swatch_chart
    for module in (name for name in NAMED if name != "texture"):
        named = weight_rows.named_rows(rows, [module], inputs.words, most=10)
        yield (
            f"names_{module}",
            named,
            partial(weight_charts.named_chart, title="standard deviations"),
        )


def _each(
    rows: pd.DataFrame, targets: Sequence[str], draw: Callable[[pd.DataFrame], Any]
) -> list[AnyChart]:
    """A chart of each target's rows, with the target as its title; faces smaller than on the page."""
    charts = []
    for target in targets:
        own = rows[rows["target"] == target]
        if len(own):
            chart = draw(own).properties(title=words_of(target))
            charts.append(_smaller(chart))
    return charts


def _smaller(chart: Any) -> Any:
    """Draw a face at `_FACE` pixels; other charts stay as they are."""
    width = getattr(chart, "width", alt.Undefined)
    if (
        not isinstance(width, int)
        or width != weight_charts.FACE_WIDTH
        or not isinstance(chart.height, int)
    ):
        return chart
    return chart.properties(width=_FACE, height=round(chart.height * _FACE / width))


def shown_targets(scores: pd.DataFrame, targets: Sequence[str], main: str) -> list[str]:
    """Choose what is drawn: every category, and of ratings those that the main model predicts best.

    Parameters
    ----------
    scores : pandas.DataFrame
    targets : sequence of str
        Those that have weights, in their order.
    main : str

    Returns
    -------
    list of str
        At most `MOST_TARGETS`.
    """
    rows = scores[(scores["model"] == main) & (scores["metric"] == "r2")]
    worth = rows.groupby("target")["value"].max()
    ratings = [name for name in targets if name in worth.index]
    categories = [name for name in targets if name not in worth.index]
    best = sorted(ratings, key=lambda name: -float(worth[name]))
    return [*categories, *best][:MOST_TARGETS]
