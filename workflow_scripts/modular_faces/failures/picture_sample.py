"""The pictures of failures and successes, read once: moments of all of them, pixels of a sample.

Means and standard deviations count every picture; they are kept as whole numbers, so that the order
of the pictures and the number of shards change nothing, and need the same memory for a million
pictures (up to ten million they fit into 64 bits). Tests need the pictures themselves and take a
seeded sample. Of copies of a picture, an outcome holds only one.

Successes are cut into two halves. The *reference* says how bright each pixel usually is; the
*comparison* half, which had no say in that, is what failures are compared with.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from modular_faces.failures.picture_frame import CHANNELS, Frame, Picture, to_frame
from modular_faces.packs import read_pictures
from modular_faces.scan import hash64

Members = npt.NDArray[np.bool_]

FAILURES, REFERENCE, COMPARISON = "failures", "reference", "comparison"
GROUPS = (FAILURES, REFERENCE, COMPARISON)


class Moments:
    """Sums and sums of squares of each pixel and channel over the pictures that were added.

    Parameters
    ----------
    frame : Frame

    Attributes
    ----------
    count : int
    totals, squares : (H, W, 4) ndarray of int64
    """

    def __init__(self, frame: Frame) -> None:
        self.count = 0
        self.totals = np.zeros((*frame, len(CHANNELS)), dtype=np.int64)
        self.squares = np.zeros_like(self.totals)

    def add(self, picture: Picture) -> None:
        """Count one more picture (H, W, 4)."""
        values = picture.astype(np.int64)
        self.count += 1
        self.totals += values
        self.squares += values * values

    def __add__(self, other: Moments) -> Moments:
        """Moments of the pictures of both."""
        both = Moments(Frame(*self.totals.shape[:2]))
        both.count = self.count + other.count
        both.totals = self.totals + other.totals
        both.squares = self.squares + other.squares
        return both

    @property
    def mean(self) -> npt.NDArray[np.float64]:
        """Mean of each pixel (H, W, 4), in grey levels; NaN without pictures."""
        return self.totals / self.count if self.count else np.full(self.totals.shape, np.nan)

    @property
    def sd(self) -> npt.NDArray[np.float64]:
        """Standard deviation of each pixel (H, W, 4), n - 1 in the denominator; NaN below 2."""
        n = self.count
        if n < 2:
            return np.full(self.totals.shape, np.nan)
        deviations = n * self.squares - self.totals * self.totals
        return np.asarray(np.sqrt(deviations / (n * (n - 1))))


@dataclass(frozen=True)
class PictureSample:
    """What was read.

    Attributes
    ----------
    frame : Frame
    moments : dict of str to Moments
        Of all pictures of each of `GROUPS`.
    image_ids : list of str, length n
        Sampled pictures, sorted.
    pictures : (n, H, W, 4) ndarray of uint8
        Their pixels in the frame: red, green, blue, grey.
    failed : (n,) ndarray of bool
    """

    frame: Frame
    moments: Mapping[str, Moments]
    image_ids: list[str]
    pictures: Picture
    failed: Members = field(repr=False)


def seeded_order(image_ids: Sequence[str], *, seed: int, purpose: str) -> list[int]:
    """Shuffle pictures in a way that depends on their ids, a seed and what it is for, on nothing else.

    Returns
    -------
    list of int
        Positions in `image_ids`.
    """
    keys = [hash64(f"{seed}/{purpose}/{image_id}") for image_id in image_ids]
    return sorted(range(len(keys)), key=lambda place: (keys[place], image_ids[place]))


def groups_of(image_ids: Sequence[str], failed: Members, *, seed: int) -> npt.NDArray[np.str_]:
    """Say of each picture whether it is a failure, or of which half of the successes.

    Parameters
    ----------
    image_ids : sequence of str, length n
    failed : (n,) ndarray of bool
    seed : int

    Returns
    -------
    (n,) ndarray of str
        Of `GROUPS`; the halves differ by one picture at most, the comparison half is never larger.
    """
    groups = np.full(len(image_ids), FAILURES, dtype="<U16")
    order = seeded_order(image_ids, seed=seed, purpose="half")
    successes = [place for place in order if not failed[place]]
    groups[successes[::2]] = REFERENCE
    groups[successes[1::2]] = COMPARISON
    return groups


def choose(
    image_ids: Sequence[str],
    eligible: Members,
    *,
    most: int,
    seed: int,
    purpose: str,
) -> list[str]:
    """Draw at most so many of the eligible pictures, each with the same chance.

    Parameters
    ----------
    image_ids : sequence of str, length n
    eligible : (n,) ndarray of bool
    most, seed : int
    purpose : str
        Draws for different purposes do not depend on each other.

    Returns
    -------
    list of str, sorted
    """
    order = seeded_order(image_ids, seed=seed, purpose=purpose)
    return sorted([image_ids[place] for place in order if eligible[place]][:most])


def read_sample(
    packs: Iterable[str | os.PathLike[str]],
    image_ids: Sequence[str],
    failed: Members,
    *,
    frame: Frame,
    most: int,
    seed: int,
) -> PictureSample:
    """Read every picture once: moments of all, pixels of a sample.

    Parameters
    ----------
    packs : iterable of path-like
        Packs of the shards.
    image_ids : sequence of str, length n
        Pictures that the study is about; others in the packs are not decoded.
    failed : (n,) ndarray of bool
    frame : Frame
    most : int
        Largest number of failures, and of successes of the comparison half, in the sample.
    seed : int

    Returns
    -------
    PictureSample
    """
    groups = groups_of(image_ids, failed, seed=seed)
    group_of = dict(zip(image_ids, groups.tolist(), strict=True))
    chosen = {
        image_id
        for name in (FAILURES, COMPARISON)
        for image_id in choose(image_ids, groups == name, most=most, seed=seed, purpose=name)
    }
    moments = {name: Moments(frame) for name in GROUPS}
    kept: dict[str, Picture] = {}
    for image_id, picture in framed(packs, group_of, frame):
        moments[group_of[image_id]].add(picture)
        if image_id in chosen:
            kept[image_id] = picture
    return _sample(frame, moments, kept, group_of)


def read_chosen(
    packs: Iterable[str | os.PathLike[str]],
    image_ids: Sequence[str],
    failed: Members,
    *,
    frame: Frame,
    most: int,
    seed: int,
) -> PictureSample:
    """Read the pixels of a sample of failures and of successes of both halves, and no moments.

    Parameters are those of `read_sample`.
    """
    group_of = {
        image_id: name
        for name, eligible in ((FAILURES, failed), (COMPARISON, ~failed))
        for image_id in choose(image_ids, eligible, most=most, seed=seed, purpose=name)
    }
    kept = dict(framed(packs, group_of, frame))
    return _sample(frame, {}, kept, group_of)


def framed(
    packs: Iterable[str | os.PathLike[str]], wanted: Mapping[str, object], frame: Frame
) -> Iterator[tuple[str, Picture]]:
    """Decode the wanted pictures of some packs and bring each to the frame."""
    for pack in packs:
        for image_id, picture in read_pictures(pack, wanted):
            yield image_id, to_frame(picture, frame)


def _sample(
    frame: Frame,
    moments: Mapping[str, Moments],
    kept: Mapping[str, Picture],
    group_of: Mapping[str, str],
) -> PictureSample:
    image_ids = sorted(kept)
    shape = (len(image_ids), *frame, len(CHANNELS))
    pictures = np.empty(shape, dtype=np.uint8)
    for place, image_id in enumerate(image_ids):
        pictures[place] = kept[image_id]
    failed = np.array([group_of[image_id] == FAILURES for image_id in image_ids], dtype=np.bool_)
    return PictureSample(frame, moments, image_ids, pictures, failed)
