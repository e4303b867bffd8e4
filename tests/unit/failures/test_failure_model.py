"""The model of failures: planted truth, chance, and missing values that must tell nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from modular_faces.failures.failure_model import (
    FailureModelFit,
    auc_interval,
    calibration,
    fit_failure_model,
    importance,
    weighted_auc,
)
from modular_faces.failures.gaps import joined_clusters, without_gaps

N = 400


def noise(seed: int, names: str = "abcd") -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(N, len(names)))
    return pd.DataFrame(values, columns=list(names))


def fitted(
    features: pd.DataFrame, failed: np.ndarray, clusters: list[str] | None = None
) -> FailureModelFit:
    return fit_failure_model(
        features,
        failed,
        np.ones(len(failed)),
        clusters or [str(place) for place in range(len(failed))],
        folds=4,
        draws=200,
        confidence=0.95,
        seed=1,
    )


def test_what_decides_comes_first_with_its_direction() -> None:
    features = noise(1)
    failed = (features["c"] < -0.5).to_numpy()
    fit = fitted(features, failed)
    table = importance(fit)
    assert fit.better_than_chance
    assert fit.auc.estimate > 0.95
    assert table["feature"][0] == "c"
    assert table["direction"][0] < -0.7
    assert fit.brier < fit.brier_of_base_rate


def test_chance_is_not_predicted() -> None:
    failed = np.random.default_rng(2).random(N) < 0.3
    fit = fitted(noise(3), failed)
    assert not fit.better_than_chance
    assert abs(fit.auc.estimate - 0.5) < 0.1


def test_values_missing_exactly_on_failures_tell_nothing() -> None:
    features = noise(4)
    failed = np.random.default_rng(5).random(N) < 0.3
    features.loc[failed, ["a", "b", "c", "d"]] = np.nan
    fit = fitted(features, failed)
    assert abs(fit.auc.estimate - 0.5) < 0.1
    assert not fit.better_than_chance


def test_related_values_missing_exactly_on_failures_tell_nothing() -> None:
    """Four columns say the same; drawn apart, those that were missing would not fit the others."""
    generator = np.random.default_rng(4)
    same = generator.normal(size=(N, 1)) + 0.3 * generator.normal(size=(N, 4))
    features = pd.DataFrame(same, columns=list("abcd"))
    failed = np.random.default_rng(5).random(N) < 0.3
    features.loc[failed, ["a", "b"]] = np.nan
    fit = fitted(features, failed)
    assert abs(fit.auc.estimate - 0.5) < 0.1


def test_duplicates_do_not_leak_between_folds() -> None:
    """Every picture ten times, failing at random by picture: a leak would predict it perfectly."""
    generator = np.random.default_rng(6)
    once = generator.normal(size=(N // 10, 4))
    lost = generator.random(N // 10) < 0.4
    features = pd.DataFrame(np.repeat(once, 10, axis=0), columns=list("abcd"))
    clusters = [str(place) for place in np.repeat(np.arange(N // 10), 10)]
    fit = fitted(features, np.repeat(lost, 10), clusters)
    assert fit.auc.estimate < 0.75
    assert fit.auc.low < 0.5
    leaking = fitted(features, np.repeat(lost, 10))
    assert leaking.auc.estimate > 0.95


def test_contributions_add_up_to_the_log_odds_of_unseen_pictures() -> None:
    features = noise(7)
    fit = fitted(features, (features["a"] + features["b"] > 0.5).to_numpy())
    odds = np.log(fit.predicted / (1 - fit.predicted))
    rest = odds - fit.shap.sum(axis=1)
    assert len(np.unique(rest.round(3))) <= 4 * 2


def test_a_column_without_variation_is_left_out() -> None:
    features = noise(8).assign(same=1.0)
    assert fitted(features, (features["a"] > 0).to_numpy()).names == ["a", "b", "c", "d"]


def test_gaps_are_filled_with_values_of_the_column() -> None:
    values = np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, np.nan]])
    filled, _ = without_gaps(values, seed=3)
    assert filled[2, 0] in (1.0, 2.0)
    many = np.append(np.linspace(3, 4, 50), np.nan)[:, None]
    assert 3 <= without_gaps(many, seed=3)[0][-1, 0] <= 4
    assert filled[:, 1].tolist() == [0, 0, 0]
    assert np.isnan(values[2, 0])


def test_auc_by_hand() -> None:
    cases = np.array([True, False, True, False])
    scores = np.array([0.9, 0.8, 0.3, 0.1])
    assert weighted_auc(scores, cases, np.ones(4)) == 0.75
    assert weighted_auc(scores, cases, np.array([1.0, 3, 1, 1])) == pytest.approx(5 / 8)
    assert weighted_auc(np.zeros(4), cases, np.ones(4)) == 0.5
    assert np.isnan(weighted_auc(scores, np.zeros(4, dtype=bool), np.ones(4)))


def test_the_interval_widens_when_pictures_are_copies() -> None:
    generator = np.random.default_rng(9)
    scores, cases = generator.normal(size=60), generator.random(60) < 0.5
    single = [str(place) for place in range(60)]
    copied = [str(place // 6) for place in range(60)]

    def width(clusters: list[str]) -> float:
        one = auc_interval(scores, cases, np.ones(60), clusters, draws=300, confidence=0.95, seed=1)
        return one.high - one.low

    assert width(copied) != width(single)
    both = np.concatenate([scores, scores]), np.concatenate([cases, cases])
    twice = auc_interval(*both, np.ones(120), single * 2, draws=300, confidence=0.95, seed=1)
    assert twice.high - twice.low == pytest.approx(width(single))


def test_calibration_by_hand() -> None:
    predicted = np.array([0.1, 0.1, 0.9, 0.9])
    failed = np.array([False, True, True, True])
    table = calibration(predicted, failed, np.array([3.0, 1, 1, 1]), groups=2)
    assert table["n"].tolist() == [2, 2]
    assert table["observed"].tolist() == [0.25, 1.0]
    assert table["predicted"].tolist() == pytest.approx([0.1, 0.9])


def test_the_same_twice() -> None:
    features = noise(10)
    failed = (features["a"] > 0.3).to_numpy()
    one, other = fitted(features, failed), fitted(features, failed)
    np.testing.assert_array_equal(one.shap, other.shap)
    assert one.auc == other.auc


def test_who_borrows_stays_with_the_lender_and_its_copies() -> None:
    lenders = np.array([0, 1, 2, 1, 4])
    together = joined_clusters(["a", "b", "b", "c", "d"], lenders)
    assert together[1] == together[2] == together[3]
    assert len(set(together.tolist())) == 3
