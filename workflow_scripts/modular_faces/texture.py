"""Haralick texture of each region of a face: 13 features of the grey-level co-occurrence matrix.

Notes
-----
`haralick` computes the features; `docs/color_texture.md` says where mahotas and the literature
differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from modular_faces.haralick import FEATURES, Array, haralick
from modular_faces.regions import (
    CANONICAL_PREFIX,
    Mask,
    canonical_face,
    check_canonical_regions,
    check_regions,
    region_masks,
    region_notes,
    usable_masks,
)

Description = tuple[str, str, str, str, str, str, str]

STATISTICS: Final[Mapping[str, str]] = {"mean": "mean", "range": "range (largest minus smallest)"}
_LEVELS: Final = 256
_FEWEST_LEVELS: Final = 2


def check_texture(*, levels: int, distances: Sequence[int], statistics: Sequence[str]) -> None:
    """Raise ValueError for options out of range."""
    if not _FEWEST_LEVELS <= levels <= _LEVELS:
        raise ValueError(f"levels is {levels}: give {_FEWEST_LEVELS} to {_LEVELS} grey levels")
    for distance in distances:
        if distance < 1:
            raise ValueError(f"distance {distance} is not a number of pixels of 1 or more")
    for statistic in statistics:
        if statistic not in STATISTICS:
            raise ValueError(
                f"unknown statistic {statistic!r}: choose from {', '.join(STATISTICS)}"
            )


def canonical_names(regions: Sequence[str]) -> list[str]:
    """Names of regions at canonical size, e.g. ``canonical_face_oval``."""
    check_canonical_regions(regions)
    return [CANONICAL_PREFIX + region for region in regions]


def texture_names(
    *, regions: Sequence[str], distances: Sequence[int], statistics: Sequence[str]
) -> list[str]:
    """Column names ``haralick_<name>_<mean|range>_<region>``.

    Distances k > 1 add ``_d<k>`` to the name of the feature.
    """
    described = describe_columns(
        regions=regions, distances=distances, statistics=statistics, levels=_LEVELS
    )
    return [row[0] for row in described]


def describe_columns(
    *, regions: Sequence[str], distances: Sequence[int], statistics: Sequence[str], levels: int
) -> list[Description]:
    """Rows of the data dictionary, in the order of `texture_names`.

    Parameters
    ----------
    regions : sequence of str
        Regions, at picture size (``nose``) or canonical size (``canonical_nose``).
    distances : sequence of int
        Distances between the two pixels of a pair, in pixels.
    statistics : sequence of str
        ``mean``, ``range`` over the four directions.
    levels : int
        Number of grey levels.

    Returns
    -------
    list of tuple of str
        (name, module, region, unit, dtype, description, source).
    """
    check_texture(levels=levels, distances=distances, statistics=statistics)
    for region in regions:
        if region.startswith(CANONICAL_PREFIX):
            check_canonical_regions([region.removeprefix(CANONICAL_PREFIX)])
        else:
            check_regions([region])
    return [
        (
            f"haralick_{feature}{f'_d{distance}' if distance > 1 else ''}_{statistic}_{region}",
            "texture",
            region,
            unit,
            "float32",
            f"{label}: {STATISTICS[statistic]} over 4 directions at {distance} px, "
            f"{levels} grey levels, region {region}",
            "Haralick 1973 as in mahotas",
        )
        for region in regions
        for distance in distances
        for feature, (label, unit) in FEATURES.items()
        for statistic in statistics
    ]


def texture_features(
    picture: npt.NDArray[np.uint8],
    masks: Mapping[str, Mask],
    *,
    regions: Sequence[str],
    levels: int,
    distances: Sequence[int],
    statistics: Sequence[str],
    min_pixels: int,
) -> Array:
    """Measure the texture of each region.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        The picture, RGB; its grey value is .299 R + .587 G + .114 B.
    masks : mapping of str to (H, W) ndarray of bool
        Masks from `regions.region_masks`, or from `regions.canonical_face` together with its
        picture.
    regions : sequence of str
        Regions in the order of the columns.
    levels : int
        Grey levels: the values 0 to 255 are cut into this many ranges of equal width, whatever the
        picture holds.
    distances : sequence of int
        Distances between the two pixels of a pair, in pixels.
    statistics : sequence of str
        ``mean`` and ``range`` over the four directions.
    min_pixels : int
        Regions with fewer pixels give missing values.

    Returns
    -------
    (k,) ndarray of float64
        Values in the order of `texture_names`; NaN where a region is missing, too small, or has no
        pair of pixels in one of the four directions.
    """
    check_texture(levels=levels, distances=distances, statistics=statistics)
    usable = usable_masks(
        {name: masks[name] for name in regions if name in masks}, min_pixels=min_pixels
    )
    values = np.full((len(regions), len(distances), len(FEATURES), len(statistics)), np.nan)
    if usable and distances:
        quantised = (np.arange(_LEVELS) * levels // _LEVELS).astype(np.uint8)[
            cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        ]
        by_direction = haralick(
            quantised, list(usable.values()), levels=levels, distances=distances
        )
        computed = {"mean": by_direction.mean(axis=2), "range": np.ptp(by_direction, axis=2)}
        row_of = {name: row for row, name in enumerate(usable)}
        for row, name in enumerate(regions):
            if name in row_of:
                for column, statistic in enumerate(statistics):
                    values[row, ..., column] = computed[statistic][row_of[name]]
    return values.ravel()


def texture_notes(
    values: Array,
    masks: Mapping[str, Mask],
    *,
    regions: Sequence[str],
    distances: Sequence[int],
    min_pixels: int,
) -> str:
    """Say in words which values of `texture_features` are missing, and why.

    Parameters
    ----------
    values : (k,) ndarray of float64
        As `texture_features` gave them.
    masks, regions, distances, min_pixels
        As it was given; regions that were not drawn are passed over.
    """
    drawn = [name for name in regions if name in masks]
    notes = [region_notes(masks, drawn, min_pixels=min_pixels)]
    usable = usable_masks({name: masks[name] for name in drawn}, min_pixels=min_pixels)
    by_distance = values.reshape(len(regions), len(distances), -1)
    notes += [
        f"{name}: no pair of pixels at distance {distance} in one of 4 directions"
        for name, of_region in zip(regions, by_distance, strict=True)
        for distance, measured in zip(distances, of_region, strict=True)
        if name in usable and np.isnan(measured).any()
    ]
    return "; ".join(note for note in notes if note)


def mixed_sizes_warning(
    widths: Sequence[float],
    heights: Sequence[float],
    *,
    interoculars: Sequence[float],
    canonical: bool,
    max_ratio: float,
) -> str | None:
    """Warn where texture at one pixel's distance would measure how large the faces are.

    Parameters
    ----------
    widths, heights : sequence of float
        Sizes of the pictures of a dataset, in pixels.
    interoculars : sequence of float
        Distances between the eyes where faces were found (`regions.interocular`); these decide
        where there are any.
    canonical : bool
        Whether texture at canonical size is computed too.
    max_ratio : float
        Largest tolerated ratio of the 90th to the 10th percentile of size.

    Returns
    -------
    str or None
        One line that names the sizes and the cure, or None.
    """
    distances = np.asarray(interoculars, dtype=np.float64)
    distances = distances[np.isfinite(distances)]
    sides = np.sqrt(np.asarray(widths, dtype=np.float64) * np.asarray(heights, dtype=np.float64))
    sizes, word = (
        (distances, "distance between the eyes")
        if distances.size
        else (sides, "side of the pictures")
    )
    if canonical or not sizes.size:
        return None
    small, large = np.percentile(sizes, [10, 90])
    if large <= max_ratio * small:
        return None
    return (
        f"picture sizes are mixed: the {word} goes from {small:.0f} to {large:.0f} px "
        "(10th to 90th percentile), and texture at a distance in pixels then measures resolution; "
        "add texture.canonical_regions: [face_oval]"
    )


def all_texture_regions(regions: Sequence[str], canonical_regions: Sequence[str]) -> list[str]:
    """Regions at the size of the picture, then those at canonical size."""
    return [*regions, *canonical_names(canonical_regions)]


def texture_of_face(
    picture: npt.NDArray[np.uint8],
    mesh: npt.NDArray[np.floating] | None,
    *,
    regions: Sequence[str],
    canonical_regions: Sequence[str],
    canonical_interocular: float,
    levels: int,
    distances: Sequence[int],
    statistics: Sequence[str],
    min_pixels: int,
) -> tuple[Array, str]:
    """Measure the texture of a picture and of the regions of its face, also at canonical size.

    Parameters are those of `texture_features` and `regions.canonical_face`, and the (478, 3) mesh
    in pixels of the picture, or None.

    Returns
    -------
    values : (k,) ndarray of float64
        In the order of `texture_names` for `all_texture_regions`, NaN where missing.
    notes : str
        Why regions of a face gave no values, else empty. Without a mesh there is nothing to say.
    """

    def measure(
        pixels: npt.NDArray[np.uint8], masks: Mapping[str, Mask], names: Sequence[str]
    ) -> tuple[Array, str]:
        values = texture_features(
            pixels,
            masks,
            regions=names,
            levels=levels,
            distances=distances,
            statistics=statistics,
            min_pixels=min_pixels,
        )
        if not np.isnan(values).any():
            return values, ""
        return values, texture_notes(
            values, masks, regions=names, distances=distances, min_pixels=min_pixels
        )

    values, notes = measure(picture, region_masks(mesh, picture.shape, regions), regions)
    if not canonical_regions:
        return values, notes
    names = canonical_names(canonical_regions)
    face = canonical_face(
        picture, mesh, canonical_regions, canonical_interocular=canonical_interocular
    )
    if face is None:
        more, reason = measure(picture, {}, names)
        if mesh is not None:
            reason = f"{', '.join(names)}: face degenerate or outside of the picture"
    else:
        more, reason = measure(face.picture, face.masks, names)
    return np.concatenate([values, more]), "; ".join(note for note in (notes, reason) if note)
