"""Rekognition as a backend: requests and answers against botocore's own model of the service, no network."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from modular_faces.backends import Answer, Stage
from modular_faces.backends.registry import open_backend
from modular_faces.backends.rekognition import RekognitionBackend
from modular_faces.backends.rekognition_client import (
    RekognitionError,
    check_access,
    estimate,
    open_client,
)
from modular_faces.backends.rekognition_picture import (
    LEAST_SIDE,
    filled_up,
    picture_bytes,
    picture_hash,
)
from modular_faces.backends.rekognition_response import (
    COLUMNS,
    LANDMARKS,
    TO_IBUG,
    face_of_parts,
    numbers_of,
)
from modular_faces.config_backends import Rekognition
from modular_faces.config_loading import ConfigError, check_paths, load_config
from modular_faces.landmark_tables import landmark_table, openface_table, rekognition_table
from modular_faces.landmarks import Outcome, find_faces, with_meshes
from modular_faces.precomputed import precomputed_table
from modular_faces.rekognition_cost import cost_of_run
from modular_faces.stage_options import intervened_variant, precomputed_options, stage_options
from modular_faces.tables import write_table
from modular_faces.variants import Applied

boto3 = pytest.importorskip("boto3", reason="the extra rekognition is not installed")
stub = pytest.importorskip("botocore.stub")

Picture = NDArray[np.uint8]
WHOLE = Stage("original", [], "detector")
SENT = {"Image": {"Bytes": stub.ANY}, "Attributes": ["ALL"]}


def detail(**other: Any) -> dict[str, Any]:
    """A face in the middle of the picture; landmark k of theirs at (.2 + .02 k, .3)."""
    face: dict[str, Any] = {
        "BoundingBox": {"Left": 0.25, "Top": 0.1, "Width": 0.5, "Height": 0.8},
        "Confidence": 99.5,
        "Landmarks": [
            {"Type": name, "X": 0.2 + 0.02 * k, "Y": 0.3} for k, name in enumerate(LANDMARKS)
        ],
        "Pose": {"Roll": 1.5, "Yaw": -20.0, "Pitch": 3.0},
        "Quality": {"Brightness": 80.0, "Sharpness": 12.5},
        "Emotions": [
            {"Type": "HAPPY", "Confidence": 90.0},
            {"Type": "CALM", "Confidence": 10.0},
        ],
        "EyeDirection": {"Yaw": 1.0, "Pitch": 2.0, "Confidence": 70.0},
        "AgeRange": {"Low": 20, "High": 30},
        "Gender": {"Value": "Female", "Confidence": 60.0},
        "Smile": {"Value": True, "Confidence": 97.0},
        "FaceOccluded": {"Value": False, "Confidence": 88.0},
    }
    return face | other


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    return Rekognition(
        consent=True, region="eu-west-1", cache=str(tmp_path / "kept"), attempts=2
    ).model_dump()


@pytest.fixture(scope="module")
def client() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        section = Rekognition(consent=True, region="eu-west-1", attempts=2)
        return open_client(section.model_dump())


@pytest.fixture
def stubbed(options: dict[str, Any], client: Any) -> Iterator[tuple[RekognitionBackend, Any]]:
    """The backend, and botocore's stand-in for the service: it checks what is sent and what is answered."""
    backend = RekognitionBackend(options)
    backend.__dict__["_client"] = client
    with stub.Stubber(client) as service:
        yield backend, service


def picture(seed: int = 0, side: int = 100) -> Picture:
    return np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8)


def ask(backend: RekognitionBackend, *pictures: Picture, stage: Stage = WHOLE) -> list[Answer]:
    given = [(f"x/{k}.jpg", Applied(one, np.eye(2, 3))) for k, one in enumerate(pictures)]
    return list(backend.find(given, stage=stage))


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


def test_a_face_is_asked_for_once_and_kept(
    stubbed: tuple[RekognitionBackend, Any], options: dict[str, Any]
) -> None:
    backend, service = stubbed
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, SENT)
    (answer,) = ask(backend, picture())
    (face,) = answer.faces
    np.testing.assert_allclose(face.box, [24.5, 9.5, 74.5, 89.5])
    assert (face.detector_score, backend.certainty(face)) == (0.995, 0.995)
    assert np.isfinite(face.landmarks).all(axis=1).sum() == 20
    np.testing.assert_allclose(face.landmarks[0], [19.5, 29.5])  # the first of their table
    assert np.isnan(face.landmarks[1]).all()
    assert face.record is not None
    assert face.record["Emotion_HAPPY"] == 90
    assert face.record["Gender_Female"] == 1
    (again,) = ask(RekognitionBackend(options), picture())  # no stand-in: nothing may be sent
    np.testing.assert_array_equal(again.faces[0].landmarks, face.landmarks)
    service.assert_no_pending_responses()


def test_another_picture_or_variant_is_asked_for(stubbed: tuple[RekognitionBackend, Any]) -> None:
    backend, service = stubbed
    for _ in range(3):
        service.add_response("detect_faces", {"FaceDetails": []}, SENT)
    ask(backend, picture(1), picture(2), picture(1))
    ask(backend, picture(1), stage=Stage("sharpen", [], "detector"))
    service.assert_no_pending_responses()


def test_the_frame_is_never_taken_for_a_face(stubbed: tuple[RekognitionBackend, Any]) -> None:
    answers = ask(stubbed[0], picture(), stage=Stage("original", [], "frame"))
    assert [answer.faces for answer in answers] == [()]


def test_a_picture_it_cannot_read_does_not_stop_the_others(
    stubbed: tuple[RekognitionBackend, Any],
) -> None:
    backend, service = stubbed
    service.add_client_error("detect_faces", "InvalidImageFormatException")
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, SENT)
    assert [(a.failed, len(a.faces)) for a in ask(backend, picture(1), picture(2))] == [
        (True, 0),
        (False, 1),
    ]
    assert [a.failed for a in ask(backend, picture(1))] == [True]


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_when_it_does_not_answer_the_job_stops_and_keeps_what_there_is(
    code: str, stubbed: tuple[RekognitionBackend, Any]
) -> None:
    backend, service = stubbed
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, SENT)
    service.add_client_error("detect_faces", code)
    with pytest.raises(RekognitionError, match=f"{code}.*the next run asks for the rest only"):
        ask(backend, picture(1), picture(2))
    assert len(ask(backend, picture(1))[0].faces) == 1


def test_botocore_tries_again_as_configured(stubbed: tuple[RekognitionBackend, Any]) -> None:
    config = stubbed[0]._client.meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 2}
    assert config.region_name == "eu-west-1"


def test_small_pictures_are_filled_up_and_points_keep_their_place() -> None:
    small = picture(side=40)
    filled = filled_up(small)
    assert filled.shape == (LEAST_SIDE, LEAST_SIDE, 3)
    np.testing.assert_array_equal(filled[:40, :40], small)
    assert (filled[40:] == 127).all()
    assert filled_up(filled) is filled


def test_pictures_are_sent_as_png_or_as_a_jpeg_that_fits() -> None:
    noise = picture(side=200)
    whole = picture_bytes(noise)
    assert whole.startswith(b"\x89PNG")
    decoded = cv2.imdecode(np.frombuffer(whole, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    np.testing.assert_array_equal(decoded[..., ::-1], noise)
    fitting = picture_bytes(noise, most=40_000)
    assert fitting.startswith(b"\xff\xd8")
    assert len(fitting) <= 40_000
    tiny = picture_bytes(noise, most=3000)
    shrunk = cv2.imdecode(np.frombuffer(tiny, np.uint8), cv2.IMREAD_COLOR)
    assert shrunk is not None
    assert shrunk.shape[0] < 200


def test_the_hash_is_that_of_the_pixels() -> None:
    assert picture_hash(picture()) == picture_hash(picture().copy())
    assert picture_hash(picture()) != picture_hash(picture().reshape(50, 200, 3))


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
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, SENT)
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
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, SENT)
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


def config_of(tmp_path: Path, **rekognition: Any) -> dict[str, Any]:
    return {
        "dataset": {"name": "d", "root": str(tmp_path)},
        "landmarks": {"backend": "rekognition"},
        "rekognition": {"region": "eu-west-1", "cache": str(tmp_path / "kept")} | rekognition,
    }


def test_without_consent_nothing_starts(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"rekognition.consent is false"):
        load_config(config_of(tmp_path))
    with pytest.raises(RekognitionError, match=r"'rekognition.consent' is false"):
        check_access(options | {"consent": False})


def test_without_login_or_region_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(config_of(tmp_path, consent=True))
    check_paths(config)
    with pytest.raises(ConfigError, match=r"'rekognition.region' is empty"):
        check_paths(load_config(config_of(tmp_path, consent=True, region=None)))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ConfigError, match="needs your own AWS login, and none was found"):
        check_paths(config)


def test_without_boto3_nothing_starts(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(RekognitionError, match=r"needs the package boto3; `pip install"):
        check_access(options)


def test_the_cost_is_said_before(tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "original" / "ab"
    kept.mkdir(parents=True)
    (kept / "abc.json").write_text(json.dumps({}))
    raw = config_of(tmp_path, consent=True, price=2.0, price_date="2030-01")
    raw["landmarks"]["cascade"] = [
        {"variant": "original"},
        {"variant": "sharpen"},
        {"variant": "grey_border", "box": "frame"},
    ]
    config = load_config(raw)
    said = cost_of_run(config, pictures=1500)
    assert said == estimate(3000, 1, config.rekognition.model_dump())
    assert "at most 3,000 times, which costs at most 6.00 USD (2.00 USD per 1,000" in said
    assert "as of 2030-01" in said
    assert "; 1 answers in" in said
    meshes = load_config({"dataset": {"name": "d", "root": "."}})
    assert cost_of_run(meshes, pictures=1500) is None


def test_changed_pictures_are_never_sent(tmp_path: Path) -> None:
    raw = config_of(tmp_path, consent=True) | {"study": {"backends": ["rekognition"]}}
    assert intervened_variant(load_config(raw)) is None


def test_mirrored_variants_are_refused(tmp_path: Path) -> None:
    raw = config_of(tmp_path, consent=True) | {"variants": {"m": [{"mirror": {}}]}}
    raw["landmarks"]["cascade"] = [{"variant": "m"}]
    with pytest.raises(ConfigError, match="Rekognition's own numbers would be those of a mirrored"):
        load_config(raw)
