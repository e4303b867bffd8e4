"""Changes on the same pictures, counted by hand."""

import numpy as np
import pytest

from modular_faces.inference.paired import compare_paired, exact_mcnemar


@pytest.mark.parametrize(
    ("first_only", "second_only", "p"),
    [(7, 1, 18 / 256), (1, 7, 18 / 256), (0, 5, 2 / 32), (3, 3, 1.0), (0, 0, 1.0)],
)
def test_exact_mcnemar_is_the_binomial_test(first_only: int, second_only: int, p: float) -> None:
    assert exact_mcnemar(first_only, second_only, null_share=0.5) == pytest.approx(p)


def test_a_sampled_table_is_tested_against_its_own_null_share() -> None:
    assert exact_mcnemar(9, 1, null_share=0.9) == pytest.approx(1.0)
    assert exact_mcnemar(9, 1, null_share=0.5) < 0.05


def test_pictures_are_counted_both_ways() -> None:
    first = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], bool)
    second = np.array([1, 0, 0, 0, 1, 0, 0, 0, 0, 0], bool)
    found = compare_paired(first, second, weights=np.ones(10), confidence=0.95)
    assert (found.n, found.first_only, found.second_only) == (10, 3, 1)
    assert found.difference.estimate == pytest.approx(0.2)
    assert found.p == pytest.approx(2 * (1 + 4) / 16)


def test_sampled_successes_count_with_their_weight() -> None:
    """4 failures of which 2 are rescued; 3 of 12 successes sampled, 1 of them broken.

    By chance 4 in 5 of the changes seen are rescues.
    """
    first = np.array([1, 1, 1, 1, 0, 0, 0], bool)
    second = np.array([1, 1, 0, 0, 1, 0, 0], bool)
    weights = np.array([1, 1, 1, 1, 4, 4, 4], float)
    found = compare_paired(first, second, weights=weights, confidence=0.95)
    assert (found.first_only, found.second_only) == (2, 1)
    assert found.difference.estimate == pytest.approx((2 - 4) / 16)
    assert found.p == pytest.approx(1 - 0.8**3)


def test_chance_is_called_chance_in_a_sample_too() -> None:
    """Pictures changed at random are significant in no more than a few of 200 samples."""
    rejected = 0
    for seed in range(200):
        generator = np.random.default_rng(seed)
        latent = generator.random((2, 1000)) < 0.2
        first, second = latent
        seen = first | (generator.random(1000) < 0.25)
        weights = np.where(first, 1.0, (~first).sum() / (seen & ~first).sum())[seen]
        comparison = compare_paired(first[seen], second[seen], weights=weights, confidence=0.95)
        rejected += comparison.p < 0.05
    assert rejected <= 18


def test_only_the_weights_of_broken_pictures_set_the_null_share() -> None:
    """30 rescued and 30 broken, none of them sampled, beside 300 unchanged ones that stand for 3,600: no change."""
    first = np.repeat([True, True, False, False, False], [170, 30, 30, 70, 300])
    second = np.repeat([True, False, True, False, False], [170, 30, 30, 70, 300])
    weights = np.repeat([1.0, 1.0, 1.0, 1.0, 12.0], [170, 30, 30, 70, 300])
    found = compare_paired(first, second, weights=weights, confidence=0.95)
    assert found.difference.estimate == pytest.approx(0.0)
    assert found.p == pytest.approx(1.0)


def test_where_nothing_is_broken_the_largest_weight_counts() -> None:
    first = np.repeat([True, False], [10, 3])
    weights = np.append(np.ones(11), [4.0, 4.0])
    found = compare_paired(first, np.zeros(13, bool), weights=weights, confidence=0.95)
    assert found.p == pytest.approx(exact_mcnemar(10, 0, null_share=0.8))
