"""Pairs have one label and nearly one brightness, and no picture is in two."""

import numpy as np

from modular_faces.failures.pairs import CALIPER, match_pairs


def test_the_nearest_free_success_of_the_same_label_is_taken() -> None:
    failed = np.array([True, False, False, True, False])
    brightness = np.array([100.0, 101, 100, 150, 151])
    assert match_pairs(failed, brightness, None, seed=0).tolist() == [[0, 2], [3, 4]]
    labels = ["a", "a", "b", "b", "a"]
    assert match_pairs(failed, brightness, labels, seed=0).tolist() == [[0, 1]]


def test_failures_without_a_partner_are_left_out() -> None:
    failed = np.array([True, True, False, False])
    assert match_pairs(failed, np.array([0.0, 0, 200, 210]), None, seed=0).shape == (0, 2)
    assert len(match_pairs(failed, np.full(4, 7.0), None, seed=0)) == 2


def test_brightness_no_longer_differs_between_the_groups() -> None:
    random = np.random.default_rng(0)
    failed = np.arange(600) < 200
    brightness = random.normal(np.where(failed, 90, 120), 25)
    labels = random.integers(0, 3, 600).tolist()
    pairs = match_pairs(failed, brightness, labels, seed=1)
    assert len(pairs) > 120
    assert len(np.unique(pairs)) == 2 * len(pairs)
    assert failed[pairs[:, 0]].all()
    assert not failed[pairs[:, 1]].any()
    difference = np.diff(brightness[pairs], axis=1)
    assert np.abs(difference).max() <= CALIPER * brightness.std()
    assert abs(difference.mean()) < 3 < abs(brightness[failed].mean() - brightness[~failed].mean())
    assert all(labels[one] == labels[other] for one, other in pairs)
    assert pairs.tolist() == match_pairs(failed, brightness, labels, seed=1).tolist()
