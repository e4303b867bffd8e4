"""Entropy of failures and successes: planted in one channel, or nowhere."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies import both_levels, described, outcome_of

from modular_faces.failures.entropy import (
    entropy_distributions,
    entropy_table,
    kinds_left_out,
)
from modular_faces.failures.entropy_report import entropy_report
from modular_faces.failures.report_parts import StudyReport


def table_of(failed: list[bool], descriptors: pd.DataFrame) -> pd.DataFrame:
    return entropy_table(
        [outcome_of(failed)], descriptors, confidence=0.95, draws=400, seed=1
    ).set_index(["pictures", "place", "channel"])


def planted(seed: int, n: int = 300, part: float = 0.2) -> tuple[list[bool], pd.DataFrame]:
    """Failures have half a standard deviation to one more low blue in the oval, nothing else."""
    generator = np.random.default_rng(seed)
    failed = generator.random(n) < part
    table = described(n, generator)
    table["entropy_b_oval"] -= np.where(failed, 0.5, 0)
    return failed.tolist(), table


def test_low_entropy_in_blue_alone_is_found_in_blue_alone() -> None:
    for seed in range(3):
        table = table_of(*planted(seed))
        assert table["delta"].abs().idxmax() == ("colour", "central oval", "blue")
        blue = table.loc[("colour", "central oval", "blue")]
        assert blue["difference"] == pytest.approx(-0.5, abs=0.2)
        assert blue["difference_low"] < blue["difference"] < blue["difference_high"] < 0
        assert blue["delta_high"] < 0
        assert blue["p_holm"] < 0.001
        assert (table.drop(index=("colour", "central oval", "blue"))["p_holm"] > 0.01).all()


def test_chance_is_found_no_more_often_than_agreed() -> None:
    """40 draws of 6 tests: at most 21 of 240 below .05, at most 6 of 40 families, in 99 of 100 cases."""
    rejected = families = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        failed = generator.random(200) < 0.2
        table = entropy_table(
            [outcome_of(failed)], described(200, generator), confidence=0.95, draws=10, seed=1
        )
        rejected += int((table["p"] < 0.05).sum())
        families += bool((table["p_holm"] < 0.05).any())
    assert rejected <= 21
    assert families <= 6


def test_grey_pictures_are_compared_apart_in_one_channel() -> None:
    failed = ([True] * 12 + [False] * 12) * 2
    table = described(48, np.random.default_rng(0), grey=[1.0] * 24 + [0.0] * 24)
    found = table_of(failed, table)
    assert found.index.unique("pictures").tolist() == ["colour", "grey"]
    assert found.loc["grey"].index.tolist() == [("whole picture", "grey"), ("central oval", "grey")]
    assert found.loc["grey"]["failures"].tolist() == [12, 12]


def test_medians_by_hand() -> None:
    failed = [True] * 10 + [False] * 11
    table = described(21, np.random.default_rng(0), entropy_r=[*range(10), *range(100, 111)])
    red = table_of(failed, table).loc[("colour", "whole picture", "red")]
    assert (red["median_failures"], red["median_successes"]) == (4.5, 105)
    assert (red["difference"], red["delta"]) == (-100.5, -1)


def test_pictures_without_descriptors_are_left_out() -> None:
    failed = [True] * 15 + [False] * 15
    table = described(30, np.random.default_rng(0))
    table.loc[["p0000", "p0020"], "entropy_r"] = np.nan
    red = table_of(failed, table.drop(index="p0029")).loc[("colour", "whole picture", "red")]
    assert (red["failures"], red["successes"]) == (14, 13)


def test_distributions_count_every_picture_once() -> None:
    failed, table = planted(0)
    table = table.clip(upper=8)
    shares = entropy_distributions([outcome_of(failed)], table)
    totals = shares.groupby(["channel", "place", "group"])["count"].sum().unstack()
    assert (totals["failures"] == sum(failed)).all()
    assert (totals["successes"] == len(failed) - sum(failed)).all()
    assert shares.groupby(["channel", "place", "group"])["share"].sum().to_numpy() == pytest.approx(
        1
    )


def report_of(failed: list[bool], table: pd.DataFrame, folder: Path) -> StudyReport:
    outcomes = both_levels(failed)
    studied = [] if outcomes["trusted"].too_few else [outcomes["trusted"]]
    return entropy_report(
        outcomes,
        entropy_table(studied, table, confidence=0.95, draws=200, seed=1),
        entropy_distributions(studied, table),
        table,
        folder=folder / "figures" / "entropy",
        confidence=0.95,
    )


def test_a_report_names_the_channel_and_draws_it(tmp_path: Path) -> None:
    report = report_of(*planted(0), tmp_path)
    assert report.skipped is None
    assert report.findings[0].startswith(
        "Entropy of failures is lower in blue, central oval, colour pictures: medians "
    )
    assert (
        "Grey pictures are not compared: there are 0 failures and 0 successes of that kind"
        in report.findings[1]
    )
    assert report.findings[-1].startswith("Every picture with landmarks has trusted ones")
    assert len(report.figures) == 2
    for figure in report.figures:
        assert (tmp_path / f"{figure.stem}.png").is_file()


def test_no_difference_is_not_called_one(tmp_path: Path) -> None:
    failed, table = planted(1)
    table["entropy_b_oval"] = np.random.default_rng(9).normal(7, 0.5, len(table))
    report = report_of(failed, table, tmp_path)
    assert report.findings[0].startswith("No difference in entropy found; the largest is in ")


@pytest.mark.parametrize(
    ("failed", "sentence"),
    [
        ([False] * 30, "None of the 30 pictures failed"),
        ([True] * 30, "All 30 pictures failed"),
        ([True] * 3 + [False] * 30, "Only 3 of 33 pictures failed"),
    ],
)
def test_too_few_of_a_kind_are_a_sentence(
    tmp_path: Path, failed: list[bool], sentence: str
) -> None:
    table = described(len(failed), np.random.default_rng(0))
    report = report_of(failed, table, tmp_path)
    report.write(tmp_path / "entropy.json")
    assert str(report.skipped).startswith(sentence)
    assert not report.figures and not report.findings


def test_few_of_either_colour_are_a_sentence() -> None:
    table = described(22, np.random.default_rng(0), grey=[0.0, 1.0] * 11)
    outcome = outcome_of([True] * 11 + [False] * 11)
    needed = "of that kind, and 10 of each are needed."
    assert kinds_left_out(outcome, table) == [
        f"Colour pictures are not compared: there are 6 failures and 5 successes {needed}",
        f"Grey pictures are not compared: there are 5 failures and 6 successes {needed}",
    ]
