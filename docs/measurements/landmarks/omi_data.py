"""OMI pictures, their tight crops, the points OpenFace set at full size, and the split of the people.

Used by the scripts beside it. The folder given as ``--data`` holds ``omi/images/N.jpg``,
``openface/omi/N.csv`` and ``crops/{raf100,xtight100}/N.jpg`` with ``crops/truth.csv``.
"""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

CROPS = ("raf100", "xtight100")
SURE = 0.8
"""OpenFace's confidence from which its points are learnt from."""


def group_of(stimulus: int) -> str:
    """Say whether a person is for fitting, calibrating or testing.

    First byte of the 64-bit BLAKE2b hash of ``omi/N``, modulo ten: 0 to 4 fit, 5 and 6 calibrate,
    7 to 9 test. OMI has one picture per person.
    """
    rest = hashlib.blake2b(f"omi/{stimulus}".encode(), digest_size=8).digest()[0] % 10
    return "fit" if rest < 5 else "calibrate" if rest < 7 else "test"


def read_picture(path: Path) -> Picture:
    """Read a picture as RGB."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise FileNotFoundError(f"{path} is missing or no picture")
    return np.asarray(picture, np.uint8)


def points_of(row: dict[str, str]) -> Array:
    """Return the 68 points of a row of a table, (68, 2)."""
    return np.array([[float(row[f"{axis}_{k}"]) for axis in "xy"] for k in range(68)])


@cache
def openface_row(data: Path, stimulus: int) -> dict[str, str]:
    """First row of OpenFace's output for a picture at full size."""
    with (data / "openface" / "omi" / f"{stimulus}.csv").open(newline="") as stream:
        return {key.strip(): value for key, value in next(csv.DictReader(stream)).items()}


@cache
def crop_points(data: Path) -> dict[tuple[str, int], Array]:
    """Points of each crop by (kind, stimulus)."""
    with (data / "crops" / "truth.csv").open(newline="") as stream:
        return {
            (row["crop"], int(row["stimulus"])): points_of(row)
            for row in csv.DictReader(stream)
            if row["x_0"]
        }


def full_size(data: Path, group: str) -> list[tuple[int, Picture, Array]]:
    """Full-size pictures of a group with OpenFace's points, where OpenFace was sure."""
    result = []
    for path in sorted((data / "omi" / "images").glob("*.jpg"), key=lambda p: int(p.stem)):
        stimulus = int(path.stem)
        row = openface_row(data, stimulus)
        if group_of(stimulus) == group and float(row["confidence"]) > SURE:
            result.append((stimulus, read_picture(path), points_of(row)))
    return result


def crops(data: Path, kind: str, group: str) -> list[tuple[int, Picture, Array]]:
    """Tight crops of a group with the points mapped from full size."""
    return [
        (stimulus, read_picture(data / "crops" / kind / f"{stimulus}.jpg"), points)
        for (crop, stimulus), points in crop_points(data).items()
        if crop == kind and group_of(stimulus) == group
    ]


def openface_depth(data: Path, stimulus: int) -> Array:
    """Depth of OpenFace's 3-D points in units of the outer eye distance, mean zero, (68,).

    Larger is farther from the camera, as in the mesh.
    """
    row = openface_row(data, stimulus)
    solid = np.array([[float(row[f"{axis}_{k}"]) for axis in "XYZ"] for k in range(68)])
    depth: Array = solid[:, 2] - solid[:, 2].mean()
    return depth / np.linalg.norm(solid[36, :2] - solid[45, :2])
