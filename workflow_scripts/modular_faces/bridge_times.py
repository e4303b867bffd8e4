"""How long each instrument of a study took for a picture, from the benchmark files of its jobs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from modular_faces.tables import whole_file


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
