"""Every column has a row that says what it means."""

import csv
from pathlib import Path
from typing import Any

import pytest

from modular_faces import dictionary, dictionary_file
from modular_faces.blendshape_names import EXPRESSION_COLUMNS
from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.config_loading import load_config
from modular_faces.merge import OUTCOME_COLUMNS
from modular_faces.stage_options import stage_options


@pytest.fixture
def options() -> dict[str, Any]:
    config = load_config({"dataset": {"name": "d", "root": "r"}})
    return {f"{stage}_options": stage_options(config, stage) for stage in ("color", "texture")}


def describe(names: list[str], options: dict[str, Any]) -> dict[str, dictionary_file.Description]:
    return {row[0]: row for row in dictionary.describe_features(names, rename={}, **options)}


def test_measured_columns_are_described_by_their_stage(options: dict[str, Any]) -> None:
    names = ["color_hsv_h_00_nose", "haralick_contrast_range_canonical_face_oval"]
    rows = describe(names, options)
    assert rows[names[0]][1:3] == ("color", "nose")
    assert rows[names[1]][1:3] == ("texture", "canonical_face_oval")


def test_blendshapes_are_said_to_be_learnt(options: dict[str, Any]) -> None:
    rows = describe(list(EXPRESSION_COLUMNS), options)
    assert {row[1] for row in rows.values()} == {"expression"}
    assert all(row[5].startswith("LEARNT: ") for row in rows.values())


def test_landmarks_say_which_part_of_the_face_they_are(options: dict[str, Any]) -> None:
    rows = describe(list(LANDMARK_COLUMNS), options)
    parts = {0: "jaw", 16: "jaw", 17: "right eyebrow", 30: "nose", 36: "right eye", 45: "left eye"}
    parts |= {48: "outer lip", 59: "outer lip", 60: "inner lip", 67: "inner lip"}
    for number, part in parts.items():
        assert f"landmark {number} ({part})" in rows[f"x_{number}"][5]
        assert rows[f"y_{number}"][3] == "px"


def test_ratings_and_labels_say_that_they_are_perceptions(options: dict[str, Any]) -> None:
    rows = describe(["rating_smart", "label_name"], options)
    assert all("says nothing about the person" in row[5] for row in rows.values())


@pytest.mark.parametrize("name", [*OUTCOME_COLUMNS, "image_id", "path", "yaw_deg", "color_notes"])
def test_fixed_columns_have_a_description_of_their_own(name: str, options: dict[str, Any]) -> None:
    description = describe([name], options)[name][5]
    assert description and "as the dataset gives it" not in description


def test_the_file_has_a_header_and_a_row_per_column(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    rows = dictionary.describe_features(["image_id", "gender"], rename={}, **options)
    dictionary_file.write_dictionary(rows, tmp_path / "d.csv")
    with (tmp_path / "d.csv").open(newline="") as file:
        read = list(csv.reader(file))
    assert tuple(read[0]) == dictionary_file.HEADER
    assert [row[0] for row in read[1:]] == ["image_id", "gender"]


def test_names_of_the_csv_files_have_rows_of_their_own(options: dict[str, Any]) -> None:
    rows = dictionary.describe_features(["x_0", "x_1"], rename={"x_1": "jaw"}, **options)
    assert [row[0] for row in rows] == ["x_0", "x_1", "jaw"]
    assert rows[2][5].endswith("(in the CSV files; x_1 in Parquet)")
    assert rows[2][3] == "px"
