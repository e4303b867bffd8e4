"""Scores as tables of the page, with what their models, modules and metrics are in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.score_parts import (
    FIRST,
    METRICS,
    NOT_WHOLE,
    POPULATION_WORDS,
    SPLIT_WORDS,
    kind_of,
    model_order,
    name_of,
    none_lost,
    with_interval,
    words_of,
)
from modular_faces.pages.parts import Table

MODULE_WORDS: Final = {
    "color": "colour bins of the picture and of parts of the face",
    "texture": "Haralick texture of the same places",
    "landmarks": "the 68 landmarks in pixels",
    "shape_2d": "where the points of the face lie in the picture's plane, its size and place taken out",
    "shape_frontal": "where they lie when the head is turned to the front",
    "measures": "distances, ratios and angles of the face turned to the front",
    "pose": "turn, nod and tilt of the head",
    "aligned": "edges (HOG) of the face brought to one frame",
    "expression": "52 blendshapes, learnt by a network and no measurement",
    "action_units": "OpenFace's action units, learnt and no measurement",
}
METRIC_WORDS: Final = {
    "emotion": (
        "Accuracy is the share of pictures that are called as they are labelled; balanced accuracy the mean of these "
        "shares over categories; macro F1 the mean over categories of F1, which falls with pictures of a category that "
        "are missed and with others that are called so. Log loss is low where the label was given a high probability; "
        "calibration error is how far stated probabilities lie from the share that is right; 0 is best for both. A "
        "lost picture that counts as wrong has no probabilities, so these two are empty."
    ),
    "rating": (
        "R2 is the share of the variance of unseen ratings that is predicted: 1 is all of it, 0 no better than the "
        "mean. MSE and MAE are the mean squared and the mean absolute error, in the unit of the rating; r is Pearson's "
        "correlation. That of the baseline falls below 0: the mean of other folds is low where a fold's own is high."
    ),
}
LAB: Final = (
    "colour bins, Haralick texture and the 68 landmarks in pixels, nothing else; the lab's model"
)
RECALL: Final = "recall_"
BALANCED: Final = "_balanced"
"""What the name of the main model ends with where categories count as if they were equally common."""
BALANCED_WORDS: Final = (
    "{main} without another fit, its probabilities as if all categories were equally common"
)


def model_sentences(scores: pd.DataFrame, main: str) -> list[str]:
    """Say of every whole model what it is."""
    whole = scores[~scores["model"].str.match(NOT_WHOLE)]
    sentences = []
    for model in model_order(whole["model"].tolist()):
        names = next(iter(whole.loc[whole["model"] == model, "modules"].dropna()), "")
        if words := _what(model, str(names), main):
            sentences.append(f"{name_of(model).capitalize()}: {words}.")
    return sentences


def _what(model: str, modules: str, main: str) -> str:
    if model == "baseline":
        return "always the commonest category, or the mean rating of the training pictures"
    if model == "shuffled":
        return f"{words_of(main)} fitted to labels in random order, many times: what chance reaches"
    if model == main + BALANCED:
        return BALANCED_WORDS.format(main=words_of(main))
    if modules == "lab":
        return LAB
    return ", ".join(words_of(name) for name in modules.split("+")) if modules else ""


def module_sentences(scores: pd.DataFrame) -> list[str]:
    """Say of every module of a model what it holds."""
    names = dict.fromkeys("+".join(scores["modules"].dropna().unique()).split("+"))
    return [
        f"{words_of(name).capitalize()}: {MODULE_WORDS[name]}."
        for name in names
        if name in MODULE_WORDS
    ]


def score_tables(
    scores: pd.DataFrame, references: pd.DataFrame, target: str, interval: str
) -> Iterator[Table]:
    """Every whole model's scores for one target, a table for each region; what others report in the first.

    Parameters
    ----------
    scores : pandas.DataFrame
        scores.csv.
    references : pandas.DataFrame
        references.csv, of this dataset.
    target : str
    interval : str
        Such as ``95 %``.
    """
    metrics = METRICS[kind_of(target)]
    own = scores[(scores["target"] == target) & scores["metric"].isin(metrics)]
    own = own[~own["model"].str.match(NOT_WHOLE) & own["split"].isin(["test", "cross_validation"])]
    others = list(_reference_rows(references, target, metrics))
    for region, group in own.groupby("region", sort=False):
        rows = [*_score_rows(group, metrics), *others]
        others = []
        split = SPLIT_WORDS[group["split"].iloc[0]]
        sees = REGION_WORDS.get(str(region), str(region))
        yield Table(
            caption=f"{words_of(target).capitalize()}, {sees}: scores ({split}) with {interval} intervals",
            columns=["model", "pictures that count", "n", *(words_of(name) for name in metrics)],
            rows=rows,
            numeric=[False, False, *[True] * (1 + len(metrics))],
            file="scores.csv",
            rows_in_file=len(rows),
        )


def _score_rows(scores: pd.DataFrame, metrics: Sequence[str]) -> Iterator[list[str]]:
    repeats = none_lost(scores)
    complete = set(scores.loc[repeats, "model"])
    scores = scores[~repeats]
    for model in model_order(scores["model"].tolist()):
        of_model = scores[scores["model"] == model]
        for population, group in of_model.groupby("population", sort=False):
            found = group.set_index("metric")
            cells = [
                with_interval(*found.loc[m, ["value", "low", "high"]]) if m in found.index else ""
                for m in metrics
            ]
            none = " (none lost)" if population == "all" and model in complete else ""
            pictures = POPULATION_WORDS.get(str(population), str(population)) + none
            yield [name_of(model), pictures, str(int(group["n"].max())), *cells]


def _reference_rows(
    references: pd.DataFrame, target: str, metrics: Sequence[str]
) -> Iterator[list[str]]:
    if "target" not in references:
        return
    for model, group in references[references["target"] == target].groupby("model", sort=False):
        values = dict(zip(group["metric"], group["value"], strict=True))
        cells = [f"{values[m]:.3f}" if m in values else "" for m in metrics]
        published = (group["origin"] == "published").all()
        yield [str(model), "published" if published else "earlier result", "", *cells]


def recall_table(scores: pd.DataFrame, main: str, interval: str) -> Table | None:
    """Share of each category that is called right, of the lab's model and the main one; None where there is none."""
    rows = scores[scores["metric"].str.startswith(RECALL) & (scores["population"] == "all")]
    rows = rows[
        rows["model"].isin([*FIRST, main]) & rows["split"].isin(["test", "cross_validation"])
    ]
    if rows.empty:
        return None
    models = {
        f"{name_of(str(model))}, {REGION_WORDS.get(str(region), str(region))}": group.set_index(
            "metric"
        )
        for (region, model), group in rows.groupby(["region", "model"], sort=False)
    }
    cells = [
        [
            words_of(metric.removeprefix(RECALL)),
            *(
                with_interval(*group.loc[metric, ["value", "low", "high"]])
                for group in models.values()
            ),
        ]
        for metric in dict.fromkeys(rows["metric"])
    ]
    return Table(
        caption=f"Recall: share of the pictures with a label that are called so; all count; {interval} intervals",
        columns=["labelled", *models],
        rows=cells,
        numeric=[False, *[True] * len(models)],
        file="scores.csv",
        rows_in_file=len(cells),
    )


def reference_table(references: pd.DataFrame) -> Table:
    """Where the results of others come from, and how they were tested.

    No column is called like a filter of the page, so that the table stays whole whichever category is looked at.
    """
    rows = references[["model", "target", "metric", "value", "protocol", "source"]]
    rows = rows.assign(target=rows["target"].map(words_of), metric=rows["metric"].map(words_of))
    rows = rows.rename(columns={"target": "predicts"})
    return Table(
        caption="Where published and earlier results come from",
        columns=["model", "predicts", "metric", "value", "protocol", "source"],
        rows=[[f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row]
              for row in rows.itertuples(index=False)],
        numeric=[False, False, False, True, False, False],
        file="references.csv",
        rows_in_file=len(rows),
    )  # fmt: skip
