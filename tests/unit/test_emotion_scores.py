"""Scores of categories, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.modular.emotion_scores import (
    balanced_view,
    calibration_sums,
    confusion,
    emotion_metrics,
)

TRUTH = np.array([0, 0, 0, 1])
PREDICTED = np.array([[[0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.4, 0.6]]])
NAMES = ("joy", "fear")
ONCE = np.ones((1, 4))


def test_scores_by_hand() -> None:
    scores = emotion_metrics(ONCE, TRUTH, PREDICTED, NAMES)
    assert scores["accuracy"][0] == 0.75
    assert scores["recall_joy"][0] == pytest.approx(2 / 3)
    assert scores["recall_fear"][0] == 1.0
    assert scores["balanced_accuracy"][0] == pytest.approx((2 / 3 + 1) / 2)
    assert scores["macro_f1"][0] == pytest.approx((2 * 2 / (3 + 2) + 2 * 1 / (1 + 2)) / 2)
    loss = -np.log([0.8, 0.6, 0.3, 0.6]).mean()
    assert scores["log_loss"][0] == pytest.approx(loss)
    # bins: .6, .6 (two right of two: 1 against .6), .7 (wrong), .8 (right)
    assert scores["calibration_error"][0] == pytest.approx((2 * 0.4 + 0.7 + 0.2) / 4)


def test_weights_count_pictures() -> None:
    weights = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 2.0, 1.0]])
    scores = emotion_metrics(weights, TRUTH, PREDICTED, NAMES)
    np.testing.assert_allclose(scores["accuracy"], [0.75, 1 / 3])
    np.testing.assert_allclose(scores["balanced_accuracy"], [5 / 6, 0.5])


def test_a_lost_picture_is_wrong_and_leaves_probabilities_unscored() -> None:
    lost = PREDICTED.copy()
    lost[0, 0] = np.nan
    scores = emotion_metrics(ONCE, TRUTH, lost, NAMES)
    assert scores["accuracy"][0] == 0.5
    assert scores["recall_joy"][0] == pytest.approx(1 / 3)
    assert "log_loss" not in scores
    assert confusion(ONCE, TRUTH, lost[0])[0].tolist() == [[1, 1, 1], [0, 1, 0]]


def test_a_category_that_does_not_occur_leaves_the_mean_recall_alone() -> None:
    three = np.concatenate([PREDICTED, np.zeros((1, 4, 1))], axis=2)
    scores = emotion_metrics(ONCE, TRUTH, three, (*NAMES, "anger"))
    assert scores["balanced_accuracy"][0] == pytest.approx(5 / 6)
    assert np.isnan(scores["recall_anger"][0])


def test_repeats_are_averaged() -> None:
    both = np.concatenate([PREDICTED, 1 - PREDICTED])
    assert emotion_metrics(ONCE, TRUTH, both, NAMES)["accuracy"][0] == 0.5


def test_calibration_counts_by_probability() -> None:
    n, right, sure = calibration_sums(ONCE, TRUTH, PREDICTED[0])
    assert n[0].tolist() == [0, 0, 0, 0, 0, 0, 2, 1, 1, 0]
    assert right[0].tolist() == [0, 0, 0, 0, 0, 0, 2, 0, 1, 0]
    np.testing.assert_allclose(sure[0][[6, 7, 8]], [1.2, 0.7, 0.8])


def test_the_balanced_view_divides_by_how_common_categories_are() -> None:
    seen = balanced_view(np.array([[0.8, 0.2]]), np.array([[0.8, 0.2]]))
    np.testing.assert_allclose(seen, [[0.5, 0.5]])
