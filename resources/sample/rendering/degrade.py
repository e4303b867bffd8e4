"""Known damage: what makes landmark finders fail, done on purpose."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .noise import noise2
from .skin import to_linear

Picture = NDArray[np.uint8]

DEGRADATIONS = ("dark", "blurred", "grey", "half_covered", "profile")
CLOTHS = ((0.55, 0.16, 0.18), (0.16, 0.22, 0.42), (0.80, 0.78, 0.72), (0.22, 0.36, 0.28))


def degrade(picture: Picture, kind: str, rng: np.random.Generator) -> Picture:
    """Damage a picture, (H, W, 3) uint8 RGB.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
    kind : str
        One of `DEGRADATIONS`; "profile" is a matter of pose and changes nothing here.
    rng : Generator
    """
    if kind == "dark":
        linear = to_linear(picture / 255.0) * rng.uniform(0.035, 0.08)
        values = 255 * np.clip(linear, 0, 1) ** (1 / 2.2) + rng.normal(0, 3.0, picture.shape)
    elif kind == "blurred":
        length = int(rng.integers(9, 14))
        angle = rng.uniform(0, np.pi)
        kernel = np.zeros((length, length))
        half = (length - 1) / 2
        for place in np.linspace(-half, half, 8 * length):
            row, column = half + place * np.sin(angle), half + place * np.cos(angle)
            kernel[round(row), round(column)] += 1
        soft = cv2.GaussianBlur(picture.astype(np.float64), (0, 0), rng.uniform(1.2, 2.2))
        moved = cv2.filter2D(soft, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
        values = np.asarray(moved, dtype=np.float64)
    elif kind == "grey":
        values = np.repeat((picture @ np.array([0.299, 0.587, 0.114]))[..., None], 3, axis=2)
    elif kind == "half_covered":
        values = _cover(picture.astype(np.float64), rng)
    elif kind == "profile":
        values = picture.astype(np.float64)
    else:
        raise ValueError(f"degradation {kind!r}: expected one of {', '.join(DEGRADATIONS)}")
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _cover(picture: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Hang a cloth over the lower, left or right half."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width])[:, None, None]
    side = rng.choice(["below", "left", "right"])
    across, inward = (x, 1 - y) if side == "below" else (y, x if side == "left" else 1 - x)
    edge = rng.uniform(0.40, 0.5) + 0.03 * np.sin(across * rng.uniform(4, 9) + rng.uniform(0, 6))
    folds = np.sin(
        (inward * 3 + across * 0.8) * rng.uniform(9, 16) + 0.6 * noise2(rng, height, width, 12)
    )
    weave = noise2(rng, height, width, 0.6)
    colour = np.array(CLOTHS[rng.integers(len(CLOTHS))]) * 255
    cloth = colour * (0.72 + 0.16 * folds + 0.05 * weave)[..., None]
    covered = np.clip((edge - inward) * height / 1.2 + 0.5, 0, 1)[..., None]
    shade = np.clip((edge + 0.05 - inward) / 0.05, 0, 1)[..., None] * 0.35
    result: NDArray[np.float64] = picture * (1 - shade) * (1 - covered) + cloth * covered
    return result
