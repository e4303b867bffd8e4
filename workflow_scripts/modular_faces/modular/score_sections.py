"""Sections on scores: the tables first, then what the models rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from modular_faces.figure_captions import save_caption
from modular_faces.figures import AnyChart, chart_spec, save_figure
from modular_faces.modular import mistake_charts, score_parts
from modular_faces.modular.score_parts import EMOTION, MEAN
from modular_faces.pages.parts import Block, Chart, Number, Section, Text

HEAD_METRIC: Final = {EMOTION: "accuracy", MEAN: "r2"}
SHARE_METRIC: Final = {EMOTION: "log_loss", MEAN: "r2"}


@dataclass(frozen=True)
class ScoreTables:
    """What the sections are made of: tables of `results/<dataset>/modular/` as they were read.

    Attributes
    ----------
    scores, comparisons, confusion, calibration, references : pandas.DataFrame
        Empty where there are none.
    notes : sequence of str
    main : str
        The model that is taken apart.
    """

    scores: pd.DataFrame
    comparisons: pd.DataFrame
    confusion: pd.DataFrame
    calibration: pd.DataFrame
    references: pd.DataFrame
    notes: Sequence[str]
    main: str

    @property
    def heads(self) -> list[str]:
        """Targets that sum up: `emotion` and the mean of ratings, where there are such."""
        present = set(self.scores.get("target", []))
        return [name for name in HEAD_METRIC if name in present]


class Figures:
    """Saves charts beside the page and makes them blocks of it.

    Parameters
    ----------
    folder : Path
        Folder of the page; figures go to `figures/scores` in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, chart: AnyChart, name: str, title: str, caption: str) -> Chart:
        """Save a chart and give its block."""
        stem = f"figures/scores/{name}"
        save_figure(chart, self.folder / stem)
        save_caption(f"{title}. {caption}", self.folder / stem)
        spec = chart_spec(chart)
        anchor = f"scores-{name.replace('_', '-')}"
        return Chart(anchor, title, caption, f"{title}. {caption}", spec, None, f"{stem}.svg")


def score_sections(tables: ScoreTables, figures: Figures) -> list[Section]:
    """Make the sections on scores, modules and mistakes."""
    if not tables.heads:
        words = "No model could be fitted: the dataset has no categories and no ratings with enough pictures."
        return [Section("scores", "Scores", "", [Text([words, *tables.notes])])]
    return [
        Section("scores", "Scores", QUESTION, list(_scores(tables, figures))),
        Section("modules", "Modules", MODULES_QUESTION, list(_modules(tables, figures))),
        *_mistakes(tables, figures),
    ]


QUESTION: Final = "How well do named modules predict what people see, every picture counted?"
MODULES_QUESTION: Final = "What does each module give alone, and what is lost without it?"


def _scores(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    if tables.notes:
        yield Text(list(tables.notes), listed=True)
    for target in tables.heads:
        yield score_parts.score_table(tables.scores, tables.references, target)
        metric = HEAD_METRIC[target]
        chart = score_parts.score_chart(tables.scores, target, metric)
        yield figures(
            chart, f"{target}_{metric}", f"{_words(metric).capitalize()}: {_words(target)}", POINTS
        )
    if "protocol" in tables.references:
        yield score_parts.reference_table(tables.references)
    ratings = tables.scores[~tables.scores["target"].isin(list(HEAD_METRIC))]
    if len(ratings):
        chart = ratings_chart(ratings, tables.main)
        yield figures(chart, "each_rating", "R2 of each rating", RATINGS)


def ratings_chart(scores: pd.DataFrame, main: str) -> AnyChart:
    """R2 of the lab's model and the main one for each rating."""
    chosen = scores["model"].isin(["lab", main]) & (scores["population"] == "all")
    return score_parts.each_target_chart(scores[chosen & (scores["metric"] == "r2")])


POINTS: Final = (
    "Points are estimates, lines 95 % intervals by bootstrap of predictions. Colours say how lost pictures count: all "
    "pictures, with a model of what lost ones still have; lost ones as wrong; found ones only, which flatters; found "
    "ones weighted to stand for all. R2 below -.5 leaves the chart."
)
RATINGS: Final = (
    "Shares of variance of unseen pictures; 0 is the mean of the training pictures. All pictures count; lines are "
    "95 % intervals. Below -.5 they leave the chart."
)
PARTS: Final = (
    "Alone: a model of this module only. All but it: the main model without it. Shapley value: its fair share of what "
    "the main model gains over the baseline; negative where it does harm. Found pictures; lines are 95 % intervals."
)


def _modules(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    for target in tables.heads:
        metrics = dict.fromkeys([HEAD_METRIC[target], SHARE_METRIC[target]])
        for metric in metrics:
            chart = score_parts.parts_chart(tables.scores, target, metric, tables.main)
            lower = " (less is better)" if metric == "log_loss" else ""
            title = f"{_words(metric).capitalize()} by module{lower}: {_words(target)}"
            yield figures(chart, f"modules_{target}_{metric}", title, PARTS)


def _mistakes(tables: ScoreTables, figures: Figures) -> Iterator[Section]:
    if not len(tables.confusion) or "truth" not in tables.confusion:
        return
    caption = (
        f"Rows are labels, columns what the model {tables.main} says; shares of each row. Lost pictures count with "
        "what their fallback model says."
    )
    confusion = mistake_charts.confusion_chart(tables.confusion, tables.main)
    blocks: list[Block] = [figures(confusion, "confusion", "Confusion matrix", caption)]
    if "probability" in tables.calibration:
        chart = mistake_charts.calibration_chart(tables.calibration, ["lab", tables.main])
        words = "On the dashed line a model is right as often as it says. Below it, it is too sure."
        blocks.append(figures(chart, "calibration", "Calibration", words))
    yield Section(
        "mistakes", "Mistakes", "What is taken for what, and how sure is the model?", blocks
    )


def head_numbers(tables: ScoreTables) -> Iterator[Number]:
    """The main model's and the lab's head scores on all pictures."""
    for target in tables.heads:
        metric = HEAD_METRIC[target]
        rows = tables.scores[
            (tables.scores["target"] == target)
            & (tables.scores["metric"] == metric)
            & (tables.scores["population"] == "all")
            & (tables.scores["region"] == tables.scores["region"].iloc[0])
        ]
        for model in (tables.main, "lab"):
            values = rows.loc[rows["model"] == model, "value"].dropna().tolist()
            if values:
                yield Number(f"{values[0]:.3f}", f"{_words(metric)}, {_words(target)}: {model}")


def _words(name: str) -> str:
    return {"r2": "R2"}.get(name, name.replace("_", " "))
