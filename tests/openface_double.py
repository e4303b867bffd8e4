"""Pictures in which the double of OpenFace (tests/doubles/FaceLandmarkImg) sees recorded faces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DOUBLES = Path(__file__).parent / "doubles"
DOUBLE = DOUBLES / "FaceLandmarkImg"
RECORDED = DOUBLES / "recorded"

ONE, TWO_LARGE, TWO_SMALL, FAINT = 0, 40, 80, 120
"""Which recorded face a rectangle stands for: its green value."""

ABORTS, HANGS, SEGFAULTS = (255, 255, 0), (0, 255, 0), (0, 255, 255)
"""A pixel of this colour makes the double die or hang."""

Picture = NDArray[np.uint8]


def picture(
    *faces: tuple[int, int, int, int, int], side: int = 200, spot: tuple[int, ...] | None = None
) -> Picture:
    """A grey picture with faces (code, left, top, right, bottom), both ends included.

    Parameters
    ----------
    *faces : tuple of int
    side : int
    spot : (int, int, int), optional
        Colour of the pixel in the corner.
    """
    pixels = np.full((side, side, 3), 90, np.uint8)
    for code, left, top, right, bottom in faces:
        pixels[top : bottom + 1, left : right + 1] = (255, code, 255)
    if spot:
        pixels[0, 0] = spot
    return pixels


def calls(path: Path) -> list[dict[str, Any]]:
    """What the double was called with, in order; it writes to the file named by DOUBLE_CALLS."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
