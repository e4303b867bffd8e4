"""Who is lost: rates of groups, what dropping failures changes, landmark errors."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import stats
from studies import both_levels, outcome_of, plain_counts

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.failures.groups import (
    dropping_table,
    group_columns,
    group_rate_table,
    group_tests,
    groupings_of,
)
from modular_faces.failures.groups_error import error_table, landmark_errors
from modular_faces.failures.groups_report import GroupTables, groups_report
from modular_faces.failures.report_parts import StudyReport
from modular_faces.inference.intervals import wilson
from modular_faces.tables import write_table

FAILED = [True] * 6 + [False] * 4 + [True] * 2 + [False] * 8
GENDER = ["female"] * 10 + ["male"] * 10


def table_of(**columns: object) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    return table.set_index(pd.Index([f"p{k:04d}" for k in range(len(table))]))


def test_columns_of_groups_are_recognised() -> None:
    names = [
        "image_id",
        "label",
        "label_name",
        "rating_age",
        "gender",
        "rating_skin_color",
        "sha256",
        "rating_smile",
    ]
    assert group_columns(names, "auto") == [
        "label_name",
        "rating_age",
        "gender",
        "rating_skin_color",
    ]
    assert group_columns(["rating_image", "language"], "auto") == []
    assert group_columns(names, ["smile", "skin-color"]) == [
        "label_name",
        "rating_smile",
        "rating_skin_color",
    ]


def test_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"failures\.groups: there is no column 'height' .*; known: a, b"
    ):
        group_columns(["a", "b"], ["height"])


def test_texts_are_groups_and_numbers_are_cut() -> None:
    table = table_of(gender=GENDER, age=np.arange(20.0), same=["x"] * 20, label_name=GENDER)
    groupings = groupings_of(table, list(table), quantiles=2)
    assert [(g.name, g.groups) for g in groupings] == [
        ("gender", ("female", "male")),
        ("age", ("0 to 9", "10 to 19")),
        ("label", ("female", "male")),
    ]


def test_rates_against_the_rest_by_hand() -> None:
    groupings = groupings_of(table_of(gender=GENDER), ["gender"], quantiles=2)
    table = group_rate_table([outcome_of(FAILED)], groupings, confidence=0.95)
    women = table.iloc[0]
    assert (women["group"], women["n"], women["failures"], women["n_rest"]) == ("female", 10, 6, 10)
    assert (women["rate"], women["low"]) == pytest.approx(wilson(6, 10, confidence=0.95)[:2])
    assert women["difference"] == pytest.approx(0.4)
    assert women["p"] == pytest.approx(stats.fisher_exact([[6, 4], [2, 8]]).pvalue)
    assert women["p_holm"] == pytest.approx(2 * women["p"])


def test_pictures_of_no_known_group_do_not_count() -> None:
    groupings = groupings_of(table_of(gender=[None, *GENDER[1:]]), ["gender"], quantiles=2)
    table = group_rate_table([outcome_of(FAILED)], groupings, confidence=0.95)
    assert table["n"].tolist() == [9, 10]


def test_dropping_failures_by_hand() -> None:
    """Of 10 and 10 remain 4 and 8; the mean of 0 to 19 without 0-5 and 10-11 is 142 / 12."""
    table = table_of(gender=GENDER, age=np.arange(20.0))
    groupings = groupings_of(table, ["gender", "age"], quantiles=2)
    dropped = dropping_table([outcome_of(FAILED)], groupings, confidence=0.95)
    women = dropped.iloc[0]
    assert (women["all"], women["kept"]) == pytest.approx((0.5, 1 / 3))
    assert women["change"] == pytest.approx(1 / 3 - 1 / 2)
    assert women["change_low"] < women["change"] < women["change_high"]
    assert (women["n"], women["n_kept"]) == (20, 12)
    mean = dropped[dropped["quantity"] == "mean"].iloc[0]
    kept = sum(set(range(20)) - {0, 1, 2, 3, 4, 5, 10, 11}) / 12
    assert (mean["all"], mean["kept"]) == pytest.approx((9.5, kept))
    assert mean["change_sd"] == pytest.approx((kept - 9.5) / np.arange(20).std(ddof=1))
    assert mean["change_low"] < kept - 9.5 < mean["change_high"]


def simulated(seed: int, extra: float) -> tuple[list[bool], pd.DataFrame]:
    generator = np.random.default_rng(seed)
    dark = generator.random(400) < 0.3
    failed = generator.random(400) < np.where(dark, 0.1 + extra, 0.1)
    table = table_of(
        skin_color=np.where(dark, "dark", "light"),
        gender=generator.choice(["female", "male", "unsure"], 400),
        age=generator.normal(40, 10, 400),
    )
    return failed.tolist(), table


def test_a_group_that_is_lost_more_often_is_named() -> None:
    for seed in range(3):
        failed, table = simulated(seed, 0.3)
        groupings = groupings_of(table, list(table), quantiles=4)
        tests = group_tests([outcome_of(failed)], groupings, confidence=0.95, seed=1)
        assert tests.loc[tests["p_holm"] < 0.01, "column"].tolist() == ["skin_color"]
        rates = group_rate_table([outcome_of(failed)], groupings, confidence=0.95)
        assert rates.loc[rates["difference"].idxmax(), "group"] == "dark"


def test_groups_that_are_lost_alike_are_not_named() -> None:
    """At most 6 of 40 seeds name any group after Holm's correction, in 99 of 100 cases."""
    named = 0
    for seed in range(40):
        failed, table = simulated(seed, 0.0)
        groupings = groupings_of(table, list(table), quantiles=4)
        rates = group_rate_table([outcome_of(failed)], groupings, confidence=0.95)
        named += bool((rates["p_holm"] < 0.05).any())
    assert named <= 6


def points_of(n: int) -> np.ndarray:
    """Eyes 50 pixels apart."""
    points = np.random.default_rng(0).uniform(20, 80, (n, 68, 2))
    points[:, 36], points[:, 45] = (25, 40), (75, 40)
    return points


def test_errors_are_shares_of_the_eye_distance(tmp_path: Path) -> None:
    known = points_of(4)
    found = known + np.array([5.0, 0.0])
    columns = dict(zip(LANDMARK_COLUMNS, found.transpose(2, 1, 0).reshape(136, 4), strict=True))
    base = {"image_id": list("abcd"), "backend": ["mesh"] * 4, "found": [True, True, False, True]}
    tables = [
        pa.table({**base, "variant": [variant] * 4, **{k: v + shift for k, v in columns.items()}})
        for variant, shift in (("original", 0.0), ("wide", 9.0))
    ]
    write_table(pa.concat_tables(tables), tmp_path / "study.parquet", metadata={})
    errors = landmark_errors(
        tmp_path / "study.parquet",
        backend="mesh",
        variant="original",
        names=["d", "a", "c"],
        known=known[[3, 0, 2]],
    )
    assert errors.to_dict() == pytest.approx({"a": 0.1, "d": 0.1})


def test_errors_of_groups_by_hand() -> None:
    groupings = groupings_of(
        table_of(gender=["female"] * 10 + ["male"] * 11), ["gender"], quantiles=2
    )
    errors = pd.Series(
        [0.05] * 10 + [0.08] * 11, index=[f"p{k:04d}" for k in range(21)], dtype=float
    )
    table = error_table(
        outcome_of([False] * 21), groupings, errors, confidence=0.95, draws=200, seed=1
    )
    assert table["median"].tolist() == pytest.approx([5, 8])
    assert table["delta"].tolist() == [-1, 1]
    assert (table["p_holm"] < 0.001).all()
    fewer = error_table(
        outcome_of([False] * 21), groupings, errors.iloc[:15], confidence=0.95, draws=200, seed=1
    )
    assert fewer["group"].tolist() == ["female"]


def report_of(failed: list[bool], table: pd.DataFrame, folder: Path) -> StudyReport:
    outcomes = both_levels(failed)
    studied = [] if outcomes["trusted"].too_few else [outcomes["trusted"]]
    groupings = groupings_of(table, list(table), quantiles=4)
    errors = pd.Series(np.linspace(0.02, 0.1, len(table)), index=table.index)
    tables = GroupTables(
        rates=group_rate_table(studied, groupings, confidence=0.95),
        tests=group_tests(studied, groupings, confidence=0.95, seed=1),
        dropping=dropping_table(studied, groupings, confidence=0.95),
        errors=error_table(
            outcomes["trusted"],
            groupings,
            errors if studied else errors.iloc[:0],
            confidence=0.95,
            draws=200,
            seed=1,
        ),
    )
    return groups_report(
        outcomes, tables, columns=list(table), folder=folder / "figures" / "groups", confidence=0.95
    )


def test_counts_have_separators(tmp_path: Path) -> None:
    few, small = simulated(0, 0.3)
    failed = few * 4
    table = pd.concat([small] * 4, ignore_index=True)
    table.index = pd.Index([f"p{k:04d}" for k in range(1600)], name="image_id")
    report = report_of(failed, table, tmp_path)
    assert plain_counts(report) == []
    said = {figure.stem.rpartition("/")[2]: figure.caption for figure in report.figures}
    assert "n = 1,600." in said["rates_trusted"]
    assert f"(1,600 to {failed.count(False):,} pictures)" in said["dropping_trusted"]
    assert "n = 1,600 pictures with landmarks" in said["error"]


def test_a_report_names_the_group_and_what_dropping_does(tmp_path: Path) -> None:
    report = report_of(*simulated(0, 0.3), tmp_path)
    report.write(tmp_path / "groups.json")
    text = " ".join(report.findings)
    assert report.findings[0].startswith("skin color dark: ")
    assert "The share that it changes most is skin color" in text
    assert "say nothing about the person" in text
    assert "their median error ranges from" in text
    assert [figure.stem.rpartition("/")[2] for figure in report.figures] == [
        "rates_trusted",
        "dropping_trusted",
        "error",
    ]
    for figure in report.figures:
        assert (tmp_path / f"{figure.stem}.svg").is_file()


def test_pictures_without_a_group_are_counted_among_those_that_remain(tmp_path: Path) -> None:
    table = table_of(gender=["female", "male", None] * 10)
    report = report_of([True] * 12 + [False] * 18, table, tmp_path)
    assert (
        "Dropping failures leaves 18 of 30 pictures (trusted); of at most 20 a group is known."
        in report.findings
    )


@pytest.mark.parametrize(
    ("failed", "columns", "sentence"),
    [
        ([False] * 30, ["gender"], "None of the 30 pictures failed"),
        ([True] * 30, ["gender"], "All 30 pictures failed"),
        ([True] * 15 + [False] * 15, [], "The dataset has no labels and no columns of groups"),
        ([True] * 15 + [False] * 15, ["same"], "No column has two to 40 groups."),
    ],
)
def test_nothing_to_compare_is_a_sentence(
    tmp_path: Path, failed: list[bool], columns: list[str], sentence: str
) -> None:
    table = table_of(gender=["female", "male"] * 15, same=["x"] * 30)[columns]
    report = report_of(failed, table, tmp_path)
    assert str(report.skipped).startswith(sentence)
    assert not report.figures
