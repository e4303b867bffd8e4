"""Pictures with points and a caption, laid out row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

CAPTION: Final = 36
GAP: Final = 8
PAPER: Final = (255, 255, 255)
INK: Final = (30, 30, 30)
LOST: Final = (200, 30, 30)
POINT: Final = (255, 255, 255)
OUTLINE: Final = (20, 20, 20)


def blank_tile(picture: NDArray[np.uint8], *, tile: int) -> tuple[Image.Image, float]:
    """Fit a picture into a square with room for a caption below.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
    tile : int
        Side of the square in pixels.

    Returns
    -------
    canvas : PIL.Image.Image
    scale : float
        Pixels of the tile for a pixel of the picture.
    """
    height, width = picture.shape[:2]
    scale = tile / max(height, width)
    size = (max(1, round(scale * width)), max(1, round(scale * height)))
    canvas = Image.new("RGB", (tile, tile + CAPTION), PAPER)
    canvas.paste(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))
    return canvas, scale


def draw_points(canvas: Image.Image, points: NDArray[np.float64]) -> None:
    """Draw (n, 2) points in pixels of a tile; those that are NaN are left out."""
    pen = ImageDraw.Draw(canvas)
    radius = max(1.5, canvas.width / 130)
    for x, y in points[np.isfinite(points).all(axis=1)]:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=POINT, outline=OUTLINE)


def write_caption(canvas: Image.Image, text: str, *, ink: tuple[int, int, int]) -> None:
    """Write up to two lines below the picture of a tile."""
    font = ImageFont.load_default(size=12)
    place = (2, canvas.height - CAPTION + 2)
    ImageDraw.Draw(canvas).multiline_text(place, text, fill=ink, font=font, spacing=3)


def lay_out(tiles: Sequence[Image.Image], *, columns: int) -> Image.Image:
    """Lay out tiles of one size, row by row.

    Raises
    ------
    ValueError
        If there are none.
    """
    if not tiles:
        raise ValueError("there is no picture to draw")
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    step = (tiles[0].width + GAP, tiles[0].height + GAP)
    sheet = Image.new("RGB", (columns * step[0] + GAP, rows * step[1] + GAP), PAPER)
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (GAP + number % columns * step[0], GAP + number // columns * step[1]))
    return sheet
