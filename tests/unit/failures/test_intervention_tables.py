"""What interventions found, in tables and in the report: which changes cure, and what each dose loses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_plans import DARK, FEW, N, lost_first, plan_of

from modular_faces.config_causes import CAUSES, Interventions
from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.intervention_figures import dose_words
from modular_faces.failures.intervention_report import write_interventions
from modular_faces.failures.intervention_runs import SCHEMA, run_conditions
from modular_faces.failures.intervention_tables import interventions_at
from modular_faces.failures.report_parts import read_report
from simulated_detector import SimulatedDetector, bright_enough, face_likes, simulate


def test_a_cure_beyond_the_range_of_successes_does_not_count() -> None:
    plan = InterventionPlan(
        conditions=plan_of(lost_first(20)).conditions,
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
        conditions=plan_of(lost_first(20)).conditions,
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
        conditions=plan_of(lost_first(20)).conditions,
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
    plan = plan_of(lost_first(20))
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
        [(lost_first(20), made)], causes=FEW, folder=tmp_path, notes=[], confidence=0.95
    )
    assert any("would have become too large" in sentence for sentence in report.findings)
