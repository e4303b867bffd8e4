"""Where a picture has edges, how strong they are and which way they run.

Two rules decide what counts as an edge. *Fixed*: everything above one strength; a picture of low
contrast then has few edges, so that this rule measures contrast as much as shape. *Strongest*: the
same share of the pixels of every picture, those with the steepest gradients; contrast cancels, and what
is left is where the edges lie.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Singles = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Kernel = Literal["sobel", "laplacian", "canny"]

_FLAT = 0.5


class EdgeRule(NamedTuple):
    """What counts as an edge.

    Attributes
    ----------
    kernel : {'sobel', 'laplacian', 'canny'}
    threshold : float
        Least response of rule *fixed*, in grey levels; for Canny the upper of its thresholds.
    share : float
        Share of the pixels that rule *strongest* keeps.
    """

    kernel: Kernel
    threshold: float
    share: float


class Edges(NamedTuple):
    """Edges of one picture.

    Attributes
    ----------
    strength : (H, W) ndarray of float32
        Response of the kernel, in grey levels.
    orientation : (H, W) ndarray of float32
        Degrees from 0 to below 180: 0 runs across, 90 up, 45 rises to the right.
    fixed, strongest : (H, W) ndarray of bool
    """

    strength: Singles
    orientation: Singles
    fixed: Marks
    strongest: Marks


def find_edges(grey: Grey, rule: EdgeRule) -> Edges:
    """Find the edges of a grey picture.

    Parameters
    ----------
    grey : (H, W) ndarray of uint8
    rule : EdgeRule

    Returns
    -------
    Edges

    Notes
    -----
    *sobel*: length of the 3 x 3 Sobel gradient; a step of k grey levels gives 4 k. *laplacian*: absolute
    value of the four-neighbour Laplacian. *canny*: Canny's thinned lines with `threshold` and half of it as
    hysteresis; strength is that of Sobel, and rule *strongest* is the same as with Sobel, since Canny has no
    share to keep. Orientation always comes from the Sobel gradient. Beyond the frame the picture is mirrored.
    """
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)
    strength = np.hypot(across, down).astype(np.float32)
    orientation = np.mod(90 - np.degrees(np.arctan2(down, across)), 180).astype(np.float32)
    orientation[orientation >= 180] = 0
    if rule.kernel == "laplacian":
        strength = np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=1)).astype(np.float32)
    if rule.kernel == "canny":
        high = rule.threshold
        fixed = cv2.Canny(grey, high / 2, high, apertureSize=3, L2gradient=True) > 0
    else:
        fixed = strength >= rule.threshold
    return Edges(strength, orientation, np.asarray(fixed), strongest(strength, rule.share))


def strongest(strength: Singles, share: float) -> Marks:
    """Mark the share of the pixels with the greatest strength.

    Parameters
    ----------
    strength : (H, W) ndarray of float32
    share : float
        Above 0, at most 1.

    Returns
    -------
    (H, W) ndarray of bool
        Ties with the weakest kept pixel are kept too, so that no corner of the picture is preferred; flat
        pixels are never edges.
    """
    keep = max(1, round(share * strength.size))
    least = np.partition(strength.ravel(), strength.size - keep)[strength.size - keep]
    return np.asarray((strength >= least) & (strength > _FLAT), dtype=np.bool_)
