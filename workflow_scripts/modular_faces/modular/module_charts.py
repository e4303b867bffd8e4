"""Charts of whole modules: how much each counts, its largest columns beside it, and how stable the ranks are."""

from __future__ import annotations

from typing import Any, Final, cast

import altair as alt
import numpy as np
import pandas as pd

from modular_faces.figures import CATEGORIES, INK, AnyChart
from modular_faces.modular.weight_charts import NAME

DIGITS: Final = 4
MEASURES: Final = {
    "sure": "columns whose interval leaves out 0",
    "top_kept": "ten largest columns that stay among the ten",
    "same_place": "refits in which the module keeps its place",
    "agreement": "rank agreement of columns (Spearman)",
}
"""What is shown of stability, as shares but for the last one."""


READ_FIRST: Final = "measures"
"""The module whose columns are open at first, where there is one: their names are plain words."""


def module_rows(stability: pd.DataFrame) -> pd.DataFrame:
    """How much each module counts, as a share of all modules of the target and view.

    Parameters
    ----------
    stability : pandas.DataFrame
        Rows of stability.csv of one model and region.

    Returns
    -------
    pandas.DataFrame
        target, view, of (the module), size, low, high (shares of the sum of all), place, same_place, columns.
    """
    total = stability.groupby(["target", "view"])["size"].transform("sum")
    shares = stability[["size", "low", "high"]].div(total.where(total > 0), axis=0)
    kept = stability[["target", "view", "place", "same_place", "columns"]]
    made = kept.assign(of=_words(stability["module"]), **{name: shares[name] for name in shares})
    return made.fillna(0.0).round(DIGITS)


def largest_columns(rows: pd.DataFrame, alike: pd.DataFrame, *, most: int) -> pd.DataFrame:
    """The largest columns of every module for each target and view.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `weight_rows.long_rows`.
    alike : pandas.DataFrame
        Rows of alike.csv of one region.
    most : int
        Columns of each module, target and view.

    Returns
    -------
    pandas.DataFrame
        target, view, of, column, value, low, high, in_top, alike (other columns that say nearly the same).
    """
    size = rows["value"].abs()
    rank = size.groupby([rows["target"], rows["view"], rows["module"]]).rank(
        ascending=False, method="first"
    )
    kept = rows[rank <= most]
    others = alike.groupby(["module", "group"])["column"].transform("size") - 1
    known = dict(zip(zip(alike["module"], alike["column"], strict=True), others, strict=True))
    pairs = zip(kept["module"], kept["column"], strict=True)
    made = kept.assign(of=_words(kept["module"]), alike=[int(known.get(pair, 0)) for pair in pairs])
    names = ["target", "view", "of", "column", "value", "low", "high", "in_top", "alike"]
    return made[names].round(DIGITS).reset_index(drop=True)


def _words(modules: pd.Series) -> pd.Series:
    return modules.str.replace("_", " ")


def modules_chart(modules: pd.DataFrame, columns: pd.DataFrame) -> AnyChart:
    """Modules as bars; a click on one shows its largest columns beside it.

    Parameters
    ----------
    modules : pandas.DataFrame
        From `module_rows`.
    columns : pandas.DataFrame
        From `largest_columns`.
    """
    present = modules.sort_values("place")["of"].tolist()
    first = READ_FIRST if READ_FIRST in present else next(iter(present), "")
    chosen = alt.selection_point(fields=["of"], name="module_of", value=first, empty=False)
    base: Any = alt.Chart(modules, title="share of all modules; click one").encode(
        y=alt.Y(
            "of:N", sort=alt.EncodingSortField("size", op="max", order="descending"), title=None
        ),
        tooltip=[
            alt.Tooltip("of:N", title="module"),
            *(alt.Tooltip(f"{one}:Q", format=".1%") for one in ("size", "low", "high")),
            alt.Tooltip("place:Q", title="place among modules"),
            alt.Tooltip("same_place:Q", format=".0%", title="refits with the same place"),
        ],
    )
    bars = base.mark_bar(cursor="pointer").encode(
        x=alt.X("size:Q", stack=None, title=None, axis=alt.Axis(format="%")),
        color=alt.when(chosen).then(alt.value(CATEGORIES[1])).otherwise(alt.value(CATEGORIES[0])),
    )
    spans = base.mark_rule(color=INK, cursor="pointer").encode(x="low:Q", x2="high:Q")
    left = alt.layer(bars.add_params(chosen), spans).properties(width=220, height=alt.Step(24))
    return cast(AnyChart, alt.hconcat(left, _columns_chart(columns, chosen)))


def _columns_chart(columns: pd.DataFrame, chosen: alt.Parameter) -> Any:
    tips = [
        alt.Tooltip("column:N"),
        *(alt.Tooltip(f"{one}:Q", format=".3f") for one in ("value", "low", "high")),
        alt.Tooltip("in_top:Q", format=".0%", title="refits among its module's ten largest"),
        alt.Tooltip("alike:Q", title="other columns that say nearly the same"),
    ]
    order = alt.EncodingSortField("span", op="max", order="descending")
    base: Any = (
        alt.Chart(columns, title="largest columns of that module")
        .transform_filter(chosen)
        .transform_calculate(span="abs(datum.value)", name=NAME)
        .encode(
            y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelLimit=230)), tooltip=tips
        )
    )
    bars = base.mark_bar().encode(
        x=alt.X("value:Q", stack=None, title="standard deviations"),
        color=alt.when("datum.value < 0")
        .then(alt.value(CATEGORIES[0]))
        .otherwise(alt.value(CATEGORIES[1])),
    )
    spans = base.mark_rule(color=INK).encode(x="low:Q", x2="high:Q")
    return alt.layer(bars, spans).properties(width=260, height=alt.Step(17))


def rank_rows(stability: pd.DataFrame, signs: pd.DataFrame) -> pd.DataFrame:
    """One row per module and measure of stability.

    Parameters
    ----------
    stability : pandas.DataFrame
        Rows of stability.csv of one model and region.
    signs : pandas.DataFrame
        From `weight_rows.stability_rows`.

    Returns
    -------
    pandas.DataFrame
        target, view, module, measure, value, low, high.
    """
    keys = ["target", "view", "module"]
    shared = stability.merge(signs[[*keys, "share"]].rename(columns={"share": "sure"}), on=keys)
    parts = []
    for measure, words in MEASURES.items():
        part = shared[keys].assign(measure=words, value=shared[measure])
        ends = ("agreement_low", "agreement_high") if measure == "agreement" else (measure, measure)
        parts.append(part.assign(low=shared[ends[0]], high=shared[ends[1]]))
    made = pd.concat(parts, ignore_index=True).dropna(subset=["value"])
    return made.round(3)


def ranks_chart(ranks: pd.DataFrame) -> AnyChart:
    """Four measures of stability side by side, a row for each module."""
    base: Any = alt.Chart(ranks).encode(
        y=alt.Y("module:N", title=None, axis=alt.Axis(labelExpr="replace(datum.label, /_/g, ' ')")),
        tooltip=[
            "module",
            "measure",
            *(alt.Tooltip(f"{one}:Q", format=".2f") for one in ("value", "low", "high")),
        ],
    )
    bars = base.mark_bar().encode(
        x=alt.X("value:Q", stack=None, title=None, axis=alt.Axis(tickCount=5))
    )
    spans = base.mark_rule(color=INK).encode(x="low:Q", x2="high:Q")
    both = alt.layer(bars, spans).properties(width=270, height=alt.Step(19))
    facet = alt.Facet("measure:N", title=None, sort=list(MEASURES.values()))
    return cast(AnyChart, both.facet(facet=facet, columns=2).resolve_scale(x="independent"))


def tau_sentences(stability: pd.DataFrame) -> list[str]:
    """How well the order of modules agrees between refits: the range over all targets."""
    known = stability.drop_duplicates(["target", "view"]).dropna(subset=["tau"])
    sentences = []
    for view, words in (("pattern", "forward patterns"), ("weight", "raw weights")):
        rows = known[known["view"] == view]
        if len(rows):
            low = rows.loc[rows["tau"].idxmin()]
            least = str(low["target"]).replace("_", " ")
            middle = float(np.median(rows["tau"]))
            sentences.append(
                f"Order of the modules by {words}: Kendall's tau between a refit and the model (1: the same order, 0: "
                f"chance) has the median {middle:.2f} over {len(rows)} categories or ratings, least for "
                f"{least}: {low['tau']:.2f} [{low['tau_low']:.2f}, {low['tau_high']:.2f}]."
            )
    return sentences
