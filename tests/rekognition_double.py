"""Rekognition without a network: botocore's stand-in for the service checks what is sent and what is answered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from modular_faces.backends import Answer, Stage
from modular_faces.backends.rekognition import RekognitionBackend
from modular_faces.backends.rekognition_client import (
    open_client,
)
from modular_faces.backends.rekognition_response import (
    LANDMARKS,
)
from modular_faces.config_backends import Rekognition
from modular_faces.variants import Applied

Picture = NDArray[np.uint8]
WHOLE = Stage("original", [], "detector")


def sent() -> dict[str, Any]:
    """What a request must hold."""
    stub = pytest.importorskip("botocore.stub")
    return {"Image": {"Bytes": stub.ANY}, "Attributes": ["ALL"]}


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


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")


@pytest.fixture
def rekognition_options(tmp_path: Path) -> dict[str, Any]:
    return Rekognition(
        consent=True, region="eu-west-1", cache=str(tmp_path / "kept"), attempts=2
    ).model_dump()


@pytest.fixture(scope="module")
def rekognition_client() -> Any:
    pytest.importorskip("boto3", reason="the extra rekognition is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        section = Rekognition(consent=True, region="eu-west-1", attempts=2)
        return open_client(section.model_dump())


@pytest.fixture
def stubbed(
    login: None, rekognition_options: dict[str, Any], rekognition_client: Any
) -> Iterator[tuple[RekognitionBackend, Any]]:
    """The backend, and botocore's stand-in for the service: it checks what is sent and what is answered."""
    stub = pytest.importorskip("botocore.stub")
    backend = RekognitionBackend(rekognition_options)
    backend.__dict__["_client"] = rekognition_client
    with stub.Stubber(rekognition_client) as service:
        yield backend, service


def picture(seed: int = 0, side: int = 100) -> Picture:
    return np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8)


def ask(backend: RekognitionBackend, *pictures: Picture, stage: Stage = WHOLE) -> list[Answer]:
    given = [(f"x/{k}.jpg", Applied(one, np.eye(2, 3))) for k, one in enumerate(pictures)]
    return list(backend.find(given, stage=stage))
