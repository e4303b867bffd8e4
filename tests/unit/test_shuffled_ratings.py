"""Chance: scores of shuffled ratings, gathered fold by fold."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.modular.chance import ShuffledRatings
from modular_faces.modular.rating_scores import rating_metrics
from modular_faces.modular.tasks import RatingTask
from planted import fit_options


def test_sums_over_folds_score_as_all_pictures_at_once() -> None:
    rng = np.random.default_rng(1)
    truth, predicted = rng.normal(50, 10, 60), rng.normal(50, 5, (60, 3))
    middles = np.repeat([48.0, 51.0], [35, 25])
    task = RatingTask(("warm",), truth[:, None], np.arange(60), fit_options())
    chance = ShuffledRatings(task, shuffles=3, seed=1)
    chance.add(0, truth[:35], predicted[:35], middle=48.0)
    chance.add(0, truth[35:], predicted[35:], middle=51.0)
    scores = chance.metrics(0)
    for place in range(3):
        known = rating_metrics(np.ones((1, 60)), truth, predicted[None, :, place], middles[None])
        assert {name: values[place] for name, values in scores.items()} == pytest.approx(
            {name: float(values[0]) for name, values in known.items()}
        )


def test_the_same_prediction_for_all_has_no_correlation() -> None:
    truth = np.arange(4.0)
    task = RatingTask(("warm",), truth[:, None], np.arange(4), fit_options())
    chance = ShuffledRatings(task, shuffles=1, seed=1)
    chance.add(0, truth, np.full((4, 1), 2.0), middle=1.5)
    scores = chance.metrics(0)
    assert np.isnan(scores["r"]).all()
    assert scores["mae"].tolist() == [1.0]
