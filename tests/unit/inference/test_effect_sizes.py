"""Cliff's delta and its interval against all pairs, and at the limits."""

import numpy as np
import pytest
from scipy import stats

from modular_faces.inference.effect_sizes import cliffs_delta, cramers_v, mann_whitney

FIRST = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50]
SECOND = [10, 20, 30, 40, 40, 50]


def test_delta_and_its_limits_by_hand() -> None:
    """15 of 60 pairs more are lower than higher; variance and limits follow Cliff's formulas on all pairs."""
    found = cliffs_delta(FIRST, SECOND, confidence=0.95)
    signs = np.sign(np.subtract.outer(FIRST, SECOND)).astype(float)
    assert signs.sum() == -15
    assert found.estimate == pytest.approx(-0.25)
    rows, columns = signs.mean(axis=1), signs.mean(axis=0)
    variance = (
        36 * ((rows + 0.25) ** 2).sum()
        + 100 * ((columns + 0.25) ** 2).sum()
        - ((signs + 0.25) ** 2).sum()
    ) / (60 * 9 * 5)
    z = 1.959964
    reach = z * variance**0.5 * ((1 - 0.0625) ** 2 + z**2 * variance) ** 0.5
    scale = 1 - 0.0625 + z**2 * variance
    middle = -0.25 + 0.25**3
    assert found.low == pytest.approx((middle - reach) / scale, abs=1e-5)
    assert found.high == pytest.approx((middle + reach) / scale, abs=1e-5)


def test_exchanging_the_groups_changes_the_sign() -> None:
    one = cliffs_delta(FIRST, SECOND, confidence=0.9)
    other = cliffs_delta(SECOND, FIRST, confidence=0.9)
    assert one == pytest.approx((-other.estimate, -other.high, -other.low))


def test_groups_that_do_not_overlap_keep_an_interval() -> None:
    found = cliffs_delta(np.arange(20) + 100, np.arange(30), confidence=0.95)
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx((20 - 3.8415) / (20 + 3.8415), abs=1e-4)
    assert cliffs_delta([1.0], [2.0], confidence=0.95).low == -1


def test_interval_covers_the_true_delta_of_two_normals() -> None:
    """P(X > Y) - P(X < Y) for means 0.5 apart and unit variances is 0.2763."""
    inside = 0
    for seed in range(200):
        generator = np.random.default_rng(seed)
        found = cliffs_delta(
            generator.normal(0.5, 1, 40), generator.normal(0, 1, 60), confidence=0.95
        )
        inside += found.low <= 0.2763 <= found.high
    assert 182 <= inside <= 199


def test_values_that_are_all_the_same_differ_by_nothing() -> None:
    found = mann_whitney([5.0] * 10, [5.0] * 12, confidence=0.95)
    assert found.p == 1.0
    assert found.delta.estimate == 0


def test_mann_whitney_is_exact_for_few_values() -> None:
    """All of 3 above all of 4: 2 of the 35 orders are as far apart."""
    found = mann_whitney([8, 9, 10], [1, 2, 3, 4], confidence=0.95)
    assert found.p == pytest.approx(2 / 35)
    assert found.delta.estimate == 1


def test_an_empty_group_has_no_difference() -> None:
    found = mann_whitney([], [1.0], confidence=0.95)
    assert np.isnan(found.p)
    assert np.isnan(found.delta).all()


def test_cramers_v_by_hand() -> None:
    """Chi-squared is 20 of 80: V of 0.5, less what chance adds: sqrt((1/4 - 1/79) / (1 - 1/79))."""
    strength = cramers_v(np.array([[30, 10], [10, 30]]), confidence=0.95)
    assert strength.estimate == pytest.approx(np.sqrt((0.25 - 1 / 79) / (1 - 1 / 79)))
    low, high = (80 * limit**2 for limit in (strength.low, strength.high))
    assert stats.ncx2.cdf(20, 1, low) == pytest.approx(0.975)
    assert stats.ncx2.cdf(20, 1, high) == pytest.approx(0.025)


def test_cramers_v_of_nothing_and_of_all() -> None:
    nothing = cramers_v(np.array([[20, 20], [20, 20]]), confidence=0.95)
    assert nothing.estimate == nothing.low == 0
    assert 0.2 < nothing.high < 0.4
    everything = cramers_v(np.array([[40, 0], [0, 40]]), confidence=0.95)
    assert everything.estimate == everything.high == 1
    assert everything.low > 0.7


def test_intervals_of_cramers_v_hold_the_truth() -> None:
    """182 of 200 samples or more, as 99 of 100 such simulations have at 95 %."""
    generator = np.random.default_rng(5)
    sizes, rates = np.array([60, 100, 80]), np.array([0.1, 0.2, 0.3])
    mean = float((sizes * rates).sum() / sizes.sum())
    truth = np.sqrt((sizes * (rates - mean) ** 2).sum() / sizes.sum() / (mean * (1 - mean)))
    held = 0
    for _ in range(200):
        cases = generator.binomial(sizes, rates)
        found = cramers_v(np.c_[cases, sizes - cases], confidence=0.95)
        held += found.low <= truth <= found.high
    assert held >= 182
