"""Scores of ratings, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.modular.rating_scores import (
    against_reliability,
    correlations,
    rating_metrics,
)

TRUTH = np.array([1.0, 2.0, 3.0, 6.0])
PREDICTED = np.array([[1.0, 3.0, 3.0, 5.0]])
MEANS = np.full((1, 4), 3.0)
ONCE = np.ones((1, 4))


def test_scores_by_hand() -> None:
    scores = rating_metrics(ONCE, TRUTH, PREDICTED, MEANS)
    assert scores["mse"][0] == 0.5
    assert scores["mae"][0] == 0.5
    assert scores["r2"][0] == pytest.approx(1 - 2 / 14)
    assert scores["r"][0] == pytest.approx(np.corrcoef(TRUTH, PREDICTED[0])[0, 1])


def test_predictions_worse_than_the_mean_are_below_zero() -> None:
    assert rating_metrics(ONCE, TRUTH, -PREDICTED, MEANS)["r2"][0] < 0


def test_weights_count_pictures() -> None:
    weights = np.array([[0.0, 3.0, 0.0, 1.0]])
    scores = rating_metrics(weights, TRUTH, PREDICTED, MEANS)
    assert scores["mse"][0] == 1.0
    assert scores["r2"][0] == pytest.approx(1 - 4 / 12)
    repeated = np.corrcoef([2, 2, 2, 6], [3, 3, 3, 5])[0, 1]
    assert scores["r"][0] == pytest.approx(repeated)


def test_a_constant_prediction_has_no_correlation() -> None:
    assert np.isnan(correlations(ONCE, TRUTH, np.full(4, 2.5))[0])


def test_reliability_divides_and_is_not_clipped() -> None:
    scores = {"r2": np.array([0.6]), "r": np.array([0.8])}
    both = against_reliability(scores, np.array([0.49]))
    assert both["r2_over_reliability"][0] == pytest.approx(0.6 / 0.49)
    assert both["r_over_root_reliability"][0] == pytest.approx(0.8 / 0.7)
