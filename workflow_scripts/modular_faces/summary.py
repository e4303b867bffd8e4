"""What came of a run, counted from the final table: `summary.json`."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from modular_faces.table_parts import iterate_rows
from modular_faces.tables import matrix_from_table, whole_file

COLUMNS = (
    "split",
    "label_name",
    "found",
    "trusted",
    "success",
    "failure_reason",
    "variant",
    "stage",
)

SIZE_COLUMNS = ("width", "height", "x_36", "x_45", "y_36", "y_45")
"""Size of the picture, and the outer corners of the eyes."""

SIZE_PARTS = 25
"""Parts of the table (of 4,096 rows) whose sizes are looked at: rows stand in the order of a hash, at random."""

MIXED_SIZES = 1.5
"""Sizes are mixed where the 90th percentile is more than this many times the 10th."""


def summarise(
    features: Iterable[pa.Table], labels: dict[str, Any], *, warnings: Sequence[str]
) -> dict[str, Any]:
    """Count what was found and what was lost.

    Parameters
    ----------
    features : iterable of pyarrow.Table
        The table in parts, with `COLUMNS`; none is kept.
    labels : dict
        As `modular_faces.manifest.label_report` makes it.
    warnings : sequence of str
        What a person should know before using the table.

    Returns
    -------
    dict
        Plain JSON values.
    """
    counts: Counter[str] = Counter()
    by: dict[str, Counter[Any]] = {
        name: Counter()
        for name in ("failure_reason", "split", "label_name", "label_success", "stages")
    }
    for part in features:
        for row in part.group_by(list(COLUMNS)).aggregate([([], "count_all")]).to_pylist():
            _count(row, counts, by)
    stages = sorted(by["stages"].items())
    return {
        "pictures": counts["pictures"],
        "found": counts["found"],
        "trusted": counts["trusted"],
        "success": counts["success"],
        "failures": _sorted_counts(by["failure_reason"]),
        "stages": [
            {"stage": stage, "variant": variant, "success": count}
            for (stage, variant), count in stages
        ],
        "splits": _sorted_counts(by["split"]),
        "labels": {
            name: {"pictures": count, "success": by["label_success"][name]}
            for name, count in sorted(by["label_name"].items())
        },
        "label_report": labels,
        "warnings": list(warnings),
    }


def _count(row: dict[str, Any], counts: Counter[str], by: dict[str, Counter[Any]]) -> None:
    """Add rows that are alike in `COLUMNS` to the counts."""
    number = row["count_all"]
    counts["pictures"] += number
    for name in ("found", "trusted", "success"):
        counts[name] += number * row[name]
    for name in ("failure_reason", "split"):
        if row[name]:
            by[name][row[name]] += number
    if row["label_name"] is not None:
        by["label_name"][row["label_name"]] += number
        by["label_success"][row["label_name"]] += number * row["success"]
    if row["success"]:
        by["stages"][row["stage"], row["variant"]] += number


def _sorted_counts(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def write_summary(
    features: str, labels: str, path: str | os.PathLike[str], *, canonical_texture: bool
) -> None:
    """Write `summary.json` from the final table and the report of labels.

    Parameters
    ----------
    features, labels : str
        Paths of `features.parquet` and `labels.json`.
    path : path-like
    canonical_texture : bool
        Whether texture was also measured at a fixed size of the face.
    """
    sizes = pa.concat_tables(islice(iterate_rows(features, SIZE_COLUMNS), SIZE_PARTS))
    warning = size_warning(sizes, canonical_texture=canonical_texture)
    summary = summarise(
        iterate_rows(features, COLUMNS),
        json.loads(Path(labels).read_text(encoding="utf-8")),
        warnings=[warning] if warning else [],
    )
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(summary, indent=1, ensure_ascii=False), encoding="utf-8")


def size_warning(features: pa.Table, *, canonical_texture: bool) -> str | None:
    """Warn where faces of different sizes make texture a measure of resolution.

    Parameters
    ----------
    features : pyarrow.Table
        With `SIZE_COLUMNS`.
    canonical_texture : bool
        Whether texture was also measured at a fixed size of the face; then there is nothing to say.
    """
    sizes = matrix_from_table(features, SIZE_COLUMNS)
    read = np.isfinite(sizes[:, 0])
    return mixed_sizes_warning(
        sizes[read, 0].tolist(),
        sizes[read, 1].tolist(),
        interoculars=np.hypot(sizes[:, 2] - sizes[:, 3], sizes[:, 4] - sizes[:, 5]).tolist(),
        canonical=canonical_texture,
        max_ratio=MIXED_SIZES,
    )


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
