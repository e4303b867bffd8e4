"""Whose failures, at which level, of which pictures."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from studies import manifest_of, outcome_of, study_of

from modular_faces.failures.outcome import levels_to_study, outcomes_at_both_levels
from modular_faces.failures.study_files import load_study
from modular_faces.failures.study_rows import NotAStudyError

MESH = ("mesh", "original")


def test_levels_differ_where_a_face_is_found_but_not_trusted() -> None:
    found, trusted = outcomes_at_both_levels(
        study_of({MESH: "tfxt"}), manifest_of(4), backend="mesh", variant="original"
    ).values()
    assert found.failed.tolist() == [False, False, True, False]
    assert trusted.failed.tolist() == [False, True, True, False]
    assert found.image_ids == trusted.image_ids == ["p0000", "p0001", "p0002", "p0003"]
    assert found.weights.tolist() == [1, 1, 1, 1]
    assert found.label is found.split is None


def test_pictures_that_cannot_be_decoded_are_no_failures_of_a_detector() -> None:
    manifest = manifest_of(4, decodable=[True, False, True, True], label_name=["a", "b", None, "a"])
    outcome = outcomes_at_both_levels(
        study_of({MESH: "txxt"}), manifest, backend="mesh", variant="original"
    )["trusted"]
    assert outcome.left_out == 1
    assert outcome.failed.tolist() == [False, True, False]
    assert outcome.label is not None
    assert outcome.label.tolist() == ["a", None, "a"]
    assert "1 file that could not be decoded is left out" in outcome.describe()


def test_sampled_successes_stand_for_all() -> None:
    study = study_of({MESH: "xxtttttt", ("mesh", "wide"): "xtt t   "})
    whole = outcomes_at_both_levels(study, manifest_of(8), backend="mesh", variant="original")
    sampled = outcomes_at_both_levels(study, manifest_of(8), backend="mesh", variant="wide")
    assert whole["trusted"].weights.tolist() == [1] * 8
    assert sampled["trusted"].weights.tolist() == [1, 1, 3, 3]
    assert "1 of 4 pictures (12.5 %), successes being a weighted sample" in (
        sampled["trusted"].describe()
    )


def test_what_a_cascade_leaves_is_refused() -> None:
    """The second variant saw only what the first had lost."""
    study = study_of({MESH: "xxtttttt", ("mesh", "wide"): "xt      "})
    with pytest.raises(NotAStudyError, match="holds only pictures that the largest part lost"):
        outcomes_at_both_levels(study, manifest_of(8), backend="mesh", variant="wide")
    fewer = study_of({MESH: "xxtttttt", ("mesh", "wide"): "x ttt   "})
    with pytest.raises(NotAStudyError, match="without tables of the cascade"):
        outcomes_at_both_levels(fewer, manifest_of(8), backend="mesh", variant="wide")


def test_a_part_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(NotAStudyError, match=r"no part 'mesh on wide'; .* mesh on original"):
        outcomes_at_both_levels(
            study_of({MESH: "xt"}), manifest_of(2), backend="mesh", variant="wide"
        )


def test_a_table_of_the_cascade_is_refused(tmp_path: Path) -> None:
    table = study_of({MESH: "xt"}).drop(columns="backend")
    pq.write_table(pa.Table.from_pandas(table), tmp_path / "features.parquet")
    with pytest.raises(NotAStudyError, match=r"is no study: it has no column backend\. A table of"):
        load_study(tmp_path / "features.parquet")


def test_a_study_is_read_back(tmp_path: Path) -> None:
    study = study_of({MESH: "xt", ("mesh", "wide"): "tf"})
    pq.write_table(pa.Table.from_pandas(study, preserve_index=False), tmp_path / "study.parquet")
    read = load_study(tmp_path / "study.parquet")
    assert list(read.columns) == list(study.columns)
    pd.testing.assert_frame_equal(
        read.astype({"backend": str, "variant": str, "image_id": str}),
        study.astype({"backend": str, "variant": str, "image_id": str}),
    )


@pytest.mark.parametrize(
    ("backend", "variant", "title"),
    [
        (
            "mesh",
            "original",
            "failures of the mesh detector, not of OpenFace, on the pictures as they are",
        ),
        ("openface", "sharpen", "failures of OpenFace, on 'sharpen'"),
        ("precomputed", "lab", "failures in outputs that existed already ('lab')"),
    ],
)
def test_title_says_whose_failures_they_are(backend: str, variant: str, title: str) -> None:
    assert outcome_of([True], backend=backend, variant=variant).title == title


@pytest.mark.parametrize(
    ("failed", "sentence"),
    [
        ([], "No picture could be decoded"),
        ([False] * 30, "None of the 30 pictures failed"),
        ([True] * 30, "All 30 pictures failed"),
        ([True] * 9 + [False] * 30, "Only 9 of 39 pictures failed; fewer than 10"),
        ([True] * 30 + [False] * 9, "Only 9 of 39 pictures succeeded; fewer than 10"),
    ],
)
def test_too_few_of_a_kind_are_a_sentence(failed: list[bool], sentence: str) -> None:
    assert str(outcome_of(failed).too_few).startswith(sentence)


def test_enough_of_both_kinds_are_compared() -> None:
    assert outcome_of([True] * 10 + [False] * 10).too_few is None


def test_levels_that_lose_the_same_are_studied_once() -> None:
    study = study_of({MESH: "xt", ("mesh", "wide"): "ft"})
    same = outcomes_at_both_levels(study, manifest_of(2), backend="mesh", variant="original")
    chosen, note = levels_to_study(same)
    assert [outcome.level for outcome in chosen] == ["trusted"]
    assert note.startswith("Every picture with landmarks has trusted ones")
    differ = outcomes_at_both_levels(study, manifest_of(2), backend="mesh", variant="wide")
    chosen, note = levels_to_study(differ)
    assert [outcome.level for outcome in chosen] == ["found", "trusted"]
    assert note == ""
