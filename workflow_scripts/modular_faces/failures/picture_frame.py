"""One frame for pictures of any size, so that pixel can be compared with pixel.

The rule, which every study of pixels states:

* The frame has the median height and the median width of the pictures, shrunk together until neither
  is above a largest side. Where all pictures have one size within that limit, the frame is that size
  and no pixel is changed.
* Of a picture of another shape the largest centred part of the frame's shape is taken. Nothing is
  stretched, and no bars are added, which the studies would take for darkness and for edges.
* That part is resized to the frame, each pixel the mean of the area it stands for; pictures smaller
  than the frame are enlarged linearly.
* Grey is OpenCV's weighted sum, .299 red + .587 green + .114 blue, rounded.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

CHANNELS = ("red", "green", "blue", "grey")
GREY = CHANNELS.index("grey")


class Frame(NamedTuple):
    """Height and width of the common frame, in pixels."""

    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.width} x {self.height} pixels"


def frame_of(
    heights: npt.NDArray[np.integer], widths: npt.NDArray[np.integer], *, largest: int
) -> Frame:
    """Find the common frame of pictures.

    Parameters
    ----------
    heights, widths : (n,) ndarray of int
        Sizes of the upright pictures, in pixels.
    largest : int
        Longest side that the frame may have, in pixels.

    Returns
    -------
    Frame

    Raises
    ------
    ValueError
        If there are no pictures.

    Examples
    --------
    >>> frame_of(np.array([300, 400, 500]), np.array([200, 200, 900]), largest=100)
    Frame(height=100, width=50)
    """
    if not len(heights):
        raise ValueError("there are no pictures to find a frame for")
    height, width = float(np.median(heights)), float(np.median(widths))
    scale = min(1.0, largest / max(height, width))
    return Frame(max(1, round(height * scale)), max(1, round(width * scale)))


def to_frame(picture: Picture, frame: Frame) -> Picture:
    """Bring a picture to the frame.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB.
    frame : Frame

    Returns
    -------
    (frame.height, frame.width, 4) ndarray of uint8
        Red, green, blue and grey.
    """
    part = np.ascontiguousarray(_centre(picture, frame))
    if part.shape[:2] != frame:
        smaller = part.shape[0] >= frame.height and part.shape[1] >= frame.width
        how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        part = np.asarray(cv2.resize(part, (frame.width, frame.height), interpolation=how))
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    return np.dstack([part, grey]).astype(np.uint8, copy=False)


def _centre(picture: Picture, frame: Frame) -> Picture:
    """Largest centred part with the shape of the frame; on odd rests the upper, left one."""
    height, width = picture.shape[:2]
    tall = min(height, max(1, round(width * frame.height / frame.width)))
    wide = min(width, max(1, round(height * frame.width / frame.height)))
    top, left = (height - tall) // 2, (width - wide) // 2
    return picture[top : top + tall, left : left + wide]


def pool(maps: npt.NDArray[np.generic], *, largest: int) -> npt.NDArray[np.float32]:
    """Take means over square cells until neither side has more than so many of them.

    Parameters
    ----------
    maps : (n, H, W) ndarray
    largest : int
        Most cells along a side.

    Returns
    -------
    (n, h, w) ndarray of float32
        Cells of k x k pixels, k the least number that fits; cells at the lower and right edge may be
        cut by the frame.

    Examples
    --------
    >>> pool(np.array([[[0, 2, 8], [0, 2, 0]]]), largest=2).tolist()
    [[[1.0, 4.0]]]
    """
    height, width = maps.shape[1:]
    side = cell_side(height, width, largest=largest)
    if side == 1:
        return maps.astype(np.float32)
    rows, columns = np.arange(0, height, side), np.arange(0, width, side)
    pooled = np.empty((len(maps), len(rows), len(columns)), dtype=np.float32)
    tall = np.diff(np.append(rows, height))
    wide = np.diff(np.append(columns, width))
    area = np.outer(tall, wide).astype(np.float32)
    for place, one in enumerate(maps):
        sums = np.add.reduceat(one.astype(np.float32), rows, axis=0)
        pooled[place] = np.add.reduceat(sums, columns, axis=1) / area
    return pooled


def cell_side(height: int, width: int, *, largest: int) -> int:
    """Side of the square cells that `pool` takes means over, in pixels."""
    return max(1, -(-max(height, width) // largest))


def unpool(
    cells: npt.NDArray[np.float64], frame: Frame, *, largest: int
) -> npt.NDArray[np.float64]:
    """Give every pixel of the frame the value of its cell.

    Parameters
    ----------
    cells : (h, w) ndarray of float64
        As `pool` makes them.
    frame : Frame
    largest : int
        As given to `pool`.

    Returns
    -------
    (frame.height, frame.width) ndarray of float64
    """
    side = cell_side(frame.height, frame.width, largest=largest)
    large = cells.repeat(side, axis=0).repeat(side, axis=1)
    return large[: frame.height, : frame.width]


def place_in_words(row: float, column: float, frame: Frame) -> str:
    """Say where a pixel lies: in which ninth of the frame.

    Examples
    --------
    >>> place_in_words(95, 50, Frame(100, 100))
    'at the bottom'
    """
    vertical = ("top", "", "bottom")[min(2, int(3 * row / frame.height))]
    horizontal = ("left", "", "right")[min(2, int(3 * column / frame.width))]
    if not vertical and not horizontal:
        return "in the middle"
    if vertical and horizontal:
        return f"at the {vertical} {horizontal}"
    return f"at the {vertical}" if vertical else f"on the {horizontal}"
