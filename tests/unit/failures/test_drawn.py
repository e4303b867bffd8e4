"""A seeded draw of pictures: which ones, what is read of them, and what is said of all the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from studies import described, manifest_of, study_of

from modular_faces.config_causes import Interventions
from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.drawn import Exclusions, count_all, drawn_pictures
from modular_faces.failures.entropy import COLUMNS, entropy_table
from modular_faces.failures.groupings import read_descriptors
from modular_faces.failures.hash_order import hash_order
from modular_faces.failures.intervention_plan import plan_interventions, without_changes
from modular_faces.failures.outcome import outcomes_at_both_levels
from modular_faces.failures.parts import study_parts
from modular_faces.failures.rates import grouping_tests, make_groupings, rate_table
from modular_faces.failures.study_files import StudyFiles
from modular_faces.failures.user_tables import joined_groups
from modular_faces.failures.verdict import Evidences, LevelVerdict, reach_verdict
from modular_faces.failures.verdict_json import verdict_json

MESH, BORDER = ("mesh", "original"), ("mesh", "grey_border")
N, DRAWN = 600, 320
OPTIONS = {"backend": "mesh", "variant": "original", "pictures": DRAWN, "seed": 1}
COPIES, UNDECODABLE, TOO_LARGE = range(0, 40, 2), range(41, 60, 3), range(1, 6, 2)


def written(folder: Path, name: str, table: pd.DataFrame, *, rows: int = 64) -> Path:
    path = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, row_group_size=rows)
    return path


def names(folder: Path, image_ids: Sequence[str], *, rows: int = 64) -> Path:
    return written(folder, "manifest", pd.DataFrame({"image_id": image_ids}), rows=rows)


def dataset(*, successes: str = "all") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Study, manifest and descriptors; failures are dark, and some pictures do not count."""
    generator = np.random.default_rng(4)
    failed = generator.random(N) < 0.3
    letters = {
        MESH: "".join("xf"[k % 5 == 0] if lost else "t" for k, lost in enumerate(failed)),
        BORDER: "".join(generator.choice(["t", "x"], N)),
    }
    if successes == "some":
        there = failed | (generator.random(N) < 0.4)
        letters[BORDER] = "".join(
            letter if here else " " for letter, here in zip(letters[BORDER], there, strict=True)
        )
    study = study_of(letters)
    number = study["image_id"].str[1:].astype(int)
    part = study["variant"] == "original"
    study["failure_reason"] = np.where(part & number.isin(TOO_LARGE), "too_large", "")
    study[["yaw_deg", "roll_deg", "n_faces"]] = [0.0, 0.0, 1]
    manifest = manifest_of(
        N,
        decodable=[k not in UNDECODABLE for k in range(N)],
        duplicate_of=["p0599" if k in COPIES else "" for k in range(N)],
        label_name=["happy" if k % 3 else "sad" for k in range(N)],
    )
    brightness = generator.normal(120, 20, N) - 40 * failed
    return study, manifest, described(N, generator, brightness=brightness)


def files_of(
    folder: Path, tables: Sequence[pd.DataFrame], only: frozenset[str] | None = None
) -> tuple[StudyFiles, Path]:
    """Files of a dataset, or of a dataset that consists of some of its pictures."""
    study, manifest, descriptors = tables
    descriptors = descriptors.reset_index()
    if only is not None:
        study, manifest, descriptors = (
            table[table["image_id"].isin(only)] for table in (study, manifest, descriptors)
        )
    files = StudyFiles(
        written(folder, "study", study), written(folder, "manifest", manifest), OPTIONS
    )
    return files, written(folder, "descriptors", descriptors)


@pytest.fixture
def both(tmp_path: Path) -> tuple[tuple[StudyFiles, Path], tuple[StudyFiles, Path]]:
    """A draw of a dataset, and a dataset of just these pictures."""
    folders = [tmp_path / name for name in ("whole", "drawn")]
    for folder in folders:
        folder.mkdir()
    whole = files_of(folders[0], dataset())
    return whole, files_of(folders[1], dataset(), whole[0].drawn)


def test_a_draw_is_exact_and_depends_on_names_and_seed_alone(tmp_path: Path) -> None:
    image_ids = [f"a/{k}.jpg" for k in range(500)]
    drawn = drawn_pictures(names(tmp_path, image_ids), most=123, seed=1)
    assert drawn is not None
    assert len(drawn) == 123
    assert drawn < set(image_ids)
    assert drawn == {image_ids[place] for place in hash_order(image_ids, seed=1)[:123]}
    for turned in (names(tmp_path, image_ids[::-1]), names(tmp_path, image_ids, rows=7)):
        assert drawn_pictures(turned, most=123, seed=1) == drawn
    other = drawn_pictures(names(tmp_path, image_ids), most=123, seed=2)
    assert other is not None
    assert len(other) == 123
    assert other != drawn


def test_a_larger_draw_holds_the_smaller(tmp_path: Path) -> None:
    path = names(tmp_path, [f"{k}.jpg" for k in range(300)])
    small, large = (drawn_pictures(path, most=most, seed=1) for most in (100, 200))
    assert small is not None
    assert large is not None
    assert small < large


@pytest.mark.parametrize("most", [300, 301])
def test_all_pictures_are_taken_where_there_are_no_more(tmp_path: Path, most: int) -> None:
    path = names(tmp_path, [f"{k}.jpg" for k in range(300)])
    assert drawn_pictures(path, most=most, seed=1) is None


def test_every_reader_keeps_to_the_draw(tmp_path: Path) -> None:
    tables = dataset()
    files, descriptors = files_of(tmp_path, tables)
    drawn = files.drawn
    assert drawn is not None
    assert len(drawn) == DRAWN
    rows = files.rows()
    assert set(rows["image_id"]) == drawn
    assert len(rows) == 2 * DRAWN
    assert set(files.listed()["image_id"]) == drawn
    read = read_descriptors([descriptors], ["brightness"], of=drawn)
    pd.testing.assert_frame_equal(read, tables[2].loc[tables[2].index.isin(drawn), ["brightness"]])
    assert set(joined_groups(files.manifest, None, of=drawn).index) == drawn
    outcome = files.outcomes()["trusted"]
    assert set(outcome.image_ids) < drawn
    counted = len(outcome.image_ids) + outcome.left_out + outcome.copies + outcome.too_large
    assert counted == DRAWN


def test_without_a_draw_all_is_read_and_nothing_said(tmp_path: Path) -> None:
    tables = dataset()
    files, descriptors = files_of(tmp_path, tables)
    everything = StudyFiles(files.study, files.manifest, OPTIONS | {"pictures": N})
    assert everything.drawn is None
    assert len(everything.rows()) == len(tables[0])
    assert len(everything.listed()) == len(read_descriptors([descriptors])) == N
    outcome = everything.outcomes()["trusted"]
    assert outcome.drawn_from is None
    assert outcome.whole_dataset == ""
    assert "draw" not in outcome.describe()


def test_a_file_name_of_two_pictures_stands_for_neither(tmp_path: Path) -> None:
    """However few of the pictures that bear it are drawn."""
    manifest = names(tmp_path, ["a/1.jpg", "b/1.jpg", "a/2.jpg", "b/3.jpg"])
    table = tmp_path / "groups.csv"
    table.write_text("image,gender\n1.jpg,f\n2.jpg,m\n3.jpg,f\n")
    known = joined_groups(manifest, table, of={"a/1.jpg", "a/2.jpg"})
    assert known.index.tolist() == ["a/1.jpg", "a/2.jpg"]
    assert known["gender"].isna().tolist() == [True, False]


def rates_of(files: StudyFiles, descriptors: Path) -> list[pd.DataFrame]:
    manifest = files.listed()
    parts = study_parts(files.rows(), manifest, outcome=MESH)
    read = read_descriptors([descriptors], of=files.drawn)
    groupings = make_groupings(parts, manifest, read, quantiles=4)
    return [
        rate_table(parts, {"original": [], "grey_border": []}, confidence=0.95),
        grouping_tests(parts, groupings, levels=["trusted"], confidence=0.95, seed=1),
    ]


def entropy_of(files: StudyFiles, descriptors: Path) -> list[pd.DataFrame]:
    read = read_descriptors([descriptors], COLUMNS, of=files.drawn)
    outcomes = list(files.outcomes().values())
    return [entropy_table(outcomes, read, confidence=0.95, draws=50, seed=1)]


@pytest.mark.parametrize("tables_of", [rates_of, entropy_of])
def test_a_study_of_a_draw_is_that_of_a_dataset_of_these_pictures(
    tables_of: Any, both: tuple[tuple[StudyFiles, Path], tuple[StudyFiles, Path]]
) -> None:
    whole, alone = both
    assert alone[0].drawn is None
    for one, other in zip(tables_of(*whole), tables_of(*alone), strict=True):
        assert len(one)
        pd.testing.assert_frame_equal(one, other)


def plan_of(files: StudyFiles, descriptors: Path) -> InterventionPlan:
    outcomes = files.outcomes()
    read = read_descriptors([descriptors], ["brightness"], of=files.drawn)
    tried = Interventions()
    plan = plan_interventions(
        outcomes.values(),
        {"brightness": read.reindex(outcomes["trusted"].image_ids)["brightness"].to_numpy()},
        causes={"dark": tried.all_causes()["dark"]},
        placebos=tried.placebos,
        sample=100,
        seed=1,
    )
    return without_changes(plan, "Nothing was tried.")


def verdict_of(files: StudyFiles, descriptors: Path) -> LevelVerdict:
    """What is associated with failing, where nothing was tried."""
    plan, nothing = plan_of(files, descriptors), pd.DataFrame()
    failures = plan.failures["trusted"]
    changed = pd.DataFrame({"image_id": failures, "cured_by": "", "by_placebo": False})
    found = Evidences(nothing, nothing, nothing, changed, list(plan.successes["trusted"]))
    return reach_verdict(
        files.outcomes()["trusted"],
        found,
        read_descriptors([descriptors], ["brightness", "contrast"], of=files.drawn),
        causes={},
        confidence=0.95,
        least_association=0.05,
        seed=1,
    )


def test_plan_and_verdict_of_a_draw_are_those_of_a_dataset_of_these_pictures(
    both: tuple[tuple[StudyFiles, Path], tuple[StudyFiles, Path]],
) -> None:
    (whole, alone) = both
    assert plan_of(*whole) == plan_of(*alone)
    drawn, single = (verdict_json([verdict_of(*files)]) for files in both)
    assert drawn["causes"] == single["causes"]
    assert [row["cause"] for row in drawn["causes"]] == ["brightness"]
    added = {"drawn", "drawn_from", "looked_at_of_all", "failures_of_all"}
    for one, other in ((drawn["n"], single["n"]), *_levels(drawn, single)):
        assert {key: value for key, value in one.items() if key not in added} == other


def _levels(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(one["levels"][level], other["levels"][level]) for level in one["levels"]]


def test_failures_of_all_pictures_are_counted_as_a_study_of_all_would(tmp_path: Path) -> None:
    tables = dataset()
    files, _ = files_of(tmp_path, tables)
    whole = count_all(files.study, files.manifest, drawn=DRAWN, **files.part)
    outcomes = outcomes_at_both_levels(*tables[:2], backend="mesh", variant="original")
    assert (whole.drawn, whole.pictures) == (DRAWN, N)
    assert whole.looked_at == len(outcomes["trusted"].failed)
    for level, outcome in outcomes.items():
        assert whole.failed[level] == outcome.failed.sum()
    assert whole.failed["found"] < whole.failed["trusted"]
    assert whole.exclusions == Exclusions(len(UNDECODABLE), len(COPIES), len(TOO_LARGE))
    assert whole.looked_at == N - len(UNDECODABLE) - len(COPIES) - len(TOO_LARGE)


def test_failures_are_counted_by_hand(tmp_path: Path) -> None:
    """Of eight pictures one is a copy and one cannot be decoded; both are lost, and do not count."""
    study = study_of({MESH: "xfxttxtt", BORDER: "xxxxxxxx"})
    manifest = manifest_of(
        8,
        decodable=[k != 2 for k in range(8)],
        duplicate_of=[None, "", "p0004", "", "", "p0000", "", ""],
    )
    paths = written(tmp_path, "study", study), written(tmp_path, "manifest", manifest)
    whole = count_all(*paths, drawn=4, backend="mesh", variant="original")
    assert (whole.pictures, whole.looked_at) == (8, 6)
    assert whole.failed == {"found": 1, "trusted": 2}
    assert whole.exclusions == Exclusions(left_out=1, copies=1, too_large=0)


def test_sampled_successes_stand_for_all_of_the_draw(tmp_path: Path) -> None:
    study, manifest, descriptors = dataset(successes="some")
    study["failure_reason"] = ""
    files, _ = files_of(tmp_path, (study, manifest, descriptors))
    part = OPTIONS | {"variant": "grey_border"}
    sampled = StudyFiles(files.study, files.manifest, part).outcomes()["trusted"]
    whole = files.outcomes()["trusted"]
    lost = dict(zip(whole.image_ids, whole.failed, strict=True))
    of_failures = np.array([lost[image_id] for image_id in sampled.image_ids])
    assert of_failures.sum() == whole.failed.sum()
    assert (sampled.weights[of_failures] == 1).all()
    assert len(sampled.image_ids) < len(whole.image_ids)
    rows = files.rows()
    rows = rows[~rows["image_id"].isin([f"p{k:04d}" for k in COPIES])]
    original = rows[rows["variant"] == "original"]
    succeeded = set(original["image_id"][original["trusted"]])
    looked_at = succeeded & set(rows["image_id"][rows["variant"] == "grey_border"])
    assert 0 < len(looked_at) < len(succeeded)
    weights = np.unique(sampled.weights[~of_failures])
    assert weights == pytest.approx([len(succeeded) / len(looked_at)])
    assert " %)" not in sampled.whole_dataset
