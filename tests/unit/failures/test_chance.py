"""Failures drawn at random are called different as often as stated, in every test that a study writes down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import chance
import pytest
from scipy import stats

RUNS = 40


@pytest.mark.parametrize(
    ("tests", "number"),
    [(chance.rates, 30), (chance.entropy, 8), (chance.groups, 19), (chance.pixel_model, 3)],
    ids=["rates", "entropy", "groups", "pixel model"],
)
def test_random_failures_are_not_called_different(
    tests: Callable[[int], dict[str, float]], number: int
) -> None:
    """`test_pixel_chance` does the same for maps of pixels and edges, `make calibrate` for all with more draws."""
    rejected: Counter[str] = Counter()
    for seed in range(RUNS):
        rejected.update({name: int(p <= 0.05) for name, p in tests(seed).items()})
    assert len(rejected) == number
    assert max(rejected.values()) <= stats.binom.ppf(1 - 0.005 / number, RUNS, 0.05), rejected
    assert rejected.total() < 0.075 * RUNS * number
