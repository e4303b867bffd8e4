"""Is a model specific? What the predictions of one rating say of the others, and a control that should fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

import altair as alt
import numpy as np
import pandas as pd

from modular_faces.figures import DIVERGING, AnyChart
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.score_parts import words_of

CONTROL: Final = "outdoors"
"""A rating of the background: a model that sees nothing but the face should not know it."""


def specificity_chart(specificity: pd.DataFrame, region: str) -> AnyChart:
    """Correlation of each rating's predictions with every rating, as a heat map."""
    rows = specificity[specificity["region"] == region]
    order = [words_of(name) for name in dict.fromkeys(rows["predicted_rating"])]
    shown = pd.DataFrame(
        {
            "predicted": [words_of(name) for name in rows["predicted_rating"]],
            "rating": [words_of(name) for name in rows["rating"]],
            "r": rows["r"].round(3).to_numpy(),
        }
    )
    scale = alt.Scale(
        domain=np.linspace(-1, 1, len(DIVERGING)).tolist(), range=list(DIVERGING), interpolate="rgb"
    )
    chart: Any = (
        alt.Chart(shown)
        .mark_rect()
        .encode(
            x=alt.X(
                "rating:N", sort=order, title="rating by people", axis=alt.Axis(labelAngle=-60)
            ),
            y=alt.Y("predicted:N", sort=order, title="predictions for"),
            color=alt.Color("r:Q", scale=scale, title="r", legend=alt.Legend(gradientLength=120)),
            tooltip=["predicted", "rating", alt.Tooltip("r:Q", format=".2f")],
        )
        .properties(width=alt.Step(15), height=alt.Step(15))
    )
    return cast(AnyChart, chart)


def specificity_findings(specificity: pd.DataFrame) -> Iterator[str]:
    """For how many ratings the own model is the best one, and which are taken for others."""
    for region, rows in specificity.groupby("region", sort=False):
        square = rows.pivot(index="predicted_rating", columns="rating", values="r")
        size = square.abs()
        own = pd.Series(np.diag(square.loc[square.columns]), index=square.columns)
        best = size.idxmax(axis=1)
        blurred = [name for name in square.columns if best.get(name) not in (name, None)]
        words = ", ".join(
            f"{words_of(name)} (more with {words_of(str(best[name]))})" for name in blurred[:6]
        )
        more = f"; not for {words}" if blurred else ""
        yield (
            f"{REGION_WORDS.get(str(region), str(region)).capitalize()}: for {len(own) - len(blurred)} of {len(own)} "
            f"ratings the predictions correlate most with the rating that they are for (n = {int(rows['n'].max())})"
            f"{more}{' and others' if len(blurred) > 6 else ''}."
        )


def control_finding(scores: pd.DataFrame, main: str) -> str | None:
    """What the main model knows of the background with it and without it; None without that rating."""
    rows = scores[(scores["target"] == CONTROL) & (scores["model"] == main)]
    rows = rows[(rows["metric"] == "r2") & (rows["population"] == "found")]
    rows = rows[rows["split"].isin(["test", "cross_validation"])]
    parts = [
        f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}] from the "
        f"{REGION_WORDS.get(row['region'], row['region'])}"
        for row in rows.drop_duplicates("region").to_dict("records")
    ]
    if len(parts) < 2:
        return None
    return (
        f"Negative control: '{CONTROL}' is a matter of the background, and R2 of its model is {' and '.join(parts)}. "
        "The less of it is left without the background, the less of it leaks into the face."
    )
