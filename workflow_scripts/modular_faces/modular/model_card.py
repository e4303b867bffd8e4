"""The model card: what the models are for, what they are not for, and what the ratings are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modular_faces.pages.parts import Section, Table, Text

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


def model_card(
    options: Mapping[str, Any], models: Sequence[Sequence[str]], dataset: str
) -> Section:
    """Make the section.

    Parameters
    ----------
    options : mapping
        `stage_options.model_options` of the run.
    models : sequence of (str, str, str, str)
        Name, modules, targets and training pictures in words, of each model.
    dataset : str
    """
    rows = [list(row) for row in models]
    return Section(
        "model-card",
        "Model card",
        "What are these models for, and what not?",
        [
            Text(
                [
                    f"Trained and tried on the dataset {dataset}, and on nothing else.",
                    INTENDED,
                    MISUSE,
                ]
            ),
            Text([BIAS, LIMITS]),
            Table(
                caption="Models",
                columns=["model", "modules", "targets"],
                rows=rows,
                numeric=[False] * 3,
                file="scores.csv",
                rows_in_file=len(rows),
            ),
            Text([_protocol(options)]),
        ],
    )


def _protocol(options: Mapping[str, Any]) -> str:
    return (
        f"This run: {options['refits']} refits for the stability of weights, {options['shuffles']} shuffles for "
        f"chance, {options['draws']} draws for every interval, at most {options['components']} components of a "
        f"module, {options['inner_folds']} inner folds, {100 * options['confidence']:g} % intervals, "
        f"seed {options['seed']}."
    )
