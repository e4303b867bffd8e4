"""Refits on resampled pictures are the fits that the resampled pictures would give."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.modular.rating_model import fit_ratings
from modular_faces.modular.refits import make_refit
from modular_faces.modular.tasks import EmotionTask, RatingTask
from planted import fit_options


@pytest.mark.parametrize(("n", "widths"), [(40, (30, 40)), (200, (10, 20))])
def test_ratings_by_rows_and_by_columns(n: int, widths: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    blocks = {f"m{width}": rng.normal(size=(n, width)) for width in widths}
    targets = rng.normal(size=(n, 3))
    penalties = rng.uniform(0.1, 1.0, (2, 3))
    weights = rng.integers(0, 3, n).astype(float)
    task = RatingTask(("a", "b", "c"), targets, np.arange(n), fit_options())
    expected = fit_ratings(blocks, targets, penalties=penalties, weights=weights)
    refit = make_refit(task, blocks, np.arange(n), expected)
    ((coefficients, scores),) = refit(weights[None])
    for name, part in coefficients.items():
        np.testing.assert_allclose(part, expected.coefficients[name], atol=1e-10)
    gap = scores - expected.scores(blocks)
    np.testing.assert_allclose(gap, np.broadcast_to(gap[0], gap.shape), atol=1e-9)


def test_categories_with_a_picture_drawn_twice() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(150, 3))
    classes = (values[:, 0] + rng.normal(size=150) > 0).astype(np.int64)
    task = EmotionTask(("a", "b"), classes, np.arange(150), fit_options(tolerance=1e-7))
    model = task.fit({"m": values}, np.arange(150), np.array([0.01]), None)
    weights = np.ones(150)
    weights[7] = 2.0
    weights[9] = 0.0
    ((coefficients, _),) = make_refit(task, {"m": values}, np.arange(150), model)(weights[None])
    rows = np.repeat(np.arange(150), weights.astype(int))
    expected = task.fit({"m": values[rows]}, rows, np.array([0.01]), None)
    np.testing.assert_allclose(coefficients["m"], expected.coefficients["m"], atol=1e-5)
