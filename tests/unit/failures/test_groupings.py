"""Groups of pictures, counted by hand, and tests of them under truth and chance."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from modular_faces.failures.groupings import (
    MOST_GROUPS,
    UNKNOWN,
    Grouping,
    group_rates,
    group_test,
    named_groups,
    quantile_groups,
    read_descriptors,
)
from modular_faces.inference.intervals import wilson
from modular_faces.tables import write_table


def named(values: Sequence[str | None]) -> Grouping:
    grouping = named_groups("label", values)
    assert grouping is not None
    return grouping


def cut(values: list[float], quantiles: int = 4) -> Grouping:
    grouping = quantile_groups("x", np.array(values), quantiles=quantiles)
    assert grouping is not None
    return grouping


def test_names_are_sorted_and_the_unknown_are_apart() -> None:
    grouping = named(["b", "a", None, "b"])
    assert grouping.groups == ("a", "b")
    assert grouping.codes.tolist() == [1, 0, -1, 1]


def test_one_name_or_too_many_are_no_groups() -> None:
    assert named_groups("label", ["a", "a", None]) is None
    assert named_groups("label", [str(k) for k in range(MOST_GROUPS + 1)]) is None


def test_quantiles_are_of_equal_size() -> None:
    grouping = cut([float(k) for k in range(100)])
    assert np.bincount(grouping.codes).tolist() == [25] * 4
    assert grouping.groups[0] == "0 to 24"


def test_ties_stay_together() -> None:
    grouping = cut([0.0] * 80 + [float(k) for k in range(1, 21)])
    assert grouping.groups == ("0", "1 to 20")
    assert np.bincount(grouping.codes).tolist() == [80, 20]
    assert cut([3.0, 1.0, 1.0, 2.0]).groups == ("1", "2", "3")


def test_numbers_that_are_missing_or_all_the_same_make_no_groups() -> None:
    assert cut([1.0, np.nan, 2.0]).codes.tolist() == [0, -1, 1]
    assert quantile_groups("x", np.array([5.0, 5.0, np.nan]), quantiles=4) is None


def test_rates_of_groups_by_hand() -> None:
    lost = np.array([True, False, True, False, True])
    rows = group_rates(named(["a", "a", "b", "b", None]), lost, np.ones(5), confidence=0.95)
    assert [row[:3] for row in rows] == [("a", 2, 1), ("b", 2, 1), (UNKNOWN, 1, 1)]
    assert rows[0][3] == pytest.approx(wilson(1, 2, confidence=0.95))


def test_pictures_that_were_not_looked_at_do_not_count() -> None:
    rows = group_rates(
        named(["a", "a", "b"]),
        np.array([True, False, True]),
        np.array([1.0, 3, 0]),
        confidence=0.95,
    )
    assert [row[:3] for row in rows] == [("a", 2, 1)]
    assert rows[0][3].estimate == 0.25


def test_the_association_of_names_is_cramers_v_without_its_bias() -> None:
    lost = np.repeat([True, False, True, False], [60, 40, 20, 80])
    found = group_test(named(["a"] * 100 + ["b"] * 100), lost, confidence=0.95, seed=1)
    chi2 = 200 * (60 * 80 - 40 * 20) ** 2 / (100 * 100 * 80 * 120)
    phi = chi2 / 200 - 1 / 199
    assert found.effect_name == "Cramer's V"
    assert found.effect.estimate == pytest.approx((phi / (1 - 1 / 199)) ** 0.5)
    assert found.p == pytest.approx(stats.chi2.sf(chi2, 1))
    assert (found.failures, found.successes) == (80, 120)


def test_small_groups_are_tested_by_permutation() -> None:
    """2 lost of 2 in one group, 0 of 8 in the other: 1 of the 45 ways to draw 2 of 10."""
    lost = np.array([True] * 2 + [False] * 8)
    found = group_test(named(["a"] * 2 + ["b"] * 8), lost, confidence=0.95, seed=1)
    assert found.p == pytest.approx(1 / 45, abs=0.012)


def test_one_kind_of_picture_cannot_be_tested() -> None:
    found = group_test(named(["a", "b"]), np.zeros(2, bool), confidence=0.95, seed=1)
    assert np.isnan(found.p)


def test_chance_is_found_no_more_often_than_agreed() -> None:
    """40 draws of 6 tests each: at most 21 of 240 below .05 in 99 of 100 cases."""
    rejected = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        lost = generator.random(400) < 0.1
        groupings = [named([str(k) for k in generator.integers(0, 7, 400)])]
        groupings += [cut(generator.normal(size=400).tolist()) for _ in range(5)]
        rejected += sum(group_test(g, lost, confidence=0.95, seed=seed).p < 0.05 for g in groupings)
    assert rejected <= 21


def test_descriptors_of_all_shards_are_read(tmp_path: Path) -> None:
    for shard, ids in enumerate((["a", "b"], ["c"])):
        table = pa.table(
            {"image_id": ids, "brightness": [1.0] * len(ids), "grey": [0.0] * len(ids)}
        )
        write_table(table, tmp_path / f"{shard}.parquet", metadata={})
    paths = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    read = read_descriptors(paths, ["brightness"])
    assert read.index.tolist() == ["a", "b", "c"]
    assert list(read.columns) == ["brightness"]
