"""Ways to make a face harder to read, each with its levels; points move along.

A base is a picture wider than the face with 68 known points. `tight_crop` cuts the 100 x 100 picture
that everything else starts from, by the rule of the bundled sample: brows to chin fill three quarters
of the side, and the chin touches the lower edge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces import geometry

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

SIDE = 100
FILL, CHIN = 0.76, 0.97
COLOURS = ((60, 60, 60), (127, 127, 127), (200, 190, 180), (150, 40, 45), (40, 60, 120))


@dataclass(frozen=True)
class View:
    """A picture with its 68 points in pixels."""

    picture: Picture
    points: Array


Change = Callable[[View, float, np.random.Generator], View]


def tight_crop(picture: Picture, points: Array, *, roll: float = 0.0) -> View:
    """Cut a 100 x 100 picture as tight as RAF-DB's, the head tilted clockwise by `roll` degrees."""
    middle = points[17:].mean(axis=0)
    turned = geometry.transform(
        geometry.rotation(roll, (float(middle[0]), float(middle[1]))), points
    )
    top, bottom = turned[17:27, 1].min(), turned[:17, 1].max()
    left, right = turned[:, 0].min(), turned[:, 0].max()
    if abs(roll) > 0:
        top, bottom = turned[:, 1].min(), turned[:, 1].max()
    side = max((bottom - top) / FILL, (right - left) * 0.94)
    corner = (
        0.6 * (left + right) / 2 + 0.4 * turned[27:, 0].mean() - side / 2,
        bottom - side * CHIN,
    )
    scale = SIDE / side
    to_crop = geometry.compose(
        geometry.rotation(roll, (float(middle[0]), float(middle[1]))),
        geometry.compose(
            geometry.translation(-float(corner[0]), -float(corner[1])),
            geometry.scaling(scale, scale),
        ),
    )
    # Shrunk with a box filter first, so that fine detail does not alias.
    shrink = max(1, int(1 / scale))
    small = cv2.resize(picture, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
    ratio = picture.shape[1] / small.shape[1]
    from_small = geometry.compose(geometry.scaling(ratio, ratio), to_crop)
    cut = cv2.warpAffine(
        small, from_small, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return View(np.asarray(cut, np.uint8), geometry.transform(to_crop, points))


def blurred(view: View, level: float, rng: np.random.Generator) -> View:
    """Gaussian blur; the level is its deviation in pixels of 100."""
    return View(np.asarray(cv2.GaussianBlur(view.picture, (0, 0), level), np.uint8), view.points)


def resized(view: View, level: float, rng: np.random.Generator) -> View:
    """A picture of so many pixels a side, for good."""
    side = int(level)
    small = cv2.resize(view.picture, (side, side), interpolation=cv2.INTER_AREA)
    scale = geometry.scaling(side / SIDE, side / SIDE)
    return View(np.asarray(small, np.uint8), geometry.transform(scale, view.points))


def shrunk_and_back(view: View, level: float, rng: np.random.Generator) -> View:
    """Shrunk to so many pixels a side and brought back to 100."""
    small = resized(view, level, rng).picture
    back = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return View(np.asarray(back, np.uint8), view.points)


def jpeg(view: View, level: float, rng: np.random.Generator) -> View:
    """JPEG of that quality."""
    bgr = cv2.cvtColor(view.picture, cv2.COLOR_RGB2BGR)
    _, stream = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, int(level)])
    return View(np.asarray(cv2.imdecode(stream, cv2.IMREAD_COLOR_RGB), np.uint8), view.points)


def gamma(view: View, level: float, rng: np.random.Generator) -> View:
    """Darker (above 1) or brighter."""
    values = 255 * (view.picture / 255.0) ** level
    return View(np.rint(values).astype(np.uint8), view.points)


def noisy(view: View, level: float, rng: np.random.Generator) -> View:
    """Normal noise; the level is its deviation in grey levels."""
    values = view.picture + rng.normal(0, level, view.picture.shape)
    return View(np.clip(np.rint(values), 0, 255).astype(np.uint8), view.points)


def grey(view: View, level: float, rng: np.random.Generator) -> View:
    """Without colour."""
    one = cv2.cvtColor(view.picture, cv2.COLOR_RGB2GRAY)
    return View(np.asarray(cv2.cvtColor(one, cv2.COLOR_GRAY2RGB), np.uint8), view.points)


def _covered(view: View, hidden: NDArray[np.bool_], rng: np.random.Generator) -> View:
    colour = np.array(COLOURS[int(rng.integers(len(COLOURS)))], np.float64)
    height, width = hidden.shape
    folds = 20 * np.sin(np.mgrid[0:height, 0:width].sum(axis=0) * rng.uniform(0.1, 0.5))
    cloth = np.clip(colour + folds[..., None] + rng.normal(0, 4, (height, width, 1)), 0, 255)
    picture = np.where(hidden[..., None], np.rint(cloth), view.picture)
    return View(picture.astype(np.uint8), view.points)


def lower_covered(view: View, level: float, rng: np.random.Generator) -> View:
    """A cloth over everything below that share of the height."""
    rows = np.arange(SIDE)[:, None] >= level * SIDE
    return _covered(view, np.broadcast_to(rows, (SIDE, SIDE)), rng)


def upper_covered(view: View, level: float, rng: np.random.Generator) -> View:
    """A cloth over everything above that share of the height."""
    rows = np.arange(SIDE)[:, None] < level * SIDE
    return _covered(view, np.broadcast_to(rows, (SIDE, SIDE)), rng)


def left_covered(view: View, level: float, rng: np.random.Generator) -> View:
    """A cloth over the viewer's left, up to that share of the width."""
    columns = np.arange(SIDE)[None] < level * SIDE
    return _covered(view, np.broadcast_to(columns, (SIDE, SIDE)), rng)


def _cut(view: View, top: int, bottom: int) -> View:
    picture = np.ascontiguousarray(view.picture[top:bottom])
    return View(picture, view.points - np.array([0, top]))


def jaw_cut(view: View, level: float, rng: np.random.Generator) -> View:
    """The picture ends at a place between the nose (0) and the chin (1)."""
    nose, chin = view.points[33, 1], view.points[8, 1]
    return _cut(view, 0, int(np.clip(nose + level * (chin - nose), 40, SIDE)))


def brow_cut(view: View, level: float, rng: np.random.Generator) -> View:
    """The picture begins at a place between the brows (0) and the eyes (1)."""
    brows, eyes = view.points[17:27, 1].min(), view.points[36:48, 1].min()
    return _cut(view, int(np.clip(brows + level * (eyes - brows), 0, 50)), SIDE)


def motion_blurred(view: View, level: float, rng: np.random.Generator) -> View:
    """The camera moved by so many pixels, in any direction."""
    length, angle = int(level), rng.uniform(0, np.pi)
    kernel = np.zeros((length, length), np.float32)
    middle = (length - 1) / 2
    for along in np.linspace(-middle, middle, 8 * length):
        row, column = middle + along * np.sin(angle), middle + along * np.cos(angle)
        kernel[round(row), round(column)] += 1
    smeared = cv2.filter2D(view.picture, -1, kernel / kernel.sum())
    return View(np.asarray(smeared, np.uint8), view.points)


def mosaic(view: View, level: float, rng: np.random.Generator) -> View:
    """Squares of so many pixels, each of one colour."""
    cells = round(SIDE / level)
    small = cv2.resize(view.picture, (cells, cells), interpolation=cv2.INTER_AREA)
    back = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    return View(np.asarray(back, np.uint8), view.points)


def shadowed(view: View, level: float, rng: np.random.Generator) -> View:
    """One half of the picture, at any angle, keeps that share of its light; the edge is soft."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
    lit = 1 / (1 + np.exp(-25 * (x * np.cos(angle) + y * np.sin(angle))))
    values = view.picture * (level + (1 - level) * lit)[..., None]
    return View(np.rint(values).astype(np.uint8), view.points)


def eyes_barred(view: View, level: float, rng: np.random.Generator) -> View:
    """A dark bar over both eyes, as high as that share of the outer eye distance."""
    eyes = view.points[36:48]
    half = level * np.linalg.norm(view.points[36] - view.points[45]) / 2
    middle = eyes[:, 1].mean()
    top, bottom = (int(np.clip(round(middle + sign * half), 0, SIDE)) for sign in (-1, 1))
    picture = view.picture.copy()
    picture[top:bottom] = 15
    return View(picture, view.points)


def fogged(view: View, level: float, rng: np.random.Generator) -> View:
    """That share of the contrast is left, the rest is light grey."""
    values = level * view.picture + (1 - level) * 190
    return View(np.rint(values).astype(np.uint8), view.points)


def peppered(view: View, level: float, rng: np.random.Generator) -> View:
    """That share of the pixels is black or white."""
    hit = rng.random(view.picture.shape[:2]) < level
    picture = view.picture.copy()
    picture[hit] = 255 * rng.integers(0, 2, (int(hit.sum()), 1))
    return View(picture, view.points)


CHANGES: dict[str, tuple[Change, tuple[float, ...]]] = {
    "blur sigma": (blurred, (1, 2, 3)),
    "pixels": (resized, (48, 32, 24)),
    "shrunk to and back": (shrunk_and_back, (48, 24)),
    "jpeg quality": (jpeg, (40, 20, 10)),
    "gamma": (gamma, (0.25, 0.5, 2, 3)),
    "noise sigma": (noisy, (10, 25, 40)),
    "grey": (grey, (1,)),
    "lower covered": (lower_covered, (0.7, 0.5)),
    "upper covered": (upper_covered, (0.3, 0.5)),
    "left covered": (left_covered, (0.3, 0.5)),
    "jaw cut": (jaw_cut, (0.7, 0.4)),
    "brow cut": (brow_cut, (0.4, 0.8)),
}
ROLLS = (-60, -45, -30, -15, 15, 30, 45, 60)
HELD_OUT = frozenset({"jpeg quality", "noise sigma", "left covered", "brow cut", "pixels", "pitch"})
"""Kinds of stress that the calibration of the quality never sees."""
NEW_CHANGES: dict[str, tuple[Change, tuple[float, ...]]] = {
    "motion blur": (motion_blurred, (5, 9, 13)),
    "mosaic": (mosaic, (3, 5)),
    "shadow": (shadowed, (0.4, 0.1)),
    "eyes barred": (eyes_barred, (0.3, 0.6)),
    "fog": (fogged, (0.4, 0.15)),
    "salt and pepper": (peppered, (0.05, 0.2)),
}
"""Kinds that were thought of when every choice had been made."""
