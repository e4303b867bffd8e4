"""Charts of mistakes: what is taken for what, and how sure the models are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import altair as alt
import pandas as pd

from modular_faces.figures import INK, SEQUENTIAL, AnyChart
from modular_faces.modular.module_blocks import REGION_WORDS


def confusion_chart(confusion: pd.DataFrame, model: str) -> AnyChart:
    """Confusion matrix as shares of each true category, a matrix for each region."""
    rows = confusion[confusion["model"] == model]
    rows = rows.groupby(["region", "truth", "predicted"], sort=False, as_index=False)["count"].sum()
    total = rows.groupby(["region", "truth"])["count"].transform("sum")
    rows = rows.assign(share=(rows["count"] / total.where(total > 0)).round(4))
    rows["sees"] = rows["region"].map(REGION_WORDS)
    order = list(dict.fromkeys(rows["truth"]))
    base: Any = alt.Chart(rows).encode(
        x=alt.X("predicted:N", sort=[*order], title="predicted", axis=alt.Axis(labelAngle=-40)),
        y=alt.Y("truth:N", sort=order, title="label"),
        tooltip=["truth", "predicted", "count", alt.Tooltip("share:Q", format=".0%")],
    )
    scale = alt.Scale(domain=[0, 1], range=list(SEQUENTIAL))
    cells = base.mark_rect().encode(
        color=alt.Color(
            "share:Q", scale=scale, title="share of the label", legend=alt.Legend(format="%")
        )
    )
    light = alt.when("datum.share > 0.6").then(alt.value("#111111")).otherwise(alt.value("#ffffff"))
    words = base.mark_text(fontSize=10).encode(text=alt.Text("share:Q", format=".0%"), color=light)
    both = alt.layer(cells, words).properties(width=alt.Step(36), height=alt.Step(30))
    return cast(
        AnyChart,
        both.facet(column=alt.Column("sees:N", title=None, sort=list(REGION_WORDS.values()))),
    )


def calibration_chart(calibration: pd.DataFrame, models: Sequence[str]) -> AnyChart:
    """How often predictions are right against how sure the model was."""
    rows = calibration[calibration["model"].isin(list(models))]
    rows = rows.assign(sees=rows["region"].map(REGION_WORDS))
    ideal = alt.Chart(pd.DataFrame({"p": [0.0, 1.0]})).mark_line(strokeDash=[4, 4], color=INK)
    base: Any = alt.Chart(rows).encode(
        x=alt.X("probability:Q", title="probability that the model gave", axis=alt.Axis(format="%")),
        color=alt.Color("model:N", title=None),
        tooltip=["model", "sees", alt.Tooltip("probability:Q", format=".0%"),
                 alt.Tooltip("right:Q", format=".0%"), "n"],
    )  # fmt: skip
    points = base.mark_line(point=True).encode(
        y=alt.Y("right:Q", title="share right", axis=alt.Axis(format="%"))
    )
    spans = base.mark_rule().encode(y="low:Q", y2="high:Q")
    line: Any = ideal.encode(x="p:Q", y="p:Q")
    charts = [
        alt.layer(line, *(part.transform_filter(alt.datum.sees == sees) for part in (spans, points)))
        .properties(width=260, height=220, title=sees)
        for sees in dict.fromkeys(rows["sees"])
    ]  # fmt: skip
    return cast(AnyChart, alt.hconcat(*charts))
