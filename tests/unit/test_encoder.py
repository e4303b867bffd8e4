"""Modules as components: same variance for all, learnt from training pictures alone, back to columns by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import StandardScaler

from modular_faces.modular.encoder import fit_encoder, usable_rows
from planted import plain_pipeline

RNG = np.random.default_rng(2)
COLUMNS = tuple(f"c{k}" for k in range(6))
VALUES = (RNG.normal(size=(40, 6)) * [1, 2, 3, 4, 5, 0] + 7).astype(np.float32)


def plain() -> Any:
    return plain_pipeline("color", COLUMNS)


@pytest.mark.parametrize("values", [VALUES, VALUES[:4]], ids=["tall", "wide"])
def test_variances_of_the_components_add_to_one(values: np.ndarray) -> None:
    encoder = fit_encoder("color", COLUMNS, values, plain, components=10)
    components = encoder.components_of(values)
    assert components.var(axis=0).sum() == pytest.approx(1.0, abs=1e-5)
    assert components.shape[1] == min(5, len(values) - 1)
    assert encoder.variance_kept == pytest.approx(1.0)
    covariance = np.cov(components, rowvar=False)
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-5)


def test_few_components_keep_part_of_the_variance() -> None:
    encoder = fit_encoder("color", COLUMNS, VALUES, plain, components=2)
    centred = VALUES[:, :5] - VALUES[:, :5].mean(axis=0)
    singular = np.linalg.svd(centred, compute_uv=False) ** 2
    assert encoder.variance_kept == pytest.approx(singular[:2].sum() / singular.sum(), rel=1e-4)


def test_a_constant_column_has_no_spread_and_does_no_harm() -> None:
    encoder = fit_encoder("color", COLUMNS, VALUES, plain, components=10)
    assert encoder.spread[5] == 0
    assert np.isfinite(encoder.components_of(VALUES)).all()


def test_a_module_without_variance_is_refused() -> None:
    with pytest.raises(ValueError, match="module pose: no column differs between the 3 training"):
        fit_encoder("pose", COLUMNS, np.ones((3, 6), np.float32), plain, components=2)


def test_a_single_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="module pose: 1 training pictures have it; two"):
        fit_encoder("pose", COLUMNS, VALUES[:1], plain, components=2)


def test_collinear_columns_give_one_component() -> None:
    line = np.outer(np.arange(10.0), [1, -2, 3]).astype(np.float32)
    encoder = fit_encoder("color", COLUMNS[:3], line, plain, components=3)
    assert encoder.axes.shape == (3, 1)


def test_names_follow_a_transformer_that_reorders() -> None:
    def reorder() -> Any:
        parts = [("second", StandardScaler(), [1]), ("rest", "passthrough", [0, 2])]
        return ColumnTransformer(parts)

    made: Callable[[], Any] = reorder
    encoder = fit_encoder("lab", COLUMNS[:3], VALUES[:, :3], made, components=3)
    assert encoder.columns == ("c1", "c0", "c2")


def test_pictures_with_half_of_the_numbers_are_usable() -> None:
    nan = np.nan
    values = np.array([[1, 2, nan, 4], [nan, 2, nan, 1], [nan, nan, nan, 1], [nan] * 4])
    assert usable_rows(values.astype(np.float32)).tolist() == [True, True, False, False]
