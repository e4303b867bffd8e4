"""Seeded smooth noise in space and in the picture."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float64]

CELLS = 48


@cache
def _volume() -> NDArray[np.float32]:
    values = np.random.default_rng(20240).standard_normal((CELLS, CELLS, CELLS))
    return (values * 1.8).astype(np.float32)


def noise3(points: Array, scale: float, offset: float) -> Array:
    """Smooth noise with mean 0 and deviation near 1 at points in space.

    Parameters
    ----------
    points : (n, 3) ndarray
    scale : float
        Noise cells per unit of length.
    offset : float
        Another number gives an unrelated field.
    """
    where = points * scale + offset * np.array([17.13, 5.71, 29.37])
    cell = np.floor(where)
    part = where - cell
    where = cell + part * part * (3 - 2 * part)
    values = ndimage.map_coordinates(_volume(), where.T, order=1, mode="grid-wrap")
    return np.asarray(values, dtype=np.float64)


def octaves(points: Array, scale: float, offset: float, *, count: int) -> Array:
    """Sum of `count` octaves of `noise3`, each half as strong and twice as fine."""
    total = np.zeros(len(points))
    for k in range(count):
        total += noise3(points, scale * 2**k, offset + k) / 2**k
    return total


def noise2(rng: np.random.Generator, height: int, width: int, sigma: float) -> Array:
    """Blurred white noise as a picture with mean 0 and deviation 1."""
    picture = cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), sigma)
    return np.asarray((picture - picture.mean()) / picture.std(), dtype=np.float64)
