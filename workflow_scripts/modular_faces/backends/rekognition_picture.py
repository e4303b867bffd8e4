"""Pictures as Rekognition takes them: large enough, small enough, and without anything of the file but its pixels."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_SIDE = 80
"""Rekognition refuses shorter sides; such pictures are filled up with grey at the right and below."""

MOST_BYTES = 5 * 1024 * 1024
"""Of a picture that is sent along with the call."""

QUALITIES = (95, 90, 80)
"""Of JPEG, tried in turn where PNG is too large."""

_GREY = 127

Picture = NDArray[np.uint8]


def filled_up(picture: Picture) -> Picture:
    """Fill a picture up at the right and below until no side is shorter than `LEAST_SIDE`."""
    below, right = (max(0, LEAST_SIDE - side) for side in picture.shape[:2])
    if not right and not below:
        return picture
    return np.pad(picture, ((0, below), (0, right), (0, 0)), constant_values=_GREY)


def picture_hash(picture: Picture) -> str:
    """SHA-256 of size and pixels, so that name, format and metadata of a file do not count."""
    digest = hashlib.sha256(f"{picture.shape[1]}x{picture.shape[0]}\n".encode())
    digest.update(picture.tobytes())
    return digest.hexdigest()


def picture_bytes(picture: Picture, *, most: int = MOST_BYTES) -> bytes:
    """Encode a picture anew, so that nothing of its file, such as place and camera, is sent.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB.
    most : int
        Bytes.

    Returns
    -------
    bytes
        PNG; where that is too large JPEG, at last of a picture halved until it fits. Answers are in parts of
        width and height, so that size does not matter.
    """
    content = _encoded(picture, ".png", [])
    while len(content) > most:
        for quality in QUALITIES:
            content = _encoded(picture, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality])
            if len(content) <= most:
                return content
        picture = np.asarray(
            cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
        )
    return content


def _encoded(picture: Picture, suffix: str, options: list[int]) -> bytes:
    _, content = cv2.imencode(suffix, picture[..., ::-1], options)
    return content.tobytes()
