"""The 68 points: one vertex each, symmetric, in iBUG order."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection
from modular_faces.face_model import FaceModel
from modular_faces.geometry import IBUG68_MIRROR
from modular_faces.ibug68 import IBUG68_VERTICES, landmarks_from_mesh
from modular_faces.mesh_symmetry import mesh_partners

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return FaceModel.load(None)


def test_every_point_has_its_own_vertex() -> None:
    assert IBUG68_VERTICES.shape == (68,)
    assert len(set(IBUG68_VERTICES.tolist())) == 68


def test_points_are_picked_in_order() -> None:
    mesh = np.arange(478 * 3, dtype=np.float32).reshape(478, 3)
    points = landmarks_from_mesh(mesh)
    assert points.dtype == np.float64
    assert points[0].tolist() == [381.0, 382.0]
    assert points[67].tolist() == [261.0, 262.0]


def test_mirror_partners_have_mirrored_vertices(model: FaceModel) -> None:
    partners = mesh_partners(model.geometry.vertices)
    assert partners[IBUG68_VERTICES].tolist() == IBUG68_VERTICES[IBUG68_MIRROR].tolist()


def test_order_follows_the_face(model: FaceModel) -> None:
    x, y, _ = model.geometry.vertices[IBUG68_VERTICES].T
    assert (np.diff(x[:17]) > 0).all()
    assert (np.diff(x[17:27]) > 0).all()
    assert (np.diff(x[31:36]) > 0).all()
    assert (np.diff(y[27:31]) < 0).all()
    assert (np.diff(y[:9]) < 0).all()
    assert x[36] < x[39] < 0 < x[42] < x[45]
    assert y[37] > y[41]
    assert y[51] > y[62] > y[66] > y[57]
    assert x[48] < x[60] < x[64] < x[54]


def test_mesh_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the mesh has shape \(468, 3\); expected \(478, 3\)"):
        landmarks_from_mesh(np.zeros((468, 3)))


@pytest.mark.skipif(not (DATA / "openface").is_dir(), reason="shared OpenFace landmarks not here")
def test_points_agree_with_openface(model: FaceModel) -> None:
    errors = []
    for number in range(1, 41):
        path = DATA / "omi" / "images" / f"{number}.jpg"
        picture = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        with (DATA / "openface" / "omi" / f"{number}.csv").open(newline="") as stream:
            row = {key.strip(): value for key, value in next(csv.DictReader(stream)).items()}
        theirs = np.array([[float(row[f"{axis}_{i}"]) for axis in "xy"] for i in range(68)])
        best = detect(model, picture, threshold=0.5, overlap=0.3)[0]
        ours = landmarks_from_mesh(
            mesh_from_region(model, picture, region_from_detection(best)).mesh
        )
        eyes = np.linalg.norm(ours[36] - ours[45])
        errors.append(np.linalg.norm(ours - theirs, axis=1)[17:].mean() / eyes)
    assert np.median(errors) <= 0.035
