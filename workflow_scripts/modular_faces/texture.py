"""Haralick texture of each region of a face: 13 features of the grey-level co-occurrence matrix.

Notes
-----
`haralick` computes the features; `docs/color_texture.md` says where mahotas and the literature
differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from modular_faces.haralick import FEATURES, Array, haralick
from modular_faces.regions import (
    Mask,
    canonical_face,
    region_masks,
    region_notes,
    usable_masks,
)
from modular_faces.texture_columns import LEVELS, canonical_names, check_texture


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
        quantised = (np.arange(LEVELS) * levels // LEVELS).astype(np.uint8)[
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
