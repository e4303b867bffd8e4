"""The pictures that a failure study is about: all of them, or a seeded draw where there are very many.

Whatever the study holds of each picture then needs the same memory for any dataset; while the draw is made, some 24
bytes are held of every picture.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from modular_faces.failures.counting import counted, enumerated
from modular_faces.failures.hash_order import hash_keys
from modular_faces.failures.study_rows import batches_of, rows_of_parts

Path = str | os.PathLike[str]


@dataclass(frozen=True)
class Exclusions:
    """Pictures that a study leaves out.

    Attributes
    ----------
    left_out : int
        Pictures that could not be decoded, which no detector has seen.
    copies : int
        Copies of pictures that are in the study.
    too_large : int
        Pictures that the variant would have made too large.
    """

    left_out: int
    copies: int
    too_large: int

    def __str__(self) -> str:
        """Say which, in words; empty where there are none."""
        reasons = [
            (self.left_out, counted(self.left_out, "file") + " that could not be decoded"),
            (self.copies, counted(self.copies, "copy", "copies") + " of other pictures"),
            (self.too_large, counted(self.too_large, "picture") + " too large once changed"),
        ]
        said = [words for number, words in reasons if number]
        if not said:
            return ""
        total = self.left_out + self.copies + self.too_large
        return f"{enumerated(said)} {'is' if total == 1 else 'are'} left out"


@dataclass(frozen=True)
class DrawnFrom:
    """All pictures of a dataset, of which a study looks at a draw.

    Attributes
    ----------
    drawn, pictures : int
        How many were drawn of how many; files that could not be decoded and copies are among both.
    looked_at : int
        Pictures of the whole dataset that count, as they do in the study.
    failed : mapping of str to int
        How many of these failed, at each level.
    exclusions : Exclusions
        Of the whole dataset.
    """

    drawn: int
    pictures: int
    looked_at: int
    failed: Mapping[str, int]
    exclusions: Exclusions

    def __str__(self) -> str:
        """Say what was drawn, in words."""
        return f"a seeded draw of {self.drawn:,} of the {self.pictures:,} pictures"


def drawn_pictures(manifest: Path, *, most: int, seed: int) -> frozenset[str] | None:
    """Draw the pictures that a failure study is about.

    Parameters
    ----------
    manifest : path-like
        `manifest.parquet`.
    most : int
        How many are drawn where there are more.
    seed : int

    Returns
    -------
    frozenset of str or None
        Names of exactly `most` pictures, whatever their order in the manifest; None where there are no more than
        that, so that the study is about all.
    """
    if pq.read_metadata(manifest).num_rows <= most:
        return None
    keys = np.concatenate(
        [hash_keys(names.to_pylist(), seed=seed) for names in _names(manifest)],
    )
    last = np.partition(keys, most - 1)[most - 1]
    drawn: list[str] = []
    at_the_end: list[str] = []
    start = 0
    for names in _names(manifest):
        own = keys[start : start + len(names)]
        drawn += names.filter(pa.array(own < last)).to_pylist()
        at_the_end += names.filter(pa.array(own == last)).to_pylist()
        start += len(names)
    return frozenset(drawn + sorted(at_the_end)[: most - len(drawn)])


def _names(manifest: Path) -> Iterator[pa.Array]:
    for batch in batches_of(manifest, ["image_id"], rows_of=None):
        yield batch["image_id"]


def count_all(study: Path, manifest: Path, *, drawn: int, backend: str, variant: str) -> DrawnFrom:
    """Count the failures of one part of a study over all pictures, which are read and not held.

    Parameters
    ----------
    study : path-like
        `study.parquet`.
    manifest : path-like
        `manifest.parquet`.
    drawn : int
        How many pictures were drawn.
    backend, variant : str

    Returns
    -------
    DrawnFrom
        Copies, and pictures that could not be decoded or would have been too large, count as little as they do in
        `modular_faces.failures.outcome.outcomes_at_both_levels`.
    """
    undecodable, copies = _not_counted(manifest)
    excluded = np.sort(np.concatenate([undecodable, copies]))
    looked_at = too_large = 0
    failed = dict.fromkeys(("found", "trusted"), 0)
    names = [*("image_id", "backend", "variant"), *failed, "failure_reason"]
    there = set(pq.read_schema(study).names)
    columns = [name for name in names if name in there]
    for rows in batches_of(study, columns, rows_of=rows_of_parts([(backend, variant)])):
        counts = ~_among(hash_keys(rows["image_id"].to_pylist(), seed=0), excluded)
        if "failure_reason" in there:
            refused = _truths(pc.equal(rows["failure_reason"], "too_large"))
            too_large += int((counts & refused).sum())
            counts &= ~refused
        looked_at += int(counts.sum())
        for level in failed:
            failed[level] += int((counts & ~_truths(rows[level])).sum())
    return DrawnFrom(
        drawn=drawn,
        pictures=pq.read_metadata(manifest).num_rows,
        looked_at=looked_at,
        failed=failed,
        exclusions=Exclusions(len(undecodable), len(copies), too_large),
    )


def _not_counted(manifest: Path) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Keys of pictures that could not be decoded, and of the copies among the others."""
    there = set(pq.read_schema(manifest).names)
    columns = [name for name in ("image_id", "decodable", "duplicate_of") if name in there]
    undecodable, copies = [_NONE], [_NONE]
    for rows in batches_of(manifest, columns, rows_of=None):
        keys = hash_keys(rows["image_id"].to_pylist(), seed=0)
        decoded = _truths(rows["decodable"])
        undecodable.append(keys[~decoded])
        if "duplicate_of" in there:
            copied = _truths(pc.not_equal(rows["duplicate_of"], ""))
            copies.append(keys[decoded & copied])
    return np.concatenate(undecodable), np.concatenate(copies)


_NONE = np.array([], dtype=np.uint64)


def _among(keys: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which keys are among others, which stand in order."""
    if not len(ordered):
        return np.zeros(len(keys), dtype=np.bool_)
    places = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    return np.asarray(ordered[places] == keys, dtype=np.bool_)


def _truths(column: Any) -> NDArray[np.bool_]:
    """Truth values of a column, missing ones being false."""
    return np.asarray(pc.fill_null(column, False), dtype=np.bool_)
