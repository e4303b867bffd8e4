"""Rates counted by hand, planted causes, and no cause at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from studies import described, letters_of, manifest_of, plain_counts, study_of

from modular_faces.config import SHIPPED_VARIANTS
from modular_faces.failures.outcome import outcomes_at_both_levels
from modular_faces.failures.parts import StudyParts, study_parts
from modular_faces.failures.rates import (
    NOT_RESCUED,
    group_table,
    grouping_tests,
    make_groupings,
    never_found,
    picture_table,
    rate_table,
)
from modular_faces.failures.rates_figures import between
from modular_faces.failures.rates_report import rates_report
from modular_faces.failures.report_parts import StudyReport
from modular_faces.inference.intervals import wilson

MESH, BORDER, SHARPEN = (("mesh", name) for name in ("original", "grey_border", "sharpen"))
STUDY = {MESH: "xxxxfttttt", BORDER: "tttxtttttx", SHARPEN: "xxxxxxxttt"}


def parts_of(letters: dict[tuple[str, str], str], **columns: Any) -> StudyParts:
    n = len(letters[MESH])
    return study_parts(study_of(letters), manifest_of(n, **columns), outcome=MESH)


def rates_of(parts: StudyParts) -> pd.DataFrame:
    table = rate_table(parts, SHIPPED_VARIANTS, confidence=0.95)
    return table[table["level"] == "trusted"].set_index("variant")


def test_rates_and_changes_by_hand() -> None:
    rates = rates_of(parts_of(STUDY))
    assert rates["failures"].to_dict() == {"original": 5, "grey_border": 2, "sharpen": 7}
    assert rates["kind"].tolist() == ["as it is", "geometry", "sharpening"]
    original, border, sharpen = (rates.loc[name] for name in rates.index)
    assert tuple(original[["rate", "low", "high"]]) == pytest.approx(wilson(5, 10, confidence=0.95))
    assert original[["reference", "rescued", "p", "p_holm"]].isna().all()
    assert (border["rescued"], border["broken"]) == (4, 1)
    assert border["difference"] == pytest.approx(0.3)
    assert border["p"] == pytest.approx(2 * (1 + 5) / 32)
    assert (sharpen["rescued"], sharpen["broken"]) == (0, 2)
    assert sharpen["p"] == pytest.approx(0.5)
    assert rates["p_holm"].tolist()[1:] == pytest.approx([0.75, 0.75])


def test_sampled_successes_give_the_rate_of_all() -> None:
    """Of 16 successes 4 are looked at; 1 of them is broken and stands for 4."""
    parts = parts_of({MESH: "xxxx" + "t" * 16, BORDER: "tttxxttt" + " " * 12})
    border = rates_of(parts).loc["grey_border"]
    assert (border["n"], border["failures"]) == (8, 2)
    assert border["rate"] == pytest.approx((1 + 4) / 20)
    assert border["difference"] == pytest.approx((3 - 4) / 20)
    assert border["low"] < border["rate"] < border["high"]


def test_pictures_with_what_rescues_and_breaks_them() -> None:
    parts = parts_of(STUDY)
    table = picture_table(parts).set_index("image_id")
    assert table.loc["p0000", "rescued_by"] == "mesh/grey_border"
    assert table.loc["p0003", "rescued_by"] == NOT_RESCUED
    assert table.loc["p0005", "broken_by"] == "mesh/sharpen"
    assert not table.loc["p0009", "failed"]
    assert "p0007" not in table.index
    assert never_found(parts, "trusted").tolist() == [False] * 3 + [True] + [False] * 6


def test_groups_by_label_split_and_descriptors() -> None:
    parts = parts_of(STUDY)
    manifest = manifest_of(10, label=["1"] * 5 + ["2"] * 5, split=["train"] * 10)
    descriptors = described(10, np.random.default_rng(0), brightness=np.arange(10.0))
    groupings = make_groupings(parts, manifest, descriptors, quantiles=2)
    names = [grouping.name for grouping in groupings]
    assert names[0] == "label"
    assert "split" not in names and "width" not in names and "grey" not in names
    table = group_table(parts, groupings, confidence=0.95)
    of_label = table[(table["grouping"] == "label") & (table["level"] == "found")]
    assert of_label["failures"].tolist() == [4, 0, 1, 1, 5, 2]
    bright = table[(table["grouping"] == "brightness") & (table["level"] == "trusted")]
    assert bright["group"].tolist()[:2] == ["0 to 4", "5 to 9"]
    assert bright["failures"].tolist()[:2] == [5, 0]


def simulated(n: int, seed: int, cause: str | None) -> tuple[StudyParts, pd.DataFrame]:
    """Failures of one known cause, or of none; a border heals them."""
    generator = np.random.default_rng(seed)
    descriptors = described(n, generator)
    chance = np.full(n, 0.15)
    if cause:
        low = descriptors[cause].rank(pct=True).to_numpy() < 0.25
        chance = np.where(low, 0.5, 0.03)
    lost = generator.random(n) < chance
    healed = lost & (generator.random(n) < 0.2)
    letters = {MESH: letters_of(lost), BORDER: letters_of(healed), SHARPEN: letters_of(lost)}
    return parts_of(letters), descriptors


@pytest.mark.parametrize("cause", ["brightness", "sharpness", "entropy_b_oval"])
def test_a_planted_cause_has_the_largest_effect(cause: str) -> None:
    for seed in range(3):
        parts, descriptors = simulated(600, seed, cause)
        groupings = make_groupings(parts, manifest_of(600), descriptors, quantiles=4)
        tests = grouping_tests(
            parts, groupings, levels=["trusted"], confidence=0.95, seed=1
        ).set_index("grouping")
        assert tests["effect"].abs().idxmax() == cause
        assert tests.loc[cause, "effect"] < -0.3
        assert tests.loc[cause, "p_holm"] < 0.001
        rates = rates_of(parts)
        assert rates["difference"].idxmax() == "grey_border"
        assert rates.loc["grey_border", "p_holm"] < 0.001
        assert rates.loc["sharpen", "p"] == 1


def test_nothing_is_found_where_nothing_is() -> None:
    """The family-wise error of 23 tests after Holm: at most 5 of 30 seeds in 99 of 100 cases."""
    named = 0
    for seed in range(30):
        parts, descriptors = simulated(300, seed, None)
        groupings = make_groupings(parts, manifest_of(300), descriptors, quantiles=4)
        tests = grouping_tests(parts, groupings, levels=["trusted"], confidence=0.95, seed=1)
        named += bool((tests["p_holm"] < 0.05).any())
    assert named <= 5


def report_of(letters: dict[tuple[str, str], str], folder: Path) -> StudyReport:
    n = len(letters[MESH])
    study, manifest = study_of(letters), manifest_of(n, label=[str(k % 2) for k in range(n)])
    outcomes = outcomes_at_both_levels(study, manifest, backend="mesh", variant="original")
    parts = study_parts(study, manifest, outcome=MESH)
    descriptors = described(n, np.random.default_rng(0))
    groupings = make_groupings(parts, manifest, descriptors, quantiles=4)
    return rates_report(
        outcomes,
        parts,
        rate_table(parts, SHIPPED_VARIANTS, confidence=0.95),
        group_table(parts, groupings, confidence=0.95),
        grouping_tests(
            parts,
            groupings,
            levels=[level for level, one in outcomes.items() if not one.too_few],
            confidence=0.95,
            seed=1,
        ),
        folder=folder / "figures" / "rates",
        confidence=0.95,
    )


def test_a_report_says_what_helps_and_draws_it(tmp_path: Path) -> None:
    letters = {
        MESH: "x" * 30 + "t" * 70,
        BORDER: "t" * 25 + "x" * 5 + "t" * 70,
        SHARPEN: "x" * 50 + "t" * 50,
    }
    report = report_of(letters, tmp_path)
    report.write(tmp_path / "rates.json")
    text = " ".join(report.findings)
    assert (
        "'grey_border' loses 25 percentage points (16 to 34) fewer of the pictures than 'mesh original' "
        "(5.0 % instead of 30 %" in text
    )
    assert "'sharpen' loses 20 percentage points (12 to 28) more of the pictures" in text
    assert "25 have them in at least one other part of the study; 5 are saved by nothing" in text
    assert report.n == {"pictures": 100, "failures": 30, "failures_found": 30, "never_found": 5}
    for figure in report.figures:
        for suffix in (".svg", ".png", ".vl.json"):
            assert (tmp_path / f"{figure.stem}{suffix}").is_file()


def test_counts_have_separators_and_equal_rates_are_said_once(tmp_path: Path) -> None:
    seen_by_all = {
        MESH: "x" * 1200 + "t" * 1400,
        BORDER: "t" * 1100 + "x" * 100 + "t" * 1400,
    }
    report = report_of(seen_by_all, tmp_path)
    assert plain_counts(report) == []
    assert "rescued 1,100, broken 0, n = 2,600" in " ".join(report.findings)
    said = {figure.stem.rpartition("/")[2]: figure for figure in report.figures}
    assert "Share of the 2,600 pictures" in said["by_part_trusted"].caption
    assert said["rescued_trusted"].alt.endswith("rescues 1,100 and breaks 0.")
    assert said["by_label_trusted"].alt == "Dots with intervals, all at 46 %."
    part = report_of({MESH: "x" * 1200 + "t" * 1400, BORDER: "t" * 1150 + "x" * 50}, tmp_path)
    assert "rescued 1,150 of 1,200; how" in " ".join(part.findings)
    assert part.figures[0].alt == "Dots with intervals: original loses 46 %."


def test_rates_that_read_alike_have_a_digit_more() -> None:
    least, most = (
        pd.Series({"group": group, "rate": rate}) for group, rate in (("a", 0.1512), ("b", 0.1538))
    )
    assert between(least, most) == "Dots with intervals from 15.1 % (a) to 15.4 % (b)."


def test_what_no_rate_can_be_given_of_is_said(tmp_path: Path) -> None:
    letters = {MESH: "x" * 20 + "t" * 30, BORDER: "t" * 15 + "x" * 5 + " " * 30}
    report = report_of(letters, tmp_path)
    assert (
        "'grey_border' saw only pictures that 'original' lost, of which it rescued 15 of 20; how many it loses of all "
        "pictures is not known." in report.findings
    )
    assert not any("rescued_" in figure.stem for figure in report.figures)


@pytest.mark.parametrize(
    ("letters", "sentence"),
    [
        ({MESH: "t" * 20, BORDER: "t" * 20}, "None of the 20 pictures failed"),
        ({MESH: "x" * 20, BORDER: "x" * 20}, "All 20 pictures failed"),
        ({MESH: "x" * 3 + "t" * 20, BORDER: "t" * 23}, "Only 3 of 23 pictures failed"),
    ],
)
def test_too_few_of_a_kind_are_a_sentence(
    tmp_path: Path, letters: dict[tuple[str, str], str], sentence: str
) -> None:
    report = report_of(letters, tmp_path)
    assert any(finding.startswith(sentence) for finding in report.findings)
    assert all((tmp_path / f"{figure.stem}.svg").is_file() for figure in report.figures)
