"""Eyeballs: spheres fitted to MakeHuman's eye helpers, and their colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .noise import noise3
from .skin import step, to_linear

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

RINGS, SECTORS = 28, 40
IRIS_ANGLE = np.radians(27.5)
PUPIL_SHARE = 0.40


def fit_sphere(points: Array) -> tuple[Array, float]:
    """Least-squares sphere through points (n, 3): centre (3,) and radius."""
    system = np.column_stack([2 * points, np.ones(len(points))])
    solution = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)[0]
    return solution[:3], float(np.sqrt(solution[3] + solution[:3] @ solution[:3]))


def unit_sphere() -> tuple[Array, Ints]:
    """Directions (n, 3) and triangles of the front three quarters of a sphere around +z."""
    tilt = np.linspace(0, np.radians(125), RINGS)
    turn = np.linspace(0, 2 * np.pi, SECTORS, endpoint=False)
    grid_tilt, grid_turn = np.meshgrid(tilt, turn, indexing="ij")
    directions = np.stack(
        [
            np.sin(grid_tilt) * np.cos(grid_turn),
            np.sin(grid_tilt) * np.sin(grid_turn),
            np.cos(grid_tilt),
        ],
        axis=-1,
    ).reshape(-1, 3)
    ring, sector = np.meshgrid(np.arange(RINGS - 1), np.arange(SECTORS), indexing="ij")
    a = (ring * SECTORS + sector).ravel()
    b = (ring * SECTORS + (sector + 1) % SECTORS).ravel()
    triangles = np.concatenate(
        [np.stack([a, a + SECTORS, b + SECTORS], 1), np.stack([a, b + SECTORS, b], 1)]
    )
    return directions, triangles


def gaze_frame(gaze: Array) -> Array:
    """Rotation (3, 3) whose rows take head directions to a frame with z along `gaze`."""
    forward = gaze / np.linalg.norm(gaze)
    right = np.cross([0.0, 1.0, 0.0], forward)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(forward, right), forward])


def paint_eye(directions: Array, iris_colour: tuple[float, float, float], redness: float) -> Array:
    """Linear albedo (n, 3) of an eyeball at directions (n, 3) in its gaze frame."""
    tilt = np.arccos(np.clip(directions[:, 2], -1, 1))
    turn = np.arctan2(directions[:, 1], directions[:, 0])
    share = tilt / IRIS_ANGLE
    fibres = np.stack([3 * np.cos(turn), 3 * np.sin(turn), share * 0.6], axis=1)
    streaks = noise3(fibres, 3.0, 2)
    veins = np.clip(noise3(directions, 9, 8) - 0.9, 0, 1) * step(tilt - np.radians(42), 0.4)
    white = np.array([0.62, 0.58, 0.55]) * (1 - veins[:, None] * redness * [0.1, 0.5, 0.5])
    white = white * (1 - 0.25 * step(tilt - np.radians(55), 0.5)[:, None] * [0.2, 0.7, 0.8])
    iris = 0.62 * to_linear(np.array(iris_colour)) * (1 + 0.28 * streaks[:, None])
    iris = iris * (0.72 + 0.75 * np.exp(-(((share - 0.55) / 0.2) ** 2)))[:, None]
    rim = step(share - 0.84, 0.22)[:, None]
    iris = iris * (1 - 0.75 * rim)
    pupil = step(PUPIL_SHARE - share, 0.08)[:, None]
    inner = iris * (1 - pupil) + 0.004 * pupil
    outside = step(share - 1.0, 0.10)[:, None]
    result: Array = np.clip(inner * (1 - outside) + white * outside, 0.002, 0.95)
    return result
