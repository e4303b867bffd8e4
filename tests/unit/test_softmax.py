"""Logistic regression with a penalty for each column: the minimum that scikit-learn finds, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from modular_faces.modular.softmax import SoftmaxFit, fit_softmax, softmax

RNG = np.random.default_rng(3)
COLUMNS = RNG.normal(size=(300, 4)) * [1.0, 5.0, 0.2, 1.0]
CLASSES = (COLUMNS @ RNG.normal(size=(4, 3)) + RNG.gumbel(size=(300, 3))).argmax(axis=1)


def fit(
    penalties: np.ndarray,
    weights: np.ndarray | None = None,
    classes: np.ndarray = CLASSES,
    start: SoftmaxFit | None = None,
    iterations: int = 2000,
) -> SoftmaxFit:
    return fit_softmax(
        COLUMNS,
        classes,
        n_classes=3,
        penalties=penalties,
        weights=np.ones(300) if weights is None else weights,
        start=start,
        tolerance=1e-8,
        iterations=iterations,
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_finds_the_minimum_that_scikit_learn_finds(weighted: bool) -> None:
    penalties = np.array([0.1, 0.01, 0.5, 0.02])
    weights = RNG.integers(0, 3, 300).astype(float) if weighted else np.ones(300)
    ours = fit(penalties, weights)
    scaled = COLUMNS / np.sqrt(penalties)
    theirs = LogisticRegression(C=1 / weights.sum(), tol=1e-10, max_iter=5000)
    theirs.fit(scaled, CLASSES, sample_weight=weights)
    expected = theirs.coef_.T / np.sqrt(penalties)[:, None]
    np.testing.assert_allclose(ours.coefficients, expected, atol=2e-4)
    np.testing.assert_allclose(
        softmax(COLUMNS @ ours.coefficients + ours.intercepts),
        theirs.predict_proba(scaled),
        atol=2e-4,
    )


def test_coefficients_of_a_column_add_to_zero() -> None:
    fitted = fit(np.full(4, 0.1))
    np.testing.assert_allclose(fitted.coefficients.sum(axis=1), 0.0, atol=1e-12)
    assert fitted.intercepts.sum() == pytest.approx(0.0, abs=1e-12)


def test_a_start_at_the_minimum_stays_there() -> None:
    first = fit(np.full(4, 0.1))
    again = fit(np.full(4, 0.1), start=first, iterations=1)
    np.testing.assert_allclose(again.coefficients, first.coefficients, atol=1e-6)


def test_a_category_without_pictures_gets_next_to_no_probability() -> None:
    fitted = fit(np.full(4, 0.1), classes=np.where(CLASSES == 2, 0, CLASSES))
    assert softmax(COLUMNS @ fitted.coefficients + fitted.intercepts)[:, 2].max() < 0.01


def test_one_category_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two categories"):
        fit(np.ones(4), classes=np.zeros(300, dtype=np.int64))


def test_a_penalty_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="must be above zero"):
        fit(np.array([1.0, 0.0, 1.0, 1.0]))
