"""Holm's correction, worked out by hand."""

import numpy as np
import pytest

from modular_faces.inference.correction import holm


def test_holm_multiplies_and_never_falls() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]


def test_tests_that_were_not_made_do_not_count() -> None:
    corrected = holm([0.02, np.nan, 0.04])
    assert corrected[[0, 2]].tolist() == [0.04, 0.04]
    assert np.isnan(corrected[1])
    assert holm([]).size == 0


def test_what_is_no_p_value_is_refused() -> None:
    with pytest.raises(ValueError, match="a p-value is not between 0 and 1"):
        holm([0.5, 1.5])
