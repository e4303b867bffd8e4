"""Measures of a picture that a change aims at: brightness, contrast, sharpness."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from modular_faces.cause_steps import luminance


def brightness(picture: NDArray[np.uint8]) -> float:
    """Mean luminance of a (H, W, 3) uint8 RGB picture, 0 to 255."""
    return float(luminance(picture).mean(dtype=np.float64))


def contrast(picture: NDArray[np.uint8]) -> float:
    """Standard deviation of luminance, 0 to 127.5."""
    return float(luminance(picture).std(dtype=np.float64))


def sharpness(picture: NDArray[np.uint8]) -> float:
    """Standard deviation of the Laplacian of luminance, relative to the contrast; 0 without contrast."""
    import cv2

    grey = luminance(picture)
    spread = float(grey.std(dtype=np.float64))
    if spread < 0.5:
        return 0.0
    laplacian = cv2.Laplacian(grey, cv2.CV_32F, borderType=cv2.BORDER_REFLECT_101)
    return float(laplacian.std(dtype=np.float64)) / spread


MEASURES: Final[Mapping[str, Callable[[NDArray[np.uint8]], float]]] = {
    "brightness": brightness,
    "contrast": contrast,
    "sharpness": sharpness,
}
"""By their names in the config."""
