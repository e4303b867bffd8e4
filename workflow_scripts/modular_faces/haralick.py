"""The 13 Haralick features of regions of a picture, by mahotas.

Notes
-----
``mahotas.features.haralick`` sizes its matrix by the brightest pixel, so that `difference_variance` of a
picture depends on how bright it is, and its way of applying a mask (``ignore_zeros``) shifts all levels by
one. Here mahotas counts pairs into a matrix of fixed size with one level more, which stands for all pixels
outside of the region and is taken off before mahotas computes the features: a region gives the same numbers
as a picture that holds nothing else. Where mahotas and the literature differ, `docs/color_texture.md` says so.

References
----------
Haralick, Shanmugam & Dinstein 1973, Textural features for image classification,
doi:10.1109/TSMC.1973.4309314. Coelho 2013, Mahotas, doi:10.5334/jors.ac.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from mahotas.features.texture import cooccurence, haralick_features

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

N_DIRECTIONS: Final = 4


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
        Features in the order of `FEATURES`, directions as mahotas orders them; NaN for a region and
        direction without pairs.
    """
    above_outside = quantised.astype(np.uint16) + 1
    counts: list[npt.NDArray[np.int32]] = []
    for mask in masks:
        box = _box(mask)
        inside = np.where(mask[box], above_outside[box], 0)
        for distance in distances:
            counts += _pair_counts(inside, levels, distance)
    features = np.full((len(counts), len(FEATURES)), np.nan)
    paired = [place for place, count in enumerate(counts) if count.any()]
    if paired:
        features[paired] = haralick_features([counts[place] for place in paired])
    return features.reshape(len(masks), len(distances), N_DIRECTIONS, len(FEATURES))


def _pair_counts(
    inside: npt.NDArray[np.uint16], levels: int, distance: int
) -> list[npt.NDArray[np.int32]]:
    """Count pairs of levels per direction; level 0, outside of the region, is taken off."""
    counts = []
    for direction in range(N_DIRECTIONS):
        count = np.zeros((levels + 1, levels + 1), np.int32)
        if inside.size:
            cooccurence(inside, direction, count, symmetric=True, distance=distance)
        counts.append(count[1:, 1:])
    return counts


def _box(mask: Mask) -> tuple[slice, slice]:
    """Smallest rectangle that holds a mask."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
