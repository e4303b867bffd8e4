"""Points and affine maps in the plane: one convention for the whole library.

Points are float64 ``(..., 2)`` arrays, x to the right, y downwards, in pixels. The centre of the
top-left pixel is ``(0, 0)``; that picture's top-left corner is therefore ``(-0.5, -0.5)``. An
affine map is a float64 ``(2, 3)`` array that takes source coordinates to destination coordinates:
``destination = map[:, :2] @ source + map[:, 2]``.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

IBUG68_MIRROR: Final[IntArray] = np.array(
    [
        *range(16, -1, -1),
        *range(26, 16, -1),
        *range(27, 31),
        *range(35, 30, -1),
        *(45, 44, 43, 42, 47, 46),
        *(39, 38, 37, 36, 41, 40),
        *(54, 53, 52, 51, 50, 49, 48),
        *(59, 58, 57, 56, 55),
        *(64, 63, 62, 61, 60),
        *(67, 66, 65),
    ],
    dtype=np.intp,
)
"""Index of each iBUG point's partner across the face's midline; the permutation undoes itself.

``points[IBUG68_MIRROR]`` puts the landmarks of a mirrored face back into iBUG order. Numbering:
Sagonas et al. 2016, "300 Faces In-The-Wild Challenge", https://doi.org/10.1016/j.imavis.2016.01.002
"""

_FLAT = 1e-12
"""A determinant below this share of the squared size of a map counts as zero."""


def identity() -> FloatArray:
    """Return the map that leaves every point where it is.

    Returns
    -------
    (2, 3) ndarray of float64
    """
    return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def translation(dx: float, dy: float) -> FloatArray:
    """Return the map that moves points by ``dx`` to the right and ``dy`` down.

    Parameters
    ----------
    dx, dy : float
        Pixels.

    Returns
    -------
    (2, 3) ndarray of float64
    """
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])


def scaling(s_x: float, s_y: float) -> FloatArray:
    """Return the map of a picture resized by ``s_x`` across and ``s_y`` down.

    Parameters
    ----------
    s_x, s_y : float
        Destination size over source size, so for an exact map the quotient of the whole-pixel
        sizes and not the factor that was asked for.

    Returns
    -------
    (2, 3) ndarray of float64

    Notes
    -----
    A resize keeps the picture's corners, which lie half a pixel outside the outermost pixel
    centres: ``x -> s_x * (x + 0.5) - 0.5``. This is the convention of ``cv2.resize``.
    """
    return np.array([[s_x, 0.0, 0.5 * s_x - 0.5], [0.0, s_y, 0.5 * s_y - 0.5]])


def rotation(degrees: float, centre: tuple[float, float]) -> FloatArray:
    """Return the map that turns points about ``centre``.

    Parameters
    ----------
    degrees : float
        Positive turns clockwise as the viewer sees it (y points down), as ``roll_deg`` does.
    centre : (float, float)
        x and y of the fixed point, pixels.

    Returns
    -------
    (2, 3) ndarray of float64
    """
    angle = np.deg2rad(degrees)
    c, s = float(np.cos(angle)), float(np.sin(angle))
    x, y = centre
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])


def mirroring(width: int) -> FloatArray:
    """Return the map of a picture flipped left to right.

    Parameters
    ----------
    width : int
        Width of the picture, pixels.

    Returns
    -------
    (2, 3) ndarray of float64
        ``x -> width - 1 - x``, y unchanged.
    """
    return np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0]])


def compose(first: npt.ArrayLike, second: npt.ArrayLike) -> FloatArray:
    """Return the one map that does ``first`` and then ``second``.

    Parameters
    ----------
    first, second : (2, 3) array_like of float

    Returns
    -------
    (2, 3) ndarray of float64

    Raises
    ------
    ValueError
        When a map is not 2 x 3.
    """
    a, b = _affine(first), _affine(second)
    result = b[:, :2] @ a
    result[:, 2] += b[:, 2]
    return result


def invert(affine: npt.ArrayLike) -> FloatArray:
    """Return the map that undoes ``affine``.

    Parameters
    ----------
    affine : (2, 3) array_like of float

    Returns
    -------
    (2, 3) ndarray of float64

    Raises
    ------
    ValueError
        When the map is not 2 x 3, or flattens the plane so that nothing undoes it.
    """
    matrix = _affine(affine)
    (a, b, x), (c, d, y) = matrix.tolist()
    determinant = a * d - b * c
    invertible = abs(determinant) > _FLAT * (a * a + b * b + c * c + d * d)
    if not (invertible and math.isfinite(x) and math.isfinite(y)):
        raise ValueError(f"affine map {matrix.tolist()} has no inverse: it flattens the plane")
    back = np.array([[d, -b, b * y - d * x], [-c, a, c * x - a * y]])
    return np.asarray(back / determinant, dtype=np.float64)


def transform(affine: npt.ArrayLike, points: npt.ArrayLike) -> FloatArray:
    """Map points.

    Parameters
    ----------
    affine : (2, 3) array_like of float
    points : (..., 2) array_like of float
        x and y in source pixels. NaN stays NaN.

    Returns
    -------
    (..., 2) ndarray of float64
        x and y in destination pixels.

    Raises
    ------
    ValueError
        When the map is not 2 x 3 or the last axis of the points is not 2.
    """
    matrix = _affine(affine)
    source = np.asarray(points, dtype=np.float64)
    if source.ndim == 0 or source.shape[-1] != 2:
        raise ValueError(f"points have shape {source.shape}; expected (..., 2) with x and y last")
    return source @ matrix[:, :2].T + matrix[:, 2]


def procrustes(
    source: npt.ArrayLike, target: npt.ArrayLike, weights: npt.ArrayLike
) -> tuple[float, FloatArray, FloatArray]:
    """Find the similarity that takes ``source`` closest to ``target``.

    Minimises ``sum(weights * |target - (scale * rotation @ source + translation)| ** 2)``.

    Parameters
    ----------
    source, target : (n, d) array_like of float
        Corresponding points.
    weights : (n,) array_like of float
        Not negative; only their ratios matter.

    Returns
    -------
    scale : float
    rotation : (d, d) ndarray of float64
        A proper rotation (determinant +1), never a reflection.
    translation : (d,) ndarray of float64

    Raises
    ------
    ValueError
        When shapes disagree, a number is not finite, a weight is negative, or the points with
        weight do not determine a rotation (all equal, or for d = 3 all on one line).

    References
    ----------
    Umeyama 1991, "Least-squares estimation of transformation parameters between two point
    patterns", https://doi.org/10.1109/34.88573
    """
    a = np.asarray(source, dtype=np.float64)
    b = np.asarray(target, dtype=np.float64)
    w = np.asarray(weights, dtype=np.float64)
    if a.ndim != 2 or a.shape != b.shape or w.shape != a.shape[:1]:
        raise ValueError(
            f"source {a.shape}, target {b.shape} and weights {w.shape} do not fit together; "
            "expected (n, d), (n, d) and (n,)"
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all() and np.isfinite(w).all()):
        raise ValueError("source, target and weights hold numbers that are not finite; leave out")
    if (w < 0).any() or not w.any():
        raise ValueError("weights are negative or all zero; give each point a weight >= 0")
    w = w / w.sum()
    mean_a, mean_b = w @ a, w @ b
    centred_a, centred_b = a - mean_a, b - mean_b
    covariance = centred_b.T @ (centred_a * w[:, None])
    u, singular, v_t = np.linalg.svd(covariance)
    dimension = a.shape[1]
    extent = np.sqrt(w @ (centred_a**2).sum(axis=1)) * np.sqrt(w @ (centred_b**2).sum(axis=1))
    if (singular > 1e-12 * extent).sum() < max(dimension - 1, 1):
        raise ValueError(
            f"the points with weight do not determine a rotation in {dimension} dimensions; "
            "give points that are not all equal or on one line"
        )
    signs = np.ones(dimension)
    signs[-1] = np.sign(np.linalg.det(u) * np.linalg.det(v_t))
    turn: FloatArray = (u * signs) @ v_t
    scale = float(singular @ signs / (w @ (centred_a**2).sum(axis=1)))
    return scale, turn, mean_b - scale * turn @ mean_a


def _affine(values: npt.ArrayLike) -> FloatArray:
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.shape != (2, 3):
        raise ValueError(f"affine map has shape {matrix.shape}; expected (2, 3)")
    return matrix
