"""How far landmarks lie from known points: normalised mean errors and cumulative error curves.

Two normalisations, because neither serves all poses: the distance between the outer corners of the
eyes (ION) shrinks to nothing on a profile, and the box around the points grows with an open mouth.

References
----------
Sagonas et al. (2016). 300 Faces In-The-Wild Challenge. doi:10.1016/j.imavis.2016.01.002 (outer eye
corners).
Bulat & Tzimiropoulos (2017). How far are we from solving the 2D & 3D face alignment problem?
doi:10.1109/ICCV.2017.116 (square root of the box's area).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PARTS: Final = {"all": slice(0, 68), "inner": slice(17, 68), "jaw": slice(0, 17)}
"""Which of the 68 points: all, the inner 51, the jaw."""

OUTER_EYE_CORNERS: Final = (36, 45)


def eye_distance(points: Array) -> Array:
    """Distance between the outer corners of the eyes of (..., 68, 2) points, (...)."""
    right, left = OUTER_EYE_CORNERS
    result: Array = np.linalg.norm(points[..., right, :] - points[..., left, :], axis=-1)
    return result


def box_size(points: Array) -> Array:
    """Square root of width times height of the box around (..., 68, 2) points, (...)."""
    result: Array = np.sqrt(np.prod(np.ptp(points, axis=-2), axis=-1))
    return result


def point_errors(found: Array, known: Array) -> Array:
    """Distance of each point from where it should be, pixels, (..., 68)."""
    result: Array = np.linalg.norm(found - known, axis=-1)
    return result


def mean_error(found: Array, known: Array, *, part: str, unit: Array) -> Array:
    """Mean error of some of the points as a share of a length.

    Parameters
    ----------
    found, known : (..., 68, 2) ndarray of float64
        Pixels; NaN where nothing was found.
    part : str
        One of `PARTS`.
    unit : (...) ndarray of float64
        `eye_distance` or `box_size` of the known points, pixels.

    Returns
    -------
    (...) ndarray of float64
        NaN where nothing was found.
    """
    result: Array = point_errors(found, known)[..., PARTS[part]].mean(axis=-1) / unit
    return result


def cumulative_errors(errors: Array, limits: Array) -> Array:
    """Share of all pictures whose error is at most each limit; lost faces are never within it.

    Parameters
    ----------
    errors : (n,) ndarray of float64
        NaN for a lost face.
    limits : (k,) ndarray of float64

    Returns
    -------
    (k,) ndarray of float64

    Raises
    ------
    ValueError
        If there are no pictures.
    """
    if not errors.size:
        raise ValueError("no pictures: an error curve needs at least one")
    with np.errstate(invalid="ignore"):
        within = errors[:, None] <= limits[None, :]
    result: Array = within.mean(axis=0)
    return result
