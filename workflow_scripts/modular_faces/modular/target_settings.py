"""What is scored: all categories together, or each rating and the mean over ratings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.chance import ShuffledEmotions, ShuffledRatings
from modular_faces.modular.evaluation import (
    Measure,
    Setting,
    emotion_measure,
    mean_measure,
    rating_measure,
)
from modular_faces.modular.lost_pictures import extremes
from modular_faces.modular.protocol import Predictions
from modular_faces.modular.score_table import MEAN_RATING
from modular_faces.modular.tasks import EmotionTask, RatingTask

Array = NDArray[np.float64]
Values = NDArray[np.float32]


def settings(
    task: EmotionTask | RatingTask,
    predictions: Predictions,
    fallbacks: Mapping[str, Values],
    chance: ShuffledEmotions | ShuffledRatings,
    reliabilities: Mapping[str, Array],
    least_reliability: float,
    common: Mapping[str, object],
) -> Iterator[tuple[Setting, Predictions, Mapping[str, Values]]]:
    """Give what is needed to score each target of a task.

    Parameters
    ----------
    task : EmotionTask or RatingTask
    predictions : Predictions
    fallbacks : mapping of str to (repeats, n, K) ndarray of float32
    chance : ShuffledEmotions or ShuffledRatings
    reliabilities : mapping of str to ndarray of float64
    least_reliability : float
        Ratings below this are left out of the mean.
    common : mapping
        Attributes of `Setting` that all targets share.

    Yields
    ------
    Setting
        One for categories; one for each rating, and one for the mean of those that raters agree on.
    Predictions, fallbacks
        Of this target alone.
    """
    if isinstance(task, EmotionTask):
        assert isinstance(chance, ShuffledEmotions)
        setting = Setting(
            target="emotion",
            categories=True,
            measure=emotion_measure(task.truth, task.names),
            extremes=extremes(task),
            worth={"log_loss": -1.0, "accuracy": 1.0, "balanced_accuracy": 1.0},
            shuffled=chance.metrics(),
            **common,  # type: ignore[arg-type]
        )
        yield setting, predictions, fallbacks
        return
    assert isinstance(chance, ShuffledRatings)
    measures = [
        rating_measure(
            task.truth[:, place], predictions.baseline[..., place], reliabilities.get(name)
        )
        for place, name in enumerate(task.names)
    ]

    ends = extremes(task)

    def setting_of(
        name: str, measure: Measure, shuffled: Mapping[str, Array], places: list[int]
    ) -> Setting:
        return Setting(
            target=name,
            categories=False,
            measure=measure,
            extremes=(ends[0][:, places], ends[1][:, places]),
            worth={"r2": 1.0},
            shuffled=shuffled,
            **common,  # type: ignore[arg-type]
        )

    for place, name in enumerate(task.names):
        own, own_fallbacks = _columns_of(predictions, fallbacks, [place])
        yield setting_of(name, measures[place], chance.metrics(place), [place]), own, own_fallbacks
    kept = [
        place
        for place, name in enumerate(task.names)
        if float(reliabilities.get(name, np.ones(1))[0]) >= least_reliability
    ]
    if len(kept) > 1:
        own, own_fallbacks = _columns_of(predictions, fallbacks, kept)
        each = [chance.metrics(place) for place in kept]
        shuffled = {name: np.mean([one[name] for one in each], axis=0) for name in each[0]}
        measure = mean_measure([measures[place] for place in kept])
        yield setting_of(MEAN_RATING, measure, shuffled, kept), own, own_fallbacks


def _columns_of(
    predictions: Predictions, fallbacks: Mapping[str, Values], places: list[int]
) -> tuple[Predictions, dict[str, Values]]:
    """Predictions of some targets only."""
    own = Predictions(
        {model: values[..., places] for model, values in predictions.models.items()},
        {key: values[..., places] for key, values in predictions.coalitions.items()},
        predictions.modules,
        predictions.baseline[..., places],
    )
    return own, {model: values[..., places] for model, values in fallbacks.items()}
