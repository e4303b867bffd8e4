"""Outputs that exist already: every form they come in, and the backend that gives them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from modular_faces.backends import Stage
from modular_faces.backends.registry import open_backend
from modular_faces.config_loading import load_config
from modular_faces.landmark_tables import landmark_table, openface_table
from modular_faces.landmarks import Outcome, find_faces
from modular_faces.precomputed import precomputed_table
from modular_faces.stage_options import precomputed_options, stage_options, study_options
from modular_faces.tables import write_table
from openface_double import RECORDED

PATHS = [(path, path) for path in ("x/a.jpg", "x/b.jpg", "y/c.png", "y/d.png")]


def options(path: Path, **keys: Any) -> dict[str, Any]:
    source = {"path": str(path), **keys}
    config = {"dataset": {"name": "d", "root": "."}, "precomputed": {"sources": {"mine": source}}}
    return precomputed_options(load_config(config), "mine")


def read(path: Path, **keys: Any) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    """Faces by picture, and the report."""
    table, report = precomputed_table(PATHS, options(path, **keys))
    faces: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        faces.setdefault(row["image_id"], []).append(row)
    return faces, report


@pytest.fixture
def openface(tmp_path: Path) -> Path:
    """A folder as FaceLandmarkImg and others left it."""
    folder = tmp_path / "openface"
    (folder / "y").mkdir(parents=True)
    one = (RECORDED / "one_face.csv").read_text()
    (folder / "a.csv").write_text(one)
    (folder / "a_of_details.txt").touch()
    (folder / "b_of_details.txt").touch()
    (folder / "y" / "c.csv").write_text(one.replace(",", ", "))
    (folder / "d.csv").write_text((RECORDED / "two_faces.csv").read_text())
    (folder / "stranger.csv").write_text(one)
    return folder


def test_a_folder_of_openface(openface: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        faces, report = read(openface)
    assert {name: len(rows) for name, rows in faces.items()} == {
        **{"x/a.jpg": 1, "y/c.png": 1, "y/d.png": 2}
    }
    assert faces["y/c.png"][0]["AU04_r"] == pytest.approx(2.34)
    assert report == {
        **{"source": "mine", "names": 5, "pictures": 4, "pictures_matched": 4},
        **{"pictures_with_faces": 3, "unmatched": ["stranger"], "ambiguous": {}, "repeated": {}},
    }
    assert "mine: 1 names that no picture has: stranger" in caplog.text


def test_doubly_matched_names_are_reported(openface: Path) -> None:
    (openface / "second").mkdir()
    (openface / "second" / "a.csv").write_text((RECORDED / "two_faces.csv").read_text())
    faces, report = read(openface)
    assert report["repeated"] == {"x/a.jpg": ["a", "second/a"]}
    assert faces["x/a.jpg"][0]["x_0"] == pytest.approx(330.1, abs=200)
    assert len(faces["x/a.jpg"]) == 1


def test_one_table_of_openface(tmp_path: Path) -> None:
    header, row = (RECORDED / "sequence.csv").read_text().splitlines()
    lost = row.split(",")
    lost[4] = "0"
    lines = [f"filename,{header}", f"x/a.jpg,{row}", f"b,{','.join(lost)}"]
    (tmp_path / "all.csv").write_text("\n".join(lines))
    faces, report = read(tmp_path / "all.csv")
    assert list(faces) == ["x/a.jpg"]
    assert (report["pictures_matched"], report["pictures_with_faces"]) == (2, 1)


@pytest.mark.parametrize("one_file", [True, False])
def test_rekognition(one_file: bool, tmp_path: Path) -> None:
    box = {"Left": 0.25, "Top": 0.1, "Width": 0.5, "Height": 0.8}
    responses = {
        "a.jpg": {"FaceDetails": [{"BoundingBox": box, "Confidence": 99.5}]},
        "b.jpg": {"FaceDetails": []},
    }
    if one_file:
        path = tmp_path / "faces.json"
        path.write_text(json.dumps(responses))
    else:
        path = tmp_path / "faces"
        path.mkdir()
        for name, response in responses.items():
            (path / name).with_suffix(".json").write_text(json.dumps(response))
    faces, report = read(path)
    (face,) = faces["x/a.jpg"]
    assert face["detector_score"] == pytest.approx(0.995)
    assert [face[f"box_{k}"] for k in ("x0", "y0", "x1", "y1")] == pytest.approx(
        [0.25, 0.1, 0.75, 0.9]
    )
    assert (report["pictures_matched"], report["pictures_with_faces"]) == (2, 1)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_a_table_with_a_column_map(suffix: str, tmp_path: Path) -> None:
    columns = {"img": ["a", "b"], "ok": ["yes", "no"], "score": [0.75, 0.0]}
    points = {f"p{k}_{axis}": [float(k), 0.0] for k in range(68) for axis in "uv"}
    table = pa.table(columns | points)
    path = tmp_path / f"t{suffix}"
    if suffix == ".parquet":
        pq.write_table(table, path)
    else:
        write = pa_csv.WriteOptions(delimiter="\t" if suffix == ".tsv" else ",")
        pa_csv.write_csv(table, path, write)
    theirs = {"name": "img", "found": "ok", "confidence": "score", "x_#": "p#_u", "y_#": "p#_v"}
    faces, report = read(path, columns=theirs)
    (face,) = faces["x/a.jpg"]
    assert (face["confidence"], face["x_67"], face["y_3"]) == (0.75, 67.0, 3.0)
    assert (list(faces), report["pictures_matched"]) == (["x/a.jpg"], 2)


def test_lists_of_found_and_lost(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("a.jpg\ny/c.png\n# a comment\n\n")
    assert sorted(read(path)[0]) == ["x/a.jpg", "y/c.png"]
    assert sorted(read(path, listed="lost")[0]) == ["x/b.jpg", "y/d.png"]
    path.write_text("a.jpg,found\nb.jpg,lost\nc.png\tfound\n")
    assert sorted(read(path)[0]) == ["x/a.jpg", "y/c.png"]


@pytest.mark.parametrize(
    ("name", "text", "keys", "message"),
    [
        ("a.csv", "who,x_0\na,1\n", {}, "no column of .* names the picture"),
        ("a.csv", "name\na\n", {"columns": {"x_99": "u"}}, "there is no 'x_99'"),
        ("a.csv", "name\na\n", {"columns": {"x_1": "u"}}, "has no column 'u'"),
        ("a.csv", "name,found\na\n", {}, "line 2 has 1 cells, the header 2"),
        ("a.csv", "name\nstranger\n", {}, "none of its 1 names means a picture"),
        ("a.json", "[1]", {}, "is not of the form"),
        ("a.json", "{", {}, "is not JSON"),
        ("a.json", '{"a": {"Faces": []}}', {}, "no response of Rekognition"),
        ("folder", None, {}, r"holds no \.csv and no \.json file"),
    ],
)
def test_what_cannot_be_read_is_refused(
    name: str, text: str | None, keys: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if text is None:
        path.mkdir()
    else:
        path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read(path, **keys)


def outcomes_of(
    folder: Path, sources: dict[str, dict[str, Any]], *, side: int = 100
) -> tuple[dict[str, Outcome], list[Stage]]:
    """Run the cascade of sources over grey pictures."""
    config = load_config(
        {
            "dataset": {"name": "d", "root": "."},
            "landmarks": {"backend": "precomputed"},
            "precomputed": {"sources": sources},
        }
    )
    tables = []
    for name in sources:
        table, _ = precomputed_table(PATHS, precomputed_options(config, name))
        write_table(table, folder / f"{name}.parquet", metadata={})
        tables.append(str(folder / f"{name}.parquet"))
    given = stage_options(config, "landmarks")
    backend = open_backend(given, tables=tables)
    stages = [Stage(s["name"], s["steps"], s["box"]) for s in given["cascade"]]
    pixels = np.zeros((side, side, 3), np.uint8)
    outcomes = find_faces(
        {name: "" for name, _ in PATHS},
        lambda lost: [(name, pixels) for name, _ in PATHS if name in lost],
        backend, stages=stages, accept=given["accept"],
    )  # fmt: skip
    return outcomes, stages


def test_sources_are_asked_in_order_each_for_what_is_still_lost(
    openface: Path, tmp_path: Path
) -> None:
    (tmp_path / "more.txt").write_text("a\nb\n")
    sources = {"first": {"path": str(openface)}, "then": {"path": str(tmp_path / "more.txt")}}
    outcomes, stages = outcomes_of(tmp_path, sources, side=1024)
    rows = landmark_table(outcomes, source="precomputed", stages=stages).to_pylist()
    assert [(row["variant"], row["success"], row["n_faces"]) for row in rows] == [
        ("first", True, 1),
        ("then", True, 1),
        ("first", True, 1),
        ("first", True, 2),
    ]
    assert [row["x_0"] is None for row in rows] == [False, True, False, False]
    assert rows[0]["confidence"] == pytest.approx(0.983)
    own = openface_table(outcomes, stages=stages).to_pylist()
    assert [(row["image_id"], row["face"], row["chosen"]) for row in own] == [
        *(("x/a.jpg", 0, True), ("y/c.png", 0, True)),
        *(("y/d.png", 0, True), ("y/d.png", 1, False)),
    ]


def test_points_are_those_of_the_variant_they_were_measured_on(
    openface: Path, tmp_path: Path
) -> None:
    plain, _ = outcomes_of(tmp_path, {"s": {"path": str(openface)}}, side=1024)
    bordered, _ = outcomes_of(
        tmp_path, {"s": {"path": str(openface), "variant": "grey_border"}}, side=1024
    )
    one, other = (outcome["x/a.jpg"].face for outcome in (plain, bordered))
    assert one is not None and other is not None
    np.testing.assert_allclose(other.landmarks, one.landmarks - 512)


def test_scores_below_the_threshold_are_not_trusted(tmp_path: Path) -> None:
    box = {"Left": 0.25, "Top": 0.1, "Width": 0.5, "Height": 0.8}
    face = {"FaceDetails": [{"BoundingBox": box, "Confidence": 60.0}]}
    (tmp_path / "r.json").write_text(json.dumps({"a": face}))
    outcomes, _ = outcomes_of(tmp_path, {"r": {"path": str(tmp_path / "r.json")}})
    outcome = outcomes["x/a.jpg"]
    assert (outcome.reason, outcomes["x/b.jpg"].reason) == ("not_trusted", "no_face")
    assert outcome.face is not None
    np.testing.assert_allclose(outcome.face.box, [24.5, 9.5, 74.5, 89.5], atol=1e-4)


def test_the_study_has_every_source_once(openface: Path) -> None:
    sources = {name: {"path": str(openface)} for name in ("before", "after")}
    config = load_config(
        {
            "dataset": {"name": "d", "root": "."},
            "study": {"variants": ["original"], "backends": ["mesh", "precomputed"]},
            "precomputed": {"sources": sources, "accept": 0.25},
        }
    )
    assert config.study_runs() == [
        *(("mesh", "original"), ("precomputed", "before"), ("precomputed", "after"))
    ]
    given = study_options(config, "precomputed", "after")
    assert given["accept"] == 0.25
    assert given["cascade"] == [{"box": "detector", "name": "after", "steps": []}]
