"""Measure the face angle on the bundled sample, whose true angles are known.

Prints the table that docs/pose.md quotes::

    python docs/measurements/pose.py

Undegraded pictures with a true yaw within 45 degrees. The two zero poses may differ by one constant
nod; it is fitted on every second person and the errors are those of the other people.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection, region_of_frame
from modular_faces.face_model import FaceModel
from modular_faces.pose import HeadPose, angles, head_pose

Array = NDArray[np.float64]
Solution = Callable[[Array, tuple[int, ...]], HeadPose]
SAMPLE = Path(__file__).parents[2] / "resources" / "sample"


def meshes(model: FaceModel, sample: Path) -> tuple[list[Array], Array, list[str], tuple[int, ...]]:
    """Return meshes, true angles (n, 3), identities and the size of the pictures."""
    with (sample / "truth.csv").open(newline="") as stream:
        rows = [
            row
            for row in csv.DictReader(stream)
            if row["degradation"] == "none" and abs(float(row["yaw_deg"])) <= 45
        ]
    found, truth, identities = [], [], []
    shape: tuple[int, ...] = ()
    for row in rows:
        path = sample / "DATASET" / row["split"] / row["label"] / row["image"]
        picture = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        boxes = detect(model, picture, threshold=0.3, overlap=0.3)
        region = region_from_detection(boxes[0]) if boxes else region_of_frame(picture.shape)
        face = mesh_from_region(model, picture, region)
        if face.presence >= 0.5:
            found.append(face.mesh.astype(np.float64))
            truth.append([float(row[name]) for name in HeadPose._fields])
            identities.append(row["identity"])
            shape = picture.shape
    print(f"{len(found)} of {len(rows)} pictures with presence >= 0.5")
    return found, np.array(truth), identities, shape


def point_solution(
    mesh: Array, shape: tuple[int, ...], *, model: FaceModel, focal_length: float
) -> HeadPose:
    """Solve for the pose from x and y alone (OpenCV's iterative perspective-n-point)."""
    height, width = shape[:2]
    focal = focal_length * max(height, width)
    camera = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    used = np.flatnonzero(model.geometry.weights)
    flip = np.diag([1.0, -1.0, -1.0])
    _, turn, _ = cv2.solvePnP(
        model.geometry.vertices[used] @ flip, mesh[used, :2].copy(), camera, np.zeros(4)
    )
    return angles(flip @ np.asarray(cv2.Rodrigues(turn)[0], np.float64) @ flip)


def solutions(model: FaceModel) -> dict[str, Solution]:
    """Name every way to the angle."""
    solve = partial(head_pose, geometry=model.geometry)
    result: dict[str, Solution] = {
        "procrustes": partial(solve, method="procrustes", focal_length=None)
    }
    for focal in (0.816, 1.5, 3.0, 6.0):
        result[f"perspective {focal}"] = partial(solve, method="perspective", focal_length=focal)
    for focal in (1.5, 3.0, 6.0):
        result[f"solvePnP {focal}"] = partial(point_solution, model=model, focal_length=focal)
    return result


def main() -> None:
    """Print the errors of every solution."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=Path, default=SAMPLE)
    model = FaceModel.load(None)
    found, truth, identities, shape = meshes(model, parser.parse_args().sample)
    fitted = np.isin(identities, sorted(set(identities))[::2])
    print("mean absolute error in degrees on the people left out: yaw, pitch, roll; nod; slopes")
    for name, solution in solutions(model).items():
        guess = np.array([solution(mesh, shape) for mesh in found])
        nod = float(np.median((guess - truth)[fitted, 1]))
        error = np.abs(guess - truth - (0, nod, 0))[~fitted].mean(axis=0)
        slopes = [np.polyfit(truth[:, i], guess[:, i], 1)[0] for i in range(3)]
        print(f"{name:18s} {error.round(2)} nod {nod:.2f} slopes {np.round(slopes, 2)}")


if __name__ == "__main__":
    main()
