"""The 13 Haralick features of several regions of one picture at once.

Notes
-----
The features are those of ``mahotas.features.haralick``, which the tests hold this module to; they
are computed here because one pass over all regions and directions is several times faster than ten
calls, and because mahotas sizes its matrix by the brightest pixel, so that `difference_variance` of
one picture depends on how bright it is. Here the matrix always has ``levels`` rows, and a masked
region gives the same numbers as a picture that holds nothing else. Where mahotas and the literature
differ, `docs/color_texture.md` says so.

The matrix is symmetric, with equal marginals, and that shortens the formulas [1]_: with mean m and
variance v of the marginal and its entropy h, correlation is 1 - contrast / 2v, sum average 2m, sum
variance 4v - contrast, and both reference entropies of the information measures (HXY1, HXY2) are
2h.

References
----------
.. [1] Haralick, Shanmugam & Dinstein 1973, Textural features for image classification,
doi:10.1109/TSMC.1973.4309314
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FEATURES: Final[Mapping[str, tuple[str, str]]] = {
    "angular_second_moment": ("Angular Second Moment", "1"),
    "contrast": ("Contrast", "grey levels squared"),
    "correlation": ("Correlation", "1"),
    "variance": ("Sum of Squares: Variance", "grey levels squared"),
    "inverse_diff_moment": ("Inverse Difference Moment", "1"),
    "sum_average": ("Sum Average", "grey levels"),
    "sum_variance": ("Sum Variance", "grey levels squared"),
    "sum_entropy": ("Sum Entropy", "bits"),
    "entropy": ("Entropy", "bits"),
    "difference_variance": ("Difference Variance", "1"),
    "difference_entropy": ("Difference Entropy", "bits"),
    "info_correlation_1": ("Information Measure of Correlation 1", "1"),
    "info_correlation_2": ("Information Measure of Correlation 2", "1"),
}
"""Column name of each feature: (label of mahotas, unit), in the order of mahotas."""

DIRECTIONS: Final = ((0, 1), (1, 1), (1, 0), (1, -1))
_NO_INFORMATION: Final = 1e-12


def pairs(
    shape: Sequence[int], distance: int
) -> list[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Slices of the first and the second pixel of all pairs, per direction."""
    height, width = shape
    slices = []
    for down, right in ((distance * y, distance * x) for y, x in DIRECTIONS):
        left, end = max(0, -right), max(0, width - abs(right))
        rows = slice(0, max(0, height - down)), slice(down, max(down, height))
        first = (rows[0], slice(left, left + end))
        second = (rows[1], slice(left + right, left + right + end))
        slices.append((first, second))
    return slices


def haralick(
    quantised: npt.NDArray[np.uint8],
    masks: Sequence[Mask],
    *,
    levels: int,
    distances: Sequence[int],
) -> Array:
    """Compute the 13 features of several regions of one picture.

    Parameters
    ----------
    quantised : (H, W) ndarray of uint8
        Grey levels, 0 to ``levels - 1``.
    masks : sequence of (H, W) ndarray of bool
        Regions; a pair counts when both of its pixels are inside.
    levels : int
        Rows of the co-occurrence matrix.
    distances : sequence of int
        Distances in pixels.

    Returns
    -------
    (regions, distances, 4, 13) ndarray of float64
        Features in the order of `FEATURES`, directions 0, 45, 90 and 135 degrees as `DIRECTIONS`;
        NaN for a region and direction without pairs.
    """
    ordered = [_ordered_pairs(quantised, distance) for distance in distances]
    cells, counts, sizes = [], [], []
    for mask in masks:
        box = _box(mask)
        inside = mask[box].view(np.uint8)
        for distance, planes in zip(distances, ordered, strict=True):
            slices = pairs(inside.shape, distance)
            for (low, high), (first, second) in zip(planes, slices, strict=True):
                counted = _joint_counts(
                    low[box][first], high[box][first], inside[first] & inside[second], levels
                )
                occupied = np.flatnonzero(counted)
                cells.append(occupied)
                counts.append(counted[occupied])
                sizes.append(len(occupied))
    group = np.repeat(np.arange(len(sizes)), sizes)
    features = _features(group, np.concatenate(cells), np.concatenate(counts), len(sizes), levels)
    return features.reshape(len(masks), len(distances), len(DIRECTIONS), len(FEATURES))


def _ordered_pairs(
    quantised: npt.NDArray[np.uint8], distance: int
) -> list[tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]]:
    """Lower and higher level of each pair, at the place of its first pixel, per direction."""
    planes = []
    for first, second in pairs(quantised.shape, distance):
        low, high = np.zeros_like(quantised), np.zeros_like(quantised)
        low[first] = np.minimum(quantised[first], quantised[second])
        high[first] = np.maximum(quantised[first], quantised[second])
        planes.append((low, high))
    return planes


def _joint_counts(
    low: npt.NDArray[np.uint8],
    high: npt.NDArray[np.uint8],
    both: npt.NDArray[np.uint8],
    levels: int,
) -> npt.NDArray[np.float32]:
    """Count pairs of levels where `both` is not zero, as one row of levels**2 cells."""
    if not both.size:
        return np.zeros(0, dtype=np.float32)
    ranges = [0, levels, 0, levels]
    joint = cv2.calcHist([low, high], [0, 1], both, [levels, levels], ranges)
    return np.asarray(joint, dtype=np.float32).ravel()


def _box(mask: Mask) -> tuple[slice, slice]:
    """Smallest rectangle that holds a mask."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _features(
    group: npt.NDArray[np.intp],
    cell: npt.NDArray[np.intp],
    count: npt.NDArray[np.float32],
    n_groups: int,
    levels: int,
) -> Array:
    """Compute features (n_groups, 13) from occupied cells of upper triangles of matrices."""
    row, column = np.divmod(cell, levels)
    total = np.bincount(group, count, n_groups)
    share = count / total[group]
    probability = np.where(row == column, share, share / 2)

    def profile(index: npt.NDArray[np.intp], length: int) -> Array:
        summed = np.bincount(group * length + index, weights=share, minlength=n_groups * length)
        return np.asarray(summed, dtype=np.float64).reshape(n_groups, length)

    marginal = (profile(row, levels) + profile(column, levels)) / 2
    sums = profile(row + column, 2 * levels)
    differences = profile(column - row, levels)
    level = np.arange(levels)
    mean = marginal @ level
    variance = (marginal * (level - mean[:, None]) ** 2).sum(axis=1)
    contrast = differences @ level**2
    entropy = -np.bincount(group, share * np.log2(probability), n_groups)
    marginal_entropy = _entropy(marginal)
    information = 2 * marginal_entropy - entropy
    information[information < _NO_INFORMATION] = 0
    flat = variance == 0
    features = np.stack(
        [
            np.bincount(group, share * probability, n_groups),
            contrast,
            np.where(flat, 1.0, 1 - contrast / np.where(flat, 1.0, 2 * variance)),
            variance,
            differences @ (1 / (1 + level**2)),
            2 * mean,
            np.maximum(4 * variance - contrast, 0),
            _entropy(sums),
            entropy,
            differences.var(axis=1),
            _entropy(differences),
            -information / np.where(flat, 1.0, marginal_entropy),
            np.sqrt(1 - np.exp(-2 * information)),
        ],
        axis=1,
    )
    features[total == 0] = np.nan
    negative_zero_to_zero = 0.0
    return features + negative_zero_to_zero


def _entropy(profiles: Array) -> Array:
    """Entropy in bits of each row."""
    information = profiles * np.log2(np.where(profiles > 0, profiles, 1.0))
    return np.asarray(-information.sum(axis=1))
