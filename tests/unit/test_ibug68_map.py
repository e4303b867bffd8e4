"""The learnt 68 points: they move with the mesh, mirror with it, and lie where OpenFace sets them."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection
from modular_faces.face_model import FaceModel, load_geometry
from modular_faces.geometry import IBUG68_MIRROR
from modular_faces.ibug68 import IBUG68_VERTICES, landmarks_from_mesh
from modular_faces.ibug68_map import (
    RIGHT_POINTS,
    WEIGHTS_FILE,
    learnt_landmarks,
    point_weights,
    read_weights,
)

DATA = Path(__file__).parents[3] / "shared" / "data"


def table(path: Path, rows: list[dict[str, str]]) -> Path:
    names = ["vertex", "partner", *(f"point_{point}" for point in RIGHT_POINTS)]
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def complete(**others: str) -> dict[str, str]:
    return {f"point_{point}": "1" for point in RIGHT_POINTS} | others


def test_weights_are_read_for_both_halves(tmp_path: Path) -> None:
    rows = [
        complete(vertex="4", partner="4", point_0="", point_8=""),
        {"vertex": "3", "partner": "7", "point_0": ".25", "point_8": ".5"},
        {"vertex": "5", "partner": "2", "point_0": ".75"},
        {"vertex": "7", "partner": "3", "point_8": ".5"},
    ]
    weights = read_weights(table(tmp_path / "w.csv", rows))
    assert weights.shape == (68, 478)
    assert (weights[0, 3], weights[0, 5]) == (0.25, 0.75)
    assert (weights[16, 7], weights[16, 2]) == (0.25, 0.75)
    assert (weights[8, 3], weights[8, 7]) == (0.5, 0.5)
    assert weights[36, 4] == weights[45, 4] == 1.0
    assert np.count_nonzero(weights[16]) == 2


def test_weights_that_do_not_add_to_one_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "w.csv", [complete(vertex="3", partner="7", point_1=".9")])
    with pytest.raises(ValueError, match=r"the weights of point 1 add to 0\.900000, not to one"):
        read_weights(path)


def test_missing_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("vertex,point_0\n1,1\n")
    with pytest.raises(ValueError, match=r"w\.csv lacks the columns partner, point_1, "):
        read_weights(path)


def test_shipped_file_is_small_and_symmetric() -> None:
    assert WEIGHTS_FILE.stat().st_size < 200_000
    partners = load_geometry(None).partners
    np.testing.assert_allclose(point_weights()[:, partners], point_weights()[IBUG68_MIRROR])


def test_points_move_turn_and_grow_with_the_mesh() -> None:
    mesh = np.random.default_rng(1).normal(50, 20, (478, 3))
    turn = np.array([[0.0, -2.0], [2.0, 0.0]])
    moved = np.column_stack([mesh[:, :2] @ turn.T + [5, -3], mesh[:, 2] * 2])
    expected = learnt_landmarks(mesh) @ turn.T + [5, -3]
    np.testing.assert_allclose(learnt_landmarks(moved), expected)


def test_points_mirror_with_the_mesh() -> None:
    partners = load_geometry(None).partners
    mesh = np.random.default_rng(2).normal(50, 20, (478, 3))
    mirrored = mesh[partners] * (-1.0, 1, 1)
    expected = (learnt_landmarks(mesh) * (-1.0, 1))[IBUG68_MIRROR]
    np.testing.assert_allclose(learnt_landmarks(mirrored), expected)


def test_points_lie_near_the_picked_vertices() -> None:
    vertices = load_geometry(None).vertices
    mesh = np.vstack([vertices, np.zeros((10, 3))]) * (1, -1, 1)
    apart = np.linalg.norm(learnt_landmarks(mesh) - mesh[IBUG68_VERTICES, :2], axis=1)
    eyes = np.linalg.norm(vertices[33] - vertices[263])
    assert apart[17:].max() < 0.1 * eyes
    assert apart.max() < 0.25 * eyes


def test_mesh_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the mesh has shape \(468, 3\); expected \(478, 3\)"):
        learnt_landmarks(np.zeros((468, 3)))


@pytest.mark.skipif(not (DATA / "crops").is_dir(), reason="shared tight crops not here")
def test_points_agree_with_openface_better_than_picked_vertices() -> None:
    model = FaceModel.load(None)
    with (DATA / "crops" / "truth.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["crop"] == "raf100"][:60]
    learnt: list[float] = []
    picked: list[float] = []
    for row in rows:
        path = DATA / "crops" / "raf100" / f"{row['stimulus']}.jpg"
        picture = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        wide = cv2.copyMakeBorder(
            picture, 50, 50, 50, 50, cv2.BORDER_CONSTANT, value=(127, 127, 127)
        )
        known = np.array([[float(row[f"{axis}_{k}"]) for axis in "xy"] for k in range(68)])
        found = detect(model, np.asarray(wide, np.uint8), threshold=0.3, overlap=0.3)[0]
        region = region_from_detection(found)
        mesh = mesh_from_region(model, np.asarray(wide, np.uint8), region).mesh - (50, 50, 0)
        eyes = np.linalg.norm(known[36] - known[45])
        for errors, points in (
            (learnt, learnt_landmarks(mesh)),
            (picked, landmarks_from_mesh(mesh)),
        ):
            errors.append(np.linalg.norm(points - known, axis=1).mean() / eyes)
    assert np.median(learnt) <= 0.026
    assert np.median(learnt) < 0.7 * np.median(picked)
