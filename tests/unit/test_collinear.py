"""Groups of columns that say nearly the same."""

import numpy as np

from modular_faces.modular.collinear import collinear_groups


def test_a_column_and_its_mirror_image_are_alike_and_noise_is_not() -> None:
    generator = np.random.default_rng(1)
    one, other = generator.normal(size=(2, 200))
    columns = np.column_stack([one, -one + 0.01 * other, other, np.ones(200)])
    assert collinear_groups(columns, ["a", "b", "c", "d"], alike=0.9) == [["a", "b"]]


def test_rows_with_missing_numbers_are_left_out_and_nothing_gives_nothing() -> None:
    columns = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [np.nan, 0.0]])
    assert collinear_groups(columns, ["a", "b"], alike=0.9) == [["a", "b"]]
    assert collinear_groups(columns[:1], ["a", "b"], alike=0.9) == []
