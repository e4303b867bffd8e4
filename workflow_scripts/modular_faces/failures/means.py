"""Mean pictures of failures and successes, and pixels that are unusually bright or dark.

Unusual is judged pixel by pixel against the *reference* half of the successes: a pixel is above 1 SD
where it is brighter than the mean of that pixel over the reference by more than its standard
deviation there. How often that happens in failures is compared with how often it happens in the
*comparison* half, successes that had no say in the reference, so that chance alone makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modular_faces.failures.map_comparison import MapComparison, compare_maps, correct_together
from modular_faces.failures.picture_frame import CHANNELS, GREY, pool
from modular_faces.failures.picture_sample import (
    COMPARISON,
    FAILURES,
    REFERENCE,
    Moments,
    PictureSample,
)

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

DEVIATIONS = (1, 2)
"""How many standard deviations count as unusual."""
SIDES = ("above", "below")
_LEAST_SD = 0.5
"""Grey levels; a pixel that hardly varies would else be unusual by the rounding of its value."""


@dataclass(frozen=True)
class MapSettings:
    """How maps are tested.

    Attributes
    ----------
    permutations : int
    cells : int
        Most cells along a side of the tested maps; values are means over cells.
    seed : int
    """

    permutations: int
    cells: int
    seed: int


@dataclass(frozen=True)
class MeanPictures:
    """Moments of failures and of all successes, as maps (H, W, 4) in grey levels.

    Attributes
    ----------
    failures, successes : (H, W, 4) ndarray of float64
        Mean pictures.
    sd_failures, sd_successes : (H, W, 4) ndarray of float64
    n_failures, n_successes : int
    """

    failures: Floats
    successes: Floats
    sd_failures: Floats
    sd_successes: Floats
    n_failures: int
    n_successes: int

    @property
    def difference(self) -> Floats:
        """Failures minus successes (H, W, 4)."""
        return self.failures - self.successes

    @property
    def log_sd_ratio(self) -> Floats:
        """Base-2 logarithm of how many times more failures vary than successes (H, W, 4)."""
        sds = (np.maximum(sd, _LEAST_SD) for sd in (self.sd_failures, self.sd_successes))
        over, under = sds
        return np.asarray(np.log2(over / under))


def mean_pictures(moments: Mapping[str, Moments]) -> MeanPictures:
    """Take means and standard deviations of failures and of both halves of the successes together."""
    failures, successes = moments[FAILURES], moments[REFERENCE] + moments[COMPARISON]
    return MeanPictures(
        failures.mean, successes.mean, failures.sd, successes.sd, failures.count, successes.count
    )


def unusual(
    pictures: npt.NDArray[np.uint8], reference: Moments, *, side: str, deviations: int
) -> Marks:
    """Mark pixels that are further from the reference's mean than so many of its deviations.

    Parameters
    ----------
    pictures : (n, H, W, 4) ndarray of uint8
    reference : Moments
    side : {'above', 'below'}
    deviations : int

    Returns
    -------
    (n, H, W, 4) ndarray of bool
    """
    reach = deviations * np.maximum(reference.sd, _LEAST_SD)
    if side == "above":
        return np.asarray(pictures > (reference.mean + reach).astype(np.float32))
    return np.asarray(pictures < (reference.mean - reach).astype(np.float32))


def departs_from_itself(picture: Floats) -> npt.NDArray[np.int64]:
    """Mark where a mean picture departs from its own mean by 1 and by 2 SD of its own pixels.

    Parameters
    ----------
    picture : (H, W) ndarray of float64

    Returns
    -------
    (H, W) ndarray of int
        -2, -1, 0, 1 or 2; 0 everywhere in a picture without contrast.
    """
    sd = picture.std()
    if sd < _LEAST_SD:
        return np.zeros(picture.shape, dtype=np.int64)
    z = (picture - picture.mean()) / sd
    steps = np.where(np.abs(z) > 2, 2, np.where(np.abs(z) > 1, 1, 0))
    return np.asarray(np.sign(z) * steps, dtype=np.int64)


def compare_pixels(
    sample: PictureSample, strata: npt.NDArray[np.integer] | None, settings: MapSettings
) -> list[MapComparison]:
    """Compare failures with the comparison half in every way of this study.

    Parameters
    ----------
    sample : PictureSample
    strata : (n,) ndarray of int or None
        Of the sampled pictures.
    settings : MapSettings

    Returns
    -------
    list of MapComparison
        `whole` (mean of the whole picture) and `mean` (of each cell) of each channel; in grey `above_1_sd`,
        `above_2_sd`, `below_1_sd`, `below_2_sd` (share of pictures in which the pixel is unusual) and
        `spread` (mean distance from the group's own mean picture). Corrected together are maps that answer one
        question in one way: the channels of `whole`, the channels of `mean`, the four kinds of unusual
        pixels, `spread`; each freely and within strata.
    """
    families: dict[tuple[str, str], list[MapComparison]] = {}
    for name, channel, maps in _maps(sample, settings.cells):
        compared = compare_maps(
            maps,
            sample.failed,
            name=name,
            channel=channel,
            strata=strata,
            permutations=settings.permutations,
            seed=settings.seed,
        )
        for one in compared:
            families.setdefault((_question(name), one.compared), []).append(one)
    return [one for family in families.values() for one in correct_together(family)]


def _question(name: str) -> str:
    return "unusual" if name.endswith("_sd") else name


def unusual_names() -> list[tuple[str, str, int]]:
    """Name, side and number of deviations of each kind of unusual pixel."""
    return [(f"{side}_{k}_sd", side, k) for side in SIDES for k in DEVIATIONS]


def _maps(sample: PictureSample, cells: int) -> Iterator[tuple[str, str, npt.NDArray[np.float32]]]:
    """Name, channel and maps (n, h, w) of everything that is compared."""
    for place, channel in enumerate(CHANNELS):
        pictures = sample.pictures[..., place]
        yield "whole", channel, pictures.mean(axis=(1, 2), keepdims=True, dtype=np.float32)
        yield "mean", channel, pool(pictures, largest=cells)
    grey, reference = sample.pictures[..., GREY:], sample.moments[REFERENCE]
    for name, side, deviations in unusual_names():
        marks = unusual(grey, _only_grey(reference), side=side, deviations=deviations)
        yield name, "grey", pool(marks[..., 0], largest=cells)
    yield "spread", "grey", pool(_distances(sample), largest=cells)


def _only_grey(moments: Moments) -> Moments:
    grey = Moments.__new__(Moments)
    grey.count = moments.count
    grey.totals, grey.squares = moments.totals[..., GREY:], moments.squares[..., GREY:]
    return grey


def _distances(sample: PictureSample) -> npt.NDArray[np.float32]:
    """How far each grey pixel is from the mean of its own group, in grey levels (n, H, W)."""
    distances = sample.pictures[..., GREY].astype(np.float32)
    for name, group in ((FAILURES, sample.failed), (COMPARISON, ~sample.failed)):
        distances[group] -= sample.moments[name].mean[..., GREY].astype(np.float32)
    return np.abs(distances, out=distances)


def unusual_shares(sample: PictureSample) -> dict[tuple[str, str], Floats]:
    """Share of each picture's pixels that are unusual.

    Returns
    -------
    dict of (name, channel) to (n,) ndarray of float64
    """
    reference = sample.moments[REFERENCE]
    shares: dict[tuple[str, str], Floats] = {}
    for name, side, deviations in unusual_names():
        marks = unusual(sample.pictures, reference, side=side, deviations=deviations)
        for place, channel in enumerate(CHANNELS):
            shares[name, channel] = marks[..., place].mean(axis=(1, 2))
    return shares


def unusual_frequencies(
    sample: PictureSample, *, side: str, deviations: int
) -> tuple[Floats, Floats]:
    """In which share of failures, and of the comparison half, each pixel is unusual: two (H, W, 4)."""
    marks = unusual(sample.pictures, sample.moments[REFERENCE], side=side, deviations=deviations)
    return marks[sample.failed].mean(axis=0), marks[~sample.failed].mean(axis=0)
