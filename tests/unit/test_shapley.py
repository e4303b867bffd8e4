"""Shapley values: shares of a game that is solved by hand."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest

from modular_faces.modular.shapley import shapley_values

PLAYERS = ["color", "shape", "noise"]


def game(values: dict[frozenset[str], float]) -> dict[tuple[str, ...], np.ndarray]:
    every = chain.from_iterable(combinations(PLAYERS, size) for size in range(4))
    return {one: np.array([values[frozenset(one)]]) for one in every}


def test_two_that_say_the_same_share_it_and_noise_does_harm() -> None:
    worth = {
        frozenset(one): (0.6 if {"color", "shape"} & set(one) else 0.0) - 0.1 * ("noise" in one)
        for one in chain.from_iterable(combinations(PLAYERS, size) for size in range(4))
    }
    shares = {name: value[0] for name, value in shapley_values(game(worth), PLAYERS).items()}
    assert shares == pytest.approx({"color": 0.3, "shape": 0.3, "noise": -0.1})


def test_shares_add_to_the_whole_in_every_draw() -> None:
    rng = np.random.default_rng(0)
    every = chain.from_iterable(combinations(PLAYERS, size) for size in range(4))
    worth = {one: rng.normal(size=5) for one in every}
    shares = shapley_values(worth, PLAYERS)
    np.testing.assert_allclose(sum(shares.values()), worth[("color", "shape", "noise")] - worth[()])
