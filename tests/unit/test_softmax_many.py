"""Regressions fitted together are those fitted one by one, whatever each does without or weighs."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.modular.softmax import fit_softmax
from modular_faces.modular.softmax_many import MOST_AT_ONCE, fit_many
from modular_faces.modular.softmax_parts import LEFT_OUT, Columns, Problem, Solution

RNG = np.random.default_rng(5)
VALUES = RNG.normal(size=(250, 5))
CLASSES = (VALUES[:, :3] + RNG.gumbel(size=(250, 3))).argmax(axis=1)
ONES = np.ones(250)
PENALTIES = np.array([0.1, 0.02, 0.5, 0.03, 0.2])


def solve(problems: list[Problem]) -> list[Solution]:
    found = fit_many(Columns(VALUES), problems, n_classes=3, tolerance=1e-8, iterations=500)
    return list(found)


def alone(problem: Problem, columns: np.ndarray = VALUES) -> np.ndarray:
    fit = fit_softmax(
        columns,
        problem.classes,
        n_classes=3,
        penalties=problem.penalties[np.isfinite(problem.penalties)],
        weights=problem.weights,
        start=None,
        tolerance=1e-8,
        iterations=500,
    )
    return np.vstack([fit.coefficients, fit.intercepts])


def test_together_and_one_by_one_are_the_same_in_more_than_one_batch() -> None:
    problems = [
        Problem(RNG.integers(0, 3, 250).astype(float), RNG.permutation(CLASSES), PENALTIES, None)
        for _ in range(MOST_AT_ONCE + 3)
    ]
    for problem, found in zip(problems, solve(problems), strict=True):
        assert found.converged
        np.testing.assert_allclose(found.parameters, alone(problem), atol=1e-6)


def test_columns_left_out_are_as_if_they_were_not_there() -> None:
    penalties = PENALTIES.copy()
    penalties[[0, 3]] = LEFT_OUT
    whole = Problem(ONES, CLASSES, PENALTIES, None)
    part = Problem(ONES, CLASSES, penalties, None)
    (every, some) = solve([whole, part])
    assert (some.parameters[[0, 3]] == 0).all()
    expected = alone(part, VALUES[:, [1, 2, 4]])
    np.testing.assert_allclose(some.parameters[[1, 2, 4, 5]], expected, atol=1e-6)
    np.testing.assert_allclose(every.parameters, alone(whole), atol=1e-6)


def test_pictures_without_weight_are_as_if_they_were_not_there() -> None:
    weights = (np.arange(250) % 4 > 0).astype(float)
    (found,) = solve([Problem(weights, CLASSES, PENALTIES, None)])
    rows = np.flatnonzero(weights)
    fewer = Problem(ONES[rows], CLASSES[rows], PENALTIES, None)
    np.testing.assert_allclose(found.parameters, alone(fewer, VALUES[rows]), atol=1e-6)


def test_single_precision_comes_close() -> None:
    problem = Problem(ONES, CLASSES, PENALTIES, None)
    (found,) = fit_many(
        Columns(VALUES.astype(np.float32)), [problem], n_classes=3, tolerance=3e-4, iterations=500
    )
    assert found.converged
    np.testing.assert_allclose(found.parameters, alone(problem), atol=2e-3)


def test_too_few_steps_are_said() -> None:
    (found,) = fit_many(
        Columns(VALUES),
        [Problem(ONES, CLASSES, PENALTIES, None)],
        n_classes=3,
        tolerance=1e-9,
        iterations=2,
    )
    assert not found.converged


def test_nothing_to_fit_gives_nothing() -> None:
    assert solve([]) == []


@pytest.mark.parametrize(
    ("problem", "complaint"),
    [
        (Problem(ONES, CLASSES, np.zeros(5), None), "must be above zero"),
        (
            Problem((CLASSES == 1).astype(float), CLASSES, PENALTIES, None),
            "at least two categories",
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused(problem: Problem, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        solve([Problem(ONES, CLASSES, PENALTIES, None), problem])
