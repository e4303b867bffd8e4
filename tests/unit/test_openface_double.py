"""The double of OpenFace's command does what the real one was seen to do."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from openface_double import ABORTS, DOUBLE, ONE, RECORDED, SEGFAULTS, Picture, picture

OUTPUTS = ("-2Dfp", "-3Dfp", "-pdmparams", "-pose", "-aus", "-gaze")
FACE = (ONE, 60, 50, 149, 139)


def save(folder: Path, **pictures: Picture) -> Path:
    folder.mkdir(exist_ok=True)
    for name, pixels in pictures.items():
        stem, _, suffix = name.rpartition("_")
        Image.fromarray(pixels).convert("RGB").save(folder / f"{stem}.{suffix}", _kind(suffix))
    return folder


def _kind(suffix: str) -> str:
    return {"jpg": "JPEG"}.get(suffix.lower(), suffix.upper())


def run(folder: Path, *flags: str, **environment: str) -> tuple[int, str, set[str]]:
    """Exit status, what it said, and names of the files it wrote."""
    output = folder.parent / "out"
    done = subprocess.run(
        [sys.executable, DOUBLE, "-fdir", folder, "-out_dir", output, *OUTPUTS, *flags],
        capture_output=True, text=True, check=False, env=environment or None,
    )  # fmt: skip
    files = {path.name for path in output.iterdir()} if output.exists() else set()
    return done.returncode, done.stdout + done.stderr, files


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["one_face", "two_faces"])
def test_recorded_files_come_out_byte_for_byte(name: str, tmp_path: Path) -> None:
    codes = {"one_face": [0], "two_faces": [40, 80]}[name]
    faces = []
    for code, row in zip(codes, rows_of(RECORDED / f"{name}.csv"), strict=True):
        x, y = (np.array([float(row[f"{axis}_{k}"]) for k in range(68)]) for axis in "xy")
        corners = np.round([x.min(), y.min(), x.max(), y.max()]).astype(int).tolist()
        faces.append((code, *corners))
    # The smaller face stands apart from the larger one.
    save(tmp_path / "in", a_png=picture(*faces, side=1024))
    status, _, files = run(tmp_path / "in")
    assert (status, files) == (0, {"a.csv", "a_of_details.txt"})
    assert (tmp_path / "out" / "a.csv").read_bytes() == (RECORDED / f"{name}.csv").read_bytes()


def test_no_face_gives_no_csv_and_status_0(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture())
    status, said, files = run(tmp_path / "in")
    assert (status, files) == (0, {"a_of_details.txt"})
    assert said.splitlines()[0] == f"Attempting to read from directory: {tmp_path / 'in'}"
    assert "Starting tracking" in said


def test_there_is_no_column_success_and_711_columns(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture(FACE))
    run(tmp_path / "in")
    (row,) = rows_of(tmp_path / "out" / "a.csv")
    assert len(row) == 711
    assert "success" not in row


def test_only_lower_case_suffixes_are_seen_and_stems_overwrite(tmp_path: Path) -> None:
    save(tmp_path / "in", a_jpg=picture(), a_png=picture(FACE), b_PNG=picture(FACE))
    status, _, files = run(tmp_path / "in")
    assert (status, files) == (0, {"a.csv", "a_of_details.txt"})
    Image.fromarray(picture()).save(tmp_path / "in" / "c.gif")
    assert "c.csv" not in run(tmp_path / "in")[2]


def test_a_corrupt_file_ends_the_batch_with_1(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture(FACE), c_png=picture(FACE))
    (tmp_path / "in" / "b.png").write_text("no picture")
    status, said, files = run(tmp_path / "in")
    assert (status, files) == (1, {"a.csv", "a_of_details.txt"})
    assert f"Could not open the image: {tmp_path / 'in' / 'b.png'}" in said


def test_sides_up_to_42_abort_and_up_to_59_see_nothing(tmp_path: Path) -> None:
    for side in (43, 59, 60):
        face = (ONE, 1, 1, side - 2, side - 2)
        save(tmp_path / "in", **{f"s{side}_png": picture(face, side=side)})
    status, _, files = run(tmp_path / "in")
    assert status == 0
    assert not any(name.endswith(".csv") for name in files)
    save(tmp_path / "in", a_png=np.zeros((42, 300, 3), np.uint8))
    status, said, _ = run(tmp_path / "in")
    assert status == -signal.SIGABRT
    assert "std::length_error" in said


def test_a_face_that_fills_the_picture_or_is_small_is_not_seen(tmp_path: Path) -> None:
    filling, small = (
        picture((ONE, 0, 0, 99, 99), side=100),
        picture((ONE, 20, 20, 78, 78), side=100),
    )
    save(
        tmp_path / "in", a_png=filling, b_png=small, c_png=picture((ONE, 20, 20, 79, 79), side=100)
    )
    assert {name for name in run(tmp_path / "in")[2] if name.endswith(".csv")} == {"c.csv"}


def test_missing_folders_abort_and_empty_ones_end_with_1(tmp_path: Path) -> None:
    assert run(tmp_path / "none")[0] == -signal.SIGABRT
    (tmp_path / "in").mkdir()
    assert run(tmp_path / "in")[0] == 1


def test_boxes_are_needed_for_every_picture(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture(), b_png=picture())
    (tmp_path / "boxes").mkdir()
    (tmp_path / "boxes" / "a.txt").write_text("10 20 110 130\n20 30 120 140\n")
    status, said, _ = run(tmp_path / "in", "-bboxdir", str(tmp_path / "boxes"))
    assert status == 1
    assert "Could not find the corresponding bounding box" in said
    (tmp_path / "boxes" / "b.txt").write_text("")
    status, _, files = run(tmp_path / "in", "-bboxdir", str(tmp_path / "boxes"))
    assert (status, "b.csv" in files) == (0, False)
    assert len(rows_of(tmp_path / "out" / "a.csv")) == 2


def test_the_distance_follows_the_focal_length(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture(FACE))
    near, far = (
        float(rows_of(tmp_path / "out" / "a.csv")[0]["pose_Tz"])
        for focal in ("200", "400")
        if run(tmp_path / "in", "-fx", focal, "-fy", focal)[0] == 0
    )
    assert far == pytest.approx(2 * near, rel=0.01)


def test_an_old_build_writes_spaces_and_no_details(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture(FACE))
    _, _, files = run(tmp_path / "in", DOUBLE_OLD="1")
    assert files == {"a.csv"}
    assert (tmp_path / "out" / "a.csv").read_text().startswith("face, confidence, gaze_0_x, ")


def test_pixels_that_kill_it(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture(spot=ABORTS), b_png=picture(FACE))
    assert run(tmp_path / "in")[::2] == (-signal.SIGABRT, {"a_of_details.txt"})
    save(tmp_path / "in", a_png=picture(FACE, spot=SEGFAULTS))
    assert run(tmp_path / "in")[::2] == (-signal.SIGSEGV, {"a_of_details.txt", "a.csv"})


def test_unknown_flags_and_models_are_refused(tmp_path: Path) -> None:
    save(tmp_path / "in", a_png=picture())
    status, said, _ = run(tmp_path / "in", "-wildly")
    assert status == 64
    assert "there is no flag -wildly" in said
    status, said, _ = run(tmp_path / "in", "-mloc", "model/none.txt")
    assert status == 1
    assert "Could not load the landmark detector" in said
