"""The verdict in words and files: what stands there follows from the numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from studies import methods_options

from modular_faces.config_causes import CAUSES, Interventions
from modular_faces.failures.intervention_report import write_interventions
from modular_faces.failures.intervention_rows import picture_table
from modular_faces.failures.methods_text import methods_text
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.signs import UNDONE_BY, WORDS, rescue_signs, sign_order, sign_words
from modular_faces.failures.verdict import Evidences, LevelVerdict, reach_verdict
from modular_faces.failures.verdict_files import probable_causes, read_evidences, verdict_markdown
from modular_faces.failures.verdict_json import advice, config_lines, verdict_json
from modular_faces.failures.verdict_section import verdict_section
from modular_faces.failures.verdict_text import paragraph
from modular_faces.inference.intervals import Interval
from modular_faces.pages.parts import Table
from modular_faces.tables import write_table
from modular_faces.variants import Steps
from simulated_detector import Simulation, bright_enough, describe, evidences, face_likes, simulate

DARK: Steps = [{"darken": {"to": 20}}]
BLACK: Steps = [{"kernel": {"weights": [[0.0]]}}]
KEPT = ("dark", "tight_framing", "grey", "coarse_jpeg", "covered", "detector")
OPTIONS = Interventions(without=[name for name in CAUSES if name not in KEPT])


@pytest.fixture(scope="module")
def dark() -> Simulation:
    spoil = dict.fromkeys(range(30), DARK) | dict.fromkeys(range(30, 42), BLACK)
    return simulate(face_likes(90, seed=1, spoil=spoil), bright_enough, options=OPTIONS)


def test_the_words_hold_the_numbers(dark: Simulation) -> None:
    text = paragraph(dark.verdict)
    assert "no trusted landmarks in 42 of 90 pictures (46.7 %)." in text
    assert (
        "The first cause is that the picture is dark: brightening brought back 30 of 42 failures, 71 % ("
        in text
    )
    assert "evidence: intervened" in text
    assert "Of the failures that no remedy of a named cause brought back, more than of" in text
    assert "evidence: associated, it could not be undone" in text
    assert "0 of 42 remain unexplained." in text


def test_the_file_holds_causes_in_order(dark: Simulation) -> None:
    values = json.loads(json.dumps(verdict_json([dark.verdict]), allow_nan=False))
    first, second = values["causes"]
    assert (first["cause"], first["evidence"], first["cured"]) == ("dark", "intervened", 30)
    assert first["share_low"] <= first["share"] == 0.7143 <= first["share_high"]
    assert (second["rank"], second["evidence"], second["cured"]) == (2, "associated", None)
    assert second["words"] in {words[0] for words in WORDS.values()}
    assert values["text_trusted"] == paragraph(dark.verdict)
    assert values["n"] == {"pictures": 90, "failures": 42, "examined": 42}
    assert values["levels"]["trusted"]["failed"]["share"] == 0.4667


def test_the_advice_is_net_of_placebo(dark: Simulation) -> None:
    remedies = pd.DataFrame(
        {
            **{"cause": ["dark", "blurred"], "dose": ["brightened", "sharpened"]},
            **{"steps": ["[]", "[]"], "box": ["detector"] * 2},
            **{"cured": [30, 20], "adds": [30, 4], "by_placebos": [5.0, 8.6]},
        }
    )
    text = advice(replace(dark.verdict, remedies=remedies))
    assert "bring back 34 of the 42 failures that were examined" in text
    assert (
        "as many changes without meaning bring back 9, so that 25 are owed to the remedies" in text
    )


def test_text_and_table_give_the_same_limits(dark: Simulation) -> None:
    causes = [replace(dark.verdict.causes[-1], share=Interval(0.05, -0.02, 0.11))]
    verdict = replace(dark.verdict, causes=causes)
    section = verdict_section(verdict_json([verdict]), confidence=0.95)
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    assert "-2.0 to 11 %" in table.rows[0]
    assert "5.0 % (-2.0 to 11 %)" in paragraph(verdict)


def test_a_sign_says_on_what_it_was_measured(dark: Simulation) -> None:
    sign = next(one for one in dark.verdict.causes if one.evidence == "associated")
    assert sign.measured == 6
    assert "measured on the other, 6 failures of it" in paragraph(dark.verdict)


def test_the_methods_name_copies_and_exclusions(dark: Simulation) -> None:
    outcome = replace(dark.outcome, left_out=1, copies=3)
    text = methods_text(
        [replace(dark.verdict, outcome=outcome)],
        dark.plan,
        backend=None,
        options=methods_options(seed=7),
        parts=1,
        columns=[],
        versions={},
    )
    assert "1 file that could not be decoded and 3 copies of other pictures are left out." in text
    assert "one of each cluster, the first by name, stands for all" in text
    assert "chosen ones were tested again" in text


def test_the_lines_for_the_config_try_the_remedy(dark: Simulation) -> None:
    config = yaml.safe_load(config_lines(dark.verdict))
    cascade = config["landmarks"]["cascade"]
    assert cascade[0] == {"variant": "original"}
    assert cascade[1]["variant"].startswith("dark_brightened")
    ((step,),) = (config["variants"][cascade[1]["variant"]],)
    assert list(step) == ["brighten"]
    assert "```yaml" in verdict_markdown([dark.verdict])


def test_every_examined_failure_has_a_probable_cause(dark: Simulation) -> None:
    table = probable_causes([dark.verdict], OPTIONS.all_causes()).to_pandas()
    assert len(table) == 42
    by_id = table.set_index("image_id")
    assert by_id.loc["0003.png", "cause"] == "dark"
    assert by_id.loc["0003.png", "words"] == "the picture is dark"
    assert by_id.loc["0035.png", "evidence"] == "associated"


def test_files_say_what_memory_says(dark: Simulation, tmp_path: Path) -> None:
    assert dark.result is not None
    causes = OPTIONS.all_causes()
    done = [(dark.outcome, dark.result)]
    write_interventions(done, causes=causes, folder=tmp_path, notes=[], confidence=0.95)
    write_table(picture_table(done), tmp_path / "pictures.parquet", metadata={})
    found = read_evidences(
        "trusted",
        dark.plan,
        shares=tmp_path / "interventions.csv",
        reverse=tmp_path / "interventions_reverse.csv",
        remedies=tmp_path / "interventions_remedies.csv",
        pictures=tmp_path / "pictures.parquet",
    )
    assert len(found.remedies)
    sharpen = [{"unsharp": {"sigma": 1, "amount": 1}}]
    sharpened = read_evidences(
        "trusted",
        dark.plan,
        shares=tmp_path / "interventions.csv",
        reverse=tmp_path / "interventions_reverse.csv",
        remedies=tmp_path / "interventions_remedies.csv",
        pictures=tmp_path / "pictures.parquet",
        variant=sharpen,
    )
    tried = [json.loads(steps) for steps in found.remedies["steps"]]
    assert [json.loads(s) for s in sharpened.remedies["steps"]] == [t + sharpen for t in tried]
    pictures = face_likes(90, seed=1, spoil=dict.fromkeys(range(30), DARK))
    for source in (found, evidences(dark.plan, dark.result)):
        verdict = verdict_from(dark.outcome, source, describe(pictures))
        assert verdict.causes[0].cause == "dark"
        assert verdict.causes[0].share.low == pytest.approx(dark.share("dark")[1], abs=1e-4)


def verdict_from(outcome: Outcome, found: Evidences, signs: pd.DataFrame) -> LevelVerdict:
    return reach_verdict(
        outcome,
        found,
        signs,
        causes=OPTIONS.all_causes(),
        confidence=0.95,
        least_association=0.2,
        seed=1,
        notes=["Said last."],
    )


def test_a_sign_that_does_no_harm_when_put_in_is_set_aside(dark: Simulation) -> None:
    failures = [f"f{place}" for place in range(30)]
    successes = [f"s{place}" for place in range(30)]
    failed = np.arange(60) < 30
    outcome = Outcome(
        "mesh", "original", "trusted", [*failures, *successes], failed, np.ones(60), None, None
    )
    reverse = pd.DataFrame(
        {
            "change": ["put_in"],
            "cause": ["grey"],
            "corrected_low": [-0.02],
            "share": [0.01],
            "dose": ["made_grey"],
        }
    )
    none = pd.DataFrame({"image_id": failures, "cured_by": "", "by_placebo": False})
    signs = pd.DataFrame({"grey": failed.astype(float)}, index=outcome.image_ids)
    shares, remedies = pd.DataFrame(), pd.DataFrame()
    verdict = verdict_from(outcome, Evidences(shares, reverse, remedies, none, successes), signs)
    assert verdict.causes == []
    assert [one.cause for one in verdict.set_aside] == ["grey"]
    text = paragraph(verdict)
    assert "putting that into successes did not make them fail, so it is no cause" in text
    assert text.endswith("Said last.")
    assert verdict.pictures["evidence"].eq("none").all()
    harmful = reverse.assign(corrected_low=0.3)
    verdict = verdict_from(outcome, Evidences(shares, harmful, remedies, none, successes), signs)
    assert [one.cause for one in verdict.causes] == ["grey"]


@pytest.mark.parametrize(
    ("lost", "message"), [(0, "None of the 30"), (30, "All 30"), (4, "Only 4")]
)
def test_too_few_of_a_kind_give_a_sentence(lost: int, message: str) -> None:
    ids = [str(place) for place in range(30)]
    outcome = Outcome(
        "mesh", "original", "trusted", ids, np.arange(30) < lost, np.ones(30), None, None
    )
    empty = pd.DataFrame()
    none = pd.DataFrame({"image_id": [], "cured_by": [], "by_placebo": []})
    verdict = verdict_from(
        outcome, Evidences(empty, empty, empty, none, []), pd.DataFrame(index=ids)
    )
    assert verdict.skipped is not None
    assert message in verdict.skipped
    values = verdict_json([verdict])
    assert values["causes"] == []
    assert message in values["text_trusted"]
    assert message in verdict_markdown([verdict])


def test_the_methods_name_numbers_versions_and_papers(dark: Simulation) -> None:
    text = methods_text(
        [dark.verdict],
        dark.plan,
        backend={"accept": 0.5, "threshold": 0.3},
        options=methods_options(seed=7),
        parts=1,
        columns=[],
        versions={"numpy": "2.4.6"},
    )
    assert "42 of 90 pictures failed" in text
    assert "42 failures and 48 successes" in text
    named = {one.cause for one in dark.plan.conditions if one.role == "undo"} - {"detector"}
    assert f"corrected for {len(named)} causes (Bonferroni)" in text
    assert "seed 7" in text and "numpy 2.4.6" in text
    assert "https://doi.org/10.1207/s15327906mbr3103_4" in text
    assert max(len(line) for line in text.splitlines()[:3]) < 1000


def test_rescues_are_asked_through_the_same_eyes() -> None:
    study = pd.DataFrame(
        {
            "image_id": ["a", "b", "a", "b", "a", "b"],
            "backend": ["mesh"] * 6,
            "variant": ["original"] * 2 + ["border"] * 2 + ["sharp"] * 2,
            "found": [False, True, True, True, True, False],
            "yaw_deg": [np.nan, 1, -50, 2, 3, np.nan],
            "roll_deg": [np.nan, 1, 4, 5, 6, np.nan],
            "n_faces": [0, 1, 2, 1, 1, 0],
        }
    )
    signs = rescue_signs(study, ["a", "b", "c"], backend="mesh", variant="original")
    assert signs.loc["a"].tolist() == [50, 4, 1]
    assert signs.loc["b"].tolist() == [2, 5, 0]
    assert signs.loc["c"].isna().all()
    alone = study[study["variant"] == "original"]
    assert rescue_signs(alone, ["a"], backend="mesh", variant="original").isna().all(axis=None)


def test_an_independent_backend_is_asked_before_variants_of_the_same() -> None:
    study = pd.DataFrame(
        {
            "image_id": ["a", "b", "a", "b", "a"],
            "backend": ["mesh"] * 4 + ["other"],
            "variant": ["original"] * 2 + ["border"] * 2 + ["original"],
            "found": [False, True, True, True, True],
            "yaw_deg": [np.nan, 1, -50, 2, 7],
            "roll_deg": [np.nan, 1, 4, 5, 6],
            "n_faces": [0, 1, 1, 1, 1],
        }
    )
    signs = rescue_signs(study, ["a", "b"], backend="mesh", variant="original")
    assert signs.loc["a"].tolist() == [7, 6, 0]
    assert signs.loc["b"].isna().all()
    without_angles = study.assign(yaw_deg=study["yaw_deg"].where(study["backend"] == "mesh"))
    signs = rescue_signs(without_angles, ["a", "b"], backend="mesh", variant="original")
    assert signs["turned_away"].tolist() == [50, 2]


def test_signs_have_words_and_an_order() -> None:
    assert sign_order()[0] == "half_detail"
    assert sign_words("brightness", high=False) == "the picture is dark"
    assert sign_words("border_minus_center", high=True).startswith(
        "the border of the picture is brighter"
    )
    assert sign_words("planted_sign", high=True) == "planted sign is high"
    assert set(UNDONE_BY.values()) <= set(CAUSES)
