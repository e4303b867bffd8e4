"""Rekognition as a backend: what is asked, kept and given up, against botocore's own model, no network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from modular_faces.backends import Stage
from modular_faces.backends.rekognition import RekognitionBackend
from modular_faces.backends.rekognition_client import (
    RekognitionError,
)
from rekognition_double import ask, detail, picture, sent

pytest.importorskip("boto3", reason="the extra rekognition is not installed")
pytestmark = pytest.mark.usefixtures("login")


def test_a_face_is_asked_for_once_and_kept(
    stubbed: tuple[RekognitionBackend, Any], rekognition_options: dict[str, Any]
) -> None:
    backend, service = stubbed
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, sent())
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
    (again,) = ask(
        RekognitionBackend(rekognition_options), picture()
    )  # no stand-in: nothing may be sent
    np.testing.assert_array_equal(again.faces[0].landmarks, face.landmarks)
    service.assert_no_pending_responses()


def test_another_picture_or_variant_is_asked_for(stubbed: tuple[RekognitionBackend, Any]) -> None:
    backend, service = stubbed
    for _ in range(3):
        service.add_response("detect_faces", {"FaceDetails": []}, sent())
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
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, sent())
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
    service.add_response("detect_faces", {"FaceDetails": [detail()]}, sent())
    service.add_client_error("detect_faces", code)
    with pytest.raises(RekognitionError, match=f"{code}.*the next run asks for the rest only"):
        ask(backend, picture(1), picture(2))
    assert len(ask(backend, picture(1))[0].faces) == 1


def test_botocore_tries_again_as_configured(stubbed: tuple[RekognitionBackend, Any]) -> None:
    config = stubbed[0]._client.meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 2}
    assert config.region_name == "eu-west-1"
