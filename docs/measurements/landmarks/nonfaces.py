"""Pictures without a face: backgrounds, surroundings, textures, parts of faces without eyes.

All 100 x 100. ``non_faces(...)`` gives them by kind; the same seed gives the same pictures.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from omi_data import full_size

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "resources" / "sample"))

from rendering.camera import Pose
from rendering.dataset import random_scene
from rendering.noise import noise2
from rendering.scene import paint_background

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]
SIDE = 100
PER_PERSON = 3


def backgrounds(count: int, seed: int) -> Iterator[Picture]:
    """Backgrounds of the renders."""
    for k in range(count):
        rng = np.random.default_rng([seed, 1, k])
        linear = paint_background(random_scene(rng, Pose(0, 0, 0)), SIDE)
        values = 255 * np.clip(linear, 0, 1) ** (1 / 2.2) + rng.normal(0, 2, linear.shape)
        yield np.clip(np.rint(values), 0, 255).astype(np.uint8)


def textures(count: int, seed: int) -> Iterator[Picture]:
    """Noise of one or several scales, stripes, blobs, boards, and blobs arranged like a face's."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    for k in range(count):
        rng = np.random.default_rng([seed, 2, k])
        kind = k % 5
        if kind == 0:
            field = noise2(rng, SIDE, SIDE, float(rng.uniform(1, 25)))
        elif kind == 1:
            field = np.asarray(
                sum(noise2(rng, SIDE, SIDE, 24.0 / 2**o) / 2**o for o in range(5)), np.float64
            )
        elif kind == 2:
            angle, waves = rng.uniform(0, np.pi), rng.uniform(3, 30)
            field = np.sin(2 * np.pi * waves * (x * np.cos(angle) + y * np.sin(angle)))
            field = field + 0.4 * noise2(rng, SIDE, SIDE, 8.0)
        elif kind == 3:
            field = np.zeros((SIDE, SIDE))
            for _ in range(int(rng.integers(3, 30))):
                cx, cy, r = rng.uniform(0, 1, 3) * (1, 1, 0.25) + (0, 0, 0.02)
                field += rng.normal() * (np.hypot(x - cx, y - cy) < r)
        else:
            cells = int(rng.integers(2, 12))
            field = rng.normal(0, 1, (cells, cells))
            flag = cv2.INTER_NEAREST if rng.random() < 0.5 else cv2.INTER_CUBIC
            field = np.asarray(cv2.resize(field, (SIDE, SIDE), interpolation=flag), np.float64)
        field = (field - field.mean()) / max(float(field.std()), 1e-6)
        low, high = rng.uniform(0, 255, (2, 3))
        share = np.clip(0.5 + 0.25 * field, 0, 1)[..., None]
        values = (
            low * (1 - share) + high * share + rng.normal(0, rng.uniform(0, 8), (SIDE, SIDE, 3))
        )
        yield np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _square(picture: Picture, x: float, y: float, side: float) -> Picture | None:
    """Square around a middle, 100 x 100; None where it would leave the picture."""
    half = side / 2
    left, top = int(x - half), int(y - half)
    side = int(side)
    if left < 0 or top < 0 or left + side > picture.shape[1] or top + side > picture.shape[0]:
        return None
    cut = picture[top : top + side, left : left + side]
    return np.asarray(cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def surroundings(data: Path, group: str, seed: int) -> Iterator[Picture]:
    """Squares of OMI pictures that do not touch the face: hair, clothes, walls, leaves."""
    for stimulus, picture, points in full_size(data, group):
        rng = np.random.default_rng([seed, 3, stimulus])
        low, high = points.min(axis=0) - 20, points.max(axis=0) + 20
        found = 0
        for _ in range(60):
            side = float(rng.uniform(110, 320))
            x, y = rng.uniform(side / 2, 1024 - side / 2, 2)
            apart = (
                x + side / 2 < low[0]
                or x - side / 2 > high[0]
                or y + side / 2 < low[1] - 0.35 * (high[1] - low[1])
                or y - side / 2 > high[1]
            )
            patch = _square(picture, x, y, side) if apart else None
            if patch is not None:
                yield patch
                found += 1
            if found == PER_PERSON:
                break


def parts(data: Path, group: str, seed: int) -> Iterator[Picture]:
    """Parts of OMI faces that hold no eye: mouth and chin, cheek, forehead, nose and mouth."""
    for stimulus, picture, points in full_size(data, group):
        rng = np.random.default_rng([seed, 4, stimulus])
        eyes = float(np.linalg.norm(points[36] - points[45]))
        below = points[36:48, 1].max() + 0.12 * eyes
        above = points[17:27, 1].min() - 0.1 * eyes
        mouth = points[48:].mean(axis=0)
        side = float(rng.uniform(0.7, 1.1)) * eyes
        middles = [
            (mouth[0], max(mouth[1], below + side / 2)),
            (float(points[31 if stimulus % 2 else 35, 0]), below + side / 2),
            (
                float(points[4 if stimulus % 2 else 12, 0]),
                max(float(points[4, 1]), below + side / 2),
            ),
            (float(points[27, 0]), above - side * 0.35),
        ]
        sides = (side, side, side * 0.8, side * 0.7)
        for (x, y), size in zip(middles, sides, strict=True):
            patch = _square(picture, x, y, size)
            if patch is not None:
                yield patch


def non_faces(
    data: Path | None, group: str, *, synthetic: int, seed: int
) -> list[tuple[str, Picture]]:
    """All patches of a group with their kind; those of OMI only where its pictures are."""
    sources: dict[str, Iterator[Picture]] = {
        "backgrounds": backgrounds(synthetic, seed),
        "textures": textures(synthetic, seed),
    }
    if data is not None:
        sources["surroundings"] = surroundings(data, group, seed)
        sources["parts of faces"] = parts(data, group, seed)
    return [(kind, patch) for kind, patches in sources.items() for patch in patches]
