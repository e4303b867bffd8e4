"""Steps that undo or put in one supposed cause of a failure: what the study of causes tries.

They are steps like those of `modular_faces.steps`, whose conventions hold, and may stand in any variant.
"""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray

from modular_faces import geometry
from modular_faces.step_options import Choice, Fill, Number, Whole
from modular_faces.steps import Changed, Picture, _colour, _half_up, _to_uint8, step

LUMINANCE: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Weights of R, G and B (ITU-R BT.601)."""


def luminance(picture: Picture) -> NDArray[np.float32]:
    """Luminance of each pixel of a (H, W, 3) uint8 RGB picture: (H, W) float32, 0 to 255."""
    return picture.astype(np.float32) @ LUMINANCE


@step
def shift(
    picture: Picture,
    *,
    right: Annotated[int, Whole(-1000, 1000)] = 0,
    down: Annotated[int, Whole(-1000, 1000)] = 0,
) -> Changed:
    """Move the picture by whole pixels within its frame; the outermost pixel fills what comes free."""
    height, width = picture.shape[:2]
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    return np.ascontiguousarray(picture[rows][:, columns]), geometry.translation(right, down)


@step
def crop(picture: Picture, *, keep: Annotated[float, Number(0.05, 1)]) -> Changed:
    """Keep the centre: ``keep`` of each side, never less than a pixel."""
    height, width = picture.shape[:2]
    new_height, new_width = max(1, _half_up(keep * height)), max(1, _half_up(keep * width))
    top, left = (height - new_height) // 2, (width - new_width) // 2
    result = picture[top : top + new_height, left : left + new_width]
    return np.ascontiguousarray(result), geometry.translation(-left, -top)


@step
def jpeg(picture: Picture, *, quality: Annotated[int, Whole(1, 100)]) -> Changed:
    """Write as JPEG of this quality (colour at half resolution) and read it again."""
    import cv2

    _, content = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1]), geometry.identity()


@step
def brighten(picture: Picture, *, to: Annotated[float, Number(1, 254)]) -> Changed:
    """Multiply all channels so that the mean luminance becomes ``to``; brighter pictures stay."""
    mean = float(luminance(picture).mean(dtype=np.float64))
    return _scaled(picture, to / mean if 0 < mean < to else 1.0)


@step
def darken(picture: Picture, *, to: Annotated[float, Number(1, 254)]) -> Changed:
    """Multiply all channels so that the mean luminance becomes ``to``; darker pictures stay."""
    mean = float(luminance(picture).mean(dtype=np.float64))
    return _scaled(picture, to / mean if mean > to else 1.0)


@step
def raise_contrast(picture: Picture, *, to: Annotated[float, Number(1, 127)]) -> Changed:
    """Stretch about the mean so that luminance has a standard deviation of ``to``; richer ones stay."""
    spread = float(luminance(picture).std(dtype=np.float64))
    return _stretched(picture, to / spread if 0 < spread < to else 1.0)


@step
def lower_contrast(picture: Picture, *, to: Annotated[float, Number(1, 127)]) -> Changed:
    """Shrink about the mean so that luminance has a standard deviation of ``to``; poorer ones stay."""
    spread = float(luminance(picture).std(dtype=np.float64))
    return _stretched(picture, to / spread if spread > to else 1.0)


@step
def blur(picture: Picture, *, sigma: Annotated[float, Number(0.1, 50)]) -> Changed:
    """Blur with a Gaussian of ``sigma`` pixels, mirrored beyond the edges."""
    import cv2

    result = cv2.GaussianBlur(
        picture.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101
    )
    return _to_uint8(result), geometry.identity()


@step
def deblur(
    picture: Picture,
    *,
    sigma: Annotated[float, Number(0.1, 20)],
    noise: Annotated[float, Number(0.00001, 1)] = 0.01,
) -> Changed:
    """Undo a Gaussian blur of ``sigma`` pixels with a Wiener filter.

    ``noise`` is the power of noise relative to that of the picture, taken to be the same at all
    frequencies. The picture is mirrored beyond its edges.

    References
    ----------
    Gonzalez & Woods 2018, "Digital Image Processing", 4th edition, section 5.8.
    """
    height, width = picture.shape[:2]
    margin = int(np.ceil(4 * sigma))
    padded = np.pad(
        picture.astype(np.float64), ((margin, margin), (margin, margin), (0, 0)), mode="symmetric"
    )
    down = np.fft.fftfreq(padded.shape[0])[:, None, None]
    across = np.fft.rfftfreq(padded.shape[1])[None, :, None]
    blurred = np.exp(-2 * (np.pi * sigma) ** 2 * (down**2 + across**2))
    inverse = blurred * (1 + noise) / (blurred**2 + noise)
    spectrum = np.fft.rfft2(padded, axes=(0, 1)) * inverse
    sharp = np.fft.irfft2(spectrum, s=padded.shape[:2], axes=(0, 1))
    return _to_uint8(sharp[margin : margin + height, margin : margin + width]), geometry.identity()


@step
def cover(
    picture: Picture,
    *,
    side: Annotated[str, Choice("left", "right", "upper", "lower")],
    fraction: Annotated[float, Number(0.01, 1)] = 0.5,
    fill: Annotated[int | str, Fill()] = 127,
) -> Changed:
    """Cover ``fraction`` of the picture from one side with a grey level or its mean colour."""
    height, width = picture.shape[:2]
    rows, columns = _half_up(fraction * height), _half_up(fraction * width)
    places: dict[str, tuple[slice, ...]] = {
        "left": np.s_[:, :columns],
        "right": np.s_[:, width - columns :],
        "upper": np.s_[:rows, :],
        "lower": np.s_[height - rows :, :],
    }
    covered = picture.copy()
    covered[places[side]] = np.array(_colour(picture, fill), dtype=np.uint8)
    return covered, geometry.identity()


def _scaled(picture: Picture, factor: float) -> Changed:
    return _to_uint8(picture.astype(np.float64) * factor), geometry.identity()


def _stretched(picture: Picture, factor: float) -> Changed:
    mean = luminance(picture).mean(dtype=np.float64)
    return _to_uint8(mean + (picture.astype(np.float64) - mean) * factor), geometry.identity()
