"""All instruments of a study side by side: how many faces each finds and trusts, and how far apart they put them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from modular_faces.bridge import ALL, LEAST_PICTURES, Instrument
from modular_faces.csv_cells import safe_cells
from modular_faces.inference.intervals import wilson
from modular_faces.tables import whole_file

COLUMNS = ("a", "b", "label", "measure", "unit", "n", "value", "low", "high")
LEVELS = ("found", "trusted")
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
    """

    image_ids: tuple[str, ...]
    errors: NDArray[np.float64]


def landmarks_apart(a: Instrument, b: Instrument) -> Apart:
    """Measure how far apart two instruments put the landmarks, picture by picture."""
    where = {name: row for row, name in enumerate(b.image_ids)}
    both = [(row, where[name]) for row, name in enumerate(a.image_ids) if name in where]
    first, second = (np.array([pair[k] for pair in both], np.intp) for k in (0, 1))
    points_a, points_b = a.landmarks[first], b.landmarks[second]
    eyes = sum(np.linalg.norm(one[:, 45] - one[:, 36], axis=1) for one in (points_a, points_b)) / 2
    distances = np.linalg.norm(points_a - points_b, axis=2)
    known = np.isfinite(distances)
    total = np.where(known, distances, 0).sum(axis=1)
    errors = np.full(len(both), np.nan)
    usable = known.any(axis=1) & np.isfinite(eyes)
    errors[usable] = 100 * total[usable] / known[usable].sum(axis=1) / eyes[usable]
    return Apart(tuple(a.image_ids[row] for row in first), errors)


def summary_table(
    study: pa.Table,
    pairs: Sequence[tuple[Instrument, Instrument]],
    labels: Mapping[str, str | None],
    *,
    confidence: float,
) -> pd.DataFrame:
    """Put all instruments of a study side by side, for all pictures and label by label.

    Parameters
    ----------
    study : pyarrow.Table
        With image_id, backend, variant, found, trusted.
    pairs : sequence of (Instrument, Instrument)
    labels : mapping of str to (str or None)
        Label by `image_id`; may be empty.
    confidence : float
        Of the intervals, such as 0.95.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. Of one instrument (b empty) the shares found and trusted with Wilson's interval; of a pair
        the shares that both, only a and only b trust, and `nme`, the median distance of their landmarks with its
        distribution-free interval.
    """
    frame = study.select(["image_id", "backend", "variant", *LEVELS]).to_pandas()
    frame["instrument"] = frame["backend"] + " " + frame["variant"]
    frame["label"] = frame["image_id"].map(dict(labels)) if labels else None
    rows = [*_alone(frame, confidence), *_together(frame, pairs, labels, confidence)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.assign(label=safe_cells(table["label"]))


Row = tuple[str, str, str, str, str, int, float, float, float]


def _groups(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield ALL, frame
    for label, part in frame.dropna(subset="label").groupby("label", sort=True):
        yield str(label), part


def _share(a: str, b: str, label: str, measure: str, hits: pd.Series, confidence: float) -> Row:
    share = wilson(float(hits.sum()), len(hits), confidence=confidence)
    values = (round(value, _SHARE_DECIMALS) for value in (share.estimate, share.low, share.high))
    value, low, high = values
    return a, b, label, measure, "share", len(hits), value, low, high


def _alone(frame: pd.DataFrame, confidence: float) -> Iterator[Row]:
    for name, part in frame.groupby("instrument", sort=False):
        for label, group in _groups(part):
            for level in LEVELS:
                yield _share(str(name), "", label, level, group[level].astype(bool), confidence)


def _together(
    frame: pd.DataFrame,
    pairs: Sequence[tuple[Instrument, Instrument]],
    labels: Mapping[str, str | None],
    confidence: float,
) -> Iterator[Row]:
    parts = {str(name): part.set_index("image_id") for name, part in frame.groupby("instrument")}
    for a, b in pairs:
        joined = parts[a.name][["trusted", "label"]].join(
            parts[b.name]["trusted"].rename("other"), how="inner"
        )
        apart = landmarks_apart(a, b)
        errors = pd.Series(apart.errors, index=list(apart.image_ids), dtype=float)
        for label, group in _groups(joined):
            first, second = group["trusted"].astype(bool), group["other"].astype(bool)
            for measure, hits in (
                ("trusted_by_both", first & second),
                ("trusted_by_a_only", first & ~second),
                ("trusted_by_b_only", ~first & second),
            ):
                yield _share(a.name, b.name, label, measure, hits, confidence)
            known = errors.reindex(group.index).dropna().to_numpy(dtype=np.float64)
            if len(known) >= LEAST_PICTURES:
                limits = stats.quantile_test(known, p=0.5).confidence_interval(confidence)
                value, low, high = (
                    round(float(v), 2) for v in (np.median(known), limits.low, limits.high)
                )
                yield a.name, b.name, label, "nme", "% eyes", len(known), value, low, high


def seconds_per_picture(
    benchmarks: Path, runs: Sequence[tuple[str, str]], pictures: Mapping[tuple[str, str], int]
) -> list[tuple[str, int, float]]:
    """Read from the benchmark files of the study how long each instrument took.

    Parameters
    ----------
    benchmarks : Path
        Folder of the benchmark files.
    runs : sequence of (str, str)
        Backend and variant.
    pictures : mapping
        How many pictures each run looked at.

    Returns
    -------
    list of (str, int, float)
        Instrument, pictures, seconds of wall time per picture, the start of every job included. Runs without
        benchmark files are left out.
    """
    rows = []
    for backend, variant in runs:
        seconds = [
            float(row["s"])
            for path in sorted((benchmarks / "study" / backend / variant).glob("*.tsv"))
            for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t")
        ]
        count = pictures.get((backend, variant), 0)
        if seconds and count:
            rows.append((f"{backend} {variant}", count, sum(seconds) / count))
    return rows


def write_seconds(rows: Sequence[tuple[str, int, float]], path: Path) -> None:
    """Write the times of `seconds_per_picture` as CSV; they differ from run to run."""
    lines = [f"{name},{count},{seconds:.4f}" for name, count, seconds in rows]
    with whole_file(path) as temporary:
        temporary.write_text(
            "\n".join(["instrument,pictures,seconds_per_picture", *lines]) + "\n", encoding="utf-8"
        )


def pictures_of_parts(study: pa.Table) -> dict[tuple[str, str], set[str]]:
    """Say which pictures each backend and variant of a study looked at."""
    seen: dict[tuple[str, str], set[str]] = {}
    names = (study.column(name).to_pylist() for name in ("backend", "variant", "image_id"))
    for backend, variant, image_id in zip(*names, strict=True):
        seen.setdefault((backend, variant), set()).add(image_id)
    return seen
