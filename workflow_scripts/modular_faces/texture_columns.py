"""The columns of texture: their names, what the data dictionary says of them, and which options there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from modular_faces.haralick import FEATURES
from modular_faces.regions import CANONICAL_PREFIX, check_canonical_regions, check_regions

Description = tuple[str, str, str, str, str, str, str]

STATISTICS: Final[Mapping[str, str]] = {"mean": "mean", "range": "range (largest minus smallest)"}
LEVELS: Final = 256
"""Grey levels of a picture, the most that there can be."""
_FEWEST_LEVELS: Final = 2


def check_texture(*, levels: int, distances: Sequence[int], statistics: Sequence[str]) -> None:
    """Raise ValueError for options out of range."""
    if not _FEWEST_LEVELS <= levels <= LEVELS:
        raise ValueError(f"levels is {levels}: give {_FEWEST_LEVELS} to {LEVELS} grey levels")
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


def all_texture_regions(regions: Sequence[str], canonical_regions: Sequence[str]) -> list[str]:
    """Regions at the size of the picture, then those at canonical size."""
    return [*regions, *canonical_names(canonical_regions)]


def texture_names(
    *, regions: Sequence[str], distances: Sequence[int], statistics: Sequence[str]
) -> list[str]:
    """Column names ``haralick_<name>_<mean|range>_<region>``.

    Distances k > 1 add ``_d<k>`` to the name of the feature.
    """
    described = describe_columns(
        regions=regions, distances=distances, statistics=statistics, levels=LEVELS
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
