"""Measures of a picture that a change aims at, as `modular_faces.descriptors` takes them of every picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces.descriptors import laplacian_variance

Picture = NDArray[np.uint8]


def grey_of(picture: Picture) -> Picture:
    """Luma (Rec. 601) of a (H, W, 3) uint8 RGB picture."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def brightness(picture: Picture) -> float:
    """Mean of grey, 0 to 255."""
    return float(grey_of(picture).mean(dtype=np.float64))


def contrast(picture: Picture) -> float:
    """Standard deviation of grey, 0 to 127.5."""
    return float(grey_of(picture).std(dtype=np.float64))


def sharpness(picture: Picture) -> float:
    """Variance of the Laplacian of grey."""
    return laplacian_variance(grey_of(picture))


MEASURES: Final[Mapping[str, Callable[[Picture], float]]] = {
    "brightness": brightness,
    "contrast": contrast,
    "sharpness": sharpness,
}
"""By the names of the descriptors."""
