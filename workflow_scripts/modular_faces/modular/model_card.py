"""A card for each model: what it is made of and reaches, what it is for and not for, and what ratings are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from modular_faces.modular.module_blocks import LEARNT, REGION_WORDS
from modular_faces.modular.page_parts import HEAD_METRIC, ScoreTables
from modular_faces.modular.score_parts import (
    NOT_WHOLE,
    SPLIT_WORDS,
    model_order,
    with_interval,
    words_of,
)
from modular_faces.modular.scores_shown import BALANCED, BALANCED_WORDS, LAB
from modular_faces.pages.parts import Block, Section, Table, Text

INTENDED = (
    "Intended use: to find out which measurable properties of a picture go with what people see in a face, and how far "
    "named, readable modules carry. Research on perception, and the description of datasets."
)
MISUSE = (
    "Not for use on a person: not for hiring, admission, policing, health or advertising, nor to tell what somebody "
    "feels, is or will do. Labels of emotions are what raters saw in a picture, not what the person felt; ratings are "
    "perceptions of raters and say nothing about the person."
)
BIAS = (
    "Raters share stereotypes, and a model that predicts raters learns these. A column that goes with a rating shows "
    "what raters go by, not that they are right. How well a model does may differ between groups of people; the page "
    "on failures shows who is lost before any model sees them."
)
LIMITS = (
    "Limits: all models are linear. Intervals come from other test pictures, not from other datasets; on pictures of "
    "another kind expect less. Weights of columns that say nearly the same are shared among them in a way that depends "
    "on the penalty."
)
NO_MODELS: Final = ("baseline", "shuffled", "raters")
LEARNT_WORDS: Final = "{modules}: learnt by a network from data of its maker, no measurement."
MEASURED: Final = "none: every column is measured in the picture or on the mesh of the face."


def model_cards(tables: ScoreTables, options: Mapping[str, Any], dataset: str) -> Section:
    """Make the section: what holds for all models, then a card for each.

    Parameters
    ----------
    tables : ScoreTables
    options : mapping
        `stage_options.model_options` of the run.
    dataset : str
    """
    trained = f"Trained and tried on the dataset {dataset}, and on nothing else."
    blocks: list[Block] = [
        Text([trained, INTENDED, MISUSE]),
        Text([BIAS, LIMITS]),
        *_cards(tables, dataset),
        Text([_protocol(options)]),
    ]
    return Section("model-cards", "Model cards", "What are these models for, and what not?", blocks)


def _cards(tables: ScoreTables, dataset: str) -> Iterator[Table]:
    whole = tables.scores[~tables.scores["model"].str.match(NOT_WHOLE)]
    for model in model_order(whole["model"].tolist()):
        if model not in NO_MODELS:
            rows = list(_card(whole[whole["model"] == model], dataset))
            if model == tables.main + BALANCED:
                rows.insert(1, ["is", BALANCED_WORDS.format(main=words_of(tables.main))])
            yield Table(
                caption=f"Model card: {model.replace('_', ' ')}",
                columns=["what", "of this model"],
                rows=rows,
                numeric=[False, False],
                file="scores.csv",
                rows_in_file=len(rows),
            )


def _card(scores: pd.DataFrame, dataset: str) -> Iterator[list[str]]:
    modules = next(iter(scores["modules"].dropna()), "")
    names = str(modules).split("+")
    learnt = [name.replace("_", " ") for name in names if name in LEARNT]
    yield ["sees", LAB if modules == "lab" else ", ".join(map(words_of, names))]
    yield ["learnt columns", LEARNT_WORDS.format(modules=", ".join(learnt)) if learnt else MEASURED]
    yield ["predicts", _targets(scores)]
    kinds = set(scores["target"]) & set(HEAD_METRIC)
    yield ["kind", _kind(kinds)]
    yield ["learnt from", f"pictures of {dataset} with a label or rating, and nothing else"]
    for target in HEAD_METRIC:
        yield from _reached(scores, target)
    yield ["intended use", "research on what people see in faces, and the description of datasets"]
    yield ["not for", "any decision about a person, nor what somebody feels, is or will do"]
    yield [
        "labels and ratings",
        "perceptions of raters, with their stereotypes; they say nothing about the person",
    ]


def _kind(targets: set[str]) -> str:
    kinds = {
        "emotion": "multinomial logistic regression for categories",
        "mean_of_ratings": "ridge regression for ratings",
    }
    chosen = [words for target, words in kinds.items() if target in targets]
    return f"linear: {' and '.join(chosen)}, with a penalty for each module"


def _targets(scores: pd.DataFrame) -> str:
    ratings = [name for name in dict.fromkeys(scores["target"]) if name not in HEAD_METRIC]
    shown = [words_of(name) for name in ratings[:8]]
    more = f" and {len(ratings) - 8} more" if len(ratings) > 8 else ""
    parts = ["the category"] if "emotion" in set(scores["target"]) else []
    parts += [f"ratings: {', '.join(shown)}{more}"] if ratings else []
    return "; ".join(parts)


def _reached(scores: pd.DataFrame, target: str) -> Iterator[list[str]]:
    """Head score on all pictures, for each region."""
    rows = scores[(scores["target"] == target) & (scores["metric"] == HEAD_METRIC[target])]
    rows = rows[(rows["population"] == "all") & rows["split"].isin(["test", "cross_validation"])]
    for row in rows.to_dict("records"):
        sees = REGION_WORDS.get(row["region"], row["region"])
        words = f"{words_of(row['metric'])}, {words_of(target)}, {sees}"
        number = with_interval(row["value"], row["low"], row["high"])
        yield [words, f"{number} on all {int(row['n'])} pictures ({SPLIT_WORDS[row['split']]})"]


def _protocol(options: Mapping[str, Any]) -> str:
    return (
        f"This run: {options['refits']} refits for the stability of weights, {options['shuffles']} shuffles for "
        f"chance, {options['draws']} draws for every interval, at most {options['components']} components of a "
        f"module, {options['inner_folds']} inner folds, {100 * options['confidence']:g} % intervals, "
        f"seed {options['seed']}."
    )
