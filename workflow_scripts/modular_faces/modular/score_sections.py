"""Sections on scores: the tables first, then what the models rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from modular_faces.figures import AnyChart
from modular_faces.modular import column_words, mistake_charts, score_parts, scores_shown
from modular_faces.modular.evidence_sections import evidence_sections
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.page_parts import HEAD_METRIC, SHARE_METRIC, Figures, ScoreTables
from modular_faces.modular.reliability_section import reliability_sections
from modular_faces.modular.score_parts import with_interval, words_of
from modular_faces.pages.parts import Block, Number, Section, Text


def score_sections(tables: ScoreTables, folder: Path) -> list[Section]:
    """Make the sections on scores, modules and mistakes, and on what the scores rest on.

    Parameters
    ----------
    tables : ScoreTables
    folder : Path
        Of the page.
    """
    if not tables.heads:
        words = "No model could be fitted: the dataset has no categories and no ratings with enough pictures."
        return [Section("scores", "Scores", "", [Text([words, *tables.notes])])]
    return [
        Section("scores", "Scores", QUESTION, list(_scores(tables, Figures(folder, "scores")))),
        *reliability_sections(tables, folder),
        *evidence_sections(tables, folder),
        Section("modules", "Modules", MODULES_QUESTION, list(_modules(tables, Figures(folder, "modules")))),
        *_mistakes(tables, Figures(folder, "mistakes")),
    ]  # fmt: skip


QUESTION: Final = "How well do named modules predict what people see, every picture counted?"
MODELS: Final = "The models, and the modules that they are made of (section Modules explains each):"
MODULES_QUESTION: Final = "What does each module give alone, and what is lost without it?"


def _scores(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    about = column_words.about_columns(tables.notes)
    if notes := [note for note in tables.notes if note not in about]:
        yield Text(notes, listed=True)
    yield Text([MODELS])
    yield Text(scores_shown.model_sentences(tables.scores, tables.main), listed=True)
    points = POINTS.format(interval=tables.interval)
    for target in tables.heads:
        yield Text([scores_shown.METRIC_WORDS[score_parts.kind_of(target)]])
        yield from scores_shown.score_tables(
            tables.scores, tables.references, target, tables.interval
        )
        metric = HEAD_METRIC[target]
        chart = score_parts.score_chart(tables.scores, target, metric)
        title = f"{words_of(metric).capitalize()}: {words_of(target)}"
        yield figures(chart, f"{target}_{metric}", title, points)
    if "protocol" in tables.references and len(tables.references):
        yield Text([REFERENCES])
        yield scores_shown.reference_table(tables.references)
    ratings = tables.scores[~tables.scores["target"].isin(list(HEAD_METRIC))]
    ratings = ratings[~ratings["model"].str.match(score_parts.NOT_WHOLE)]
    if len(ratings):
        chart = ratings_chart(ratings, tables.main)
        yield figures(
            chart, "each_rating", "R2 of each rating", RATINGS.format(interval=tables.interval)
        )


def ratings_chart(scores: pd.DataFrame, main: str) -> AnyChart:
    """R2 of the lab's model and the main one for each rating."""
    chosen = scores["model"].isin(["lab", main]) & (scores["population"] == "all")
    return score_parts.each_target_chart(scores[chosen & (scores["metric"] == "r2")])


POINTS: Final = (
    "Points are estimates, lines {interval} intervals by bootstrap of predictions. Colours say how lost pictures "
    "count: all pictures, with a model of what lost ones still have; lost ones as wrong; found ones only, which "
    "flatters; found ones weighted to stand for all. R2 below -.5 leaves the chart."
)
RATINGS: Final = (
    "Shares of variance of unseen pictures; 0 is the mean of the training pictures. All pictures count; lines are "
    "{interval} intervals. Below -.5 they leave the chart."
)
REFERENCES: Final = (
    "What others reached stands in the table above beside ours; below is how they did it. Compare only numbers of the "
    "same pictures and the same way to count lost ones."
)
PARTS: Final = (
    "Alone: a model of this module only. All but it: the main model without it. Shapley value: its fair share of what "
    "the main model gains over the baseline; negative where it does harm. Found pictures; "
    "lines are {interval} intervals."
)


def _modules(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    yield Text(scores_shown.module_sentences(tables.scores), listed=True)
    grouped = score_parts.grouped_modules(tables.scores, tables.main)
    for target in tables.heads:
        metrics = dict.fromkeys([HEAD_METRIC[target], SHARE_METRIC[target]])
        for metric in metrics:
            chart = score_parts.parts_chart(tables.scores, target, metric, tables.main)
            lower = " (less is better)" if metric == "log_loss" else ""
            title = f"{words_of(metric).capitalize()} by module{lower}: {words_of(target)}"
            caption = PARTS.format(interval=tables.interval) + grouped
            yield figures(chart, f"{target}_{metric}", title, caption)


def _mistakes(tables: ScoreTables, figures: Figures) -> Iterator[Section]:
    if not len(tables.confusion) or "truth" not in tables.confusion:
        return
    rows = tables.confusion[tables.confusion["model"] == tables.main]
    n = round(float(rows.groupby("region")["count"].sum().max()))
    caption = (
        f"Rows are labels, columns what the model {tables.main} says; shares of each row, {n} found pictures that it "
        "was not fitted on."
    )
    confusion = mistake_charts.confusion_chart(tables.confusion, tables.main)
    blocks: list[Block] = [figures(confusion, "confusion", "Confusion matrix", caption)]
    if recalls := scores_shown.recall_table(tables.scores, tables.main, tables.interval):
        blocks.append(recalls)
    if "probability" in tables.calibration:
        chart = mistake_charts.calibration_chart(tables.calibration, ["lab", tables.main])
        words = (
            "On the dashed line a model is right as often as it says; below it, it is too sure. Lines are "
            f"{tables.interval} intervals; found pictures."
        )
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
            for row in rows[rows["model"] == model].dropna(subset=["value"]).to_dict("records")[:1]:
                yield Number(f"{row['value']:.3f}", _head_words(row))


def _head_words(row: Mapping[Any, Any]) -> str:
    """What a number at the top is: of which model, which pictures, and its interval."""
    sees = REGION_WORDS.get(row["region"], row["region"])
    interval = with_interval(row["value"], row["low"], row["high"]).partition(" ")[2]
    words = (
        f"{words_of(row['metric'])}, {words_of(row['target'])}: {words_of(row['model'])}, {sees}"
    )
    return f"{words}, all {int(row['n']):,} pictures {interval}".rstrip()
