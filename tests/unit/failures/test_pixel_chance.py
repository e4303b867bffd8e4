"""Failures drawn at random are called different as often as stated, in every test of pixels."""

from pixel_chance import p_values_of_chance
from scipy import stats

RUNS = 30


def test_random_failures_are_not_called_different() -> None:
    runs = [
        p_values_of_chance(seed, pictures=140, failures=40, permutations=99) for seed in range(RUNS)
    ]
    rejected = {name: sum(run[name] <= 0.05 for run in runs) for name in runs[0]}
    assert len(rejected) == 2 * 13 + 10
    assert max(rejected.values()) <= stats.binom.ppf(0.995, RUNS, 0.05), rejected
    assert sum(rejected.values()) < 0.08 * RUNS * len(rejected)
