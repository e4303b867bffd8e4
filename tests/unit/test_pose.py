"""Head pose: order, signs and both solutions on synthetic meshes."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection
from modular_faces.face_model import FaceGeometry, FaceModel
from modular_faces.mesh_symmetry import mesh_partners
from modular_faces.pose import HeadPose, Method, angles, head_pose, rotation_matrix

SAMPLE = Path(__file__).parents[2] / "resources" / "sample"
SHAPE = (480, 640)
FOCAL = 1.2
POSES = [
    HeadPose(0, 0, 0),
    HeadPose(30, 0, 0),
    HeadPose(0, 20, 0),
    HeadPose(0, 0, 25),
    HeadPose(-45, 15, -10),
    HeadPose(80, -30, 120),
    HeadPose(-89, 40, 5),
]


@pytest.fixture(scope="module")
def geometry() -> FaceGeometry:
    return FaceModel.load(None).geometry


def with_irises(points: np.ndarray) -> np.ndarray:
    return np.concatenate([points, np.zeros((10, 3))])


def flat_mesh(geometry: FaceGeometry, pose: HeadPose) -> np.ndarray:
    """Turn the canonical face, 7 px to the centimetre, without perspective."""
    viewer = geometry.vertices @ rotation_matrix(pose).T
    return with_irises(viewer * (7.0, -7.0, -7.0) + (200.0, 300.0, 11.0))


def seen_mesh(
    geometry: FaceGeometry, pose: HeadPose, place: tuple[float, float, float]
) -> np.ndarray:
    """Turn the canonical face and see it at `place` (cm) by a pinhole camera at 0.

    z is the depth in pixels at the distance of the mean vertex, which is what the solution assumes.
    """
    viewer = geometry.vertices @ rotation_matrix(pose).T + place
    distance = -viewer[:, 2]
    focal_px = FOCAL * max(SHAPE)
    x = viewer[:, 0] / distance * focal_px + (SHAPE[1] - 1) / 2
    y = -viewer[:, 1] / distance * focal_px + (SHAPE[0] - 1) / 2
    z = (distance - distance.mean()) / distance.mean() * focal_px
    return with_irises(np.column_stack([x, y, z]))


@pytest.mark.parametrize("pose", POSES)
def test_matrix_and_angles_undo_each_other(pose: HeadPose) -> None:
    assert angles(rotation_matrix(pose)) == pytest.approx(pose, abs=1e-9)


@pytest.mark.parametrize("pose", POSES)
def test_procrustes_recovers_known_angles(geometry: FaceGeometry, pose: HeadPose) -> None:
    mesh = flat_mesh(geometry, pose)
    found = head_pose(mesh, SHAPE, geometry, method="procrustes", focal_length=None)
    assert found == pytest.approx(pose, abs=1e-6)


def test_positive_yaw_moves_the_nose_to_the_viewers_right(geometry: FaceGeometry) -> None:
    straight = flat_mesh(geometry, HeadPose(0, 0, 0))
    turned = flat_mesh(geometry, HeadPose(20, 0, 0))
    assert turned[4, 0] > straight[4, 0] + 10


def test_positive_pitch_moves_the_nose_up(geometry: FaceGeometry) -> None:
    straight = flat_mesh(geometry, HeadPose(0, 0, 0))
    raised = flat_mesh(geometry, HeadPose(0, 20, 0))
    assert raised[4, 1] < straight[4, 1] - 10


def test_positive_roll_moves_the_forehead_to_the_viewers_right(geometry: FaceGeometry) -> None:
    straight = flat_mesh(geometry, HeadPose(0, 0, 0))
    tilted = flat_mesh(geometry, HeadPose(0, 0, 20))
    assert tilted[10, 0] > straight[10, 0] + 10
    assert tilted[263, 1] > tilted[33, 1] + 10


@pytest.mark.parametrize("method", ["procrustes", "perspective"])
def test_mirroring_flips_yaw_and_roll_only(geometry: FaceGeometry, method: Method) -> None:
    rng = np.random.default_rng(4)
    mesh = flat_mesh(geometry, HeadPose(25, -12, 8)) + rng.normal(0, 2, (478, 3))
    mirrored = mesh[mesh_partners(geometry.vertices)] * (-1, 1, 1) + (SHAPE[1] - 1, 0, 0)
    focal = FOCAL if method == "perspective" else None
    first = head_pose(mesh, SHAPE, geometry, method=method, focal_length=focal)
    second = head_pose(mirrored, SHAPE, geometry, method=method, focal_length=focal)
    assert first.yaw_deg > 10
    assert second == pytest.approx((-first.yaw_deg, first.pitch_deg, -first.roll_deg), abs=1e-9)


@pytest.mark.parametrize("pose", POSES[:5])
def test_perspective_recovers_a_far_face_in_the_corner(
    geometry: FaceGeometry, pose: HeadPose
) -> None:
    mesh = seen_mesh(geometry, pose, (20.0, 12.0, -60.0))
    found = head_pose(mesh, SHAPE, geometry, method="perspective", focal_length=FOCAL)
    assert found == pytest.approx(pose, abs=1.0)


def test_focal_length_counts_away_from_the_centre(geometry: FaceGeometry) -> None:
    mesh = seen_mesh(geometry, HeadPose(0, 0, 0), (20.0, 0.0, -60.0))
    right = head_pose(mesh, SHAPE, geometry, method="perspective", focal_length=FOCAL)
    flat = head_pose(mesh, SHAPE, geometry, method="procrustes", focal_length=None)
    assert abs(right.yaw_deg) < 1
    assert abs(flat.yaw_deg) > 4


def test_perspective_with_a_long_lens_equals_procrustes(geometry: FaceGeometry) -> None:
    mesh = flat_mesh(geometry, HeadPose(25, -12, 8))
    long = head_pose(mesh, SHAPE, geometry, method="perspective", focal_length=1e6)
    assert long == pytest.approx((25, -12, 8), abs=1e-3)


@pytest.mark.parametrize("yaw", [90, -90])
def test_full_profile_puts_roll_into_pitch(yaw: float) -> None:
    found = angles(np.round(rotation_matrix(HeadPose(yaw, 20, 0)), 12))
    assert found == pytest.approx((yaw, 20, 0), abs=1e-6)
    tilted = angles(rotation_matrix(HeadPose(yaw, 20, 10)))
    assert np.isfinite(tilted).all()
    rotation = rotation_matrix(HeadPose(*tilted))
    assert rotation == pytest.approx(rotation_matrix(HeadPose(yaw, 20, 10)), abs=1e-7)


def test_unused_focal_length_is_refused(geometry: FaceGeometry) -> None:
    mesh = flat_mesh(geometry, HeadPose(0, 0, 0))
    with pytest.raises(ValueError, match="procrustes has no camera"):
        head_pose(mesh, SHAPE, geometry, method="procrustes", focal_length=1.0)


@pytest.mark.parametrize("focal", [None, 0.0, -1.0, float("nan")])
def test_missing_focal_length_is_refused(geometry: FaceGeometry, focal: float | None) -> None:
    mesh = flat_mesh(geometry, HeadPose(0, 0, 0))
    with pytest.raises(ValueError, match="perspective needs a positive multiple"):
        head_pose(mesh, SHAPE, geometry, method="perspective", focal_length=focal)


def test_unknown_method_is_refused(geometry: FaceGeometry) -> None:
    mesh = flat_mesh(geometry, HeadPose(0, 0, 0))
    with pytest.raises(ValueError, match="method is 'pnp'; choose procrustes or perspective"):
        head_pose(mesh, SHAPE, geometry, method="pnp", focal_length=None)  # type: ignore[arg-type]


def test_missing_numbers_are_refused(geometry: FaceGeometry) -> None:
    mesh = flat_mesh(geometry, HeadPose(0, 0, 0))
    mesh[7, 1] = np.nan
    with pytest.raises(ValueError, match="1 missing numbers"):
        head_pose(mesh, SHAPE, geometry, method="procrustes", focal_length=None)


def test_angles_of_the_sample_are_known() -> None:
    model = FaceModel.load(None)
    with (SAMPLE / "truth.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["degradation"] == "none"]
    found, truth, people = [], [], []
    for row in rows:
        path = SAMPLE / "DATASET" / row["split"] / row["label"] / row["image"]
        picture = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        boxes = detect(model, picture, threshold=0.3, overlap=0.3)
        if abs(float(row["yaw_deg"])) > 45 or not boxes:
            continue
        mesh = mesh_from_region(model, picture, region_from_detection(boxes[0])).mesh
        found.append(
            head_pose(mesh, picture.shape, model.geometry, method="procrustes", focal_length=None)
        )
        truth.append([float(row[name]) for name in HeadPose._fields])
        people.append(row["identity"])
    assert len(found) >= 0.95 * len(rows)
    errors = np.array(found) - np.array(truth)
    half = np.isin(people, sorted(set(people))[::2])
    for fitted in (half, ~half):
        # The two straight faces differ by a constant nod, fitted on the other people.
        nod = np.median(errors[fitted, 1])
        assert (np.abs(errors[~fitted] - (0, nod, 0)).mean(axis=0) <= 4).all()
