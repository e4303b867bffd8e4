"""Alignment of shapes: what is taken out, what stays, and that test faces are laid on the mean one by one."""

import numpy as np
import pytest

from modular_faces.face_model import FaceGeometry, load_geometry
from modular_faces.modular.column_steps import SquareRoot
from modular_faces.modular.shape import (
    IBUG_EYES,
    FrontalShape,
    PlaneShape,
    align_each,
    as_points,
    as_rows,
    frontal_points,
)
from modular_faces.pose import HeadPose, rotation_matrix


@pytest.fixture(scope="module")
def geometry() -> FaceGeometry:
    return load_geometry(None)


@pytest.fixture
def faces() -> np.ndarray:
    """Twenty faces of 68 points: one random shape, with noise."""
    random = np.random.default_rng(1)
    shape = random.normal(size=(68, 2))
    shape[36], shape[45] = (-1.0, 0.0), (1.0, 0.0)
    return as_rows(shape + 0.05 * random.normal(size=(20, 68, 2)))


def similar(rows: np.ndarray, seed: int) -> np.ndarray:
    """Each face moved, scaled and turned in its own way."""
    random = np.random.default_rng(seed)
    points = as_points(rows, dimensions=2)
    angles = random.uniform(-1.5, 1.5, len(rows))
    turn = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    scale = random.uniform(0.2, 90, len(rows))[:, None, None]
    turned = scale * points @ turn.transpose(2, 1, 0)
    return as_rows(turned + random.uniform(-50, 50, (len(rows), 1, 2)))


def solid(geometry: FaceGeometry, poses: list[HeadPose], seed: int) -> np.ndarray:
    """Rows of meshes of one face, turned; 37 px per cm, y down, z away."""
    face = np.concatenate([geometry.vertices, np.zeros((10, 3))])
    face = face + np.random.default_rng(seed).normal(scale=0.01, size=face.shape)
    turned = [37 * face @ rotation_matrix(pose).T * (1, -1, -1) + (90, 80, 0) for pose in poses]
    return as_rows(np.array(turned))


def test_rows_and_points_are_the_same_numbers() -> None:
    rows = np.arange(12.0).reshape(2, 6)
    points = as_points(rows, dimensions=2)
    assert points[0].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert as_rows(points).tolist() == rows.tolist()
    with pytest.raises(ValueError, match="expected rows of x, then y, then z of all points"):
        as_points(rows[:, :5], dimensions=3)


def test_a_known_similarity_is_undone() -> None:
    target = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    quarter = target @ np.array([[0.0, 1.0], [-1.0, 0.0]]) * 3 + (5, -2)
    aligned = align_each(quarter[None], target, np.ones(3))
    np.testing.assert_allclose(aligned[0], target, atol=1e-12)


def test_a_face_is_never_mirrored() -> None:
    target = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    mirrored = target * (-1, 1)
    aligned = align_each(mirrored[None], target, np.ones(3))[0]
    first, second = aligned[1] - aligned[0], aligned[2] - aligned[0]
    assert first[0] * second[1] - first[1] * second[0] < 0


def test_place_size_and_tilt_are_taken_out_of_the_plane(faces: np.ndarray) -> None:
    plane = PlaneShape(eyes=IBUG_EYES)
    expected = plane.fit_transform(faces)
    np.testing.assert_allclose(plane.transform(similar(faces, 3)), expected, atol=1e-9)


def test_the_mean_has_level_eyes_one_apart_whatever_the_training_faces_look_like(
    faces: np.ndarray,
) -> None:
    first = PlaneShape(eyes=IBUG_EYES).fit(faces).mean_
    second = PlaneShape(eyes=IBUG_EYES).fit(similar(faces, 4)).mean_
    np.testing.assert_allclose(second, first, atol=1e-5)
    across = first[45] - first[36]
    assert np.linalg.norm(across) == pytest.approx(1)
    assert across == pytest.approx((1, 0), abs=0.05)


def test_a_test_face_is_laid_on_the_mean_by_itself(faces: np.ndarray) -> None:
    plane = PlaneShape(eyes=IBUG_EYES).fit(faces[:12])
    together = plane.transform(faces[12:])
    alone = np.concatenate([plane.transform(faces[row : row + 1]) for row in range(19, 11, -1)])
    np.testing.assert_allclose(alone[::-1], together, atol=1e-12)


def test_transforming_teaches_nothing(faces: np.ndarray) -> None:
    plane = PlaneShape(eyes=IBUG_EYES).fit(faces[:12])
    before = plane.mean_.copy()
    plane.transform(faces[12:] * 7 + 3)
    np.testing.assert_array_equal(plane.mean_, before)


def test_a_lost_picture_stays_missing_and_teaches_nothing(faces: np.ndarray) -> None:
    lost = faces.copy()
    lost[4] = np.nan
    plane = PlaneShape(eyes=IBUG_EYES).fit(lost)
    expected = PlaneShape(eyes=IBUG_EYES).fit(np.delete(faces, 4, axis=0)).mean_
    np.testing.assert_allclose(plane.mean_, expected)
    assert np.isnan(plane.transform(lost)[4]).all()
    assert np.isfinite(np.delete(plane.transform(lost), 4, axis=0)).all()


def test_training_pictures_without_a_face_are_refused(faces: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no training picture has a whole face"):
        PlaneShape(eyes=IBUG_EYES).fit(faces * np.nan)


POSES = [HeadPose(0, 0, 0), HeadPose(35, -10, 5), HeadPose(-20, 25, -40), HeadPose(5, 3, 90)]


def test_all_rotations_are_taken_out_of_space(geometry: FaceGeometry) -> None:
    frontal = FrontalShape(vertices=geometry.vertices, weights=geometry.weights)
    shapes = frontal.fit_transform(solid(geometry, POSES, 2))
    np.testing.assert_allclose(shapes, np.tile(shapes[:1], (4, 1)), atol=1e-9)
    assert np.linalg.norm(frontal.mean_[33] - frontal.mean_[263]) == pytest.approx(1)


def test_yaw_stays_in_the_plane(geometry: FaceGeometry) -> None:
    rows = solid(geometry, [HeadPose(0, 0, 0), HeadPose(35, 0, 0)], 2)[:, : 2 * 478]
    shapes = PlaneShape(eyes=(33, 263)).fit_transform(rows)
    assert np.abs(shapes[0] - shapes[1]).max() > 0.1


def test_a_turned_face_faces_the_viewer(geometry: FaceGeometry) -> None:
    points = frontal_points(solid(geometry, POSES, 2), geometry)
    assert (points[:, 263, 0] > points[:, 33, 0]).all()
    assert (points[:, 10, 1] > points[:, 152, 1]).all()
    assert (points[:, 1, 2] > points[:, 234, 2]).all()
    np.testing.assert_allclose(points[1:], points[:1].repeat(3, axis=0), atol=1e-9)


def test_roots_are_taken_of_the_places_named() -> None:
    rows = np.array([[0.25, 9.0, -1e-9], [np.nan, 4.0, 0.49]])
    roots = SquareRoot(places=[0, 2]).fit_transform(rows)
    np.testing.assert_allclose(roots, [[0.5, 9.0, 0.0], [np.nan, 4.0, 0.7]])
