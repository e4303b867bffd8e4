"""Intervals against published numbers, and against brute force."""

import numpy as np
import pytest

from modular_faces.inference.intervals import (
    NO_INTERVAL,
    effective_size,
    independent_difference,
    median_difference,
    normal_quantile,
    paired_difference,
    weighted_median,
    weighted_share,
    wilson,
)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_numbers_of_newcombe_1998(
    count: int, n: int, low: float, high: float
) -> None:
    found = wilson(count, n, confidence=0.95)
    assert found.estimate == count / n
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_of_all_mirrors_wilson_of_none() -> None:
    none, every = wilson(0, 20, confidence=0.95), wilson(20, 20, confidence=0.95)
    assert every.high == 1.0
    assert every.low == pytest.approx(1 - none.high)


def test_no_pictures_have_no_interval() -> None:
    assert np.isnan(wilson(0, 0, confidence=0.95)).all()
    assert np.isnan(paired_difference(0, 0, 0, 0, confidence=0.95)).all()
    assert np.isnan(weighted_share(np.zeros(0, bool), np.zeros(0), confidence=0.95)).all()
    assert median_difference([], [1.0], draws=10, seed=1, confidence=0.95) is NO_INTERVAL


def test_impossible_shares_and_confidences_are_refused() -> None:
    with pytest.raises(ValueError, match="5 of 4: a share needs a count"):
        wilson(5, 4, confidence=0.95)
    with pytest.raises(ValueError, match="confidence is 95; give a number between 0 and 1"):
        normal_quantile(95)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((1, 1, 7, 12), -0.507, -0.026),
        ((20, 12, 2, 16), 0.0562, 0.3292),
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((54, 0, 0, 0), -0.0664, 0.0664),
    ],
)
def test_paired_difference_gives_published_numbers(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    """The first from Fagerland and others (2014, airway reactivity), the others from Newcombe (1998)."""
    found = paired_difference(*table, confidence=0.95)
    assert found.estimate == (table[1] - table[2]) / sum(table)
    assert found.low == pytest.approx(low, abs=5e-4)
    assert found.high == pytest.approx(high, abs=5e-4)


def test_independent_difference_gives_the_numbers_of_newcombe_1998() -> None:
    found = independent_difference(wilson(56, 70, confidence=0.95), wilson(48, 80, confidence=0.95))
    assert [round(value, 4) for value in found] == [0.2, 0.0524, 0.3339]


def test_effective_size_counts_equal_weights_fully() -> None:
    assert effective_size(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_size([1, 1, 2]) == pytest.approx(16 / 6)
    assert effective_size([]) == 0


def test_weighted_share_is_wilson_at_the_effective_size() -> None:
    cases, weights = np.array([True, True, False]), np.array([1.0, 1.0, 2.0])
    assert weighted_share(cases, weights, confidence=0.95) == wilson(8 / 6, 16 / 6, confidence=0.95)
    equal = weighted_share(cases, np.full(3, 5.0), confidence=0.95)
    assert equal == pytest.approx(wilson(2, 3, confidence=0.95))


def test_weighted_median_counts_a_weight_as_repetition() -> None:
    assert weighted_median([3.0, 1.0, 2.0], None) == 2
    assert weighted_median([3.0, 1.0, 2.0], [5, 1, 1]) == 3
    assert weighted_median([1.0, 2.0, 3.0], [1, 1, 2]) == np.median([1, 2, 3, 3])
    assert weighted_median([4.0, 1.0], [0.5, 0.5]) == 2.5


@pytest.mark.parametrize("sizes", [(31, 40), (30, 41)])
def test_bootstrap_of_medians_agrees_with_drawing_the_samples(sizes: tuple[int, int]) -> None:
    generator = np.random.default_rng(4)
    one, two = generator.normal(1, 1, sizes[0]), generator.normal(0, 1, sizes[1])
    drawn = [
        np.median(generator.choice(one, one.size)) - np.median(generator.choice(two, two.size))
        for _ in range(8000)
    ]
    found = median_difference(one, two, draws=8000, seed=1, confidence=0.8)
    assert found.estimate == np.median(one) - np.median(two)
    assert found[1:] == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=0.05)


def test_weights_that_differ_are_drawn_with_their_values() -> None:
    values, weights = np.array([0.0, 0.0, 0.0, 10.0]), np.array([1.0, 1.0, 1.0, 9.0])
    found = median_difference(
        values,
        np.zeros(4),
        draws=500,
        seed=1,
        confidence=0.5,
        first_weights=weights,
        second_weights=np.ones(4),
    )
    assert found == (10.0, 0.0, 10.0)


def test_the_seed_decides() -> None:
    values = np.arange(50.0)
    one, same, other = (
        median_difference(values, values + 3, draws=200, seed=seed, confidence=0.95)
        for seed in (1, 1, 2)
    )
    assert one == same != other
