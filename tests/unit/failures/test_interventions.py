"""The plan of the interventions and their runs, on pictures in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from small_plans import DARK, FEW, N, lost_first, measures, plan_of

from modular_faces.config_causes import PLACEBOS, Cause, Interventions, with_doses
from modular_faces.failures.conditions import InterventionPlan, read_plan
from modular_faces.failures.hash_order import hash_order
from modular_faces.failures.intervention_plan import plan_interventions, without_changes
from modular_faces.failures.intervention_report import skipped_report
from modular_faces.failures.intervention_rows import picture_table
from modular_faces.failures.intervention_runs import SCHEMA, run_conditions
from modular_faces.failures.intervention_tables import interventions_at
from simulated_detector import SimulatedDetector, face_likes


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
    plan = plan_of(lost_first(20))
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
    plan = plan_of(lost_first(20))
    both = [one.name for one in plan.conditions if one.role == "undo" and "success" in one.on]
    assert set(both) == {"undo_dark_brightened_q75", "undo_tight_framing_border_50"}
    assert {one.on for one in plan.conditions if one.role == "put_in"} == {("success",)}


def test_the_draw_depends_on_names_and_seed_alone() -> None:
    one = plan_of(lost_first(20), sample=5)
    ids = lost_first(20).image_ids
    first = sorted(range(20), key=hash_order(ids[:20], seed=1).index)[:5]
    assert set(one.failures["trusted"]) == {ids[place] for place in first}
    assert plan_of(lost_first(20), sample=5, seed=2).failures != one.failures
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
    plan = plan_of(lost_first(lost))
    assert plan.skipped is not None
    assert message in plan.skipped
    assert plan.conditions == []
    report = skipped_report(lost_first(lost), plan.skipped, folder=tmp_path)
    assert report.skipped == plan.skipped
    assert report.n == {"pictures": N, "failures": lost}
    assert (tmp_path / "interventions_reverse.csv").read_text() == "cause\n"
    assert picture_table([]).column_names == ["image_id", "level", "cured_by", "by_placebo"]


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = plan_of(lost_first(20))
    plan.write(tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == plan
    kept = without_changes(plan, "Cannot be run.")
    assert kept.conditions == []
    assert kept.failures == plan.failures
    assert kept.skipped == "Cannot be run."


def test_every_condition_is_run_on_its_pictures_whatever_the_shards() -> None:
    pictures = face_likes(N, seed=3, spoil=dict.fromkeys(range(20), DARK))
    plan = plan_of(lost_first(20))
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
    plan = plan_of(lost_first(20))
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
    plan = plan_of(lost_first(15))
    parts = [plan.part(number, parts=3) for number in range(3)]
    assert sorted(image_id for part in parts for image_id in part) == lost_first(15).image_ids
    assert {len(part) for part in parts} == {13, 14}
    assert without_changes(plan, "Cannot be run.").part(0, parts=3) == set()


def test_a_dose_is_given_to_a_quarter_of_many_successes_and_each_is_counted_on_its_own() -> None:
    plan = plan_of(lost_first(20), sample=20)  # 20 successes, 5 of a dose
    named = {one.name: one for one in plan.conditions}
    first, second = (
        plan.dealt("trusted", named[f"put_in_tight_framing_crop_{keep}"]) for keep in (80, 60)
    )
    assert (len(first), len(second), len(first | second)) == (5, 5, 10)
    assert len(plan.dealt("trusted", named["put_in_grey_made_grey"])) == 5
    assert len(plan.dealt("trusted", named["undo_tight_framing_border_50"])) == 5
    assert plan.dealt("trusted", named["placebo_mirrored"]) == set(plan.successes["trusted"])
    pictures = face_likes(N, seed=3, spoil=dict.fromkeys(range(20), DARK))
    detector = SimulatedDetector(lambda picture: picture.mean() > 60 and picture.shape[0] > 30)
    runs = run_conditions(plan, pictures.items(), detector, variant=[], accept=0.5).to_pandas()
    made = interventions_at("trusted", plan, runs, causes=FEW, confidence=0.95, least_share=0)
    rows = made.reverse.set_index("dose")[["n", "lost"]]
    assert rows.loc["crop_80"].tolist() == [5, 0]
    assert rows.loc["crop_60"].tolist() == [5, 5]
    assert rows.loc["made_grey"].tolist() == [5, 0]
    assert rows.loc["mirrored"].tolist() == [20, 0]


@pytest.mark.parametrize(("lost", "shared"), [(15, True), (28, False)])
def test_one_draw_of_successes_serves_both_levels_unless_few_of_it_are_trusted(
    lost: int, shared: bool
) -> None:
    levels = lost_first(10, level="found"), lost_first(lost)
    plan = plan_interventions(levels, measures(), causes=FEW, placebos=PLACEBOS, sample=20, seed=1)
    found, trusted = plan.successes["found"], plan.successes["trusted"]
    assert len(found) == 20
    of_found = [image_id for image_id in found if image_id >= f"{lost:04d}"]
    assert (trusted == of_found) is shared
    assert all(image_id >= f"{lost:04d}" for image_id in trusted)
    assert len(plan.failures["trusted"]) == min(lost, 20)


def test_three_doses_begin_at_equal_distances_and_few_successes_get_all() -> None:
    plan = replace(
        plan_of(lost_first(20)), successes={"trusted": list("abcdefghij")}, most_of_a_dose=4
    )
    (one, *_) = plan.conditions

    def doses(plan: InterventionPlan) -> list[str]:
        dealt = [plan.dealt("trusted", replace(one, deal=(number, 3))) for number in range(3)]
        return ["".join(sorted(image_ids)) for image_ids in dealt]

    assert doses(plan) == ["abcd", "defg", "ghij"]
    assert doses(replace(plan, most_of_a_dose=10)) == ["abcdefghij"] * 3
    assert doses(replace(plan, most_of_a_dose=None)) == ["abcdefghij"] * 3
