"""The face mesh: regions, sampling and the way back to the picture."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import cv2
import numpy as np
import pytest

from modular_faces.detector import Detection, detect
from modular_faces.face_mesh import (
    Region,
    mesh_from_region,
    region_from_detection,
    region_map,
    region_of_frame,
)
from modular_faces.face_model import FaceModel
from modular_faces.mesh_symmetry import mesh_partners

SAMPLE = Path(__file__).parents[2] / "resources" / "sample"


class RecordingNetwork:
    """Answers every input with the same points and remembers the input."""

    def __init__(self, points: np.ndarray, logit: float) -> None:
        self.outputs = [
            points.astype(np.float32).reshape(1, 1, 1, -1),
            np.full((1, 1, 1, 1), logit, np.float32),
        ]
        self.seen = np.empty(0)

    def run(self, picture: np.ndarray, **_: float) -> None:
        self.seen = picture

    def output(self, position: int) -> np.ndarray:
        return self.outputs[position]


def fake_model(points: np.ndarray, *, logit: float = 0.0) -> FaceModel:
    return cast(FaceModel, SimpleNamespace(mesh=RecordingNetwork(points, logit)))


def detection(box: list[float], right_eye: list[float], left_eye: list[float]) -> Detection:
    keypoints = np.array([right_eye, left_eye, *[[0.0, 0.0]] * 4])
    return Detection(0.9, np.array(box), keypoints)


def test_region_is_the_box_enlarged() -> None:
    region = region_from_detection(detection([0, 0, 512, 256], [100, 90], [200, 90]))
    assert region.size == 768
    assert region.rotation == 0
    # Half a network pixel, 768 / 256 / 2, towards the upper left.
    assert region.centre == (256 - 1.5, 128 - 1.5)


def test_region_turns_with_the_eyes() -> None:
    region = region_from_detection(detection([0, 0, 512, 512], [100, 90], [100, 190]))
    assert region.rotation == pytest.approx(math.pi / 2)
    assert region.centre == pytest.approx((256 + 1.5, 256 - 1.5))


def test_region_of_frame_is_centred_on_pixels() -> None:
    region = region_of_frame((100, 60, 3))
    assert region.centre == (29.5, 49.5)
    assert region.size == pytest.approx(160)
    assert region.rotation == 0


def test_region_map_takes_edges_to_edges() -> None:
    to_picture = region_map(Region((99.5, 49.5), 200.0, 0.0))
    assert to_picture @ (0, 0, 1) == pytest.approx([-0.5, -50.5])
    assert to_picture @ (256, 256, 1) == pytest.approx([199.5, 149.5])


def test_region_map_turns_clockwise() -> None:
    to_picture = region_map(Region((10.0, 20.0), 256.0, math.pi / 2))
    assert to_picture @ (128, 128, 1) == pytest.approx([10.0, 20.0])
    assert to_picture @ (129, 128, 1) == pytest.approx([10.0, 21.0])
    assert to_picture @ (128, 129, 1) == pytest.approx([9.0, 20.0])


def test_points_and_depth_come_back_in_picture_pixels() -> None:
    points = np.zeros((478, 3))
    points[0] = 128, 128, 8
    points[1] = 0, 256, -16
    picture = np.zeros((100, 100, 3), np.uint8)
    face = mesh_from_region(fake_model(points), picture, Region((40.0, 60.0), 64.0, 0.0))
    assert face.mesh.dtype == np.float32
    assert face.mesh[0].tolist() == [40.0, 60.0, 2.0]
    assert face.mesh[1].tolist() == [8.0, 92.0, -4.0]


@pytest.mark.parametrize(("logit", "presence"), [(0.0, 0.5), (math.log(9), 0.9), (-800.0, 0.0)])
def test_presence_is_the_sigmoid(logit: float, presence: float) -> None:
    picture = np.zeros((10, 10, 3), np.uint8)
    model = fake_model(np.zeros((478, 3)), logit=logit)
    face = mesh_from_region(model, picture, region_of_frame(picture.shape))
    assert face.presence == pytest.approx(presence, abs=1e-6)


def test_region_of_the_frame_at_its_own_size_is_the_picture() -> None:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 256, (256, 256, 3), dtype=np.uint8)
    model = fake_model(np.zeros((478, 3)))
    mesh_from_region(model, picture, Region((127.5, 127.5), 256.0, 0.0))
    assert np.array_equal(cast(Any, model.mesh).seen, picture)


def test_edge_pixels_are_repeated_beyond_the_frame() -> None:
    picture = np.full((64, 64, 3), 90, np.uint8)
    picture[:, 0] = 200
    model = fake_model(np.zeros((478, 3)))
    mesh_from_region(model, picture, Region((-100.0, 31.5), 64.0, 0.0))
    assert (cast(Any, model.mesh).seen == 200).all()


def test_mirroring_the_picture_mirrors_the_points() -> None:
    paths = sorted(SAMPLE.rglob("*_aligned.jpg"))[::8]
    if not paths:
        pytest.skip("the bundled sample holds no pictures")
    model = FaceModel.load(None)
    partners = mesh_partners(model.geometry.vertices)
    shifts = []
    for path in paths:
        picture = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        if not detect(model, picture, threshold=0.5, overlap=0.3):
            continue
        region = region_of_frame(picture.shape)
        face = mesh_from_region(model, picture, region)
        mirrored = mesh_from_region(model, np.ascontiguousarray(picture[:, ::-1]), region)
        if min(face.presence, mirrored.presence) < 0.5:
            continue
        back = mirrored.mesh[partners] * (-1, 1, 1) + (picture.shape[1] - 1, 0, 0)
        shifts.append((face.mesh - back)[:, :2].mean(axis=0))
    # MediaPipe's own points would be shifted by a network pixel, 0.6 px, across.
    assert len(shifts) >= 10
    assert np.abs(np.mean(shifts, axis=0)).max() < 0.2


def test_points_do_not_depend_on_what_was_read_before() -> None:
    model = FaceModel.load(None)
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 256, (2, 100, 100, 3), dtype=np.uint8)
    region = region_of_frame(first.shape)
    alone = mesh_from_region(model, first, region)
    other = mesh_from_region(model, second, region)
    again = mesh_from_region(model, first, region)
    assert np.array_equal(alone.mesh, again.mesh)
    assert not np.array_equal(alone.mesh, other.mesh)
