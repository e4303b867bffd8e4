"""Signs that go along with failing, each beyond those before it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from modular_faces.failures.associations import choosing_half, extreme_cut, find_associations
from modular_faces.failures.strata import strata_by, van_elteren

N = 400
FAILED = np.arange(N) < N // 2


def found(signs: dict[str, np.ndarray], failed: np.ndarray = FAILED) -> list[str]:
    made = find_associations(signs, failed, confidence=0.95, least=0.2, seed=1)
    return [one.sign for one in made]


def test_one_stratum_is_the_mann_whitney_test() -> None:
    generator = np.random.default_rng(1)
    values = np.concatenate([generator.normal(0.5, 1, 40), generator.normal(0, 1, 60)]).round(1)
    group = np.arange(100) < 40
    made = van_elteren(values, group, np.zeros(100, dtype=np.intp))
    other = stats.mannwhitneyu(
        values[group], values[~group], method="asymptotic", use_continuity=False
    )
    assert made.p == pytest.approx(other.pvalue)
    assert made.delta == pytest.approx(2 * other.statistic / (40 * 60) - 1)


def test_strata_with_one_group_say_nothing() -> None:
    values = np.array([1.0, 2, 3, 4])
    group = np.array([True, True, False, False])
    made = van_elteren(values, group, np.array([0, 0, 1, 1]))
    assert np.isnan(made.delta)
    assert made.p == 1


def test_a_difference_between_strata_is_no_difference_within() -> None:
    """Simpson: the group lies mostly in the stratum with larger values, and is the smaller one within each."""
    values = np.array([1.0, 2, 3, 4, 11, 12, 12.5, 13])
    group = np.array([True, False, False, False, True, True, True, False])
    strata = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    assert van_elteren(values, group, np.zeros(8, dtype=np.intp)).delta > 0
    assert van_elteren(values, group, strata).delta < 0


def test_strata_cut_where_the_groups_part() -> None:
    sign = np.where(FAILED, -1.0, 1.0) + np.linspace(0, 0.5, N)
    strata = strata_by(sign[:, None], FAILED, seed=1)
    assert len({(int(s), bool(f)) for s, f in zip(strata, FAILED, strict=True)}) == len(set(strata))
    assert set(strata_by(np.empty((N, 0)), FAILED, seed=1).tolist()) == {0}


def test_a_sign_is_found_with_its_direction_and_share() -> None:
    generator = np.random.default_rng(2)
    values = generator.normal(size=N)
    values[:100] -= 10
    (one,) = find_associations({"dim": values}, FAILED, confidence=0.95, least=0.2, seed=1)
    assert not one.high
    assert one.excess.low < 0.475 < one.excess.high
    assert one.shown_by(values)[:100].all()
    assert one.shown_by(values)[200:].mean() == pytest.approx(0.05, abs=0.02)
    assert not one.shown_by(np.array([np.nan]))[0]


def test_what_goes_along_with_a_found_sign_is_not_found() -> None:
    generator = np.random.default_rng(3)
    cause = np.where(FAILED, -2.0, 2.0) + generator.normal(size=N) * 0.3
    decoy = cause + generator.normal(size=N) * 3
    assert found({"decoy": decoy, "cause": cause}) == ["cause"]


def test_two_signs_are_found_when_each_explains_other_failures() -> None:
    generator = np.random.default_rng(4)
    one, other = generator.normal(size=N), generator.normal(size=N)
    one[:120] += 8
    other[120:200] += 8
    assert found({"one": one, "other": other}) == ["one", "other"]


def test_a_weak_sign_is_not_made_to_look_stronger() -> None:
    """Of twelve signs of one strength the one that stands out is chosen; what is told of it is not what chose it."""
    told = []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        signs = {str(k): generator.normal(size=N) + 0.45 * FAILED for k in range(12)}
        made = find_associations(signs, FAILED, confidence=0.95, least=0.2, seed=seed)
        told += [one.delta.estimate for one in made[:1]]
    assert len(told) >= 20
    true = 2 * stats.norm.cdf(0.45 / np.sqrt(2)) - 1
    assert np.mean(told) - true < 0.07


def test_halves_share_no_picture_and_both_kinds() -> None:
    half = choosing_half(np.arange(25) < 11, seed=3)
    assert half[:11].sum() == 5
    assert half[11:].sum() == 7
    assert (half == choosing_half(np.arange(25) < 11, seed=3)).all()


def test_what_the_second_half_does_not_show_is_not_named() -> None:
    half = choosing_half(FAILED, seed=1)
    values = np.random.default_rng(6).normal(size=N)
    values[half & FAILED] += 5
    assert found({"only in one half": values}) == []


def test_chance_finds_nothing_more_often_than_one_in_twenty() -> None:
    hits = 0
    for seed in range(60):
        generator = np.random.default_rng(seed)
        signs = {str(k): generator.normal(size=60) for k in range(12)}
        hits += bool(found(signs, np.arange(60) < 30))
    assert hits <= 8


def test_a_sign_that_is_known_for_some_only_is_tested_on_them() -> None:
    values = np.where(FAILED, 5.0, 0.0) + np.random.default_rng(5).normal(size=N)
    values[::2] = np.nan
    (one,) = find_associations({"yaw": values}, FAILED, confidence=0.95, least=0.2, seed=1)
    assert (one.n_failures, one.n_successes) == (53, 43)


def test_signs_without_variation_or_values_are_passed_over() -> None:
    assert found({"same": np.ones(N), "unknown": np.full(N, np.nan)}) == []


def test_yes_and_no_are_cut_between() -> None:
    assert extreme_cut(np.array([0.0, 1, 0, 1]), high=True) == 0.5
    assert extreme_cut(np.zeros(4), high=True) == 0.5
    assert extreme_cut(np.arange(101.0), high=True) == pytest.approx(95)
    assert extreme_cut(np.arange(101.0), high=False) == pytest.approx(5)


def test_a_most_extreme_value_that_many_successes_share_is_extreme() -> None:
    halves = np.array([0.25] * 6 + [0.75 + k / 100 for k in range(24)])
    assert extreme_cut(halves, high=False) == pytest.approx(0.5)
    assert extreme_cut(-halves, high=True) == pytest.approx(-0.5)
    assert extreme_cut(np.full(5, 3.0), high=True) == 3
