"""Study 5, the model of failures, in words, tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.descriptor_words import about_oval, words_of
from modular_faces.failures.failure_model import FailureModelFit, calibration, importance
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.report_parts import Figure, StudyReport, Table, write_csv
from modular_faces.figures import CATEGORIES, DIVERGING, INK, AnyChart, save_figure

NAME = "shap"
TITLE = "What predicts failure: a model of the descriptors"
QUESTION = (
    "Can failing be predicted from what every picture shows, and what does the prediction rest on?"
)
NO_SHAP = (
    "The library shap is not installed (it has no build for Macs with Intel processors), so that the model is not "
    "made."
)

MOST_FEATURES = 12
MOST_DOTS = 300
_GROUPS = 10
_DECIMALS = dict.fromkeys(
    [
        *("auc", "auc_low", "auc_high", "brier", "brier_of_base_rate", "predicted", "observed"),
        *("mean_abs_shap", "direction"),
    ],
    4,
)


@dataclass(frozen=True)
class Model:
    """A model at one level.

    Attributes
    ----------
    outcome : Outcome
    name : str
        `descriptors`, or `with_pose`: on pictures where another part of the study found a face.
    fit : FailureModelFit or None
    weights : (n,) ndarray of float64
    skipped : str
        Why there is no fit.
    """

    outcome: Outcome
    name: str
    fit: FailureModelFit | None
    weights: np.ndarray
    skipped: str = ""


_NAMES = {
    "descriptors": "descriptors of every picture",
    "with_pose": "descriptors, head angles and size of the face, where another attempt found one",
}


def write_models(models: Sequence[Model], *, folder: Path, seed: int, note: str) -> StudyReport:
    """Write tables and figures of the study and give its report.

    Parameters
    ----------
    models : sequence of Model
    folder : Path
        Of the failure study.
    seed : int
    note : str
        A sentence that comes last; may be empty.
    """
    fitted = [one for one in models if one.fit is not None]
    _write_tables(fitted, folder)
    figures = [figure for one in fitted for figure in _figures(one, folder, seed)]
    outcome = models[-1].outcome
    skipped = "" if fitted else _why_none(models)
    return StudyReport(
        study=NAME,
        title=f"{TITLE} ({outcome.title})",
        question=QUESTION,
        skipped=skipped or None,
        findings=[] if skipped else [*(_finding(one) for one in models), *([note] if note else [])],
        figures=figures,
        tables=_TABLES if fitted else [],
        n=_counts([one.outcome for one in models]),
    )


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Pictures, failures of the strictest level, and those of each other level."""
    strictest = outcomes[-1]
    counts = {"pictures": len(strictest.failed), "failures": int(strictest.failed.sum())}
    others = {one.level: int(one.failed.sum()) for one in outcomes if one.level != strictest.level}
    return counts | {f"failures_{level}": number for level, number in others.items()}


_TABLES = [
    Table(
        f"{NAME}.csv",
        "How much each descriptor contributes to the prediction, and in which direction.",
    ),
    Table(
        f"{NAME}_models.csv", "How well each model predicts failure on pictures it has not seen."
    ),
    Table(
        f"{NAME}_calibration.csv",
        "Predicted and observed share of failures in groups of equal size.",
    ),
]


def _write_tables(fitted: Sequence[Model], folder: Path) -> None:
    tables: dict[str, list[pd.DataFrame]] = {"": [], "_models": [], "_calibration": []}
    for one in fitted:
        assert one.fit is not None
        keys = {**one.outcome.keys, "model": one.name}
        quality = {
            "n": len(one.fit.failed),
            "failures": int(one.fit.failed.sum()),
            "auc": one.fit.auc.estimate,
            "auc_low": one.fit.auc.low,
            "auc_high": one.fit.auc.high,
            "brier": one.fit.brier,
            "brier_of_base_rate": one.fit.brier_of_base_rate,
        }
        parts = {
            "": importance(one.fit),
            "_models": pd.DataFrame([quality]),
            "_calibration": calibration(
                one.fit.predicted, one.fit.failed, one.weights, groups=_GROUPS
            ),
        }
        for suffix, table in parts.items():
            for place, (key, value) in enumerate(keys.items()):
                table.insert(place, key, value)
            tables[suffix].append(table)
    for suffix, several in tables.items():
        joined = pd.concat(several, ignore_index=True) if several else pd.DataFrame({"model": []})
        write_csv(joined, folder / f"{NAME}{suffix}.csv", decimals=_DECIMALS)


def _why_none(models: Sequence[Model]) -> str:
    """Say why no model was fitted, and at which level where that is not the same."""
    reasons = list(dict.fromkeys(one.skipped for one in models))
    if len({one.outcome.level for one in models}) == 1 or len(reasons) == 1:
        return " ".join(reasons)
    return " ".join(dict.fromkeys(f"Level {one.outcome.level}: {one.skipped}" for one in models))


def _finding(one: Model) -> str:
    level = "no landmarks" if one.outcome.level == "found" else "no trusted landmarks"
    if one.fit is None:
        return f"{level.capitalize()}, {_NAMES[one.name]}: {one.skipped}"
    auc = one.fit.auc
    text = (
        f"{level.capitalize()}, {_NAMES[one.name]}: AUC {auc.estimate:.2f} ({auc.low:.2f} to {auc.high:.2f}) on "
        f"{counted(len(one.fit.failed), 'picture')}, {int(one.fit.failed.sum()):,} of them failures; Brier score "
        f"{one.fit.brier:.3f}, and {one.fit.brier_of_base_rate:.3f} for always saying the base rate."
    )
    if not one.fit.better_than_chance:
        return f"{text} That is no better than chance, so what the model rests on is not shown."
    first = importance(one.fit).head(3)["feature"].tolist()
    return f"{text} It rests most on {'; '.join(map(words_of, first))}.{about_oval(first)}"


def _figures(one: Model, folder: Path, seed: int) -> list[Figure]:
    assert one.fit is not None
    level = "no landmarks" if one.outcome.level == "found" else "no trusted landmarks"
    n = len(one.fit.failed)
    charts: dict[str, tuple[AnyChart, str, str]] = {
        "calibration": (
            _calibration_chart(one),
            "Predicted and observed failures",
            f"{counted(n, 'picture')} in up to {_GROUPS} groups of equal size by predicted risk; points on the line "
            "would be right on average.",
        )
    }
    if one.fit.better_than_chance:
        charts["summary"] = (
            _summary_chart(one.fit, seed),
            "What the prediction rests on",
            f"SHAP values on {min(n, MOST_DOTS):,} of {counted(n, 'picture')}: how far each descriptor moves the "
            "prediction of a picture towards failing (right) or succeeding (left); colour is the descriptor's value, "
            "blue low, red high. Each picture is judged by a model that has not seen it. It shows what goes along with "
            f"failing, not what causes it.{about_oval(_drawn(one.fit))}",
        )
    figures = []
    for kind, (chart, title, caption) in charts.items():
        stem = f"figures/{NAME}/{kind}_{one.name}_{one.outcome.level}"
        save_figure(chart, folder / stem)
        words = f"{title}: {_NAMES[one.name]} ({level})"
        figures.append(
            Figure(stem, words, caption, f"{words}. {caption}", one.outcome.level, private=n < 20)
        )
    return figures


def _calibration_chart(one: Model) -> AnyChart:
    assert one.fit is not None
    table = calibration(one.fit.predicted, one.fit.failed, one.weights, groups=_GROUPS).round(5)
    top = float(max(table["predicted"].max(), table["observed"].max(), 0.05))
    axis = alt.Axis(format=".0%")
    line = (
        alt.Chart(pd.DataFrame({"x": [0.0, top], "y": [0.0, top]}))
        .mark_line(color=INK, strokeDash=[4, 3])
        .encode(x="x:Q", y="y:Q")
    )
    tooltip: list[Any] = ["n:Q", "predicted:Q", "observed:Q"]
    points = (
        alt.Chart(table)
        .mark_point(color=CATEGORIES[0], size=80)
        .encode(
            x=alt.X("predicted:Q", title="predicted share of failures", axis=axis),
            y=alt.Y("observed:Q", title="observed share of failures", axis=axis),
            tooltip=tooltip,
        )
    )
    chart: AnyChart = alt.layer(line, points).properties(width=300, height=260)
    return chart


def _drawn(fit: FailureModelFit) -> list[str]:
    """Descriptors of the figure, those that count most first."""
    names: list[str] = importance(fit).head(MOST_FEATURES)["feature"].tolist()
    return names


def _summary_chart(fit: FailureModelFit, seed: int) -> AnyChart:
    generator = np.random.default_rng(seed)
    top = _drawn(fit)
    drawn = generator.permutation(len(fit.failed))[:MOST_DOTS]
    parts = []
    for name in top:
        rows = generator.permutation(
            drawn
        )  # no row of the figure's data is a picture across descriptors
        place = fit.names.index(name)
        values = fit.values[:, place]
        ranks = pd.Series(values).rank(pct=True).to_numpy()[rows]
        parts.append(
            pd.DataFrame(
                {
                    "descriptor": words_of(name),
                    "shap": fit.shap[rows, place].round(4),
                    "value": ranks.round(3),
                    "jitter": generator.uniform(-1, 1, len(rows)).round(3),
                }
            )
        )
    reach = [DIVERGING[1], "#9a8f97", DIVERGING[-2]]
    chart: AnyChart = (
        alt.Chart(pd.concat(parts, ignore_index=True))
        .mark_circle(size=14, opacity=0.75)
        .encode(
            x=alt.X("shap:Q", title="SHAP value (log odds of failing)"),
            y=alt.Y(
                "descriptor:N",
                sort=[words_of(name) for name in top],
                title=None,
                axis=alt.Axis(grid=True),
            ),
            yOffset=alt.YOffset("jitter:Q", scale=alt.Scale(domain=[-1.4, 1.4])),
            color=alt.Color(
                "value:Q",
                title="value (rank)",
                scale=alt.Scale(domain=[0, 0.5, 1], range=reach, interpolate="rgb"),
            ),
        )
        .properties(width=420, height=26 * len(top))
    )
    return chart
