"""The comparison of SHAP patterns of rescued pictures with those found at once, in words and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

import altair as alt
import pandas as pd

from modular_faces.failures.report_parts import Figure, StudyReport, Table, p_in_words
from modular_faces.figures import CATEGORIES, FAINT, AnyChart, save_figure
from modular_faces.modular.module_blocks import REGION_WORDS, WHOLE
from modular_faces.modular.rescued import Rescued

NAME: Final = "rescued"
LEAST_PUBLIC: Final = 20
"""Averages of fewer pictures are private."""
UNITS: Final = {
    "emotions": "log odds, averaged over categories",
    "ratings": "standard deviations of a rating, averaged over ratings",
}
HOW: Final = (
    "A SHAP value says how far a module moves the prediction of one picture from the mean prediction; of a linear "
    "model it is exact. Its size, without the sign, is compared. Every picture is explained by a model that was not "
    "fitted on it, and pictures are exchanged only with others of the same label."
)


def rescued_report(
    table: pd.DataFrame, chosen: Rescued, *, least: int, confidence: float, folder: Path
) -> StudyReport:
    """Draw the figures and put the findings into words.

    Parameters
    ----------
    table : pandas.DataFrame
        From `rescued.rescued_table`.
    chosen : Rescued
    least : int
        Fewest pictures of either group.
    confidence : float
    folder : Path
        Of the figures, ``figures/rescued`` beside the report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rescued = int(chosen.rescued.sum())
    at_once = len(chosen.rescued) - rescued
    private = rescued < LEAST_PUBLIC
    findings: list[str] = []
    figures: list[Figure] = []
    for task, rows in table.groupby("task", sort=False):
        findings += _findings(str(task), rows)
        figures += _figures(str(task), rows, confidence, folder, private=private)
    return StudyReport(
        study=NAME,
        title="Rescued pictures",
        question="Do pictures that only a later attempt brought back show another SHAP pattern?",
        skipped=None if len(table) else _too_few(rescued, at_once, least),
        findings=[HOW, *findings] if len(table) else [],
        figures=figures,
        tables=[
            Table(
                f"{NAME}.csv",
                "Mean absolute SHAP values of rescued pictures and of those found at once, by module and part.",
                private=private,
            )
        ]
        if len(table)
        else [],
        n={"pictures": len(chosen.rescued), "rescued": rescued},
    )


def _too_few(rescued: int, at_once: int, least: int) -> str:
    if not rescued + at_once:
        return "No model could be fitted, so that no picture was explained."
    return (
        f"Of the {rescued + at_once} pictures that a model explained without having been fitted on them, {rescued} "
        f"{'was' if rescued == 1 else 'were'} brought back by a later attempt and {at_once} found at once; for "
        f"a comparison within labels {least} of each are needed, so that nothing is compared."
    )


def _findings(task: str, rows: pd.DataFrame) -> Iterator[str]:
    ordered = rows.loc[rows["effect"].abs().sort_values(ascending=False, kind="stable").index]
    differing = ordered[ordered["p_holm"] < 0.05]
    words = "categories" if task == "emotions" else "ratings"
    n = f"{int(rows['n_rescued'].max())} rescued and {int(rows['n_at_once'].max())} found at once"
    if not len(differing):
        yield (
            f"Models of {words}: in none of {len(rows)} modules and parts can another pattern be shown ({n}); the "
            f"largest difference is {_numbers(ordered.iloc[0])}."
        )
        return
    yield f"Models of {words}: {len(differing)} of {len(rows)} modules and parts differ ({n})."
    for row in differing.head(4).to_dict("records"):
        more = "more" if row["difference"] > 0 else "less"
        yield f"Rescued pictures are moved {more} by {_numbers(row)}."


def _numbers(row: Mapping[Any, Any]) -> str:
    return (
        f"{_name(row)} ({REGION_WORDS.get(row['region'], row['region'])}): {row['rescued']:.3f} against "
        f"{row['at_once']:.3f}, difference {row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}], "
        f"d = {row['effect']:+.2f}, {p_in_words(row['p_holm'])} after Holm's correction"
    )


def _name(row: Mapping[Any, Any]) -> str:
    module = str(row["module"]).replace("_", " ")
    return module if row["part"] == WHOLE else f"{module}, {str(row['part']).replace('_', ' ')}"


def _figures(
    task: str, rows: pd.DataFrame, confidence: float, folder: Path, *, private: bool
) -> Iterator[Figure]:
    for kind, title in (("modules", "each module"), ("parts", "parts of the face")):
        chosen = rows[(rows["part"] == WHOLE) == (kind == "modules")]
        if not len(chosen):
            continue
        stem = f"{task}_{kind}"
        save_figure(rescued_chart(chosen, UNITS[task]), folder / stem)
        caption = (
            f"Left: mean absolute SHAP value ({UNITS[task]}) of {int(chosen['n_rescued'].max())} rescued pictures and "
            f"{int(chosen['n_at_once'].max())} found at once. Right: their difference within labels, "
            f"in standard deviations; right of the line, rescued pictures are moved more. Lines are "
            f"{100 * confidence:g} % intervals; full dots differ after Holm's correction."
        )
        largest = chosen.loc[chosen["effect"].abs().idxmax()]
        yield Figure(
            f"figures/{NAME}/{stem}",
            f"SHAP by {title}: models of {'categories' if task == 'emotions' else 'ratings'}",
            caption,
            f"Dots of two groups; the largest difference is d = {largest['effect']:+.2f} in {_name(largest)}.",
            None,
            private,
        )


def rescued_chart(rows: pd.DataFrame, unit: str) -> AnyChart:
    """Means of both groups beside their difference, a row for each module or part, a block for each region."""
    scale = (rows["effect"] / rows["difference"]).where(rows["difference"] != 0, 0.0)
    shown = rows.assign(
        name=[_name(row) for row in rows.to_dict("records")],
        sees=rows["region"].map(REGION_WORDS),
        d_low=rows["low"] * scale,
        d_high=rows["high"] * scale,
        differs=rows["p_holm"] < 0.05,
    ).round(4)
    names = shown.drop_duplicates("name")["name"].tolist()
    y = alt.Y("name:N", sort=names, title=None)
    groups = {"rescued": "rescued by a later attempt", "at_once": "found at once"}
    long = shown.melt(["name", "sees"], list(groups), var_name="group", value_name="value")
    long["group"] = long["group"].map(groups)
    colors = alt.Scale(domain=list(groups.values()), range=[CATEGORIES[1], CATEGORIES[0]])
    means: Any = (
        alt.Chart(long)
        .mark_point(size=70)
        .encode(
            y=y,
            x=alt.X("value:Q", title="mean |SHAP|", axis=alt.Axis(tickCount=4)),
            color=alt.Color("group:N", scale=colors, title=None, legend=alt.Legend(orient="top")),
            tooltip=["name", "sees", "group", alt.Tooltip("value:Q", format=".3f")],
        )
    )
    blocks = []
    for sees in dict.fromkeys(shown["sees"]):
        left = means.transform_filter(alt.datum.sees == sees)
        right = _effects(shown, y).transform_filter(alt.datum.sees == sees)
        size = {"height": alt.Step(20)}
        blocks.append(
            alt.hconcat(
                left.properties(width=230, title=f"{sees}", **size),
                right.properties(width=230, **size),
            )
        )
    return cast(AnyChart, alt.vconcat(*blocks))


def _effects(shown: pd.DataFrame, y: alt.Y) -> Any:
    axis = alt.Axis(labels=False, ticks=False, domain=False)
    base: Any = alt.Chart(shown).encode(
        y=alt.Y("name:N", sort=y["sort"], title=None, axis=axis),
        tooltip=[
            "name",
            "sees",
            *(alt.Tooltip(f"{one}:Q", format=".3f") for one in ("effect", "p", "p_holm")),
            "n_rescued",
            "n_at_once",
        ],
    )
    zero = alt.Chart(shown).mark_rule(color=FAINT, strokeDash=[4, 4]).encode(x=alt.datum(0))
    spans = base.mark_rule().encode(
        x=alt.X("d_low:Q", title="difference (Cohen's d)", axis=alt.Axis(tickCount=4)),
        x2="d_high:Q",
    )
    dots = base.mark_point(size=70, strokeWidth=1.5).encode(
        x="effect:Q",
        fill=alt.when("datum.differs")
        .then(alt.value(CATEGORIES[1]))
        .otherwise(alt.value("transparent")),
        stroke=alt.value(CATEGORIES[1]),
    )
    return alt.layer(zero, spans, dots)
