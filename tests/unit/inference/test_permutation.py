"""Maps of two groups are compared at every place, and chance is held to its level over the whole map."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from modular_faces.inference.permutation import comparable, map_test

FEW, MANY = 199, 2000


def band(runs: int, level: float = 0.05) -> tuple[float, float]:
    """Numbers of false alarms that 99 % of honest tests give."""
    low, high = stats.binom.ppf([0.005, 0.995], runs, level)
    return float(low), float(high)


def test_the_statistic_is_the_difference_over_its_standard_error() -> None:
    values = np.array([[1.0, 5, 7], [3, 5, 7], [5, 6, 7], [7, 6, 7]])
    result = map_test(
        values, np.array([True, True, False, False]), strata=None, permutations=9, seed=0
    )
    # First place: means 2 and 6; squares about the means 2 and 2, over 2 * 2 each, times 4 / (4 - 2).
    assert result.difference == pytest.approx([-4, -1, 0])
    assert result.statistic[0] == pytest.approx(-4 / np.sqrt(2), rel=1e-5)
    assert result.effect[0] == pytest.approx(-4 / np.sqrt(2), rel=1e-5)
    assert result.statistic[1] < -200  # no spread within the groups
    assert np.isnan(result.effect[1])
    assert (result.statistic[2], result.effect[2], result.p_values[2]) == (0, 0, 1)
    assert (result.n_members, result.n_others, result.n_strata) == (2, 2, 1)


def test_p_values_agree_with_counting_every_arrangement() -> None:
    values = np.random.default_rng(5).normal(size=(7, 3)) * [1, 5, 100]
    members = np.arange(7) < 3

    def largest(chosen: tuple[int, ...]) -> float:
        inside = np.isin(np.arange(7), chosen)
        a, b = values[inside], values[~inside]
        error = np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b))
        return float(np.abs((a.mean(axis=0) - b.mean(axis=0)) / error).max())

    everything = np.array([largest(chosen) for chosen in combinations(range(7), 3)])
    exact = float(np.mean(everything >= largest((0, 1, 2)) - 1e-9))
    result = map_test(values, members, strata=None, permutations=4000, seed=1)
    assert result.p_value == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 4000))
    assert result.place == int(np.abs(result.statistic).argmax())


def test_within_strata_the_difference_is_that_of_a_linear_model_with_strata() -> None:
    random = np.random.default_rng(2)
    values, members = random.normal(size=(60, 4)), random.random(60) < 0.3
    strata = random.integers(0, 3, 60)
    design = np.column_stack([members, *(strata == k for k in range(3))]).astype(float)
    slopes = np.linalg.lstsq(design, values, rcond=None)[0]
    residuals = values - design @ slopes
    bread = np.linalg.inv(design.T @ design)
    result = map_test(values, members, strata=strata, permutations=9, seed=0)
    for place in range(4):
        meat = (design.T * residuals[:, place] ** 2) @ design
        error = np.sqrt((bread @ meat @ bread)[0, 0] * 60 / (60 - 4))
        assert result.difference[place] == pytest.approx(slopes[0, place], abs=1e-5)
        assert result.statistic[place] == pytest.approx(slopes[0, place] / error, abs=1e-5)


def test_pairs_give_the_paired_test() -> None:
    random = np.random.default_rng(3)
    first, second = random.normal(size=(2, 30, 1)) + np.array([[[0.5]], [[0.0]]])
    result = map_test(
        np.concatenate([first, second]),
        np.arange(60) < 30,
        strata=np.tile(np.arange(30), 2),
        permutations=MANY,
        seed=0,
    )
    differences = (first - second)[:, 0]
    assert result.difference[0] == pytest.approx(differences.mean(), abs=1e-6)
    paired = stats.ttest_rel(first[:, 0], second[:, 0])
    assert result.statistic[0] == pytest.approx(paired.statistic, abs=1e-4)
    exact = stats.permutation_test(
        (first[:, 0], second[:, 0]),
        lambda a, b: np.mean(a - b) / np.std(a - b),
        permutation_type="samples",
        n_resamples=5000,
        rng=np.random.default_rng(0),
    )
    assert result.p_value == pytest.approx(exact.pvalue, abs=0.03)


def test_a_planted_place_is_found_among_places_of_any_variance() -> None:
    random = np.random.default_rng(4)
    scales = np.geomspace(0.01, 1000, 400)
    values = random.normal(size=(120, 400)) * scales
    members = np.arange(120) < 50
    values[members, 37] += 1.3 * scales[37]
    result = map_test(values, members, strata=None, permutations=MANY, seed=0)
    assert result.place == 37
    assert result.p_value < 0.001
    assert np.flatnonzero(result.p_values < 0.05).tolist() == [37]
    assert result.effect[37] == pytest.approx(1.3, abs=0.45)
    assert (
        abs(result.statistic[37]) > result.threshold > np.abs(np.delete(result.statistic, 37)).max()
    )


def test_strata_take_a_planted_confounder_away() -> None:
    random = np.random.default_rng(6)
    strata = random.integers(0, 2, 200)
    members = random.random(200) < np.where(strata == 1, 0.8, 0.2)
    values = random.normal(size=(200, 50)) + 3.0 * strata[:, None]
    assert map_test(values, members, strata=None, permutations=FEW, seed=0).p_value == 1 / 200
    within = map_test(values, members, strata=strata, permutations=FEW, seed=0)
    assert within.p_value > 0.05
    assert within.n_strata == 2


@pytest.mark.parametrize("with_strata", [False, True])
def test_chance_is_called_a_difference_as_often_as_stated(with_strata: bool) -> None:
    low, high = band(200)
    rejected = 0
    for seed in range(200):
        random = np.random.default_rng(1000 + seed)
        values = random.normal(size=(40, 30)) * np.geomspace(0.1, 10, 30)
        strata = random.integers(0, 3, 40) if with_strata else None
        values += 0 if strata is None else 5 * strata[:, None]
        members = random.permutation(40) < 15
        rejected += (
            map_test(values, members, strata=strata, permutations=FEW, seed=seed).p_value <= 0.05
        )
    assert low <= rejected <= high


def test_groups_of_equal_mean_and_unequal_variance_are_not_called_different() -> None:
    members = np.arange(400) < 80
    rejected = 0
    for seed in range(100):
        values = np.random.default_rng(seed).normal(size=(400, 5))
        values[members] *= 4
        result = map_test(values, members, strata=None, permutations=FEW, seed=0)
        rejected += result.p_value <= 0.05
    assert rejected <= band(100)[1]


def test_the_same_seed_gives_the_same_numbers() -> None:
    values = np.random.default_rng(0).integers(0, 256, (50, 9), np.uint8)
    members = np.arange(50) % 3 == 0
    first = map_test(values, members, strata=None, permutations=300, seed=7)
    second = map_test(values, members, strata=None, permutations=300, seed=7)
    assert first.p_values.tolist() == second.p_values.tolist()
    assert first.threshold == second.threshold
    assert first.permutations == 300


def test_strata_without_one_of_the_groups_are_left_out() -> None:
    members = np.array([True, False, True, True, False])
    strata = np.array([4, 4, 4, 9, 2])
    assert comparable(members, strata).tolist() == [True, True, True, False, False]
    values = np.array([[1.0], [2], [4], [100], [100]])
    result = map_test(values, members, strata=strata, permutations=9, seed=0)
    assert (result.n_members, result.n_others, result.n_strata) == (2, 1, 1)
    assert result.difference == pytest.approx([0.5])


def test_what_cannot_be_compared_is_refused() -> None:
    values = np.ones((4, 1))
    with pytest.raises(ValueError, match="no stratum has both members and others"):
        map_test(values, np.ones(4, bool), strata=None, permutations=9, seed=0)
    with pytest.raises(ValueError, match="2 pictures in 1 strata are too few"):
        map_test(values[:2], np.array([True, False]), strata=None, permutations=9, seed=0)


def test_effects_are_cohens_d_freely_and_within_pairs() -> None:
    """Members 0, 2, 4 and others 1, 1, 1: d by hand; many pairs that have nothing in common: as without pairs."""
    values = np.array([0.0, 2, 4, 1, 1, 1])[:, None]
    members = np.arange(6) < 3
    free = map_test(values, members, strata=None, permutations=9, seed=1)
    assert free.effect[0] == pytest.approx(1 / np.sqrt((8 + 0) / 4), rel=1e-4)
    n = 4000
    noise = np.random.default_rng(3).normal(size=(n, 1))
    noise[: n // 2] += 0.8
    paired = np.tile(np.arange(n // 2), 2)
    found = map_test(noise, np.arange(n) < n // 2, strata=paired, permutations=9, seed=1)
    assert found.effect[0] == pytest.approx(0.8, abs=0.08)
