"""Shares beside each other read differently wherever they differ by a tenth of what is shown."""

from __future__ import annotations

import pytest

from modular_faces.failures.report_words import (
    change_in_words,
    ends_in_words,
    interval_in_words,
    range_in_words,
)
from modular_faces.inference.intervals import Interval


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.174, 0.23, "17 to 23 %"),
        (0.05, 0.15, "5.0 to 15 %"),
        (0.1512, 0.1538, "15.1 to 15.4 %"),
        (0.1501, 0.1504, "15 %"),
        (0.0501, 0.0504, "5.01 to 5.04 %"),
        (-0.02, 0.11, "-2.0 to 11 %"),
        (0.0, 0.0, "0.0 %"),
    ],
)
def test_a_range_never_ends_where_it_begins(low: float, high: float, words: str) -> None:
    assert range_in_words(low, high) == words


def test_an_interval_and_a_change_are_ranges() -> None:
    assert interval_in_words(Interval(0.15, 0.1496, 0.1538)) == "15 % (15.0 to 15.4 %)"
    assert change_in_words(0.15, 0.15) == "15 % before and after"
    assert change_in_words(0.1496, 0.1538) == "from 15.0 % to 15.4 %"
    assert ends_in_words(0.2, 0.3) == ("20 %", "30 %")
