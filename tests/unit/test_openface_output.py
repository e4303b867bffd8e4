"""OpenFace's CSVs of every version."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modular_faces import geometry
from modular_faces.backends.openface_output import (
    FEATURE_COLUMNS,
    POINTS,
    face_of,
    read_records,
    record_to_original,
)
from openface_double import RECORDED


def test_all_columns_are_known() -> None:
    header = (RECORDED / "one_face.csv").read_text().splitlines()[0].split(",")
    assert header == ["face", *FEATURE_COLUMNS]


def test_a_row_per_face() -> None:
    one, two = read_records(RECORDED / "two_faces.csv")
    assert (one["face"], one["confidence"]) == (0, 0.983)
    assert (two["face"], two["confidence"], two["x_0"]) == (1, 0.817, 80.3)
    np.testing.assert_allclose(face_of(two).box, [80.3, 141.1, 185.5, 236.9])


def test_feature_extraction_has_further_columns_and_success(tmp_path: Path) -> None:
    (record,) = read_records(RECORDED / "sequence.csv")
    assert (record["frame"], record["success"], record["confidence"]) == (1, 1, 0.98)
    header, row = (RECORDED / "sequence.csv").read_text().splitlines()
    cells = row.split(",")
    assert header.split(",")[4] == "success"
    cells[4] = "0"
    (tmp_path / "lost.csv").write_text(f"{header}\n{','.join(cells)}\n")
    assert read_records(tmp_path / "lost.csv") == []


def test_comma_and_space_is_a_separator_too(tmp_path: Path) -> None:
    text = (RECORDED / "one_face.csv").read_text()
    (tmp_path / "old.csv").write_text(text.replace(",", ", "))
    assert read_records(tmp_path / "old.csv") == read_records(RECORDED / "one_face.csv")


@pytest.mark.parametrize("change", ["cut", "nan", "empty"])
def test_rows_that_are_no_face_are_left_out(change: str, tmp_path: Path) -> None:
    header, row = (RECORDED / "one_face.csv").read_text().splitlines()
    cells = row.split(",")
    place = header.split(",").index("x_3")
    if change == "nan":
        cells[place] = "-nan(ind)"
    text = f"{header}\n{','.join(cells[:300] if change == 'cut' else cells)}\n"
    (tmp_path / "a.csv").write_text("" if change == "empty" else text)
    assert read_records(tmp_path / "a.csv") == []


def test_other_numbers_may_be_missing(tmp_path: Path) -> None:
    header, row = (RECORDED / "one_face.csv").read_text().splitlines()
    cells = row.split(",")
    cells[header.split(",").index("gaze_0_x")] = "-nan"
    (tmp_path / "a.csv").write_text(f"{header}\n{','.join(cells)}\n")
    (record,) = read_records(tmp_path / "a.csv")
    assert np.isnan(record["gaze_0_x"])


def test_only_points_of_the_plane_are_brought_back() -> None:
    (record,) = read_records(RECORDED / "one_face.csv")
    back = record_to_original(record, geometry.translation(10, 20), points=POINTS)
    changed = {name for name in record if back[name] != record[name]}
    assert changed == {
        f"{prefix}{axis}_{k}"
        for prefix, count in (("", 68), ("eye_lmk_", 56))
        for axis in "xy"
        for k in range(count)
    }
    assert back["eye_lmk_y_5"] == record["eye_lmk_y_5"] - 20
    assert back["x_8"] == record["x_8"] - 10
