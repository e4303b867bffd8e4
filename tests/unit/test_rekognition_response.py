"""Rekognition's answers as faces, tables, and outputs that exist already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modular_faces.added_mesh import with_meshes
from modular_faces.backends import Stage
from modular_faces.backends.registry import open_backend
from modular_faces.backends.rekognition import RekognitionBackend
from modular_faces.backends.rekognition_response import (
    COLUMNS,
    LANDMARKS,
    TO_IBUG,
    face_of_parts,
    numbers_of,
)
from modular_faces.config_loading import load_config
from modular_faces.landmark_tables import landmark_table, openface_table, rekognition_table
from modular_faces.landmarks import Outcome, find_faces
from modular_faces.precomputed import precomputed_table
from modular_faces.stage_options import precomputed_options, stage_options
from modular_faces.tables import write_table
from modular_faces.variants import Applied
from rekognition_double import Picture, ask, detail, picture, sent

pytest.importorskip("boto3", reason="the extra rekognition is not installed")
pytestmark = pytest.mark.usefixtures("login")


def test_our_names_are_those_of_the_service(stubbed: tuple[RekognitionBackend, Any]) -> None:
    model = stubbed[0]._client.meta.service_model.operation_model("DetectFaces")
    face = model.output_shape.members["FaceDetails"].member
    types = face.members["Landmarks"].member.members["Type"].enum
    assert sorted(LANDMARKS) == sorted(types)
    assert len(TO_IBUG) == len(set(TO_IBUG.values())) == 20
    emotions = face.members["Emotions"].member.members["Type"].enum
    assert {f"Emotion_{name}" for name in emotions} <= set(COLUMNS)
    named = {name.partition("_")[0] for name in COLUMNS if not name.endswith(("_x", "_y"))}
    assert named - {"Emotion"} == set(face.members) - {"BoundingBox", "Landmarks", "Emotions"}


def test_a_response_with_default_attributes_is_read() -> None:
    bare = {name: detail()[name] for name in ("BoundingBox", "Confidence")}
    face = face_of_parts(numbers_of(bare), (100, 200, 3))
    assert np.isnan(face.landmarks).all()
    np.testing.assert_allclose(face.box, [49.5, 9.5, 149.5, 89.5])
    assert face.record == {"Confidence": 99.5}


def test_tables_have_what_there_is_and_null_for_the_rest(
    stubbed: tuple[RekognitionBackend, Any],
) -> None:
    backend, service = stubbed
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, sent())
    border = Stage("b", [{"pad": {"fraction": 0.5, "mode": "constant", "value": 127}}], "detector")
    outcomes = find_faces(
        {"a": ""}, lambda ids: [("a", picture())], backend, stages=[border], accept=0.9
    )
    (row,) = landmark_table(outcomes, source="rekognition", stages=[border]).to_pylist()
    assert (row["success"], row["x_0"], row["x_1"]) == (True, -10.5, None)  # .2 of 200, less 50.5
    (own,) = rekognition_table(outcomes, stages=[border]).to_pylist()
    assert (own["upperJawlineLeft_x"], own["Pose_Yaw"], own["Smile"]) == (-10.5, -20, 1)
    assert (own["Beard"], own["trusted"], own["variant"]) == (None, True, "b")
    assert openface_table(outcomes, stages=[border]).num_rows == 0


def test_the_mesh_is_read_where_both_eyes_are_known() -> None:
    points = np.full((68, 2), np.nan)
    points[[8, 36, 45]] = (50, 90), (30, 40), (70, 40)
    seen: list[NDArray[np.float64]] = []

    def mesh_of(_: Picture, landmarks: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        seen.append(landmarks)
        return np.zeros((478, 3)), 0.9

    whole = face_of_parts(numbers_of(detail()), (100, 100, 3))
    for points_known, read in ((points, 1), (np.where(points < 45, np.nan, points), 0)):
        face = replace(whole, landmarks=points_known)
        outcome = Outcome(face, True, "", 1, 1, (face,))
        seen.clear()
        after = with_meshes({"a": outcome}, lambda _: [("a", picture())], mesh_of, accept=0.5)
        assert len(seen) == read
        assert after["a"].trusted


def test_kept_answers_are_read_as_outputs_that_exist_already(
    stubbed: tuple[RekognitionBackend, Any], tmp_path: Path
) -> None:
    backend, service = stubbed
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, sent())
    (asked,) = ask(backend, picture())
    source = {"path": str(tmp_path / "kept" / "original")}
    config = load_config(
        {
            "dataset": {"name": "d", "root": "."},
            "landmarks": {"backend": "precomputed"},
            "precomputed": {"sources": {"mine": source}},
        }
    )
    table, _ = precomputed_table([("x/0.jpg", "x/0.jpg")], precomputed_options(config, "mine"))
    write_table(table, tmp_path / "t.parquet", metadata={})
    again = open_backend(stage_options(config, "landmarks"), tables=[str(tmp_path / "t.parquet")])
    given = [("x/0.jpg", Applied(picture(), np.eye(2, 3)))]
    (answer,) = again.find(given, stage=Stage("mine", [], "detector"))
    np.testing.assert_allclose(answer.faces[0].landmarks, asked.faces[0].landmarks, atol=1e-4)
    assert answer.faces[0].record is not None
    assert answer.faces[0].record["Emotion_CALM"] == 10
