"""Measures of a face on shapes made by hand."""

import re

import numpy as np
import pytest

from modular_faces.face_model import FaceGeometry, load_geometry
from modular_faces.modular.face_measures import (
    MEASURE_COLUMNS,
    MEASURES,
    describe_measures,
    measure_faces,
)
from modular_faces.modular.shape import as_rows
from modular_faces.pose import HeadPose, rotation_matrix


@pytest.fixture(scope="module")
def geometry() -> FaceGeometry:
    return load_geometry(None)


def face(geometry: FaceGeometry) -> np.ndarray:
    return np.concatenate([geometry.vertices, np.zeros((10, 3))])


def rows(*faces: np.ndarray) -> np.ndarray:
    """Meshes in pixels, from points in head coordinates."""
    return as_rows(np.array(faces) * (20.0, -20.0, -20.0) + (100, 100, 0))


def one(points: np.ndarray, name: str) -> float:
    measure = next(measure for measure in MEASURES if measure.name == name)
    return float(measure.take(points[None])[0])


@pytest.mark.parametrize(
    ("name", "vertices", "expected"),
    [
        ("mouth_width", {61: (-0.3, 0, 0), 291: (0.4, 0, 0)}, 0.7),
        ("mouth_opening", {13: (0, 0.1, 0), 14: (0, -0.1, 0)}, 0.2),
        ("brow_height_inner_right", {107: (0, 0.5, 0), 33: (0, 0.1, 0), 133: (0, 0.3, 0)}, 0.3),
        ("eye_slant_left", {362: (0.2, 0, 0), 263: (0.4, 0.2, 0)}, 45.0),
        ("eye_slant_right", {133: (-0.2, 0, 0), 33: (-0.4, 0.2, 0)}, 45.0),
        ("jaw_angle_left", {454: (1, 1, 0), 397: (1, 0, 0), 152: (0, 0, 0)}, 90.0),
        ("jaw_ratio", {172: (-0.3, 0, 0), 397: (0.3, 0, 0), 234: (-0.5, 0, 0), 454: (0.5, 0, 0)}, 0.6),
        ("mouth_corner_lift_right", {61: (0, 0.2, 0), 13: (0, 0.1, 0), 14: (0, -0.1, 0)}, 0.2),
        ("nose_projection", {1: (0, 0, 0.5), 33: (0, 0, 0.1), 263: (0, 0, -0.1)}, 0.5),
    ],
)  # fmt: skip
def test_a_measure_is_what_its_name_says(
    name: str, vertices: dict[int, tuple[float, float, float]], expected: float
) -> None:
    points = np.zeros((478, 3))
    for vertex, place in vertices.items():
        points[vertex] = place
    assert one(points, name) == pytest.approx(expected)


def test_turning_moving_and_scaling_the_head_changes_nothing(geometry: FaceGeometry) -> None:
    turned = 3 * face(geometry) @ rotation_matrix(HeadPose(30, -15, 20)).T + (4, 5, 6)
    measured = measure_faces(rows(face(geometry), turned), geometry)
    np.testing.assert_allclose(measured[1], measured[0], atol=1e-4)


def test_the_canonical_face_is_even(geometry: FaceGeometry) -> None:
    measured = dict(
        zip(MEASURE_COLUMNS, measure_faces(rows(face(geometry)), geometry)[0], strict=True)
    )
    for name, value in measured.items():
        if name.endswith("_right") and not name.startswith("measure_gaze"):
            assert value == pytest.approx(measured[name.replace("_right", "_left")], abs=1e-3), name


def test_a_lost_face_has_no_measures(geometry: FaceGeometry) -> None:
    lost = np.full((1, 1434), np.nan)
    measured = measure_faces(np.concatenate([lost, rows(face(geometry))]), geometry)
    assert np.isnan(measured[0]).all()
    assert np.isfinite(measured[1]).all()


def test_rows_that_are_no_mesh_are_refused(geometry: FaceGeometry) -> None:
    with pytest.raises(ValueError, match=r"the mesh has shape \(1, 136\)"):
        measure_faces(np.zeros((1, 136)), geometry)


def test_every_measure_is_described_once() -> None:
    assert len(set(MEASURE_COLUMNS)) == len(MEASURE_COLUMNS) == 52
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) for name in MEASURE_COLUMNS)
    described = describe_measures()
    assert [row[0] for row in described] == list(MEASURE_COLUMNS)
    assert {row[3] for row in described} == {"eye distances", "1", "degrees"}
