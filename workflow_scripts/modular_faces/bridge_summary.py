"""All instruments of a study side by side: how many faces each finds and trusts, and how far apart they put them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from modular_faces.bridge import ALL, LEAST_PICTURES, Instrument
from modular_faces.csv_cells import safe_cells
from modular_faces.failures.study_rows import part_weights
from modular_faces.inference.intervals import weighted_share

COLUMNS = ("a", "b", "label", "measure", "unit", "n", "count", "value", "low", "high")
LEVELS = ("found", "trusted")
EVERY: Final = "every instrument"
"""What stands in column `a` for what all instruments of a study have in common."""

PARTS: Final[Mapping[str, tuple[int, ...]]] = {
    "jaw": tuple(range(17)),
    "brows": tuple(range(17, 27)),
    "nose": tuple(range(27, 36)),
    "eyes": tuple(range(36, 48)),
    "mouth": tuple(range(48, 68)),
}
"""Landmarks of each part of the face."""
_SHARE_DECIMALS = 4


@dataclass(frozen=True)
class Apart:
    """How far apart two instruments put the landmarks of the pictures both trust.

    Attributes
    ----------
    image_ids : tuple of str
    errors : (n,) ndarray of float64
        Mean distance of the landmarks both have, in % of the distance of the outer eye corners (mean of both);
        NaN without eye corners from both.
    parts : mapping of str to (n,) ndarray of float64
        The same for the landmarks of each of `PARTS`.
    """

    image_ids: tuple[str, ...]
    errors: NDArray[np.float64]
    parts: Mapping[str, NDArray[np.float64]]


def landmarks_apart(a: Instrument, b: Instrument) -> Apart:
    """Measure how far apart two instruments put the landmarks, picture by picture."""
    where = {name: row for row, name in enumerate(b.image_ids)}
    both = [(row, where[name]) for row, name in enumerate(a.image_ids) if name in where]
    first, second = (np.array([pair[k] for pair in both], np.intp) for k in (0, 1))
    points_a, points_b = a.landmarks[first], b.landmarks[second]
    eyes = sum(np.linalg.norm(one[:, 45] - one[:, 36], axis=1) for one in (points_a, points_b)) / 2
    shares = 100 * np.linalg.norm(points_a - points_b, axis=2) / np.reshape(eyes, (-1, 1))
    return Apart(
        image_ids=tuple(a.image_ids[row] for row in first),
        errors=_mean_of_known(shares),
        parts={name: _mean_of_known(shares[:, list(points)]) for name, points in PARTS.items()},
    )


def _mean_of_known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of each row over what is known; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    means = np.full(len(values), np.nan)
    usable = count > 0
    means[usable] = np.where(known, values, 0).sum(axis=1)[usable] / count[usable]
    return means


def study_frame(study: pa.Table, labels: Mapping[str, str | None]) -> pd.DataFrame:
    """Give the verdicts of a study: image_id, backend, variant, found, trusted, instrument, label, weight.

    Parameters
    ----------
    study : pyarrow.Table
    labels : mapping of str to (str or None)
        Label by `image_id`; may be empty.
    """
    frame = study.select(["image_id", "backend", "variant", *LEVELS]).to_pandas()
    frame[list(LEVELS)] = frame[list(LEVELS)].astype(bool)
    frame["instrument"] = frame["backend"] + " " + frame["variant"]
    frame["label"] = frame["image_id"].map(dict(labels)) if labels else None
    frame["weight"] = 1.0
    for _, part in frame.groupby("instrument", sort=False):
        frame.loc[part.index, "weight"] = part_weights(frame, part)
    return frame


def joined_verdicts(frame: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Verdicts of two instruments on the pictures both looked at, by image_id.

    Returns
    -------
    pandas.DataFrame
        label, weight, and found_a, found_b, trusted_a, trusted_b.
    """
    one, other = (
        frame[frame["instrument"] == name].set_index("image_id")[["label", "weight", *LEVELS]]
        for name in (a, b)
    )
    joined = one.merge(other, left_index=True, right_index=True, suffixes=("_a", "_b"))
    joined["weight"] = joined[["weight_a", "weight_b"]].max(axis=1)
    return joined.rename(columns={"label_a": "label"})


def label_groups(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """All rows, then those of each label."""
    yield ALL, frame
    for label, part in frame.dropna(subset="label").groupby("label", sort=True):
        yield str(label), part


def summary_table(
    frame: pd.DataFrame, pairs: Sequence[tuple[Instrument, Instrument]], *, confidence: float
) -> pd.DataFrame:
    """Put all instruments of a study side by side, for all pictures and label by label.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of `study_frame`.
    pairs : sequence of (Instrument, Instrument)
    confidence : float
        Of the intervals, such as 0.95.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`; n pictures were looked at, `count` of them are those of the row. Of one instrument (b empty) the
        shares found and trusted with Wilson's interval; of a pair the shares that both, only a, only b and neither
        trust, and `nme`, the median distance of their landmarks with its distribution-free interval, of all and of
        each part of the face; of `EVERY` instrument the shares that all and that none trust. Where a part of the
        study is a sample, shares are weighted.
    """
    rows = [*_alone(frame, confidence), *_of_all(frame, confidence)]
    rows += _together(frame, pairs, confidence)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.assign(label=safe_cells(table["label"]))


Row = tuple[str, str, str, str, str, int, int, float, float, float]


def _share(
    name: tuple[str, str, str, str], hits: pd.Series, weights: pd.Series, confidence: float
) -> Row:
    share = weighted_share(
        hits.to_numpy(dtype=bool), weights.to_numpy(dtype=np.float64), confidence=confidence
    )
    value, low, high = (round(float(number), _SHARE_DECIMALS) for number in share)
    return *name, "share", len(hits), int(hits.sum()), value, low, high


def _alone(frame: pd.DataFrame, confidence: float) -> Iterator[Row]:
    for name, part in frame.groupby("instrument", sort=False):
        for label, group in label_groups(part):
            for level in LEVELS:
                yield _share(
                    (str(name), "", label, level), group[level], group["weight"], confidence
                )


def _of_all(frame: pd.DataFrame, confidence: float) -> Iterator[Row]:
    """What all instruments say of the pictures that all of them looked at."""
    counts = frame.groupby("image_id", sort=False).agg(
        looked=("instrument", "size"),
        trust=("trusted", "sum"),
        label=("label", "first"),
        weight=("weight", "max"),
    )
    instruments = frame["instrument"].nunique()
    whole = counts[counts["looked"] == instruments]
    for label, group in label_groups(whole):
        for measure, number in (("trusted_by_all", instruments), ("trusted_by_none", 0)):
            hits = group["trust"] == number
            yield _share((EVERY, "", label, measure), hits, group["weight"], confidence)


def _together(
    frame: pd.DataFrame, pairs: Sequence[tuple[Instrument, Instrument]], confidence: float
) -> Iterator[Row]:
    for a, b in pairs:
        joined = joined_verdicts(frame, a.name, b.name)
        apart = landmarks_apart(a, b)
        distances = pd.DataFrame(
            {"nme": apart.errors, **{f"nme_{name}": part for name, part in apart.parts.items()}},
            index=list(apart.image_ids),
        )
        for label, group in label_groups(joined):
            first, second = group["trusted_a"], group["trusted_b"]
            for measure, hits in (
                ("trusted_by_both", first & second),
                ("trusted_by_a_only", first & ~second),
                ("trusted_by_b_only", ~first & second),
                ("trusted_by_neither", ~first & ~second),
            ):
                yield _share((a.name, b.name, label, measure), hits, group["weight"], confidence)
            known = distances[distances.index.isin(group.index)]
            for measure in distances.columns:
                name = (a.name, b.name, label, str(measure))
                yield from _median(name, known[measure].dropna(), confidence)


def _median(name: tuple[str, str, str, str], values: pd.Series, confidence: float) -> Iterator[Row]:
    if len(values) < LEAST_PICTURES:
        return
    numbers = values.to_numpy(dtype=np.float64)
    limits = stats.quantile_test(numbers, p=0.5).confidence_interval(confidence)
    value, low, high = (round(float(v), 2) for v in (np.median(numbers), limits.low, limits.high))
    yield *name, "% eyes", len(numbers), len(numbers), value, low, high
