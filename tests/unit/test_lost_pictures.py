"""Lost pictures are counted: by a fallback, as wrong, and by weights that bring the known mean back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from modular_faces.modular.folds import Fold
from modular_faces.modular.lost_pictures import (
    extremes,
    fallback_predictions,
    found_weights,
    remaining_modules,
)
from modular_faces.modular.resampling import draw_weights
from modular_faces.modular.tasks import EmotionTask, rating_tasks
from planted import data_of, fit_options, modules_of, plain_pipeline


def test_what_lost_pictures_still_have() -> None:
    color = np.arange(12.0).reshape(4, 3)
    color[2:, 1] = np.nan
    pose = np.array([[1.0], [2.0], [np.nan], [np.nan]])
    lost = np.array([False, False, True, True])
    remaining = remaining_modules(
        modules_of({"color": color, "pose": pose}), ["color", "pose"], lost
    )
    assert list(remaining) == ["color"]
    assert remaining["color"].columns == ("color_0", "color_2")
    assert remaining_modules(modules_of({"color": color}), ["color"], np.zeros(4, bool)) == {}


def test_the_fallback_predicts_lost_pictures_from_what_they_have() -> None:
    rng = np.random.default_rng(0)
    color, pose = rng.normal(size=(200, 2)), rng.normal(size=(200, 1))
    rating = color[:, 0] + 0.1 * rng.normal(size=200)
    lost = np.arange(200) >= 190
    pose[lost] = np.nan
    color[199] = np.nan
    data = data_of({"color": color, "pose": pose}, ratings={"warm": rating})
    (task,), _ = rating_tasks(data.ratings, data.cluster, fit_options())
    fold = Fold(0, 0, np.arange(150), np.arange(150, 200))
    baseline = np.full((1, 200, 1), 0.5, np.float32)
    predicted = fallback_predictions(
        data.modules,
        ("color", "pose"),
        task,
        [fold],
        lost,
        baseline=baseline,
        pipeline=plain_pipeline,
        components=5,
    )
    assert (predicted[0, :190] == 0.5).all()
    assert np.abs(predicted[0, 190:199, 0] - rating[190:199]).max() < 0.5
    assert predicted[0, 199, 0] == 0.5


def weights_of(
    n: int, *, chance: np.ndarray, light: np.ndarray, draws: int = 20
) -> tuple[np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng(1)
    found = rng.random(n) < chance
    fold = Fold(0, 0, np.arange(n // 2), np.arange(n // 2, n))
    weights = found_weights(
        np.column_stack([light, rng.normal(size=n)]).astype(np.float32),
        found,
        None,
        [fold],
        draw_weights(np.arange(n), draws=draws, seed=0),
        quantile=1.0,
        strength=1e-4,
    )
    tested = np.zeros(n, bool)
    tested[fold.test] = True
    return weights.weights[:, tested & found], tested & found, weights.effective


def test_weights_bring_back_the_mean_that_losses_hid() -> None:
    rng = np.random.default_rng(2)
    light = rng.normal(size=8000)
    outcome = light + 0.1 * rng.normal(size=8000)
    weights, used, effective = weights_of(8000, chance=1 / (1 + np.exp(-0.5 - light)), light=light)
    truth = outcome[4000:].mean()
    plain = outcome[used].mean()
    weighted = weights @ outcome[used] / weights.sum(axis=1)
    assert plain > truth + 0.2
    assert weighted[0] == pytest.approx(truth, abs=0.06)
    assert 0.3 * used.sum() < effective < 0.95 * used.sum()
    assert np.std(weighted[1:]) > 0


def test_losses_by_chance_alone_weigh_nearly_alike() -> None:
    light = np.random.default_rng(3).normal(size=4000)
    weights, used, effective = weights_of(4000, chance=np.full(4000, 0.8), light=light)
    assert effective > 0.98 * used.sum()
    np.testing.assert_allclose(weights[0].mean(), 1 / 0.8, rtol=0.03)


def test_the_worst_and_the_best_of_a_category_and_of_a_rating() -> None:
    ratings = {"warm": np.array([0.0, 4.0, 10.0, np.nan])}
    (task,), _ = rating_tasks(ratings, np.arange(4), fit_options())
    worst, best = extremes(task)
    assert worst[:3, 0].tolist() == [10.0, 10.0, 0.0]
    assert best[:3, 0].tolist() == [0.0, 4.0, 10.0]
    emotion = EmotionTask(("a", "b"), np.array([1, 0, -1]), np.arange(3), fit_options())
    worst, best = extremes(emotion)
    assert np.isnan(worst).all()
    assert best[:2].tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_test_pictures_do_not_change_what_the_chance_is_learnt_from() -> None:
    rng = np.random.default_rng(5)
    light = rng.normal(size=(400, 2)).astype(np.float32)
    found = rng.random(400) < 0.7
    fold = Fold(0, 0, np.arange(200), np.arange(200, 400))
    changed = light.copy()
    changed[300:] = 1e3
    ours, theirs = (
        found_weights(
            one,
            found,
            None,
            [fold],
            np.ones((1, 400), np.float32),
            quantile=1.0,
            strength=1e-3,
        ).chance
        for one in (light, changed)
    )
    np.testing.assert_array_equal(ours[200:300], theirs[200:300])


def test_a_picture_that_is_lost_has_no_weight() -> None:
    light = np.random.default_rng(4).normal(size=400)
    weights, used, _ = weights_of(400, chance=np.full(400, 0.5), light=light)
    assert weights.shape[1] == used.sum()
    assert (weights[0] > 0).all()


def test_modules_are_replaced_not_changed() -> None:
    blocks = modules_of({"color": np.ones((3, 2))})
    before = replace(blocks["color"])
    remaining_modules(blocks, ["color"], np.array([True, False, False]))
    assert blocks["color"].columns == before.columns
