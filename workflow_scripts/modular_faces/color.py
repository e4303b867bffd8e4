"""Colour bins: how often each range of red, hue, lightness ... occurs in each region of a face.

Notes
-----
Every channel is an integer from 0 to 255, cut into ``n`` bins of equal width: bin ``k`` holds the
values ``v`` with ``k <= v * n / 256 < k + 1``. What 0 to 255 stand for:

- rgb: ``r``, ``g``, ``b`` as stored (sRGB);
- hsv: ``h`` from 0 to 360 degrees in steps of 360/256, ``s`` and ``v`` from 0 to 1;
- lab: CIE L*a*b* (D65) of the sRGB values, ``l`` from L* = 0 to 100, ``a`` and ``b`` from -128 to
  127 with neutral grey at 0, which is the stored 128.

Hue is a circle: the first and the last bin are neighbours and both are red. A pixel without colour
has hue 0 and so falls into bin 00. OpenCV's 8-bit conversions are used rather than its float ones
because they are integer arithmetic: a colour on the edge of a bin (every grey pixel has a* = b* = 0
exactly) falls on the same side on every processor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from modular_faces.regions import (
    Mask,
    check_regions,
    region_masks,
    region_notes,
    usable_masks,
)

Spaces = Mapping[str, Sequence[int]]
Picture = npt.NDArray[np.uint8]
Description = tuple[str, str, str, str, str, str, str]

CHANNELS: Final[Mapping[str, tuple[str, str, str]]] = {
    "rgb": ("r", "g", "b"),
    "hsv": ("h", "s", "v"),
    "lab": ("l", "a", "b"),
}
_CONVERSIONS: Final[Mapping[str, Callable[[Picture], Picture]]] = {
    "rgb": lambda picture: picture,
    "hsv": lambda picture: np.asarray(
        cv2.cvtColor(picture, cv2.COLOR_RGB2HSV_FULL), dtype=np.uint8
    ),
    "lab": lambda picture: np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2Lab), dtype=np.uint8),
}
_SCALES: Final[Mapping[str, tuple[str, float, float]]] = {
    "rgb_r": ("red", 1.0, 0.0),
    "rgb_g": ("green", 1.0, 0.0),
    "rgb_b": ("blue", 1.0, 0.0),
    "hsv_h": ("hue in degrees", 360 / 256, 0.0),
    "hsv_s": ("saturation", 1 / 255, 0.0),
    "hsv_v": ("value", 1 / 255, 0.0),
    "lab_l": ("L*", 100 / 255, 0.0),
    "lab_a": ("a*", 1.0, -128.0),
    "lab_b": ("b*", 1.0, -128.0),
}
_LEVELS: Final = 256
_FEWEST_BINS: Final = 2
_PIXELS_AT_ONCE: Final = 1 << 18


def check_spaces(spaces: Spaces) -> None:
    """Raise ValueError for an unknown colour space or a number of bins out of 2 to 256."""
    for space, bins in spaces.items():
        if space not in CHANNELS:
            raise ValueError(f"unknown colour space {space!r}: choose from {', '.join(CHANNELS)}")
        if len(bins) != len(CHANNELS[space]):
            raise ValueError(
                f"colour space {space!r} has {len(bins)} numbers of bins, {list(bins)}: "
                f"give one for each of {', '.join(CHANNELS[space])}"
            )
        for channel, count in zip(CHANNELS[space], bins, strict=True):
            if not _FEWEST_BINS <= count <= _LEVELS:
                raise ValueError(
                    f"colour space {space!r}, channel {channel}: {count} bins; "
                    f"give {_FEWEST_BINS} to {_LEVELS}"
                )


def color_names(*, spaces: Spaces, regions: Sequence[str]) -> list[str]:
    """Column names ``color_<space>_<channel>_<bin>_<region>``, region by region, bins from 00.

    Examples
    --------
    >>> color_names(spaces={"hsv": [2, 2, 2]}, regions=["nose"])[:3]
    ['color_hsv_h_00_nose', 'color_hsv_h_01_nose', 'color_hsv_s_00_nose']
    """
    check_spaces(spaces)
    check_regions(regions)
    return [
        f"color_{space}_{channel}_{index:02d}_{region}"
        for region in regions
        for space, bins in spaces.items()
        for channel, count in zip(CHANNELS[space], bins, strict=True)
        for index in range(count)
    ]


def color_features(
    picture: Picture,
    masks: Mapping[str, Mask],
    *,
    spaces: Spaces,
    regions: Sequence[str],
    min_pixels: int,
    counts: bool,
) -> npt.NDArray[np.float64]:
    """Histogram the colours of each region.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        The picture, RGB.
    masks : mapping of str to (H, W) ndarray of bool
        Masks from `regions.region_masks`; a region that is not there gives missing values.
    spaces : mapping of str to sequence of three int
        Bins per channel of each space, e.g. ``{"rgb": [8, 8, 8], "lab": [8, 16, 16]}``.
    regions : sequence of str
        Regions in the order of the columns.
    min_pixels : int
        Regions with fewer pixels give missing values.
    counts : bool
        True for numbers of pixels, False for relative frequencies, which sum to 1 per channel.

    Returns
    -------
    (k,) ndarray of float64
        Values in the order of `color_names`, NaN where missing.
    """
    check_spaces(spaces)
    usable = usable_masks(
        {name: masks[name] for name in regions if name in masks}, min_pixels=min_pixels
    )
    histograms = _histograms(picture, usable, spaces)
    width = sum(sum(bins) for bins in spaces.values())
    rows = np.full((len(regions), width), np.nan)
    for row, name in zip(rows, regions, strict=True):
        if name in usable:
            row[:] = (
                histograms[name] if counts else histograms[name] / np.count_nonzero(usable[name])
            )
    return rows.ravel()


def describe_columns(*, spaces: Spaces, regions: Sequence[str], counts: bool) -> list[Description]:
    """Rows of the data dictionary, in the order of `color_names`.

    Returns
    -------
    list of tuple of str
        (name, module, region, unit, dtype, description, source).
    """
    names = iter(color_names(spaces=spaces, regions=regions))
    unit, share = ("pixels", "Pixels") if counts else ("relative frequency", "Share of pixels")
    return [
        (
            next(names),
            "color",
            region,
            unit,
            "float32",
            f"{share} of region {region} with {_range(space, channel, index, count)}",
            f"OpenCV 8-bit {space.upper()} histogram",
        )
        for region in regions
        for space, bins in spaces.items()
        for channel, count in zip(CHANNELS[space], bins, strict=True)
        for index in range(count)
    ]


def _range(space: str, channel: str, index: int, count: int) -> str:
    """Words for the values a bin holds, e.g. ``red from 0 to below 32``."""
    label, factor, offset = _SCALES[f"{space}_{channel}"]
    first, following = (-(-edge * _LEVELS // count) for edge in (index, index + 1))
    return f"{label} from {first * factor + offset:.4g} to below {following * factor + offset:.4g}"


def _histograms(
    picture: Picture, masks: Mapping[str, Mask], spaces: Spaces
) -> dict[str, npt.NDArray[np.float64]]:
    """Count all bins of all regions in one pass.

    Each pixel gets a label, the set of regions that hold it; colours are counted per label, and a
    region is the sum of the labels it is part of. Large pictures are taken in strips, so that
    memory stays bounded.
    """
    counts = [count for bins in spaces.values() for count in bins]
    totals = {name: np.zeros(sum(counts)) for name in masks}
    if not masks or not spaces:
        return totals
    strip = max(1, _PIXELS_AT_ONCE // picture.shape[1])
    for top in range(0, picture.shape[0], strip):
        rows = slice(top, top + strip)
        part = np.ascontiguousarray(picture[rows])
        memberships, labels = _labels([mask[rows] for mask in masks.values()])
        planes = [labels, *(_CONVERSIONS[space](part) for space in spaces)]
        by_label = np.concatenate(
            [
                _counted(planes, channel, len(memberships), count)
                for channel, count in enumerate(counts, 1)
            ],
            axis=1,
        )
        for index, name in enumerate(masks):
            totals[name] += by_label[memberships >> index & 1 == 1].sum(axis=0)
    return totals


def _counted(
    planes: Sequence[Picture], channel: int, n_labels: int, n_bins: int
) -> npt.NDArray[np.float64]:
    """Joint counts (n_labels, n_bins) of the first plane and one channel of the planes."""
    ranges = [0, n_labels, 0, _LEVELS]
    joint = cv2.calcHist(planes, [0, channel], None, [n_labels, n_bins], ranges)
    return np.asarray(joint, dtype=np.float64)


def _labels(masks: Sequence[Mask]) -> tuple[npt.NDArray[np.intp], Picture]:
    """Find the sets of regions that occur, as bits (labels,), and each pixel's label (H, W)."""
    bits = np.zeros(masks[0].shape, dtype=np.uint16)
    for index, mask in enumerate(masks):
        bits |= mask.astype(np.uint16) << index
    occurs = np.bincount(bits.ravel(), minlength=1 << len(masks)) > 0
    number = np.cumsum(occurs) - 1
    return np.flatnonzero(occurs), number.astype(np.uint8)[bits]


def color_of_face(
    picture: Picture,
    mesh: npt.NDArray[np.floating] | None,
    *,
    spaces: Spaces,
    regions: Sequence[str],
    min_pixels: int,
    counts: bool,
) -> tuple[npt.NDArray[np.float64], str]:
    """Measure the colour of a picture and of the regions of its face.

    Parameters are those of `color_features`, and the (478, 3) mesh in pixels of the picture, or
    None.

    Returns
    -------
    values : (k,) ndarray of float64
        In the order of `color_names`, NaN where missing.
    notes : str
        Why regions of a face gave no values, else empty. Without a mesh there is nothing to say.
    """
    masks = region_masks(mesh, picture.shape, regions)
    values = color_features(
        picture, masks, spaces=spaces, regions=regions, min_pixels=min_pixels, counts=counts
    )
    return values, region_notes(masks, masks, min_pixels=min_pixels)
