"""Draws of pictures: duplicates go together, the first row is the data, intervals have their level."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.modular.resampling import (
    band,
    differences,
    draw_apart,
    draw_weights,
    estimate,
)


def test_the_first_row_is_the_data_and_duplicates_are_drawn_together() -> None:
    clusters = np.array([5, 5, 2, 9])
    weights = draw_weights(clusters, draws=50, seed=1)
    assert weights.shape == (51, 4)
    assert weights[0].tolist() == [1, 1, 1, 1]
    np.testing.assert_array_equal(weights[:, 0], weights[:, 1])
    groups = weights[1:, [0, 2, 3]].sum(axis=1)
    assert set(groups.tolist()) == {3.0}


def test_the_same_seed_gives_the_same_draws() -> None:
    one, two, other = (draw_weights(np.arange(9), draws=5, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_an_interval_of_a_mean_is_that_of_theory() -> None:
    values = np.random.default_rng(0).normal(size=400)
    weights = draw_weights(np.arange(400), draws=2000, seed=3)
    found = estimate(weights @ values / weights.sum(axis=1), level=0.95)
    error = values.std() / np.sqrt(400)
    assert found.value == pytest.approx(values.mean(), abs=1e-6)
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.07)


def test_draws_without_a_value_are_passed_over() -> None:
    assert estimate(np.array([0.5, np.nan, 0.4, 0.6]), level=0.5).low == pytest.approx(0.45)
    nothing = estimate(np.array([0.5, np.nan]), level=0.5)
    assert nothing.value == 0.5
    assert np.isnan(nothing.low)


def test_a_band_is_around_the_mean() -> None:
    found = band(np.arange(101.0), level=0.9)
    assert (found.value, found.low, found.high) == pytest.approx((50.0, 5.0, 95.0))


def test_differences_are_taken_draw_by_draw() -> None:
    gap = differences({"r2": np.array([3.0, 2.0]), "r": np.ones(2)}, {"r2": np.array([1.0, 2.0])})
    assert {name: values.tolist() for name, values in gap.items()} == {"r2": [2.0, 0.0]}


def test_tested_pictures_are_drawn_apart_from_all_others() -> None:
    clusters = np.array([0, 0, 1, 2, 3, 3, 4])
    tested = np.array([True, True, True, False, False, False, False])
    counts = draw_apart(clusters, tested, draws=200, seed=0)
    assert (counts[0] == 1).all()
    np.testing.assert_array_equal(counts[:, 0], counts[:, 1])
    np.testing.assert_array_equal(counts[:, 0] + counts[:, 2], 2)
    np.testing.assert_array_equal(counts[:, 3] + counts[:, 4] + counts[:, 6], 3)
