"""Steps that look at each column by itself give in parts what they give at once."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from modular_faces.modular import column_steps
from modular_faces.modular.column_steps import InParts, SquareRoot, parts_of_columns


@pytest.mark.parametrize("count", [1, 127, 128, 129, 3072])
def test_parts_hold_every_column_once(count: int) -> None:
    parts = list(parts_of_columns(count))
    assert np.concatenate([np.arange(count)[part] for part in parts]).tolist() == [*range(count)]
    assert max(part.stop - part.start for part in parts) <= column_steps.COLUMNS_AT_ONCE


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "step", [SimpleImputer(strategy="mean", keep_empty_features=True), StandardScaler()]
)
def test_parts_give_the_same_bits(step: SimpleImputer | StandardScaler, dtype: type) -> None:
    values: np.ndarray = np.random.default_rng(0).normal(3.0, 2.0, (500, 600)).astype(dtype)
    values[::7, ::5] = np.nan
    at_once = step.fit(values.copy()).transform(values.copy())
    before = values.copy()
    in_parts = InParts(step, overwrite=False).fit_transform(values)
    np.testing.assert_array_equal(in_parts, at_once)
    np.testing.assert_array_equal(values, before)
    assert InParts(step, overwrite=True).fit_transform(values) is values
    np.testing.assert_array_equal(values, at_once)


def test_names_stay() -> None:
    step = InParts(StandardScaler(), overwrite=False).fit(np.eye(3))
    assert step.get_feature_names_out(["a", "b", "c"]).tolist() == ["a", "b", "c"]
    assert step.get_feature_names_out().tolist() == ["x0", "x1", "x2"]


def test_roots_of_many_pictures_are_those_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(1).random((7, 3))
    monkeypatch.setattr(column_steps, "ROWS_AT_ONCE", 2)
    roots = SquareRoot(places=[0, 2]).fit_transform(rows)
    np.testing.assert_array_equal(roots[:, [0, 2]], np.sqrt(rows[:, [0, 2]]))
    np.testing.assert_array_equal(roots[:, 1], rows[:, 1])
