"""The model of failures: planted truth, chance, and missing values that must tell nothing."""

from __future__ import annotations

from typing import Any

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
from modular_faces.failures.gaps import lent_together, without_gaps

N = 400


def noise(seed: int, names: str = "abcd") -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(N, len(names)))
    return pd.DataFrame(values, columns=list(names))


def fitted(features: pd.DataFrame, failed: np.ndarray) -> FailureModelFit:
    return fit_failure_model(
        features,
        failed,
        np.ones(len(failed)),
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


def test_the_interval_of_what_is_parted_wholly_or_not_at_all() -> None:
    cases = np.arange(40) < 20
    options: dict[str, Any] = {"draws": 200, "confidence": 0.95, "seed": 1}
    parted = auc_interval(cases.astype(float), cases, np.ones(40), **options)
    assert tuple(parted) == (1, 1, 1)
    alike = auc_interval(np.zeros(40), cases, np.ones(40), **options)
    assert tuple(alike) == (0.5, 0.5, 0.5)
    some = auc_interval((np.arange(40) % 7).astype(np.float64), cases, np.ones(40), **options)
    assert some.low < some.estimate < some.high


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


def test_who_borrows_stays_with_the_lender_and_its_other_debtors() -> None:
    together = lent_together(np.array([0, 1, 1, 1, 4]))
    assert together[1] == together[2] == together[3]
    assert len(set(together.tolist())) == 3
