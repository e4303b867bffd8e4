"""Rows behind the charts of weights: two views of every column, arrows, swatches, cells and parts of the face.

A view is ``pattern`` (the forward pattern, what a face looks like that the model calls more X) or ``weight`` (what the
model uses, which need not be seen in the face).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import numpy as np
import pandas as pd

from modular_faces.figures import MOST_ROWS
from modular_faces.modular.mean_face import ARROWS, MeanFace

VIEWS: Final[Mapping[str, str]] = {
    "pattern": "looks more X (forward pattern)",
    "weight": "used by the model, not seen in the face (raw weight)",
}
PARTS: Final = ("forehead", "eyes", "nose", "cheeks", "mouth", "chin")
LONGEST_ARROW: Final = 0.25
"""Length of a long arrow (95th percentile) on the face, in eye distances."""
DIGITS: Final = 4
LEAST_NEEDED: Final = ("rgb_", "hsv_", "lab_")
"""Colour spaces, the one that says least about what people see first."""


def long_rows(weights: pd.DataFrame) -> pd.DataFrame:
    """Turn one row per column into one row per column and view.

    Parameters
    ----------
    weights : pandas.DataFrame
        Rows of weights.parquet of one model and region.

    Returns
    -------
    pandas.DataFrame
        target, module, column, spread, view, value, low, high, same_sign, in_top, sure (the interval leaves out 0).
    """
    kept = ["target", "module", "column", "spread"]
    parts = []
    for view in VIEWS:
        names = {view: "value", f"{view}_low": "low", f"{view}_high": "high"}
        names |= {f"{view}_same_sign": "same_sign", f"{view}_in_top": "in_top"}
        part = weights[[*kept, *names]].rename(columns=names)
        parts.append(part.assign(view=view))
    rows = pd.concat(parts, ignore_index=True)
    rows["sure"] = (rows["low"] > 0) | (rows["high"] < 0)
    return rows


def arrow_rows(rows: pd.DataFrame, face: MeanFace, module: str) -> tuple[pd.DataFrame, float]:
    """Where the points of the face move.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `long_rows`.
    face : MeanFace
    module : str
        ``shape_2d`` or ``shape_frontal``.

    Returns
    -------
    pandas.DataFrame
        target, view, part, x, y (start), x2, y2 (end, exaggerated), moved (eye distances, not exaggerated;
        for weights without a unit), angle (degrees, clockwise, 0 up), sure.
    float
        How many times the arrows of the forward pattern are exaggerated.
    """
    inside = rows[rows["module"] == module]
    across, down = (_axis(inside, axis) for axis in ("x", "y"))
    parts = {vertex: part for part, vertices in ARROWS.items() for vertex in vertices}
    both = across.merge(down, on=["target", "view", "vertex"], suffixes=("_x", "_y"))
    both = both[both["vertex"].isin(list(parts))].reset_index(drop=True)
    points = face.of(module)[both["vertex"].to_numpy()]
    steps = both[["step_x", "step_y"]].to_numpy()
    length = np.hypot(*steps.T)
    factors = {}
    for view in VIEWS:
        known = length[both["view"] == view]
        longest = float(np.quantile(known, 0.95)) if len(known) else 0.0
        factors[view] = LONGEST_ARROW / longest if longest > 0 else 1.0
    scaled = steps * both["view"].map(factors).to_numpy(dtype=np.float64)[:, None]
    made = both[["target", "view"]].assign(
        part=both["vertex"].map(parts),
        x=points[:, 0],
        y=points[:, 1],
        x2=points[:, 0] + scaled[:, 0],
        y2=points[:, 1] + scaled[:, 1],
        moved=length,
        angle=np.degrees(np.arctan2(scaled[:, 0], -scaled[:, 1])),
        sure=both["sure_x"] | both["sure_y"],
    )
    return made.round(DIGITS), round(factors["pattern"], 1)


def _axis(rows: pd.DataFrame, axis: str) -> pd.DataFrame:
    """Steps along one axis by vertex: standard deviations times the spread of the column."""
    inside = rows[rows["column"].str.startswith(f"mesh_{axis}_")]
    return pd.DataFrame(
        {
            "target": inside["target"],
            "view": inside["view"],
            "vertex": inside["column"].str.rpartition("_")[2].astype(int),
            "step": inside["value"] * inside["spread"],
            "sure": inside["sure"],
        }
    )


def swatch_rows(rows: pd.DataFrame, region: str) -> pd.DataFrame:
    """Colour bins of one region, each with its own colour.

    Returns
    -------
    pandas.DataFrame
        target, view, channel, bin, value, low, high, color (#rrggbb).
    """
    pattern = rf"color_([a-z]+_[a-z]+)_(\d+)_{re.escape(region)}"
    found = rows["column"].str.extract(rf"^{pattern}$")
    inside = rows[found[0].notna()]
    channel, number = found[0].dropna(), found[1].dropna().astype(int)
    counts = number.groupby(channel).max() + 1
    colors = [own_color(c, k, int(counts[c])) for c, k in zip(channel, number, strict=True)]
    made = inside[["target", "view", "value", "low", "high"]].assign(
        channel=channel, bin=number, color=colors
    )
    return made.round(DIGITS).reset_index(drop=True)


def fewer_spaces(swatches: pd.DataFrame, *, most: int) -> pd.DataFrame:
    """Leave out colour spaces, the first ones in `LEAST_NEEDED` first, until there are at most so many rows."""
    for space in LEAST_NEEDED:
        if len(swatches) <= most:
            break
        swatches = swatches[~swatches["channel"].str.startswith(space)]
    return swatches


def own_color(channel: str, number: int, bins: int) -> str:
    """Colour that a bin stands for, the other channels held in the middle.

    Parameters
    ----------
    channel : str
        Space and channel, such as ``hsv_h``.
    number, bins : int
        Bin, and how many bins the channel has.

    Returns
    -------
    str
        As #rrggbb.

    Examples
    --------
    >>> own_color("rgb_r", 1, 2)
    '#c00000'
    """
    level = round((number + 0.5) / bins * 256 - 0.5)
    space, _, name = channel.partition("_")
    places = {"rgb": "rgb", "hsv": "hsv", "lab": "lab"}[space]
    middle = {"rgb": (0, 0, 0), "hsv": (10, 200, 220), "lab": (160, 128, 128)}[space]
    values = [level if axis == name else rest for axis, rest in zip(places, middle, strict=True)]
    if channel == "hsv_v":
        values[1] = 0
    pixel = np.array([[values]], dtype=np.uint8)
    codes = {"hsv": cv2.COLOR_HSV2RGB_FULL, "lab": cv2.COLOR_Lab2RGB}
    shown = cv2.cvtColor(pixel, codes[space]) if space in codes else pixel
    return "#" + "".join(f"{int(part):02x}" for part in shown[0, 0])


def cell_rows(
    rows: pd.DataFrame, *, side: int, eye_distance: float, eye_height: float
) -> pd.DataFrame:
    """Cells of the aligned face, the directions of a cell taken together; the finest grid that may be drawn.

    Parameters
    ----------
    rows : pandas.DataFrame
    side : int
        Of the frame, pixels.
    eye_distance, eye_height : float
        Shares of the side.

    Returns
    -------
    pandas.DataFrame
        target, view, x, y, x2, y2 (eye distances), value (mean over directions), strongest (the direction with the
        largest value, degrees), sure (share of directions whose interval leaves out 0).
    """
    parts = rows["column"].str.extract(r"^aligned_hog(\d+)_r(\d+)c(\d+)_d(\d+)_(?:image|face)$")
    inside = rows.assign(cell=parts[0], row=parts[1], col=parts[2], degrees=parts[3])
    inside = inside[inside["cell"].notna()].astype({"cell": int, "row": int, "col": int})
    for cell in sorted(inside["cell"].unique()):
        grid = inside[inside["cell"] == cell]
        groups = grid.groupby(["target", "view", "row", "col"], sort=False)
        if len(groups) <= MOST_ROWS - 300:
            break
    else:
        return pd.DataFrame()
    made = groups.agg(value=("value", "mean"), sure=("sure", "mean")).reset_index()
    largest = grid.loc[groups["value"].apply(lambda v: v.abs().idxmax())]
    made["strongest"] = largest["degrees"].to_numpy()
    unit = eye_distance * side
    for name, start, extent in (("x", "col", side / 2), ("y", "row", eye_height * side)):
        made[name] = (made[start] * cell - extent) / unit
        made[f"{name}2"] = ((made[start] + 1) * cell - extent) / unit
    return made.drop(columns=["row", "col"]).round(DIGITS)


def part_rows(rows: pd.DataFrame, module: str) -> pd.DataFrame:
    """How much each part of the face takes part: root mean square over its columns.

    Returns
    -------
    pandas.DataFrame
        target, view, part, value, columns.
    """
    found = rows["column"].str.extract(rf"_({'|'.join(PARTS)})$")[0]
    inside = rows.assign(part=found)[(rows["module"] == module) & found.notna()]
    groups = inside.assign(square=inside["value"] ** 2).groupby(
        ["target", "view", "part"], sort=False
    )
    made = groups["square"].agg(["mean", "size"]).reset_index()
    made["value"] = np.sqrt(made.pop("mean")).round(DIGITS)
    return made.rename(columns={"size": "columns"})


def named_rows(
    rows: pd.DataFrame, modules: Sequence[str], words: Mapping[str, str], *, most: int
) -> pd.DataFrame:
    """Columns of modules whose names say what they are: the largest ones of each target and view.

    Parameters
    ----------
    rows : pandas.DataFrame
    modules : sequence of str
    words : mapping of str to str
        Longer words for a column, from the data dictionary.
    most : int
        Most columns of a target and view.

    Returns
    -------
    pandas.DataFrame
        target, view, module, column, words, value, low, high, same_sign.
    """
    inside = rows[rows["module"].isin(list(modules))]
    size = inside["value"].abs()
    rank = size.groupby([inside["target"], inside["view"]]).rank(ascending=False, method="first")
    kept = inside[rank <= most].assign(
        words=lambda f: [words.get(name, "") for name in f["column"]]
    )
    chosen = ["target", "view", "module", "column", "words", "value", "low", "high", "same_sign"]
    return kept[chosen].round(DIGITS).reset_index(drop=True)


def stability_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of a module's columns whose interval leaves out 0, and mean share of refits of the same sign.

    Returns
    -------
    pandas.DataFrame
        target, view, module, share, same_sign, columns.
    """
    groups = rows.groupby(["target", "view", "module"], sort=False)
    made = groups.agg(
        share=("sure", "mean"), same_sign=("same_sign", "mean"), columns=("sure", "size")
    )
    return made.reset_index().round(DIGITS)
