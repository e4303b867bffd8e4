"""How lost pictures and duplicates bear on the scores: overlap of the weighting, worst and best case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import altair as alt
import pandas as pd

from modular_faces.figures import CATEGORIES, AnyChart
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.score_parts import (
    METRICS,
    SPLIT_WORDS,
    kind_of,
    name_of,
    with_interval,
    words_of,
)
from modular_faces.pages.parts import Table

TASK_WORDS: Final = {"emotions": "models of categories", "ratings": "models of ratings"}
WITHOUT: Final = "test_without_duplicates"


def overlap_chart(overlap: pd.DataFrame, task: str) -> AnyChart:
    """Found and lost pictures by their estimated chance to be found."""
    rows = overlap[overlap["task"] == task]
    long = rows.melt(
        ["region", "chance_from", "chance_to"], ["found", "lost"], var_name="group", value_name="n"
    )
    total = long.groupby(["region", "group"])["n"].transform("sum")
    long["share"] = (long["n"] / total.where(total > 0)).round(4)
    long["sees"] = long.pop("region").map(REGION_WORDS)
    colors = alt.Scale(domain=["found", "lost"], range=[CATEGORIES[0], CATEGORIES[1]])
    bars: Any = (
        alt.Chart(long)
        .mark_rect(opacity=0.6)
        .encode(
            x=alt.X(
                "chance_from:Q",
                title="estimated chance to be found",
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
            x2="chance_to:Q",
            y=alt.Y("share:Q", title="share of the group", axis=alt.Axis(format="%")),
            y2=alt.datum(0),
            color=alt.Color("group:N", title=None, scale=colors),
            tooltip=[
                "group",
                "n",
                alt.Tooltip("share:Q", format=".1%"),
                "chance_from",
                "chance_to",
            ],
        )
        .properties(width=270, height=170)
    )
    columns = alt.Column("sees:N", title=None, sort=list(REGION_WORDS.values()))
    return cast(AnyChart, bars.facet(column=columns))


def bounds_table(scores: pd.DataFrame) -> Table | None:
    """Accuracy of all pictures at worst and at best, whatever the lost ones had been; None where not estimated."""
    rows = scores[scores["metric"] == "accuracy_bounds"]
    if rows.empty:
        return None
    effective = scores[scores["metric"] == "effective_pictures"]
    known = effective.set_index(["model", "region"])["value"].to_dict()
    found = scores[(scores["metric"] == "accuracy") & (scores["population"] == "found")]
    plain = found.drop_duplicates(["model", "region"]).set_index(["model", "region"])["value"]
    cells = [_bounds_row(row, plain.to_dict(), known) for row in rows.to_dict("records")]
    return Table(
        caption="Accuracy of all pictures: the weighted estimate, and what it is at worst and at best",
        columns=[
            *("model", "sees", "found ones only", "found ones, weighted"),
            *("all lost ones wrong", "all lost ones right", "found", "effective sample size"),
        ],
        rows=cells,
        numeric=[False, False] + [True] * 6,
        file="scores.csv",
        rows_in_file=len(cells),
    )


def _bounds_row(
    row: Mapping[Any, Any], plain: Mapping[Any, float], known: Mapping[Any, float]
) -> list[str]:
    key = (row["model"], row["region"])
    return [
        *(name_of(row["model"]), REGION_WORDS.get(row["region"], row["region"])),
        *(
            f"{value:.3f}"
            for value in (plain.get(key, float("nan")), row["value"], row["low"], row["high"])
        ),
        *(str(int(row["n"])), f"{known[key]:.0f}" if key in known else ""),
    ]


def duplicates_table(scores: pd.DataFrame, target: str) -> Table | None:
    """Scores with and without test pictures that have a duplicate among the training pictures."""
    metrics = METRICS[kind_of(target)]
    rows = scores[(scores["target"] == target) & scores["metric"].isin(metrics)]
    rows = rows[(rows["population"] == "all") & rows["split"].isin(["test", WITHOUT])]
    without = rows[rows["split"] == WITHOUT]
    if without.empty:
        return None
    both = rows[rows["model"].isin(without["model"])]
    cells = [
        [
            *(name_of(model), REGION_WORDS.get(region, region), SPLIT_WORDS[split]),
            str(int(group["n"].max())),
            *(_cell(group, metric) for metric in metrics),
        ]
        for (model, region, split), group in both.groupby(["model", "region", "split"], sort=False)
    ]
    return Table(
        caption=f"With and without duplicates across the split: {words_of(target)}",
        columns=["model", "sees", "split", "n", *(words_of(metric) for metric in metrics)],
        rows=cells,
        numeric=[False] * 3 + [True] * (1 + len(metrics)),
        file="scores.csv",
        rows_in_file=len(cells),
    )


def _cell(group: pd.DataFrame, metric: str) -> str:
    rows = group[group["metric"] == metric]
    if rows.empty:
        return ""
    value, low, high = rows.iloc[0][["value", "low", "high"]]
    return with_interval(value, low, high)
