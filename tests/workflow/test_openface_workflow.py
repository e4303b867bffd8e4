"""OpenFace, its double, and outputs that exist already, through the whole workflow."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from clones import Clone, read_csv, read_rows, sample_pictures
from openface_double import (
    ABORTS,
    DOUBLE,
    FAINT,
    ONE,
    RECORDED,
    TWO_LARGE,
    TWO_SMALL,
    picture,
)

FACE = (ONE, 60, 50, 149, 139)


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Pictures for the double: found, filling, faint, two, none, deadly, and no picture at all."""
    root = tmp_path / "faces"
    root.mkdir()
    pictures = {
        "found": picture(FACE),
        "filling": picture((ONE, 0, 0, 199, 199)),
        "faint": picture((FAINT, 60, 50, 149, 139)),
        "two": picture((TWO_LARGE, 10, 10, 99, 99), (TWO_SMALL, 110, 100, 189, 179)),
        "none": picture(),
        "deadly": picture(spot=ABORTS),
    }
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(root / f"{name}.png")
    (root / "text.png").write_text("this is no picture")
    return root


def test_a_table_and_a_study_with_openface(clone: Clone, faces: Path) -> None:
    stages = [{"variant": name} for name in ("original", "grey_border")]
    clone.configure(
        faces,
        shards=1,
        landmarks={"backend": "openface", "cascade": stages},
        openface={"path": str(DOUBLE)},
        study={"variants": ["original"], "backends": ["mesh", "openface"]},
        failures={},
    )
    clone.run_tiny("--cores", "2", "--quiet", "all")
    rows = {
        name.removesuffix(".png"): row
        for name, row in read_rows(clone.results("features.parquet")).items()
    }
    assert {name: row["failure_reason"] for name, row in rows.items()} == {
        **{"found": "", "filling": "", "two": "", "faint": "not_trusted", "none": "no_face"},
        **{"deadly": "backend_error", "text": "unreadable"},
    }
    assert (rows["found"]["stage"], rows["filling"]["variant"]) == (1, "grey_border")
    assert (rows["two"]["n_faces"], rows["two"]["landmark_source"]) == (2, "openface")
    assert rows["found"]["confidence"] == pytest.approx(0.983)
    assert rows["found"]["pose_Rx"] == pytest.approx(-0.041)
    assert min(rows["filling"][f"x_{k}"] for k in range(68)) == pytest.approx(0, abs=0.1)
    own = pq.read_table(clone.results("openface.parquet")).to_pylist()
    assert sorted((row["image_id"], row["face"], row["trusted"]) for row in own) == [
        *(("faint.png", 0, False), ("filling.png", 0, True), ("found.png", 0, True)),
        *(("two.png", 0, True), ("two.png", 1, False)),
    ]
    study = pq.read_table(clone.results("study.parquet")).to_pylist()
    found = {row["image_id"] for row in study if row["backend"] == "openface" and row["found"]}
    assert found == {"found.png", "faint.png", "two.png"}
    assert len(study) == 2 * 7
    log = "".join(path.read_text() for path in clone.results("logs/landmarks").iterdir())
    assert "terminate called after throwing an instance of" in log
    assert clone.results("bridge.csv").exists()


def test_a_missing_openface_is_told_before_any_job(clone: Clone, faces: Path) -> None:
    clone.configure(faces, landmarks={"backend": "openface"}, openface={"path": "/no/such"})
    done = clone.snakemake("--configfile", "tiny.yaml", "-n")
    assert done.returncode != 0
    assert "config key 'openface.path': there is no program '/no/such'" in done.stderr + done.stdout


def test_outputs_that_exist_already_make_table_study_and_comparison(
    clone: Clone, tmp_path: Path
) -> None:
    root, before = tmp_path / "faces", tmp_path / "before"
    root.mkdir()
    before.mkdir()
    for number, path in enumerate(sample_pictures()[:4]):
        Image.open(path).resize((1024, 1024)).save(root / f"{number}.png")
        if number < 3:
            (before / f"{number}.csv").write_text((RECORDED / "one_face.csv").read_text())
    (before / "stranger.csv").write_text((RECORDED / "one_face.csv").read_text())
    (tmp_path / "after.txt").write_text("0\n1\n2\n3\n")
    sources = {"before": {"path": str(before)}, "after": {"path": str(tmp_path / "after.txt")}}
    clone.configure(
        root,
        shards=1,
        landmarks={"backend": "precomputed"},
        precomputed={"sources": sources},
        study={"variants": ["original"], "backends": ["mesh", "precomputed"]},
        failures={},
    )
    clone.run_tiny("--cores", "2", "--quiet", "all")
    rows = read_rows(clone.results("features.parquet"))
    assert {name: (row["variant"], row["success"]) for name, row in rows.items()} == {
        **{f"{k}.png": ("before", True) for k in range(3)},
        "3.png": ("after", True),
    }
    assert rows["3.png"]["x_0"] is None
    report = json.loads(clone.results("precomputed/before.json").read_text())
    assert (report["unmatched"], report["pictures_matched"]) == (["stranger"], 3)
    study = pq.read_table(clone.results("study.parquet"), columns=["backend", "variant", "found"])
    found = [tuple(row.values()) for row in study.to_pylist()]
    assert found.count(("precomputed", "before", True)) == 3
    assert found.count(("precomputed", "before", False)) == 1
    assert found.count(("precomputed", "after", True)) == 4
    pairs = {(row["a"], row["b"]) for row in read_csv(clone.results("bridge.csv"))}
    assert pairs == {("mesh original", "precomputed before")}
    assert pq.read_table(clone.results("openface.parquet")).num_rows == 3
    assert not clone.planned_tiny()
    (before / "3.csv").write_text((RECORDED / "one_face.csv").read_text())
    assert "precomputed before" in clone.planned_tiny()
