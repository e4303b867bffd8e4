"""Pictures made of numbers, and failures that have one known cause.

Faces are drawn by hand as an oval with eyes and a mouth on a ground, each a little different in place,
size, brightness, colour and noise. A plant changes those that fail, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from modular_faces.failures.picture_frame import Frame, to_frame
from modular_faces.failures.picture_sample import (
    COMPARISON,
    FAILURES,
    GROUPS,
    Moments,
    PictureSample,
    groups_of,
)

Picture = npt.NDArray[np.uint8]
Plant = Callable[[Picture], Picture]


def draw_face(seed: int, side: int) -> Picture:
    """A face of circles on a ground (side, side, 3)."""
    random = np.random.default_rng(seed)
    place = (side / 2 + random.normal(0, side / 25, 2)).astype(int)
    size = (side * random.uniform([0.28, 0.36], [0.34, 0.44])).astype(int)
    ground, skin = random.uniform(60, 130, 3), random.uniform([150, 110, 90], [220, 180, 150])
    picture: npt.NDArray[np.floating] = np.tile(ground, (side, side, 1))
    cv2.ellipse(picture, place.tolist(), size.tolist(), 0, 0, 360, skin.tolist(), -1)
    for across, down, wide in ((-0.4, -0.3, 0.2), (0.4, -0.3, 0.2), (0, 0.5, 0.35)):
        centre = (place + size * np.array([across, down])).astype(int)
        axes = (max(1, int(size[0] * wide)), max(1, int(size[1] * 0.08)))
        cv2.ellipse(picture, centre.tolist(), axes, 0, 0, 360, (skin * 0.4).tolist(), -1)
    picture = cv2.GaussianBlur(picture, (3, 3), 0) * random.uniform(0.85, 1.15)
    noisy = np.asarray(picture + random.normal(0, 6, picture.shape))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def darkness(picture: Picture) -> Picture:
    return (picture * 0.6).astype(np.uint8)


def tight_framing(picture: Picture) -> Picture:
    side = picture.shape[0]
    cut = side // 5
    part = picture[cut : side - cut, cut : side - cut]
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_LINEAR))


def covered_right_half(picture: Picture) -> Picture:
    covered = picture.copy()
    covered[:, picture.shape[1] // 2 :] = 90
    return covered


def low_blue(picture: Picture) -> Picture:
    changed = picture.copy()
    changed[..., 2] = (changed[..., 2] * 0.6).astype(np.uint8)
    return changed


def edges_at_the_border(picture: Picture) -> Picture:
    changed = picture.copy()
    side = picture.shape[0]
    cv2.rectangle(changed, (2, 2), (side - 3, side - 3), (255, 255, 255), 1)
    cv2.rectangle(changed, (3, 3), (side - 4, side - 4), (0, 0, 0), 1)
    return changed


def nothing(picture: Picture) -> Picture:
    return picture


def planted(plant: Plant, *, n: int, lost: int, seed: int, side: int) -> PictureSample:
    """Give n pictures of which the first so many fail because of the plant.

    As `read_sample` would: the moments of all, the pixels of failures and of the comparison half.
    """
    ids = [f"p{k:05d}" for k in range(n)]
    failed = np.arange(n) < lost
    groups = groups_of(ids, failed, seed=seed)
    frame = Frame(side, side)
    moments = {name: Moments(frame) for name in GROUPS}
    kept = []
    for k in range(n):
        picture = draw_face(seed * 100_000 + k, side)
        framed = to_frame(plant(picture) if failed[k] else picture, frame)
        moments[groups[k]].add(framed)
        if groups[k] in (FAILURES, COMPARISON):
            kept.append((ids[k], framed, bool(failed[k])))
    names, pictures, lost_ones = zip(*kept, strict=True)
    return PictureSample(frame, moments, list(names), np.array(pictures), np.array(lost_ones))
