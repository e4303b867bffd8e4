"""What a mesh shows of itself, a second reading of it, and the probability that comes of both."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from modular_faces.detector import detect
from modular_faces.face_mesh import MeshFace, mesh_from_region, region_from_detection
from modular_faces.face_model import FaceModel
from modular_faces.landmark_quality import (
    COEFFICIENTS_FILE,
    FIRST_LOOK,
    SECOND_LOOK,
    SecondLook,
    first_look,
    landmark_quality,
    look_again,
    predicted,
    quality_coefficients,
    right,
    second_look,
)
from modular_faces.pose import HeadPose, rotation_matrix

FACE = Path(__file__).parents[2] / "resources/sample/DATASET/test/7/test_0013_aligned.jpg"


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return FaceModel.load(None)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    small = cv2.imread(str(FACE), cv2.IMREAD_COLOR_RGB)
    assert small is not None
    wide = cv2.copyMakeBorder(small, 50, 50, 50, 50, cv2.BORDER_CONSTANT, value=(127, 127, 127))
    return np.asarray(wide, np.uint8)


def canonical_mesh(model: FaceModel, pose: HeadPose, scale: float) -> np.ndarray:
    solid = scale * model.geometry.vertices @ rotation_matrix(pose).T
    mesh = solid * (1, -1, -1) + (200, 100, 0)
    return np.vstack([mesh, np.zeros((10, 3))])


def test_canonical_face_has_no_flaw(model: FaceModel) -> None:
    mesh = canonical_mesh(model, HeadPose(30, -15, 9), 4.0)
    numbers = first_look(mesh, 0.5, model.geometry, score=0.5)
    assert tuple(numbers) == FIRST_LOOK
    assert numbers["presence"] == numbers["score"] == numbers["from_frame"] == 0
    assert numbers["shape"] == pytest.approx(0, abs=1e-9)
    assert numbers["lopsided"] == pytest.approx(0, abs=1e-9)
    assert numbers["turned"] == pytest.approx(30 / 45)
    assert numbers["turned_squared"] == pytest.approx((30 / 45) ** 2)
    assert numbers["nodded"] == pytest.approx(15 / 45)
    assert numbers["tilted"] == pytest.approx(9 / 45)


def test_presence_and_score_are_bounded_logits(model: FaceModel) -> None:
    mesh = canonical_mesh(model, HeadPose(0, 0, 0), 1.0)
    numbers = first_look(mesh, 0.75, model.geometry, score=0.9)
    assert numbers["presence"] == pytest.approx(math.log(3))
    assert numbers["presence_squared"] == pytest.approx(math.log(3) ** 2 / 10)
    assert numbers["score"] == pytest.approx(math.log(9))
    assert numbers["from_frame"] == 0.0
    sure = first_look(mesh, 1.0, model.geometry, score=1.0)
    assert (sure["presence"], sure["score"]) == (20.0, 20.0)


def test_without_a_detector_there_is_no_score(model: FaceModel) -> None:
    mesh = canonical_mesh(model, HeadPose(0, 0, 0), 1.0)
    numbers = first_look(mesh, 0.75, model.geometry, score=math.nan)
    assert (numbers["score"], numbers["from_frame"]) == (0.0, 1.0)


def test_size_place_and_mirroring_do_not_count(model: FaceModel) -> None:
    rng = np.random.default_rng(3)
    mesh = canonical_mesh(model, HeadPose(10, 5, 20), 5.0) + rng.normal(0, 0.5, (478, 3))
    numbers = first_look(mesh, 0.9, model.geometry, score=0.8)
    grown = first_look(3 * mesh + 40, 0.9, model.geometry, score=0.8)
    mirrored = (mesh * (-1, 1, 1))[model.geometry.partners]
    flipped = first_look(mirrored, 0.9, model.geometry, score=0.8)
    for name in FIRST_LOOK:
        assert grown[name] == pytest.approx(numbers[name])
        assert flipped[name] == pytest.approx(numbers[name])


def test_readings_that_agree_are_bounded(model: FaceModel) -> None:
    mesh = canonical_mesh(model, HeadPose(0, 0, 0), 5.0)
    numbers = second_look(mesh, MeshFace(mesh.astype(np.float32), 0.5))
    assert tuple(numbers) == SECOND_LOOK
    assert numbers["second_presence"] == 0
    assert numbers["disagreement"] == pytest.approx(math.log(1e-3))


def test_second_reading_agrees_on_a_good_picture(model: FaceModel, picture: np.ndarray) -> None:
    found = detect(model, picture, threshold=0.3, overlap=0.3)[0]
    face = mesh_from_region(model, picture, region_from_detection(found))
    mesh = face.mesh.astype(np.float64)
    again = look_again(model, picture, mesh)
    assert again.presence > 0.5
    assert second_look(mesh, again)["disagreement"] < math.log(0.03)


def test_quality_is_high_for_a_face_and_low_for_noise(
    model: FaceModel, picture: np.ndarray
) -> None:
    found = detect(model, picture, threshold=0.3, overlap=0.3)[0]
    region = region_from_detection(found)
    noise = np.random.default_rng(4).integers(0, 256, picture.shape, dtype=np.uint8)
    good = mesh_from_region(model, picture, region)
    bad = mesh_from_region(model, noise, region)

    def quality(seen: np.ndarray, face: MeshFace, score: float, look_twice: SecondLook) -> float:
        return landmark_quality(
            model,
            seen,
            face.mesh.astype(np.float64),
            face.presence,
            score=score,
            look_twice=look_twice,
        )

    looks: tuple[SecondLook, ...] = ("never", "doubtful", "always")
    for look in looks:
        assert quality(picture, good, found.score, look) > 0.8
        assert quality(noise, bad, 0.3, look) < 0.2


def test_logistic_model_by_hand() -> None:
    model = {"intercept": 1.0, "weights": {"a": 2.0, "b": -1.0}}
    assert predicted({"a": 0.0, "b": 1.0, "c": 9.0}, model) == 0.5
    assert predicted({"a": 1.0, "b": 3.0 - math.log(3)}, model) == pytest.approx(0.75)


def test_shipped_coefficients_name_every_number() -> None:
    coefficients = quality_coefficients()
    assert tuple(coefficients["first"]["weights"]) == FIRST_LOOK
    assert tuple(coefficients["both"]["weights"]) == (*FIRST_LOOK, *SECOND_LOOK)
    low, high = coefficients["doubtful"]
    assert 0 <= low < high <= 1
    assert COEFFICIENTS_FILE.stat().st_size < 10_000


def test_right_is_eight_percent_of_eyes_or_box() -> None:
    known = np.zeros((68, 2))
    known[36], known[45], known[8] = (0, 0), (100, 0), (50, 64)
    shifted = known + np.array([8.0, 0.0])
    assert right(shifted, known, 30.0)
    assert not right(shifted + np.array([0.1, 0.0]), known, -30.0)
    assert right(known + np.array([6.39, 0.0]), known, 31.0)
    assert not right(known + np.array([6.41, 0.0]), known, -31.0)
