"""The plan of the interventions, their runs and their tables, on pictures in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from modular_faces.config_causes import CAUSES, PLACEBOS, Cause, Interventions, with_doses
from modular_faces.failures.conditions import InterventionPlan, read_plan
from modular_faces.failures.hash_order import hash_order
from modular_faces.failures.intervention_figures import dose_words
from modular_faces.failures.intervention_plan import plan_interventions, without_changes
from modular_faces.failures.intervention_report import skipped_report, write_interventions
from modular_faces.failures.intervention_rows import picture_table
from modular_faces.failures.intervention_runs import SCHEMA, run_conditions
from modular_faces.failures.intervention_tables import interventions_at
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.picture_measures import MEASURES
from modular_faces.failures.report_parts import read_report
from modular_faces.variants import Steps
from simulated_detector import SimulatedDetector, bright_enough, face_likes, simulate

DARK: Steps = [{"darken": {"to": 20}}]
FEW: dict[str, Cause] = {name: CAUSES[name] for name in ("dark", "tight_framing", "grey")}
N = 40


def outcome(lost: int, n: int = N, level: str = "trusted") -> Outcome:
    failed = np.arange(n) < lost
    ids = [f"{place:04d}.png" for place in range(n)]
    return Outcome("mesh", "original", level, ids, failed, np.ones(n), None, None)  # type: ignore[arg-type]


def measures(n: int = N) -> dict[str, np.ndarray]:
    return {name: np.arange(n, dtype=np.float64) + 50 for name in MEASURES}


def plan_of(one: Outcome, *, sample: int = 1000, seed: int = 1) -> InterventionPlan:
    n = len(one.failed)
    return plan_interventions(
        [one], measures(n), causes=FEW, placebos=PLACEBOS, sample=sample, seed=seed
    )


def test_quantiles_become_numbers_and_numbers_stay() -> None:
    steps: list[dict[str, dict[str, Any]]] = [
        {"brighten": {"to": "q50"}},
        {"pad": {"fraction": 0.5, "value": "mean"}},
    ]
    assert with_doses(steps, {50: 91.5}) == [
        {"brighten": {"to": 91.5}},
        {"pad": {"fraction": 0.5, "value": "mean"}},
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"words": "x"}, "undo and put_in are both empty"),
        ({"words": "x", "undo": {"a": [{"brighten": {"to": "q50"}}]}}, "no measure is named"),
        ({"words": "x", "undo": {"a": [{"brighten": {"by": 3}}]}}, "dose 'a': step 1 .*unknown"),
    ],
)
def test_a_cause_that_cannot_be_tried_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Cause.model_validate(values)


def test_a_placebo_that_is_no_variant_is_refused() -> None:
    with pytest.raises(ValueError, match="placebo 'odd': step 1: unknown step nothing"):
        Interventions(placebos={"odd": [{"nothing": {}}]})


def test_causes_can_be_left_out_and_added() -> None:
    mine = Cause(words="the picture is mine", undo={"theirs": [{"mirror": {}}]})
    tried = Interventions(causes={"mine": mine}, without=["grey"]).all_causes()
    assert "mine" in tried
    assert "grey" not in tried


def test_the_doses_are_percentiles_of_successes_and_of_failures() -> None:
    plan = plan_of(outcome(20))
    named = {one.name: one for one in plan.conditions}
    success = np.arange(20, 40) + 50.0
    assert named["undo_dark_brightened_q50"].steps == [{"brighten": {"to": np.median(success)}}]
    lost = np.arange(20) + 50.0
    assert named["put_in_dark_darkened_q10"].steps == [
        {"darken": {"to": round(float(np.percentile(lost, 10)), 2)}}
    ]
    low, high = plan.ranges["brightness"]
    assert (low, high) == (round(float(np.percentile(success, 1)), 4), 88.81)


def test_only_the_strongest_remedy_is_tried_on_successes() -> None:
    plan = plan_of(outcome(20))
    both = [one.name for one in plan.conditions if one.role == "undo" and "success" in one.on]
    assert set(both) == {"undo_dark_brightened_q75", "undo_tight_framing_border_50"}
    assert {one.on for one in plan.conditions if one.role == "put_in"} == {("success",)}


def test_the_draw_depends_on_names_and_seed_alone() -> None:
    one = plan_of(outcome(20), sample=5)
    ids = outcome(20).image_ids
    first = sorted(range(20), key=hash_order(ids[:20], seed=1).index)[:5]
    assert set(one.failures["trusted"]) == {ids[place] for place in first}
    assert plan_of(outcome(20), sample=5, seed=2).failures != one.failures
    assert hash_order(["b", "a"], seed=1) == [1 - p for p in hash_order(["a", "b"], seed=1)]


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        (0, "None of the 40 pictures failed"),
        (40, "All 40 pictures failed"),
        (3, "Only 3 of 40"),
        (37, "Only 3 of 40"),
    ],
)
def test_too_few_of_a_kind_give_a_sentence(lost: int, message: str, tmp_path: Path) -> None:
    plan = plan_of(outcome(lost))
    assert plan.skipped is not None
    assert message in plan.skipped
    assert plan.conditions == []
    report = skipped_report(outcome(lost), plan.skipped, folder=tmp_path)
    assert report.skipped == plan.skipped
    assert report.n == {"pictures": N, "failures": lost}
    assert (tmp_path / "interventions_reverse.csv").read_text() == "cause\n"
    assert picture_table([]).column_names == ["image_id", "level", "cured_by", "by_placebo"]


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = plan_of(outcome(20))
    plan.write(tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    kept = without_changes(plan, "Cannot be run.")
    assert kept.conditions == []
    assert kept.failures == plan.failures
    assert kept.skipped == "Cannot be run."


def test_every_condition_is_run_on_its_pictures_whatever_the_shards() -> None:
    pictures = face_likes(N, seed=3, spoil=dict.fromkeys(range(20), DARK))
    plan = plan_of(outcome(20))
    detector = SimulatedDetector(lambda picture: picture.mean() > 60)
    whole = run_conditions(plan, pictures.items(), detector, variant=[], accept=0.5)
    items = list(pictures.items())
    parts = [
        run_conditions(plan, part, detector, variant=[], accept=0.5)
        for part in (items[:7], items[7:30], items[30:])
    ]
    assert pa.concat_tables(parts).equals(whole)
    table = whole.to_pandas()
    counts = table.groupby("condition").size()
    assert counts["unchanged"] == N
    assert counts["undo_dark_brightened_q25"] == 20
    assert counts["put_in_grey_made_grey"] == 20
    unchanged = table[table["condition"] == "unchanged"]
    assert unchanged["measure"].isna().all()
    assert whole.schema == SCHEMA


def test_no_picture_is_looked_at_twice_nor_one_that_cannot_count() -> None:
    seen: list[bytes] = []

    def rule(picture: np.ndarray) -> bool:
        seen.append(picture.tobytes())
        return bool(picture.mean() > 60)

    picture = np.full((8, 8, 3), 100, np.uint8)
    plan = plan_of(outcome(20))
    plan = replace(
        plan,
        failures={"trusted": ["a"]},
        successes={"trusted": []},
        conditions=[one for one in plan.conditions if one.cause in ("", "dark")],
        ranges={"brightness": (20.0, 89.0)},
    )
    steps = {one.name: one.steps for one in plan.conditions}
    assert steps["undo_dark_brightened_q25"] == [{"brighten": {"to": 74.75}}]
    table = run_conditions(
        plan, [("a", picture)], SimulatedDetector(rule), variant=[], accept=0.5
    ).to_pandas()
    # An even picture is the same shifted, mirrored or encoded again, and already brighter than any dose.
    assert len(seen) == 1
    assert len(table) == 1 + len(PLACEBOS) + 3
    assert table["trusted"].all()
    dark = np.full((8, 8, 3), 50, np.uint8)
    strict = replace(plan, ranges={"brightness": (20.0, 60.0)})
    table = run_conditions(
        strict, [("a", dark)], SimulatedDetector(rule), variant=[], accept=0.5
    ).to_pandas()
    beyond = table[table["condition"].str.startswith("undo_dark")]
    assert beyond["trusted"].isna().all()
    assert (beyond["measure"] > 60).all()
    assert table["trusted"].notna().sum() == 1 + len(PLACEBOS)
    made = interventions_at("trusted", strict, table, causes=FEW, confidence=0.95, least_share=0)
    assert made.pictures["cured_by"].tolist() == [""]


def test_every_picture_falls_to_one_job() -> None:
    plan = plan_of(outcome(15))
    parts = [plan.part(number, parts=3) for number in range(3)]
    assert sorted(image_id for part in parts for image_id in part) == outcome(15).image_ids
    assert {len(part) for part in parts} == {13, 14}
    assert without_changes(plan, "Cannot be run.").part(0, parts=3) == set()


def test_a_dose_is_given_to_a_third_of_many_successes_and_each_is_counted_on_its_own() -> None:
    plan = plan_of(outcome(20), sample=20)  # 20 successes, 6 of a dose
    named = {one.name: one for one in plan.conditions}
    first, second = (
        plan.dealt("trusted", named[f"put_in_tight_framing_crop_{keep}"]) for keep in (80, 60)
    )
    assert (len(first), len(second), len(first | second)) == (6, 6, 12)
    assert len(plan.dealt("trusted", named["put_in_grey_made_grey"])) == 6
    assert len(plan.dealt("trusted", named["undo_tight_framing_border_50"])) == 6
    assert plan.dealt("trusted", named["placebo_mirrored"]) == set(plan.successes["trusted"])
    pictures = face_likes(N, seed=3, spoil=dict.fromkeys(range(20), DARK))
    detector = SimulatedDetector(lambda picture: picture.mean() > 60 and picture.shape[0] > 30)
    runs = run_conditions(plan, pictures.items(), detector, variant=[], accept=0.5).to_pandas()
    made = interventions_at("trusted", plan, runs, causes=FEW, confidence=0.95, least_share=0)
    rows = made.reverse.set_index("dose")[["n", "lost"]]
    assert rows.loc["crop_80"].tolist() == [6, 0]
    assert rows.loc["crop_60"].tolist() == [6, 6]
    assert rows.loc["made_grey"].tolist() == [6, 0]
    assert rows.loc["mirrored"].tolist() == [20, 0]


@pytest.mark.parametrize(("lost", "shared"), [(15, True), (28, False)])
def test_one_draw_of_successes_serves_both_levels_unless_few_of_it_are_trusted(
    lost: int, shared: bool
) -> None:
    levels = outcome(10, level="found"), outcome(lost)
    plan = plan_interventions(levels, measures(), causes=FEW, placebos=PLACEBOS, sample=20, seed=1)
    found, trusted = plan.successes["found"], plan.successes["trusted"]
    assert len(found) == 20
    of_found = [image_id for image_id in found if image_id >= f"{lost:04d}"]
    assert (trusted == of_found) is shared
    assert all(image_id >= f"{lost:04d}" for image_id in trusted)
    assert len(plan.failures["trusted"]) == min(lost, 20)


def test_three_doses_begin_at_equal_distances_and_few_successes_get_all() -> None:
    plan = replace(
        plan_of(outcome(20)), successes={"trusted": list("abcdefghij")}, most_of_a_dose=4
    )
    (one, *_) = plan.conditions

    def doses(plan: InterventionPlan) -> list[str]:
        dealt = [plan.dealt("trusted", replace(one, deal=(number, 3))) for number in range(3)]
        return ["".join(sorted(image_ids)) for image_ids in dealt]

    assert doses(plan) == ["abcd", "defg", "ghij"]
    assert doses(replace(plan, most_of_a_dose=10)) == ["abcdefghij"] * 3
    assert doses(replace(plan, most_of_a_dose=None)) == ["abcdefghij"] * 3


def test_a_cure_beyond_the_range_of_successes_does_not_count() -> None:
    plan = InterventionPlan(
        conditions=plan_of(outcome(20)).conditions,
        failures={"trusted": ["a", "b", "c"]},
        successes={"trusted": []},
        ranges={"brightness": (60.0, 100.0)},
    )
    rows = []
    for image_id, before, after in (("a", 20.0, 90.0), ("b", 20.0, 120.0), ("c", 20.0, 50.0)):
        for one in plan.conditions:
            if "failure" not in one.on:
                continue
            hit = one.cause == "dark"
            rows.append((image_id, one.name, hit, hit, before, after if hit else np.nan))
    runs = pd.DataFrame(rows, columns=SCHEMA.names)
    made = interventions_at("trusted", plan, runs, causes=FEW, confidence=0.95, least_share=0)
    cured = dict(zip(made.pictures["image_id"], made.pictures["cured_by"], strict=True))
    assert cured == {"a": "dark", "b": "", "c": "dark"}


def test_the_report_is_the_same_twice_and_names_its_files(tmp_path: Path) -> None:
    pictures = face_likes(60, seed=5, spoil=dict.fromkeys(range(25), DARK))
    options = Interventions(without=[name for name in CAUSES if name not in FEW])
    done = simulate(pictures, bright_enough, options=options)
    assert done.result is not None
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        report = write_interventions(
            [(done.outcome, done.result)],
            causes=FEW,
            folder=folder,
            notes=["A note."],
            confidence=0.95,
        )
        report.write(folder / "interventions.json")
        written.append({p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()})
    assert written[0] == written[1]
    assert read_report(tmp_path / "one" / "interventions.json") == report
    assert any("Brightening brought back" in text for text in report.findings)
    assert report.findings[-1] == "A note."
    for figure in report.figures:
        assert (tmp_path / "one" / f"{figure.stem}.svg").is_file()
    for table in report.tables:
        assert (tmp_path / "one" / table.file).is_file()
    shares = pd.read_csv(tmp_path / "one" / "interventions.csv")
    assert shares["cause"][0] == "dark"
    assert shares["evidence"].eq("intervened").all()
    overlap = pd.read_csv(tmp_path / "one" / "interventions_overlap.csv")
    assert overlap["n"].sum() == 25


def test_doses_in_words() -> None:
    assert dose_words("brightened_q25") == "brightened to percentile 25"
    assert dose_words("border_50") == "border 50"


def test_a_success_pushed_beyond_the_range_is_not_lost() -> None:
    """Brightened successes succeed as before; that they are now brighter than others is no failure."""
    plan = InterventionPlan(
        conditions=plan_of(outcome(20)).conditions,
        failures={"trusted": []},
        successes={"trusted": ["a", "b", "c", "d"]},
        ranges={"brightness": (60.0, 100.0)},
    )
    rows = [
        (image_id, one.name, *(2 * (one.cause != "dark" or image_id != "d",)), 90.0, 120.0)
        for image_id in "abcd"
        for one in plan.conditions
        if "success" in one.on
    ]
    runs = pd.DataFrame(rows, columns=SCHEMA.names)
    made = interventions_at("trusted", plan, runs, causes=FEW, confidence=0.95, least_share=0)
    lost = made.reverse.set_index(["change", "cause"])["lost"]
    assert lost["undo", "dark"] == 1
    assert lost["undo", "tight_framing"] == 0
    assert made.reverse["n"].eq(4).all()


def test_landmarks_that_are_not_trusted_are_no_cure() -> None:
    """Noise in which a stronger contrast makes the detector see a face is found, and not trusted."""
    plan = InterventionPlan(
        conditions=plan_of(outcome(20)).conditions,
        failures={"found": ["a", "b", "c"]},
        successes={"found": []},
        ranges={"brightness": (0.0, 255.0)},
    )
    rows = [
        (image_id, one.name, one.cause == "dark", one.cause == "dark" and image_id == "a", 9.0, 9.0)
        for image_id in "abc"
        for one in plan.conditions
        if "failure" in one.on
    ]
    runs = pd.DataFrame(rows, columns=SCHEMA.names)
    made = interventions_at("found", plan, runs, causes=FEW, confidence=0.95, least_share=0)
    dark = next(share for share in made.shares if share.cause == "dark")
    assert (dark.cured, dark.n) == (1, 3)


def test_a_change_that_makes_a_picture_too_large_is_neither_cure_nor_loss(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No border fits: the remedy for tight framing is tried on none, and nothing is lost by it."""
    monkeypatch.setattr("modular_faces.steps.MAX_SIDE", 40)
    pictures = face_likes(N, seed=1, spoil=dict.fromkeys(range(20), DARK))
    assert next(iter(pictures.values())).shape[0] == 40
    plan = plan_of(outcome(20))
    detector = SimulatedDetector(bright_enough)
    runs = run_conditions(plan, pictures.items(), detector, variant=[], accept=0.5).to_pandas()
    tight = runs["condition"].str.startswith("undo_tight_framing")
    assert not tight.any()
    made = interventions_at("trusted", plan, runs, causes=FEW, confidence=0.95, least_share=0)
    conditions = [one for one in plan.conditions if one.name.startswith("undo_tight_framing")]
    meant = sum(20 * len(one.on) for one in conditions)
    assert made.passed_over >= meant > 0
    doses = made.doses.set_index("cause").loc["tight_framing"]
    assert (doses["n"] == 0).all()
    assert doses["rate"].isna().all()
    reverse = made.reverse.set_index(["change", "cause"]).loc[("undo", "tight_framing")]
    assert (reverse[["n", "lost"]] == 0).to_numpy().all()
    report = write_interventions(
        [(outcome(20), made)], causes=FEW, folder=tmp_path, notes=[], confidence=0.95
    )
    assert any("would have become too large" in sentence for sentence in report.findings)
