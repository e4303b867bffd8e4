"""OpenFace as a backend, run with its double: faces, failures, and where points come to lie."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from modular_faces.backends import Answer, Stage, openface_run
from modular_faces.backends.openface import OpenFaceBackend
from modular_faces.backends.openface_command import OpenFaceMissingError
from modular_faces.config_backends import OpenFace
from modular_faces.extraction import extract
from modular_faces.landmark_tables import landmark_table, openface_table
from modular_faces.landmarks import Outcome, find_faces
from modular_faces.variants import Steps, apply_variant
from openface_double import (
    ABORTS,
    DOUBLE,
    FAINT,
    HANGS,
    ONE,
    RECORDED,
    SEGFAULTS,
    TWO_LARGE,
    TWO_SMALL,
    Picture,
    calls,
    picture,
)

FACE = (ONE, 60, 50, 149, 139)
BOX = [60.0, 50, 149, 139]
PAD: Steps = [{"pad": {"fraction": 0.5, "mode": "constant", "value": 127}}]
DETECTOR = Stage("original", [], "detector")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the double writes its calls; it runs with the Python of the tests."""
    monkeypatch.setenv("DOUBLE_CALLS", str(tmp_path / "calls"))
    python = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", f"{python}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "calls"


def backend(**options: Any) -> OpenFaceBackend:
    section = OpenFace.model_validate({"path": str(DOUBLE), **options})
    return OpenFaceBackend(section.model_dump(), mesh=None, mesh_accept=0.5)


def look(
    pictures: Mapping[str, Picture], stage: Stage = DETECTOR, **options: Any
) -> dict[str, Answer]:
    given = [(name, apply_variant(pixels, stage.steps)) for name, pixels in pictures.items()]
    return {answer.image_id: answer for answer in backend(**options).find(given, stage=stage)}


def run(pictures: Mapping[str, Picture], *stages: Stage, **options: Any) -> dict[str, Outcome]:
    def read(lost: Any) -> Iterable[tuple[str, Picture]]:
        return ((name, pixels) for name, pixels in pictures.items() if name in lost)

    return find_faces(
        dict.fromkeys(pictures, ""), read, backend(**options), stages=stages, accept=0.7
    )


def test_the_recorded_picture_gives_the_recorded_numbers(log: Path) -> None:
    with (RECORDED / "one_face.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    x, y = (np.array([float(row[f"{axis}_{k}"]) for k in range(68)]) for axis in "xy")
    left, top, right, bottom = (round(float(v)) for v in (x.min(), y.min(), x.max(), y.max()))
    answers = look({"a": picture((ONE, left, top, right, bottom), side=1024)})
    (face,) = answers["a"].faces
    assert face.landmarks.tolist() == np.column_stack([x, y]).tolist()
    assert face.record is not None
    assert face.record == {name: float(text) for name, text in row.items()}
    assert face.confidence == float(row["confidence"])
    assert face.pose is not None
    assert face.pose.tolist() == [
        float(row[f"pose_{n}"]) for n in ("Tx", "Ty", "Tz", "Rx", "Ry", "Rz")
    ]


def test_one_process_serves_all_pictures_whatever_their_ids(log: Path) -> None:
    names = ["a.jpg", "a.png", "B/Ü bung.JPG", "x;rm -rf.bmp", "c"]
    answers = look({name: picture(FACE) for name in names})
    assert [len(answers[name].faces) for name in names] == [1] * 5
    (call,) = calls(log)
    assert call["pictures"] == [f"{k:08d}.png" for k in range(5)] + ["last.png"]


def test_no_csv_means_no_face(log: Path) -> None:
    answers = look({"empty": picture(), "face": picture(FACE)})
    assert (answers["empty"].faces, answers["empty"].failed) == ([], False)
    assert len(answers["face"].faces) == 1


def test_of_several_faces_the_most_prominent_is_taken(log: Path) -> None:
    two = picture((TWO_LARGE, 10, 10, 99, 99), (TWO_SMALL, 110, 100, 189, 179))
    outcome = run({"two": two}, DETECTOR)["two"]
    assert outcome.n_faces == 2
    assert outcome.face is outcome.everyone[0]
    np.testing.assert_allclose(outcome.face.box, [10, 10, 99, 99], atol=0.06)


def test_found_is_a_row_and_trusted_its_confidence(log: Path) -> None:
    outcome = run({"a": picture((FAINT, 60, 50, 149, 139))}, DETECTOR)["a"]
    assert outcome.face is not None
    assert (outcome.trusted, outcome.reason) == (False, "not_trusted")
    assert outcome.face.confidence == 0.017


def test_points_come_back_from_a_variant_and_so_do_the_eyes(log: Path) -> None:
    filling = picture((ONE, 0, 0, 99, 99), side=100)
    stages = (DETECTOR, Stage("wide", PAD, "detector"))
    outcome = run({"a": filling}, *stages)["a"]
    assert (outcome.trusted, outcome.stage) == (True, 2)
    assert outcome.face is not None and outcome.face.record is not None
    np.testing.assert_allclose(outcome.face.box, [0, 0, 99, 99], atol=0.06)
    table = openface_table({"a": outcome}, stages=stages).to_pylist()
    assert [(row["image_id"], row["face"], row["chosen"], row["variant"]) for row in table] == [
        ("a", 0, True, "wide")
    ]
    assert table[0]["x_0"] == pytest.approx(outcome.face.landmarks[0, 0], abs=1e-4)
    right_eye = outcome.face.landmarks[36:42].mean(axis=0)
    seen = [table[0]["eye_lmk_x_0"], table[0]["eye_lmk_y_0"]]
    assert np.hypot(*(np.array(seen) - right_eye)) < 8
    assert table[0]["AU04_r"] == pytest.approx(2.34)


def test_the_common_table_has_confidence_and_pose(log: Path) -> None:
    outcomes = run({"a": picture(FACE), "b": picture()}, DETECTOR)
    a, b = landmark_table(outcomes, source="openface", stages=[DETECTOR]).to_pylist()
    assert (a["landmark_source"], a["confidence"]) == ("openface", pytest.approx(0.983))
    assert (a["pose_Rx"], b["pose_Rx"]) == (pytest.approx(-0.041), None)
    assert (b["failure_reason"], b["confidence"]) == ("no_face", None)


def test_small_pictures_reach_it_filled_up_and_their_points_keep_their_place(log: Path) -> None:
    sizes = (16, 42, 43, 59, 60)
    answers = look({str(side): picture(side=side) for side in sizes})
    assert [answers[str(side)].failed for side in sizes] == [False] * 5
    assert len(calls(log)) == 1
    tiny = picture((ONE, 2, 2, 36, 36), side=40)
    (face,) = look({"a": tiny}, Stage("original", [], "frame"))["a"].faces
    np.testing.assert_allclose(face.box, [2, 2, 36, 36], atol=0.06)


@pytest.mark.parametrize(
    ("spot", "place", "old"),
    [
        *((spot, place, "0") for spot in (ABORTS, SEGFAULTS) for place in (0, 2, 4)),
        *((ABORTS, place, "1") for place in (0, 2, 4)),
    ],
)
def test_a_culprit_is_left_out_and_the_rest_run_again(
    spot: tuple[int, ...], place: int, old: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUBLE_OLD", old)
    pictures = {str(k): picture(FACE) for k in range(5)}
    pictures[str(place)] = picture(spot=spot)
    outcomes = run(pictures, DETECTOR)
    reasons = [outcomes[str(k)].reason for k in range(5)]
    assert reasons == ["backend_error" if k == place else "" for k in range(5)]


def test_one_that_hangs_is_stopped_and_the_rest_run_again(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    now = 0.0

    def clock() -> float:
        """A clock that stands still until OpenFace hangs, however slow the machine is."""
        nonlocal now
        now += 100.0 if any(own.glob("*/run_*/hangs")) else 0.0
        return now

    monkeypatch.setattr(openface_run, "time", SimpleNamespace(monotonic=clock))
    pictures = {str(k): picture(FACE, spot=HANGS if k == 2 else None) for k in range(5)}
    outcomes = run(pictures, DETECTOR, timeout=60)
    reasons = [outcomes[str(k)].reason for k in range(5)]
    assert reasons == ["", "", "backend_error", "", ""]
    assert list(own.iterdir()) == []


def test_several_culprits_are_all_found_out(log: Path) -> None:
    pictures = {str(k): picture(FACE) for k in range(8)}
    pictures |= {k: picture(spot=ABORTS) for k in ("1", "2", "7")}
    outcomes = run(pictures, DETECTOR)
    assert {k for k, outcome in outcomes.items() if outcome.reason} == {"1", "2", "7"}
    assert outcomes["1"].reason == "backend_error"


def test_a_crash_after_the_csv_was_written_costs_no_face(log: Path) -> None:
    outcomes = run({"0": picture(FACE, spot=SEGFAULTS), "1": picture(FACE)}, DETECTOR)
    assert [outcome.reason for outcome in outcomes.values()] == ["", ""]


def test_no_face_of_a_stage_is_asked_for_again_only_in_the_next(log: Path) -> None:
    run({"a": picture(FACE), "b": picture()}, DETECTOR, Stage("wide", PAD, "detector"))
    assert [len(call["pictures"]) for call in calls(log)] == [3, 2]


def test_the_frame_box_is_given_as_parts_of_the_picture(log: Path) -> None:
    stage = Stage("original", [], "frame")
    (face,) = look({"a": picture(side=200)}, stage, frame_box=[0.1, 0.25, 0.9, 1.0])["a"].faces
    np.testing.assert_allclose(face.box, [19.5, 49.5, 179.5, 199.5], atol=0.06)
    assert "-bboxdir" in calls(log)[0]["arguments"]
    outcome = run({"a": picture(side=200)}, stage)["a"]
    assert (outcome.reason, outcome.stage) == ("not_trusted", 1)


@pytest.mark.parametrize(("accept", "asked"), [(0.9, 1), (0.91, 0)])
def test_the_mesh_can_say_where_to_look(accept: float, asked: int, log: Path) -> None:
    seen = look({"a": picture(FACE)})["a"].faces

    class Boxes:
        name, frame_finds, mesh_partners = "mesh", False, None

        def find(self, pictures: Any, *, stage: Stage) -> Any:
            for image_id, applied in pictures:
                found = seen if applied.picture.max() > 200 else ()
                yield Answer(image_id, found)

        def certainty(self, face: Any) -> float:
            return 0.9

    section = OpenFace.model_validate({"path": str(DOUBLE)}).model_dump()
    openface = OpenFaceBackend(section, mesh=Boxes(), mesh_accept=accept)
    stage = Stage("original", [], "mesh")
    given = [
        (name, apply_variant(p, [])) for name, p in {"a": picture(FACE), "b": picture()}.items()
    ]
    answers = {answer.image_id: answer for answer in openface.find(given, stage=stage)}
    assert [len(answers[name].faces) for name in "ab"] == [asked, 0]
    for face in answers["a"].faces:
        np.testing.assert_allclose(face.box, BOX, atol=0.06)
    boxed = [call["pictures"] for call in calls(log) if "-bboxdir" in call["arguments"]]
    assert boxed == [["00000000.png", "last.png"]] * asked


def test_the_camera_is_that_of_the_original_picture(log: Path) -> None:
    wide = Stage("wide", [{"resize": {"scale": 2.0}}, *PAD], "detector")
    pictures = {"a": picture(FACE, side=200), "b": picture(side=200), "c": picture(side=220)}
    look(pictures, wide, fx=300, fy=310, cx=99.5, cy=99.5)
    first, second = (call["arguments"] for call in calls(log))
    flags = dict(zip(first[-8::2], first[-7::2], strict=True))
    assert flags == {"-fx": "600", "-fy": "620", "-cx": "399.5", "-cy": "399.5"}
    assert second[-1] == "419.5"
    assert [len(call["pictures"]) for call in calls(log)] == [3, 2]


def test_flags_are_those_of_the_config(log: Path) -> None:
    look({"a": picture()}, wild=True, mloc="model/main_clm_general.txt")
    arguments = calls(log)[0]["arguments"]
    assert arguments[4:] == [
        *("-2Dfp", "-3Dfp", "-pdmparams", "-pose", "-aus", "-gaze"),
        *("-mloc", "model/main_clm_general.txt", "-wild"),
    ]


def test_an_openface_that_does_not_work_stops_the_job(log: Path) -> None:
    with pytest.raises(
        OpenFaceMissingError, match=r"plain grey picture.*Could not load the landmark"
    ):
        look({"a": picture(FACE)}, mloc="model/none.txt")
    with pytest.raises(
        OpenFaceMissingError, match=r"'openface.path': there is no program '/no/such'"
    ):
        look({"a": picture(FACE)}, path="/no/such")


def test_nothing_is_left_behind(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    look({"a": picture(FACE), "b": picture(spot=ABORTS)})
    assert list((tmp_path / "own").iterdir()) == []


def test_without_pictures_it_is_not_started(log: Path) -> None:
    assert look({}) == {}
    assert calls(log) == []


def test_openface_ends_with_the_job(log: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_openface import HANGS, look, picture\n"
        "look({'a': picture(spot=HANGS)})\n"
    )
    own = tmp_path / "own"
    own.mkdir()
    environment = os.environ | {"TMPDIR": str(own), "PYTHONPATH": os.pathsep.join(sys.path)}
    job = subprocess.Popen([sys.executable, "-c", code, Path(__file__).parent], env=environment)
    try:
        while not list(own.glob("*/run_*/out/*_of_details.txt")):
            assert job.poll() is None
            time.sleep(0.1)
        (said,) = own.glob("*/run_*/said.txt")
        job.terminate()
        assert job.wait(60) == 128 + signal.SIGTERM
    finally:
        job.kill()
    assert list(own.iterdir()) == []
    running = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            running.append((process / "cmdline").read_bytes())
    assert not any(str(said.parent).encode() in line for line in running)


def test_one_picture_is_measured_with_openface(log: Path) -> None:
    config = {
        "landmarks": {"backend": "openface", "cascade": [{"variant": "original"}]},
        "openface": {"path": str(DOUBLE)},
    }
    row = extract(picture(FACE), config=config)
    assert (row["success"], row["landmark_source"]) == (True, "openface")
    assert row["pose_Ry"] == pytest.approx(0.018)
    assert row["yaw_deg"] is None
