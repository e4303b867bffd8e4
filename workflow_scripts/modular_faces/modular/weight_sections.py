"""Sections on weights: one for each region that models may look at, forward patterns first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from modular_faces.figures import MOST_ROWS, AnyChart, chart_spec
from modular_faces.modular import weight_charts, weight_rows
from modular_faces.modular.mean_face import MeanFace
from modular_faces.modular.module_blocks import LEARNT
from modular_faces.modular.score_parts import REGION_WORDS
from modular_faces.pages.parts import Block, Chart, Section, Table, Text

HOW_TO_READ: Final = (
    "Choose a category or a rating above. The forward pattern (Haufe et al. 2014, "
    "doi:10.1016/j.neuroimage.2013.10.067) says how a face looks that the model calls more of it: how far each "
    "column moves when the model's score rises by one standard deviation. A raw weight says what the model does "
    "with a column when all others are held still; it may be there only to take away what disturbs another "
    "column, and need not be seen in any face."
)
SHAPES: Final = {
    "shape_frontal": "Shape, turned to the front",
    "shape_2d": "Shape in the picture's plane (holds turn and nod of the head)",
}
NAMED: Final = {
    "measures": "Distances, ratios and angles",
    "texture": "Texture (Haralick)",
    "pose": "Pose of the head",
    "expression": "Blendshapes",
    "action_units": "Action units",
}


@dataclass(frozen=True)
class WeightInputs:
    """What the sections are made of.

    Attributes
    ----------
    weights : pandas.DataFrame
        weights.parquet.
    face : MeanFace
    words : mapping of str to str
        What columns say, from the data dictionary and for measures.
    frame : mapping
        `side`, `eye_distance`, `eye_height` of aligned faces.
    region_of_face : str
        Which region of the mesh stands for the face.
    main, learnt : str or None
        The model that is taken apart, and one with learnt modules where there is such.
    refits : int
    collinear : sequence of (str, sequence of sequence of str)
        Module and its groups of columns that say nearly the same.
    """

    weights: pd.DataFrame
    face: MeanFace
    words: Mapping[str, str]
    frame: Mapping[str, Any]
    region_of_face: str
    main: str
    learnt: str | None
    refits: int
    collinear: Sequence[tuple[str, Sequence[Sequence[str]]]]


def weight_sections(inputs: WeightInputs) -> list[Section]:
    """Make a section for each region, and one on columns that say nearly the same."""
    if not len(inputs.weights):
        return []
    sections = []
    for region in dict.fromkeys(inputs.weights["region"]):
        title = f"Weights: {REGION_WORDS.get(region, region)}"
        question = "What looks more like it, and what does the model use?"
        blocks = [Text([HOW_TO_READ]), *_blocks(inputs, region)]
        sections.append(Section(f"weights-{region}", _short(title), question, blocks))
    return [*sections, *_alike(inputs)]


def _short(title: str) -> str:
    return title.replace(": ", ", ")


def targets_of(weights: pd.DataFrame) -> list[str]:
    """Categories and ratings in the order of the table."""
    return list(dict.fromkeys(weights["target"])) if len(weights) else []


def _blocks(inputs: WeightInputs, region: str) -> Iterator[Block]:
    of_region = inputs.weights[inputs.weights["region"] == region]
    rows = weight_rows.long_rows(of_region[of_region["model"] == inputs.main])
    for module, title in SHAPES.items():
        if module in set(rows["module"]):
            yield _shape(rows, inputs, region, module, title)
    yield from _cells(rows, inputs, region)
    yield from _colors(rows, inputs, region)
    for module in ("color", "texture"):
        yield from _parts(rows, inputs, region, module)
    if inputs.learnt is not None:
        learnt = of_region[
            (of_region["model"] == inputs.learnt) & of_region["module"].isin(list(LEARNT))
        ]
        rows = pd.concat([rows, weight_rows.long_rows(learnt)], ignore_index=True)
    for module, title in NAMED.items():
        yield from _named(rows, inputs, region, module, title)
    yield _stability(rows, inputs, region)


def _chart(chart: AnyChart, name: str, title: str, caption: str) -> Chart:
    """Make a block; the page's own buttons save what is chosen."""
    return Chart(
        name, title, caption, f"{title}. {caption}", chart_spec(chart), None, "weights.parquet"
    )


def _shape(rows: pd.DataFrame, inputs: WeightInputs, region: str, module: str, title: str) -> Chart:
    arrows, factor = weight_rows.arrow_rows(rows, inputs.face, module)
    caption = (
        f"Arrows on the mean of {inputs.face.faces} faces, {factor:g} times as long as the movement that goes with "
        f"one standard deviation of the score. Strong arrows: the interval over {inputs.refits} refits leaves out 0. "
        "Raw weights are drawn in a length of their own. Click a part of the face in the bars."
    )
    chart = weight_charts.shape_chart(_few(arrows), inputs.face.of(module))
    return _chart(chart, f"weights-{region}-{module.replace('_', '-')}", title, caption)


def _few(rows: pd.DataFrame) -> pd.DataFrame:
    """Thin out points where many targets make too many rows."""
    per_group = len(rows) / max(rows.groupby(["target", "view"]).ngroups, 1)
    step = -(-len(rows) // (MOST_ROWS - 400))
    order = rows.groupby(["target", "view"]).cumcount()
    return rows[order % step == 0] if step > 1 and per_group > 1 else rows


def _cells(rows: pd.DataFrame, inputs: WeightInputs, region: str) -> Iterator[Chart]:
    cells = weight_rows.cell_rows(rows, **inputs.frame)
    if not len(cells):
        return
    caption = (
        "Cells of the face brought to one frame, the directions of a cell averaged. Red: stronger edges where the face "
        "looks more of it; blue: weaker ones. In standard deviations. Point at a cell for its strongest direction."
    )
    chart = weight_charts.cells_chart(cells, inputs.face.frontal, "standard deviations")
    yield _chart(chart, f"weights-{region}-edges", "Edges on the aligned face", caption)


def _colors(rows: pd.DataFrame, inputs: WeightInputs, region: str) -> Iterator[Chart]:
    where = "image" if region == "image" else inputs.region_of_face
    every = weight_rows.swatch_rows(rows, where)
    swatches = weight_rows.fewer_spaces(every, most=MOST_ROWS)
    if not len(swatches):
        return
    fewer = (
        ""
        if len(swatches) == len(every)
        else " Some colour spaces are left out: there are many targets."
    )
    caption = (
        "Each bar is a bin of a channel, in its own colour: above 0 there is more of this colour where the picture is "
        f"called more of it. In standard deviations, lines are intervals over refits.{fewer}"
    )
    title = f"Colours of the {'whole picture' if where == 'image' else where.replace('_', ' ')}"
    yield _chart(weight_charts.swatch_chart(swatches), f"weights-{region}-colors", title, caption)


def _parts(rows: pd.DataFrame, inputs: WeightInputs, region: str, module: str) -> Iterator[Chart]:
    parts = weight_rows.part_rows(rows, module)
    if not len(parts):
        return
    caption = (
        f"How strongly the {module} of each part of the face goes with the score: root mean square over its columns. "
        "It has no sign."
    )
    chart = weight_charts.parts_chart(parts, inputs.face.frontal, "root mean square")
    title = f"{module.capitalize()} by part of the face"
    yield _chart(chart, f"weights-{region}-parts-{module}", title, caption)


def _named(
    rows: pd.DataFrame, inputs: WeightInputs, region: str, module: str, title: str
) -> Iterator[Chart]:
    groups = max(2 * rows["target"].nunique(), 1)
    named = weight_rows.named_rows(
        rows, [module], inputs.words, most=min(15, MOST_ROWS // (2 * groups))
    )
    if not len(named):
        return
    learnt = (
        " LEARNT by a network from data of its maker: no measurement." if module in LEARNT else ""
    )
    model = inputs.learnt if module in LEARNT else inputs.main
    caption = f"The columns that count most (model {model}), in standard deviations, with intervals.{learnt}"
    chart = weight_charts.named_chart(named, "standard deviations")
    yield _chart(chart, f"weights-{region}-{module.replace('_', '-')}-names", title, caption)


def _stability(rows: pd.DataFrame, inputs: WeightInputs, region: str) -> Chart:
    caption = (
        f"Share of each module's columns whose interval over {inputs.refits} refits on resampled pictures, at the same "
        "penalties, leaves out 0. Below 5 % there is nothing to read."
    )
    chart = weight_charts.stability_chart(weight_rows.stability_rows(rows))
    return _chart(chart, f"weights-{region}-stability", "How stable this is", caption)


def _alike(inputs: WeightInputs) -> Iterator[Section]:
    rows = [
        [module, str(len(group)), ", ".join(group[:6]) + (", ..." if len(group) > 6 else "")]
        for module, groups in inputs.collinear
        for group in groups[:10]
    ]
    if not rows:
        return
    words = (
        "Columns of a group correlate by .9 and more, either way. Their weights share one piece of information in a "
        "way that the penalty decides: read the group, not the single column. Forward patterns of a group agree."
    )
    table = Table(
        caption="Groups of columns that say nearly the same, the largest of each module",
        columns=["module", "columns", "some of them"],
        rows=rows,
        numeric=[False, True, False],
        file="../features_dictionary.csv",
        rows_in_file=len(rows),
    )
    yield Section(
        "alike", "Columns alike", "Which columns must be read together?", [Text([words]), table]
    )
