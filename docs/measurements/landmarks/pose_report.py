"""Errors of the face angle on renders, for `report.py`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from readings import Readings

from modular_faces.pose import HeadPose, rotation_matrix

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

WIDEST_YAW = 60
TAUGHT_YAW = 45


def constant_nod(readings: Readings) -> float:
    """Median error of pitch on the renders of `calibrate`, degrees."""
    known = readings.columns["pose"]
    fitted = readings.accepted & (readings.text("group") == "calibrate")
    fitted &= (readings.text("source") == "render") & (np.abs(known[:, 0]) <= TAUGHT_YAW)
    return float(np.median((readings.pose - known)[fitted, 1])) if fitted.any() else 0.0


def pose_cells(estimated: Array, known: Array) -> list[str]:
    """Bias and mean absolute error of each angle, mean geodesic distance; degrees."""
    apart = estimated - known
    cells = [f"{apart[:, i].mean():.1f}, {np.abs(apart[:, i]).mean():.1f}" for i in range(3)]
    geodesic = []
    for one, other in zip(estimated, known, strict=True):
        turn = rotation_matrix(HeadPose(*one)).T @ rotation_matrix(HeadPose(*other))
        geodesic.append(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))
    return [*cells, f"{np.mean(geodesic):.1f}"]


def pose_summary(readings: Readings, found: Bools, pose: Array, group: str) -> Iterable[str]:
    """Errors of the angles on renders up to 60 degrees of yaw, by how far the head nods."""
    known = readings.columns["pose"]
    kind = readings.text("kind")
    rows = found & (readings.text("group") == group) & (readings.text("source") == "render")
    rows &= np.isin(kind, ["yaw", "pitch", "roll"]) & (np.abs(known[:, 0]) <= WIDEST_YAW)
    yield f"| renders, {group} people | n | bias, MAE yaw | pitch | roll | geodesic |"
    yield "|---|---|---|---|---|---|"
    for name, part in {
        "yaw within 60": rows,
        "the same, pitch within 30": rows & (np.abs(known[:, 1]) <= 31),
        "yaw within 30": rows & (np.abs(known[:, 0]) <= 31),
    }.items():
        if part.any():
            cells = " | ".join(pose_cells(pose[part], known[part]))
            yield f"| {name} | {part.sum()} | {cells} |"
