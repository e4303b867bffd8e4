"""Measure the mesh backend on a folder of full-size faces and one of tight crops.

Prints the figures that docs/mesh.md and docs/pose.md quote::

    python docs/measurements/mesh.py --data ../shared/data

The folder holds ``omi/images/N.jpg``, ``openface/omi/N.csv`` (OpenFace's output for each) and
``crops/{raf100,xtight100}/N.jpg`` with ``crops/truth.csv`` (68 points of each crop).
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces import face_mesh
from modular_faces.detector import detect
from modular_faces.face_mesh import (
    Region,
    mesh_from_region,
    region_from_detection,
    region_map,
    region_of_frame,
)
from modular_faces.face_model import FaceModel
from modular_faces.ibug68 import landmarks_from_mesh
from modular_faces.mesh_symmetry import mesh_partners
from modular_faces.pose import HeadPose, angles, head_pose, rotation_matrix

Array = NDArray[np.float64]
INNER = slice(17, 68)


def read(path: Path) -> NDArray[np.uint8]:
    """Read a picture as RGB."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)


def points(row: dict[str, str]) -> Array:
    """Return the 68 points of a CSV row."""
    return np.array([[float(row[f"{axis}_{i}"]) for axis in "xy"] for i in range(68)])


def errors(ours: Array, theirs: Array) -> Array:
    """Distance of each point in units of the outer eye distance."""
    eyes = np.linalg.norm(theirs[36] - theirs[45])
    distance: Array = np.linalg.norm(ours - theirs, axis=1) / eyes
    return distance


def openface(data: Path) -> Iterator[tuple[NDArray[np.uint8], dict[str, str]]]:
    """Yield full-size pictures with OpenFace's answer, where that is sure."""
    for path in sorted((data / "openface" / "omi").glob("*.csv")):
        with path.open(newline="") as stream:
            row = {key.strip(): value for key, value in next(csv.DictReader(stream)).items()}
        if float(row["confidence"]) > 0.9:
            yield read(data / "omi" / "images" / f"{path.stem}.jpg"), row


def against_openface(model: FaceModel, data: Path) -> None:
    """Points and angles beside OpenFace's on full-size pictures."""
    distances, ours, theirs = [], [], []
    flip = np.diag([1.0, -1.0, -1.0])
    for picture, row in openface(data):
        found = detect(model, picture, threshold=0.5, overlap=0.3)
        if not found:
            continue
        mesh = mesh_from_region(model, picture, region_from_detection(found[0])).mesh
        distances.append(errors(landmarks_from_mesh(mesh), points(row)))
        ours.append(
            head_pose(mesh, picture.shape, model.geometry, method="procrustes", focal_length=None)
        )
        x, y, z = (np.degrees(float(row[f"pose_R{axis}"])) for axis in "xyz")
        about_x, about_y, about_z = (
            rotation_matrix(HeadPose(*single)) for single in ((0, -x, 0), (y, 0, 0), (0, 0, -z))
        )
        theirs.append(angles(flip @ about_x @ about_y @ about_z @ flip))
    table = np.array(distances)
    print(f"against OpenFace, {len(table)} full-size pictures: median NME", end=" ")
    for name, part in (("all", slice(0, 68)), ("inner 51", INNER), ("jaw", slice(0, 17))):
        print(f"{name} {np.median(table[:, part].mean(axis=1)):.4f}", end="; ")
    print()
    a, b = np.array(ours), np.array(theirs)
    for i, name in enumerate(HeadPose._fields):
        correlation = np.corrcoef(a[:, i], b[:, i])[0, 1]
        offset = np.median(a[:, i] - b[:, i])
        rest = np.abs(a[:, i] - b[:, i] - offset).mean()
        print(f"  {name}: r {correlation:.3f}, offset {offset:.2f}, mean difference {rest:.2f}")


def frame_scale(model: FaceModel, data: Path) -> None:
    """Presence and error of the mesh read from the centred frame, for several sizes."""
    with (data / "crops" / "truth.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["x_0"]]
    for kind in ("raf100", "xtight100"):
        chosen = [row for row in rows if row["crop"] == kind]
        pictures = [read(data / "crops" / kind / f"{row['stimulus']}.jpg") for row in chosen]
        print(f"centred frame, {len(chosen)} pictures of {kind}")
        for scale in (1.0, 1.2, 1.4, 1.5, 1.6, 1.7, 1.8, 2.0, 2.2):
            presence, distance = [], []
            for row, picture in zip(chosen, pictures, strict=True):
                frame = region_of_frame(picture.shape)
                size = frame.size / face_mesh.FRAME_SCALE * scale
                face = mesh_from_region(model, picture, Region(frame.centre, size, 0.0))
                presence.append(face.presence)
                distance.append(errors(landmarks_from_mesh(face.mesh), points(row))[INNER].mean())
            median, worst = np.percentile(distance, [50, 90])
            share = np.mean(np.array(presence) >= 0.5)
            print(f"  x{scale}: presence {share:.3f}, NME median {median:.4f}, p90 {worst:.4f}")


def half_pixel(model: FaceModel, data: Path) -> None:
    """Where the network counts from: sum of x of a crop and of its mirror image."""
    partners = mesh_partners(model.geometry.vertices)
    sums = []
    for path in sorted((data / "omi" / "images").glob("*.jpg"))[:200]:
        picture = read(path)
        found = detect(model, picture, threshold=0.5, overlap=0.3)
        if not found:
            continue
        crop = cv2.warpAffine(
            picture,
            region_map(region_from_detection(found[0])),
            (256, 256),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        both = []
        for view in (crop, np.ascontiguousarray(crop[:, ::-1])):
            model.mesh.run(np.asarray(view, np.uint8), scale=1 / 255, offset=0.0)
            both.append(model.mesh.output(0).reshape(478, 3))
        sums.append((both[0] + both[1][partners])[:, 0].mean())
    error = np.std(sums) / np.sqrt(len(sums))
    print(f"x + mirrored x: {np.mean(sums):.2f} +- {error:.2f} (edges 256, centres 255)")


def speed(model: FaceModel, data: Path) -> None:
    """Milliseconds per picture on one thread; best of five rounds."""
    cv2.setNumThreads(1)
    pictures = [read(path) for path in sorted((data / "crops" / "raf100").glob("*.jpg"))[:100]]
    regions = [
        region_from_detection(detect(model, picture, threshold=0.3, overlap=0.3)[0])
        for picture in pictures
    ]
    rounds = []
    for _ in range(5):
        start = time.perf_counter()
        for picture in pictures:
            detect(model, picture, threshold=0.3, overlap=0.3)
        middle = time.perf_counter()
        for picture, region in zip(pictures, regions, strict=True):
            mesh_from_region(model, picture, region)
        rounds.append((middle - start, time.perf_counter() - middle))
    find, mesh = np.min(rounds, axis=0) * 1000 / len(pictures)
    print(f"ms per 100x100 picture: detector {find:.2f}, mesh {mesh:.2f}, both {find + mesh:.2f}")


def main() -> None:
    """Run every measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    model = FaceModel.load(None)
    speed(model, data)
    half_pixel(model, data)
    against_openface(model, data)
    frame_scale(model, data)


if __name__ == "__main__":
    main()
