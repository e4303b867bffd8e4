"""Sections on weights: one for each region that models may look at, forward patterns first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from modular_faces.figures import MOST_ROWS, AnyChart, chart_spec
from modular_faces.modular import module_charts, weight_charts, weight_rows
from modular_faces.modular.alike_section import alike_sections, first_task
from modular_faces.modular.mean_face import MeanFace
from modular_faces.modular.module_blocks import LEARNT, REGION_WORDS
from modular_faces.modular.score_parts import words_of
from modular_faces.pages.parts import Block, Chart, Section, Text

HOW_TO_READ: Final = (
    "Choose a category or a rating above. The forward pattern (Haufe et al. 2014, "
    "doi:10.1016/j.neuroimage.2013.10.067) says how a face looks that the model calls more of it: how far each "
    "column moves when the model's score rises by one standard deviation. A raw weight says what the model does "
    "with a column when all others are held still; it may be there only to take away what disturbs another "
    "column, and need not be seen in any face. Both are in standard deviations, so that columns can be compared."
)
MOST_ARROWS: Final = 4000
"""Arrows of all targets and views in one chart; the lines of the face come on top, and four such charts on a page."""
AS_ABOVE: Final = (
    "The same figures for models that see this much of the picture; how to read them stands above."
)
SIGNS: Final = "Orange: more of it where the score is higher; blue: less."
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
    alike : pandas.DataFrame
        alike.csv: groups of columns that say nearly the same.
    stability : pandas.DataFrame
        stability.csv.
    confidence : float
        Level of the intervals.
    """

    weights: pd.DataFrame
    face: MeanFace
    words: Mapping[str, str]
    frame: Mapping[str, Any]
    region_of_face: str
    main: str
    learnt: str | None
    refits: int
    alike: pd.DataFrame
    stability: pd.DataFrame
    confidence: float


def weight_sections(inputs: WeightInputs, notes: Sequence[str]) -> list[Section]:
    """Make a section for each region, and one on columns that say nearly the same.

    Parameters
    ----------
    inputs : WeightInputs
    notes : sequence of str
        On columns that say nothing or repeat others.
    """
    if not len(inputs.weights):
        return []
    sections: list[Section] = []
    for region in dict.fromkeys(inputs.weights["region"]):
        how = AS_ABOVE if sections else HOW_TO_READ
        title = f"Weights: {REGION_WORDS.get(region, region)}"
        question = "What looks more like it, and what does the model use?"
        own = inputs.stability
        own = own[(own["region"] == region) & (own["model"] == inputs.main)]
        taus = Text(module_charts.tau_sentences(own), listed=True)
        blocks = [Text([how]), taus, *_blocks(inputs, region)]
        sections.append(Section(f"weights-{region}", _short(title), question, blocks))
    return [*sections, *alike_sections(inputs.alike, inputs.weights, notes)]


def _short(title: str) -> str:
    return title.replace(": ", ", ")


def targets_of(weights: pd.DataFrame) -> list[str]:
    """Categories and ratings in the order of the table."""
    return list(dict.fromkeys(weights["target"])) if len(weights) else []


def rows_of_region(inputs: WeightInputs, region: str) -> pd.DataFrame:
    """Rows of the main model, with the learnt modules of the model that has them."""
    return weight_rows.long_rows(_with_learnt(inputs.weights, inputs, region))


def _with_learnt(table: pd.DataFrame, inputs: WeightInputs, region: str) -> pd.DataFrame:
    """Rows of one region: of the main model, and of the learnt modules of the model that has them."""
    own = table[(table["region"] == region) & (table["model"] == inputs.main)]
    if inputs.learnt is None:
        return own
    learnt = (table["model"] == inputs.learnt) & table["module"].isin(list(LEARNT))
    return pd.concat([own, table[(table["region"] == region) & learnt]], ignore_index=True)


def _blocks(inputs: WeightInputs, region: str) -> Iterator[Block]:
    rows = rows_of_region(inputs, region)
    measured = rows[~rows["module"].isin(list(LEARNT))]
    yield _modules(measured, inputs, region)
    for module, title in SHAPES.items():
        if module in set(rows["module"]):
            yield _shape(rows, inputs, region, module, title)
    yield from _cells(rows, inputs, region)
    yield from _colors(rows, inputs, region)
    for module in ("color", "texture"):
        yield from _parts(rows, inputs, region, module)
    for module, title in NAMED.items():
        yield from _named(rows, inputs, region, module, title)
    yield _stability(rows, inputs, region)


def _modules(rows: pd.DataFrame, inputs: WeightInputs, region: str) -> Chart:
    own = inputs.stability
    own = own[(own["region"] == region) & (own["model"] == inputs.main)]
    groups = max(rows.groupby(["target", "view", "module"]).ngroups, 1)
    most = min(15, (MOST_ROWS - len(own)) // groups)
    alike = inputs.alike[inputs.alike["region"] == region]
    columns = module_charts.largest_columns(rows, first_task(alike), most=most)
    caption = (
        "How much each module counts, as a share of all: the spread of what it adds to the score (raw weight), or the "
        f"root mean square of its forward pattern; lines are {100 * inputs.confidence:g} % intervals over "
        f"{inputs.refits} refits. Click a module to see its largest columns. {SIGNS} Point at a column to see "
        "how often it stays among the ten largest, and how many others say nearly the same."
    )
    chart = module_charts.modules_chart(module_charts.module_rows(own), columns)
    place = (region, "modules", "shape_frontal")
    return _chart(chart, place, "Modules and their largest columns", caption, tags={})


def _chart(
    chart: AnyChart,
    place: tuple[str, str, str],
    title: str,
    caption: str,
    *,
    tags: Mapping[str, str],
) -> Chart:
    """Make a block; the page's own buttons save what is chosen.

    Parameters
    ----------
    chart : Altair chart
    place : (str, str, str)
        Region, name on the page, and name of the figure beside the page that shows the same.
    title, caption : str
    tags : mapping of str to str
        Filters beside the region, such as ``module``.
    """
    region, name, file = place
    return Chart(
        f"weights-{region}-{name}",
        title,
        caption,
        f"{title}. {caption}",
        chart_spec(chart),
        None,
        f"figures/weights/{region}_{file}.svg",
        {"region": region, **tags},
    )


def _shape(rows: pd.DataFrame, inputs: WeightInputs, region: str, module: str, title: str) -> Chart:
    arrows, factor = weight_rows.arrow_rows(rows, inputs.face, module)
    caption = (
        f"Arrows on the mean of {inputs.face.faces} faces, {factor:g} times as long as the movement that goes with "
        f"one standard deviation of the score. Strong arrows: the interval over {inputs.refits} refits leaves out 0. "
        "Raw weights are drawn in a length of their own. Click a part of the face in the bars."
    )
    arrows = weight_charts.fewer_arrows(arrows, most=MOST_ARROWS)
    chart = weight_charts.shape_chart(arrows, inputs.face.of(module))
    place = (region, module.replace("_", "-"), module)
    return _chart(chart, place, title, caption, tags={"module": module})


def _cells(rows: pd.DataFrame, inputs: WeightInputs, region: str) -> Iterator[Chart]:
    cells = weight_rows.cell_rows(rows, **inputs.frame)
    if not len(cells):
        return
    caption = (
        "Cells of the face brought to one frame, the directions of a cell averaged. Red: stronger edges where the face "
        "looks more of it; blue: weaker ones. In standard deviations. Point at a cell for its strongest direction."
    )
    chart = weight_charts.cells_chart(cells, inputs.face.frontal, "standard deviations")
    place = (region, "edges", "edges")
    yield _chart(chart, place, "Edges on the aligned face", caption, tags={"module": "aligned"})


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
    chart = weight_charts.swatch_chart(swatches)
    yield _chart(chart, (region, "colors", "colors"), title, caption, tags={"module": "color"})


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
    place = (region, f"parts-{module}", f"parts_{module}")
    yield _chart(chart, place, title, caption, tags={"module": module})


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
    caption = (
        f"The columns that count most (model {words_of(str(model))}), in standard deviations, with intervals. "
        f"{SIGNS}{learnt}"
    )
    chart = weight_charts.named_chart(named, "standard deviations")
    place = (region, f"{module.replace('_', '-')}-names", f"names_{module}")
    yield _chart(chart, place, title, caption, tags={"module": module})


def _stability(rows: pd.DataFrame, inputs: WeightInputs, region: str) -> Chart:
    caption = (
        f"{inputs.refits} refits on resampled pictures, at the same penalties. Shares: columns whose "
        f"{100 * inputs.confidence:g} % interval leaves out 0 (below {100 * (1 - inputs.confidence):g} % there is "
        "nothing to read); ten largest columns of the model that are among the ten largest of a refit; refits in which "
        "the module keeps its place among the modules. Rank agreement: Spearman's correlation between the ranks of "
        "columns in a refit and in the model, median and interval; 1 is the same order, 0 is chance."
    )
    own = _with_learnt(inputs.stability, inputs, region)
    ranks = module_charts.rank_rows(own, weight_rows.stability_rows(rows))
    chart = module_charts.ranks_chart(ranks)
    place = (region, "stability", "stability")
    return _chart(chart, place, "How stable this is", caption, tags={})
