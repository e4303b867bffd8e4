"""Perceptual hash and grey thumbnail of a picture, by which near duplicates are found."""

from __future__ import annotations

import cv2
import numpy as np

THUMBNAIL_SIDE = 24
_DCT_SIDE = 32
_HASH_SIDE = 8
_MIDDLE = _HASH_SIDE**2 // 2 - 1
_WEIGHTS = (np.uint64(1) << np.arange(63, -1, -1, dtype=np.uint64)).astype(np.uint64)


def grey_thumbnail(picture: np.ndarray) -> np.ndarray:
    """Shrink a picture to a small grey square, each pixel the mean of the area it stands for.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB.

    Returns
    -------
    (24, 24) ndarray of uint8
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)


def perceptual_hashes(picture: np.ndarray) -> tuple[int, int]:
    """DCT hash of a picture and of its mirror image.

    The grey picture is shrunk to 32 x 32; the 64 coefficients of the lowest frequencies of its
    cosine transform, without the constant row and column, are compared with their median.
    Mirroring changes the sign of every second horizontal coefficient, so the second hash needs no
    second transform.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB.

    Returns
    -------
    direct, mirrored : int
        64 bits each, the lowest vertical frequency in the highest byte.

    References
    ----------
    Zauner, C. (2010). Implementation and benchmarking of perceptual image hash functions
    (master's thesis). Upper Austria University of Applied Sciences, Hagenberg.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_DCT_SIDE, _DCT_SIDE), interpolation=cv2.INTER_AREA)
    block = cv2.dct(small.astype(np.float64))[1 : _HASH_SIDE + 1, 1 : _HASH_SIDE + 1]
    mirrored = block.copy()
    mirrored[:, ::2] *= -1
    return _bits(block), _bits(mirrored)


def _bits(block: np.ndarray) -> int:
    values = block.ravel()
    above = values > np.partition(values, _MIDDLE)[_MIDDLE]
    return int(_WEIGHTS[above].sum(dtype=np.uint64))
