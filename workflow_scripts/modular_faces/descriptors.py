"""What can be said of every picture without landmarks: light, colour, sharpness, framing, size.

Every number is measured on the upright picture as stored, so that failures and successes are described
alike. Grey is the luma of Rec. 601, 0 to 255. The central oval stands for the face where nobody found one: an
ellipse around the middle of the picture, whatever it shows.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

OVAL_WIDTH: Final = 0.7
OVAL_HEIGHT: Final = 0.9
"""Axes of the central oval, as parts of width and height of the picture."""
BORDER: Final = 0.1
"""Width of the border on each side, as a part of the shorter side; at least one pixel."""
JPEG_BLOCK: Final = 8
EMPTY: Final = 0.25
"""A half with less than this part of the picture's mean gradient is empty; how empty depends on the other half."""

_CHANNELS: Final = "rgb"

DESCRIPTOR_NAMES: Final = (
    *("brightness", "contrast", "sharpness", "relative_sharpness"),
    *("entropy_r", "entropy_g", "entropy_b"),
    *("brightness_oval", "contrast_oval", "entropy_r_oval", "entropy_g_oval", "entropy_b_oval"),
    *("blockiness", "colorfulness", "saturation", "grey"),
    *("width", "height", "aspect", "megapixels"),
    *("right_minus_left", "lower_minus_upper"),
    *("right_minus_left_oval", "lower_minus_upper_oval"),
    *("border_minus_center", "border_detail", "half_detail"),
)
"""In the order of the columns; docs/failures_tables.md has unit and meaning of each."""


def describe_picture(
    picture: Picture, mesh: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], str]:
    """Measure one picture.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB.
    mesh : None
        Not used; a measure of `modular_faces.measure` is given one.

    Returns
    -------
    values : (k,) ndarray of float64
        In the order of `DESCRIPTOR_NAMES`.
    note : str
        Empty.
    """
    del mesh
    height, width = picture.shape[:2]
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    oval, border = central_oval(height, width), border_mask(height, width)
    brightness, contrast = _mean_and_deviation(grey)
    brightness_oval, contrast_oval = _mean_and_deviation(grey, oval)
    sharpness = laplacian_variance(grey)
    saturation = cv2.mean(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV_FULL))[1] / 255
    values = [
        *(brightness, contrast, sharpness, sharpness / contrast**2 if contrast else 0.0),
        *channel_entropies(picture),
        *(brightness_oval, contrast_oval, *channel_entropies(picture, oval)),
        *(blockiness(grey), colorfulness(picture), saturation, float(_is_grey(picture))),
        *(width, height, width / height, width * height / 1e6),
        *_asymmetries(grey),
        *_asymmetries(grey, oval),
        _mean(grey, border) - _mean(grey, 255 - border),
        border_detail(grey, border),
        half_detail(grey),
    ]
    return np.array(values, dtype=np.float64), ""


@lru_cache(maxsize=4)
def central_oval(height: int, width: int) -> Picture:
    """Mask of the central oval.

    Returns
    -------
    (H, W) ndarray of uint8
        255 where the centre of a pixel lies inside, else 0.
    """
    y = (2 * np.arange(height) + 1 - height) / (OVAL_HEIGHT * height)
    x = (2 * np.arange(width) + 1 - width) / (OVAL_WIDTH * width)
    mask: Picture = np.where(y[:, None] ** 2 + x[None, :] ** 2 <= 1, 255, 0).astype(np.uint8)
    mask.setflags(write=False)
    return mask


@lru_cache(maxsize=4)
def border_mask(height: int, width: int) -> Picture:
    """Mask of the border, 255 inside it; the whole picture where that has no more than two pixels a side.

    Returns
    -------
    (H, W) ndarray of uint8
    """
    wide = max(1, round(BORDER * min(height, width)))
    mask: Picture = np.full((height, width), 255, np.uint8)
    mask[wide : height - wide, wide : width - wide] = 0
    mask.setflags(write=False)
    return mask


def laplacian_variance(grey: Picture) -> float:
    """Variance of the Laplacian (3 x 3, four neighbours), small in blurred pictures.

    References
    ----------
    Pech-Pacheco, J. L., et al. (2000). Diatom autofocusing in brightfield microscopy: a comparative study.
    https://doi.org/10.1109/ICPR.2000.903548
    """
    return _mean_and_deviation(cv2.Laplacian(grey, cv2.CV_16S))[1] ** 2


def channel_entropies(picture: Picture, mask: Picture | None = None) -> list[float]:
    """Shannon entropy of each channel in bits, 0 for one value and 8 for all 256 equally often.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
    mask : (H, W) ndarray of uint8, optional
        Pixels that count are not 0; by default all do.

    Returns
    -------
    list of float, length 3
        NaN where no pixel counts.

    References
    ----------
    Shannon, C. E. (1948). A mathematical theory of communication.
    https://doi.org/10.1002/j.1538-7305.1948.tb01338.x
    """
    entropies = []
    for channel in range(len(_CHANNELS)):
        counts = cv2.calcHist([picture], [channel], mask, [256], [0, 256]).astype(np.float64)
        total = counts.sum()
        shares = counts[counts > 0] / total
        entropies.append(float(-(shares * np.log2(shares)).sum()) + 0.0 if total else np.nan)
    return entropies


def blockiness(grey: Picture) -> float:
    """How much larger steps between neighbouring pixels are at the borders of 8 x 8 blocks than inside them.

    Parameters
    ----------
    grey : (H, W) ndarray of uint8

    Returns
    -------
    float
        (border - inside) / (border + inside) of the mean absolute differences, across rows and columns
        together: about 0 without blocks, 1 where there are steps at borders only. 0 for pictures without steps
        or too small for two blocks. Blocks are counted from the upper left corner, so that a picture
        that was cropped after compression hides its blocks.

    References
    ----------
    After Wang, Z., Sheikh, H. R., & Bovik, A. C. (2002). No-reference perceptual quality assessment of JPEG
    compressed images. https://doi.org/10.1109/ICIP.2002.1038064
    """
    at_border = inside = 0.0
    borders = others = 0
    for lines in (grey, grey.T):
        if lines.shape[1] < 2:
            continue
        steps = np.asarray(cv2.absdiff(lines[:, 1:], lines[:, :-1]))
        of_borders = steps[:, JPEG_BLOCK - 1 :: JPEG_BLOCK]
        total, own = float(steps.sum(dtype=np.int64)), float(of_borders.sum(dtype=np.int64))
        at_border, inside = at_border + own, inside + total - own
        borders, others = borders + of_borders.size, others + steps.size - of_borders.size
    if not borders or not others or at_border + inside == 0:
        return 0.0
    mean_border, mean_inside = at_border / borders, inside / others
    return (mean_border - mean_inside) / (mean_border + mean_inside)


def colorfulness(picture: Picture) -> float:
    """Colourfulness from spread and mean of the opponent channels; 0 for grey pictures.

    References
    ----------
    Hasler, D., & Suesstrunk, S. (2003). Measuring colourfulness in natural images.
    https://doi.org/10.1117/12.477378
    """
    red, green, blue = cv2.split(picture)
    red_green = cv2.subtract(red, green, dtype=cv2.CV_16S)
    double_yellow_blue = cv2.add(red, green, dtype=cv2.CV_16S) - 2 * blue.astype(np.int16)
    (mean_rg, spread_rg), (mean_yb, spread_yb) = map(
        _mean_and_deviation, (red_green, double_yellow_blue)
    )
    spread = np.hypot(spread_rg, spread_yb / 2)
    return float(spread + 0.3 * np.hypot(mean_rg, mean_yb / 2))


def border_detail(grey: Picture, border: Picture) -> float:
    """Mean gradient in the border by that of the whole picture: large where the frame cuts through something.

    Gradients are sums of the absolute Sobel responses; 1 for a picture without any.
    """
    gradient = _gradient(grey)
    whole = cv2.mean(gradient)[0]
    return float(cv2.mean(gradient, border)[0] / whole) if whole else 1.0


def half_detail(grey: Picture) -> float:
    """Mean gradient of the emptiest half by that of the whole picture: small where half of it is covered.

    Halves are the left, right, upper and lower one; never less than `EMPTY`, 1 for a picture without any gradient.
    """
    gradient = _gradient(grey)
    whole = cv2.mean(gradient)[0]
    if not whole:
        return 1.0
    least = min(_mean(np.asarray(gradient)[half], None) for half in _halves(*grey.shape))
    return max(least / whole, EMPTY)


def _gradient(grey: Picture) -> Picture:
    """Sum of the absolute Sobel responses, an eighth of each."""
    across = cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 1, 0), alpha=0.125)
    down = cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, 0, 1), alpha=0.125)
    return np.asarray(cv2.add(across, down), dtype=np.uint8)


def _mean_and_deviation(
    values: cv2.typing.MatLike, mask: Picture | None = None
) -> tuple[float, float]:
    """Mean and standard deviation of integers, from exact sums; 0 where no pixel counts."""
    n = values.size if mask is None else cv2.countNonZero(mask)
    if not n:
        return 0.0, 0.0
    total = round(cv2.mean(values, mask)[0] * n)
    squares = round(cv2.norm(values, cv2.NORM_L2SQR, mask))
    return total / n, math.sqrt(n * squares - total**2) / n


def _is_grey(picture: Picture) -> bool:
    red, green, blue = cv2.split(picture)
    return not (cv2.absdiff(red, green).any() or cv2.absdiff(red, blue).any())


def _asymmetries(grey: Picture, mask: Picture | None = None) -> tuple[float, float]:
    """Right minus left and lower minus upper; a middle row or column belongs to neither half."""
    right, left, lower, upper = (
        _mean(grey[half], None if mask is None else mask[half]) for half in _halves(*grey.shape)
    )
    return right - left, lower - upper


def _halves(height: int, width: int) -> tuple[tuple[slice, slice], ...]:
    """Right, left, lower and upper half."""
    return (
        (slice(None), slice((width + 1) // 2, None)),
        (slice(None), slice(0, width // 2)),
        (slice((height + 1) // 2, None), slice(None)),
        (slice(0, height // 2), slice(None)),
    )


def _mean(grey: Picture, mask: Picture | None) -> float:
    """Mean of the pixels that count; 0 where none does."""
    if not grey.size:
        return 0.0
    kept = None if mask is None else np.ascontiguousarray(mask)
    return float(cv2.mean(np.ascontiguousarray(grey), kept)[0])
