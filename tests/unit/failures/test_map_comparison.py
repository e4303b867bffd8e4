"""Maps are compared freely and within strata, and rows say where they differ."""

import numpy as np
import pytest

from modular_faces.failures.map_comparison import (
    FREE,
    WITHIN,
    compare_maps,
    comparison_row,
    correct_together,
    strata_in_words,
    strata_of,
    strata_suffice,
)


def planted_maps() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    maps = random.normal(100, 2, (80, 3, 4)).astype(np.float32)
    failed = np.arange(80) < 30
    maps[failed, 2, 1] -= 10
    return maps, failed


def test_a_row_says_where_and_how_much() -> None:
    maps, failed = planted_maps()
    (free,) = correct_together(
        compare_maps(
            maps, failed, name="mean", channel="grey", strata=None, permutations=199, seed=0
        )
    )
    row = comparison_row(free, cell=10)
    assert (row["map"], row["channel"], row["compared"]) == ("mean", "grey", FREE)
    assert (row["x"], row["y"]) == (14.5, 24.5)
    assert (row["n_failures"], row["n_successes"], row["strata"]) == (30, 50, 1)
    assert row["low"] < -10 < row["high"] < 0
    assert row["difference"] == pytest.approx(
        maps[:30, 2, 1].mean() - maps[30:, 2, 1].mean(), abs=1e-3
    )
    assert row["effect"] == pytest.approx(-5, abs=1)
    assert (row["share_lower"], row["share_higher"]) == (pytest.approx(1 / 12), 0)
    assert row["p"] == row["p_holm"] == 1 / 200
    assert np.argwhere(free.significant).tolist() == [[2, 1]]


def test_a_map_that_does_not_stand_the_correction_shows_no_place() -> None:
    maps, failed = planted_maps()
    (free,) = compare_maps(
        maps, failed, name="mean", channel="grey", strata=None, permutations=19, seed=0
    )
    both = correct_together([free, free])
    assert both[0].test.p_value == pytest.approx(0.05)
    assert both[0].p_holm == pytest.approx(0.1)
    assert not both[0].significant.any()


def test_strata_are_label_by_grey_or_colour() -> None:
    grey = np.array([False, True, False, False])
    assert len(np.unique(strata_of(None, grey))) == 2
    codes = strata_of(["a", "a", "b", None], grey)
    assert len(np.unique(codes)) == 4
    assert strata_of(["a", "a", "a", "a"], np.zeros(4, bool)).tolist() == [0, 0, 0, 0]


def test_strata_are_compared_only_where_enough_pictures_share_them() -> None:
    failed = np.arange(40) % 2 == 0
    assert strata_suffice(failed, np.repeat([0, 1], 20))
    assert not strata_suffice(failed, np.zeros(40, int))
    assert not strata_suffice(failed, np.where(failed, 0, 1))
    assert not strata_suffice(failed, np.where(np.arange(40) < 18, 2, failed))
    assert strata_in_words(failed, np.repeat([0, 1], 20)) == ""
    assert strata_in_words(failed, np.zeros(40, int)) == ""
    assert strata_in_words(failed, np.where(np.arange(40) < 18, 2, failed)).startswith(
        "Nothing could be compared within label and grey/colour: only 9 failures and 9 successes have"
    )
    random = np.random.default_rng(1)
    maps = random.normal(size=(40, 2, 2)).astype(np.float32)
    ways = compare_maps(
        maps,
        failed,
        name="m",
        channel="grey",
        strata=np.repeat([0, 1], 20),
        permutations=19,
        seed=0,
    )
    assert [one.compared for one in ways] == [FREE, WITHIN]
