"""Rekognition's answers, kept from before, through the whole workflow: nothing is sent, and there is no network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from clones import Clone, read_csv, read_rows, sample_pictures
from modular_faces.backends import Stage
from modular_faces.backends.mesh import MeshBackend
from modular_faces.backends.rekognition_picture import picture_hash
from modular_faces.backends.rekognition_response import TO_IBUG
from modular_faces.backends.rekognition_store import ResponseStore
from modular_faces.variants import Applied

pytestmark = pytest.mark.slow

pytest.importorskip("boto3", reason="the extra rekognition is not installed")

SIDE = 100
ALONE = ["original"]


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Four pictures, and the answers on them: three faces where the mesh sees them, the last one lost."""
    root = tmp_path / "faces"
    root.mkdir()
    mesh = MeshBackend(model=None, threshold=0.3, points="learnt", second_look="never")
    store = ResponseStore(str(tmp_path / "kept"), variant="original")
    for number, path in enumerate(sample_pictures()[:4]):
        pixels = np.asarray(Image.open(path).convert("RGB").resize((SIDE, SIDE)))
        name = f"{number}.png"
        Image.fromarray(pixels).save(root / name)
        given = [(name, Applied(pixels, np.eye(2, 3)))]
        (answer,) = mesh.find(given, stage=Stage("", (), "frame"))
        details = [] if number == 3 else [detail(answer.faces[0].landmarks)]
        store.write(picture_hash(pixels), {"FaceDetails": details}, image_id=name)
    return root


def detail(points: np.ndarray) -> dict[str, object]:
    parts = (points + 0.5) / SIDE
    low, size = parts.min(axis=0), np.ptp(parts, axis=0)
    return {
        "BoundingBox": {"Left": low[0], "Top": low[1], "Width": size[0], "Height": size[1]},
        "Confidence": 99.0,
        "Landmarks": [
            {"Type": name, "X": parts[k, 0], "Y": parts[k, 1]} for name, k in TO_IBUG.items()
        ],
        "Pose": {"Roll": 1.0, "Yaw": 2.0, "Pitch": 3.0},
    }


def test_partly_missing_landmarks_go_through_the_whole_workflow(
    clone: Clone, faces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    clone.configure(
        faces,
        shards=1,
        landmarks={"backend": "rekognition", "cascade": [{"variant": "original"}]},
        rekognition={
            **{"consent": True, "region": "eu-west-1", "attempts": 1},
            "cache": str(faces.parent / "kept"),
        },
        study={"variants": ALONE, "backends": ["mesh", "rekognition"]},
    )
    said = clone.run_tiny("--cores", "2", "--quiet", "all")
    assert "Rekognition is asked at most 4 times, which costs at most 0.00 USD" in said
    rows = read_rows(clone.results("features.parquet"))
    assert [rows[f"{k}.png"]["failure_reason"] for k in range(4)] == ["", "", "", "no_face"]
    first = rows["0.png"]
    assert first["landmark_source"] == "rekognition"
    assert [k for k in range(68) if first[f"x_{k}"] is not None] == sorted(TO_IBUG.values())
    assert first["yaw_deg"] is not None  # of the mesh, read where the eyes are
    own = pq.read_table(clone.results("rekognition.parquet")).to_pylist()
    assert [
        (row["image_id"], row["Pose_Yaw"]) for row in sorted(own, key=lambda r: r["image_id"])
    ] == [(f"{k}.png", 2.0) for k in range(3)]
    summary = read_csv(clone.results("backends.csv"))
    shares = {(row["a"], row["measure"]): float(row["value"]) for row in summary if not row["b"]}
    assert shares["rekognition original", "trusted"] == 0.75
    assert {row["measure"] for row in read_csv(clone.results("bridge.csv"))} == {
        f"{kind}_{k}" for kind in ("x", "y", "distance") for k in TO_IBUG.values()
    }
    sheet = clone.results("bridge/private_mesh_original__rekognition_original.png")
    assert sheet.exists()
    assert not clone.planned_tiny()
    clone.run_tiny("--cores", "2", "--quiet", "all", "--", "backends")
    page = clone.results("backends/index.html").read_text(encoding="utf-8")
    assert "mesh original and rekognition original: of 4 pictures both trust 3 (75 %)" in page


def test_without_consent_no_job_starts(clone: Clone, faces: Path) -> None:
    clone.configure(faces, landmarks={"backend": "rekognition"})
    done = clone.snakemake("--configfile", "tiny.yaml", "-n")
    assert done.returncode != 0
    assert "rekognition.consent is false" in done.stderr + done.stdout
