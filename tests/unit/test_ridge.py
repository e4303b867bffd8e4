"""Ridge with a penalty per module: the solution of scikit-learn in rows and columns, and the search for penalties."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from modular_faces.modular.folds import grouped_folds
from modular_faces.modular.ridge import (
    RidgeSystem,
    scale_candidates,
    search_penalties,
    solve_ridge,
)

SIZES = [(50, (30, 40)), (200, (10, 20))]


@pytest.mark.parametrize(("n", "widths"), SIZES)
@pytest.mark.parametrize("weighted", [False, True])
def test_solves_what_scikit_learn_solves(n: int, widths: tuple[int, int], weighted: bool) -> None:
    rng = np.random.default_rng(1)
    blocks = [rng.normal(1.0, 2.0, (n, width)) for width in widths]
    targets = rng.normal(size=(n, 3))
    penalties = np.array([0.1, 2.0])
    weights = rng.integers(0, 3, n).astype(float) if weighted else np.ones(n)
    coefficients, intercepts = solve_ridge(blocks, targets, penalties=penalties, weights=weights)
    scaled = np.hstack([b / np.sqrt(p) for b, p in zip(blocks, penalties, strict=True)])
    theirs = Ridge(alpha=weights.sum()).fit(scaled, targets, sample_weight=weights)
    ours = intercepts + sum(b @ c for b, c in zip(blocks, coefficients, strict=True))
    np.testing.assert_allclose(ours, theirs.predict(scaled), atol=1e-9)


@pytest.mark.parametrize(("n", "widths"), SIZES)
def test_a_system_predicts_as_the_solution_does(n: int, widths: tuple[int, int]) -> None:
    rng = np.random.default_rng(2)
    blocks = [rng.normal(size=(n, width)) for width in widths]
    others = [rng.normal(size=(7, width)) for width in widths]
    targets = rng.normal(size=(n, 2))
    penalties = np.array([0.3, 0.7])
    coefficients, intercepts = solve_ridge(blocks, targets, penalties=penalties, weights=np.ones(n))
    expected = intercepts + sum(b @ c for b, c in zip(others, coefficients, strict=True))
    system = RidgeSystem(blocks, others)
    np.testing.assert_allclose(system.predict(targets, penalties), expected, atol=1e-9)
    (along_path,) = system.path(targets, 1 / penalties, np.ones(1))
    np.testing.assert_allclose(along_path, expected, atol=1e-9)
    only_first = RidgeSystem(blocks[:1], others[:1]).predict(targets, penalties[:1])
    without = system.predict(targets, np.array([0.3, np.inf]))
    np.testing.assert_allclose(without, only_first, atol=1e-9)


def test_the_search_gives_the_module_with_the_signal_the_smaller_penalty() -> None:
    rng = np.random.default_rng(4)
    signal, noise = rng.normal(size=(120, 5)), rng.normal(size=(120, 60))
    target = signal @ rng.normal(size=(5, 1)) + 0.3 * rng.normal(size=(120, 1))
    penalties, errors = search_penalties(
        [signal, noise],
        np.hstack([target, noise[:, :1] * 3]),
        grouped_folds(None, np.arange(120), folds=3, seed=0),
        shares=scale_candidates(2, count=4, seed=0),
        strengths=np.array([0.01, 0.1, 1.0]),
        joint=False,
    )
    assert penalties[0, 0] < penalties[0, 1]
    assert penalties[1, 1] < penalties[1, 0]
    assert errors[0] < target.var()


def test_candidates_are_shares() -> None:
    shares = scale_candidates(4, count=5, seed=1)
    assert shares.shape == (1 + 4 + 4 + 5, 4)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert shares.min() > 0
    np.testing.assert_array_equal(shares, scale_candidates(4, count=5, seed=1))


def test_a_joint_search_chooses_once_for_all_targets() -> None:
    rng = np.random.default_rng(5)
    blocks = [rng.normal(size=(60, 3)), rng.normal(size=(60, 3))]
    targets = np.column_stack([blocks[0][:, 0], blocks[1][:, 0]])
    penalties, _ = search_penalties(
        blocks,
        targets,
        grouped_folds(None, np.arange(60), folds=3, seed=0),
        shares=scale_candidates(2, count=0, seed=1),
        strengths=np.array([0.01, 0.1]),
        joint=True,
    )
    np.testing.assert_array_equal(penalties[0], penalties[1])
