"""What came of a run, counted from the final table: `summary.json`."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from modular_faces.tables import matrix_from_table, read_table, whole_file
from modular_faces.texture import mixed_sizes_warning

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

MIXED_SIZES = 1.5
"""Sizes are mixed where the 90th percentile is more than this many times the 10th."""


def summarise(
    features: pa.Table, labels: dict[str, Any], *, warnings: Sequence[str]
) -> dict[str, Any]:
    """Count what was found and what was lost.

    Parameters
    ----------
    features : pyarrow.Table
        With `COLUMNS`.
    labels : dict
        As `modular_faces.manifest.label_report` makes it.
    warnings : sequence of str
        What a person should know before using the table.

    Returns
    -------
    dict
        Plain JSON values.
    """
    columns = {name: features.column(name).to_pylist() for name in COLUMNS}
    success = columns["success"]
    stages = zip(columns["stage"], columns["variant"], success, strict=True)
    by_stage = Counter((stage, variant) for stage, variant, good in stages if good)
    by_label: dict[str, dict[str, int]] = {}
    for name, good in zip(columns["label_name"], success, strict=True):
        if name is not None:
            counts = by_label.setdefault(name, {"pictures": 0, "success": 0})
            counts["pictures"] += 1
            counts["success"] += good
    return {
        "pictures": features.num_rows,
        "found": sum(columns["found"]),
        "trusted": sum(columns["trusted"]),
        "success": sum(success),
        "failures": _sorted_counts(Counter(filter(None, columns["failure_reason"]))),
        "stages": [
            {"stage": stage, "variant": variant, "success": count}
            for (stage, variant), count in sorted(by_stage.items())
        ],
        "splits": _sorted_counts(Counter(filter(None, columns["split"]))),
        "labels": dict(sorted(by_label.items())),
        "label_report": labels,
        "warnings": list(warnings),
    }


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
    table = read_table(features, (*COLUMNS, *SIZE_COLUMNS))
    warning = size_warning(table, canonical_texture=canonical_texture)
    summary = summarise(
        table,
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
