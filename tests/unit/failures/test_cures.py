"""Shares of causes, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.failures.cures import (
    Overlap,
    beyond_chance,
    chance_of_any,
    overlaps,
    shares_of_causes,
)
from modular_faces.failures.remedies import Remedy, best_cascade
from modular_faces.inference.intervals import paired_difference


def column(n: int, hits: range | list[int], doses: int = 1) -> np.ndarray:
    cured = np.zeros((n, doses), dtype=bool)
    cured[list(hits), 0] = True
    return cured


def test_chance_of_any_by_hand() -> None:
    cases = np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]], dtype=bool)
    np.testing.assert_allclose(chance_of_any(cases, draws=1), [0.5, 0.25, 0, 1])
    np.testing.assert_allclose(chance_of_any(cases, draws=2), [5 / 6, 0.5, 0, 1])
    np.testing.assert_allclose(chance_of_any(cases, draws=4), [1, 1, 0, 1])


def test_more_conditions_than_there_are_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="3 of 2 conditions cannot be drawn"):
        chance_of_any(np.zeros((4, 2), dtype=bool), draws=3)


def test_beyond_chance_is_newcombe_where_the_chance_is_a_placebo() -> None:
    cured = np.array([True] * 30 + [False] * 20)
    placebo = np.array([True] * 5 + [False] * 40 + [True] * 5)
    made = beyond_chance(cured, placebo.astype(float), n=50, confidence=0.95)
    assert made == paired_difference(5, 25, 5, 15, confidence=0.95)
    assert made.estimate == pytest.approx(0.4)


def test_a_cause_counts_the_doses_that_cure_and_the_placebos_that_would() -> None:
    n = 100
    cures = {"dark": np.zeros((n, 2), dtype=bool)}
    cures["dark"][:40, 0] = True
    cures["dark"][30:60, 1] = True
    placebos = column(n, range(10), doses=4)
    (share,) = shares_of_causes(cures, placebos, confidence=0.95, least_share=0)
    assert share.cured == 60
    assert share.placebo == pytest.approx(0.1 * 0.5)
    assert share.share.estimate == pytest.approx(0.55)
    assert share.named
    assert share.corrected == share.share


def test_a_cause_that_adds_nothing_to_a_larger_one_is_not_named() -> None:
    n = 100
    cures = {"contrast": column(n, range(40)), "dark": column(n, range(60))}
    placebos = np.zeros((n, 3), dtype=bool)
    dark, contrast = shares_of_causes(cures, placebos, confidence=0.95, least_share=0)
    assert (dark.cause, contrast.cause) == ("dark", "contrast")
    assert dark.named
    assert contrast.corrected.low > 0
    assert not contrast.named
    assert contrast.beyond.estimate == 0


def test_causes_that_add_to_each_other_are_named_in_order() -> None:
    n = 100
    cures = {"small": column(n, range(70, 90)), "large": column(n, range(60))}
    placebos = np.zeros((n, 3), dtype=bool)
    large, small = shares_of_causes(cures, placebos, confidence=0.95, least_share=0)
    assert [large.cause, small.cause] == ["large", "small"]
    assert large.named
    assert small.named
    assert small.share.estimate == pytest.approx(0.2)
    assert small.beyond.estimate == pytest.approx(0.2)


def test_a_least_share_keeps_small_causes_out() -> None:
    cures = {"small": column(100, range(20))}
    placebos = np.zeros((100, 3), dtype=bool)
    (share,) = shares_of_causes(cures, placebos, confidence=0.95, least_share=0.3)
    assert not share.named


def test_a_way_round_a_failure_is_never_named_and_comes_last() -> None:
    cures = {"detector": column(50, range(50)), "dark": column(50, range(20))}
    placebos = np.zeros((50, 2), dtype=bool)
    dark, detector = shares_of_causes(
        cures, placebos, confidence=0.95, least_share=0, nameless=["detector"]
    )
    assert dark.named
    assert detector.cause == "detector"
    assert not detector.named
    assert detector.share.estimate == 1


def test_intervals_are_corrected_for_the_number_of_causes() -> None:
    cures = {name: column(60, range(20)) for name in "abcd"}
    first = shares_of_causes(cures, np.zeros((60, 2), bool), confidence=0.95, least_share=0)[0]
    alone = beyond_chance(cures["a"][:, 0], np.zeros(60), n=60, confidence=1 - 0.05 / 4)
    assert first.corrected == alone
    assert first.corrected.low < first.share.low


def test_overlaps_add_up_to_all_failures() -> None:
    cures = {"a": column(10, [0, 1, 2]), "b": column(10, [2, 3])}
    placebos = column(10, [2, 9])
    assert overlaps(cures, placebos, ["a", "b"]) == [
        Overlap((), 6, 1),
        Overlap(("a",), 2, 0),
        Overlap(("a", "b"), 1, 1),
        Overlap(("b",), 1, 0),
    ]


def test_the_cascade_takes_what_adds_most() -> None:
    cures = {
        "large": column(100, range(50))[:, 0],
        "inside": column(100, range(45))[:, 0],
        "beside": column(100, range(40, 70))[:, 0],
        "tiny": column(100, [99])[:, 0],
    }
    assert best_cascade(cures, np.zeros((100, 2), dtype=bool)) == [
        Remedy("large", 50, 50),
        Remedy("beside", 30, 20),
        Remedy("tiny", 1, 1),
    ]


def test_the_cascade_takes_nothing_that_a_placebo_does_as_well() -> None:
    cures = {"a": column(100, range(5))[:, 0]}
    assert best_cascade(cures, column(100, range(90, 95), doses=2)) == []
