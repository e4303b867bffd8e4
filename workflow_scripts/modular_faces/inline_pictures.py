"""Pictures inside a file: maps in colours, and pictures as `data:` addresses."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def colored_map(
    values: NDArray[np.floating[Any]], *, low: float, high: float, anchors: Sequence[str]
) -> Image.Image:
    """Turn a map of numbers into a picture of at most 255 colours.

    Parameters
    ----------
    values : (H, W) ndarray of float
        NaN becomes transparent.
    low, high : float
        Values of the first and last anchor; values beyond take their colours.
    anchors : sequence of str
        Colours as #rrggbb at equal steps; in between they are interpolated in sRGB.

    Returns
    -------
    PIL.Image.Image
        With a palette.
    """
    ramp = np.array([[int(color[k : k + 2], 16) for k in (1, 3, 5)] for color in anchors])
    steps = np.linspace(0, len(anchors) - 1, 255)
    palette = [np.interp(steps, np.arange(len(anchors)), channel) for channel in ramp.T]
    known = np.isfinite(values)
    place = np.clip((np.where(known, values, low) - low) / (high - low), 0, 1)
    indices = np.where(known, np.rint(254 * place), 255).astype(np.uint8)
    picture = Image.fromarray(indices, mode="P")
    colors = np.rint(np.array(palette).T).astype(np.uint8)
    picture.putpalette([*colors.ravel().tolist(), 0, 0, 0])
    picture.info["transparency"] = 255
    return picture


def png_url(picture: Image.Image, *, at_least: int) -> str:
    """Give a picture as a `data:` address, its pixels as squares.

    Parameters
    ----------
    picture : PIL.Image.Image
    at_least : int
        Width in pixels that is reached by repeating pixels, so that a browser does not blur them.
    """
    factor = max(1, -(-at_least // picture.width))
    size = (factor * picture.width, factor * picture.height)
    options = {"transparency": picture.info["transparency"]} if picture.mode == "P" else {}
    buffer = io.BytesIO()
    picture.resize(size, Image.Resampling.NEAREST).save(
        buffer, format="PNG", optimize=True, **options
    )
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def jpeg_url(picture: Image.Image, *, longest: int, quality: int) -> str:
    """Give a small copy of a photograph as a `data:` address.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB.
    longest : int
        Longer side of the copy in pixels; smaller pictures are not enlarged.
    quality : int
        Of the JPEG, 1 to 95.
    """
    small = picture.copy()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, format="JPEG", quality=quality, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
