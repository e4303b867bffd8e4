"""What came of a run, for machines (`summary.json`) and for people (a few lines at the end)."""

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


def summary_text(results: Path, *, seconds: float | None) -> str:
    """Say what came of a run in a few lines.

    Parameters
    ----------
    results : Path
        Folder of the results of a dataset.
    seconds : float or None
        How long the run took, where it is known.

    Returns
    -------
    str
        Empty when the folder has no summary.
    """
    path = results / "summary.json"
    if not path.exists():
        return ""
    summary = json.loads(path.read_text(encoding="utf-8"))
    pictures, success = summary["pictures"], summary["success"]
    lines = [
        f"{results.name}: {pictures} picture{'s' * (pictures != 1)}, landmarks found in {success} "
        f"({100 * success / max(pictures, 1):.1f} %)"
        + (f", {seconds:.0f} s" if seconds is not None else "")
    ]
    if summary["failures"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in summary["failures"].items())
        lines.append(f"  lost        {reasons}")
    report = summary["label_report"]
    left_out = ", ".join(f"{count} {kind}" for kind, count in report["left_out"].items())
    lines.append(
        f"  layout      {report['layout']}" + (f"; left out: {left_out}" if left_out else "")
    )
    lines += [f"  note        {problem}" for problem in report["unreadable_label_files"]]
    if report["unmatched_labels"] or report["unlabelled_pictures"]:
        lines.append(
            f"  labels      {report['unlabelled_pictures']} pictures without, "
            f"{report['unmatched_labels']} labels without a picture ({results / 'labels.json'})"
        )
    lines += [f"  note        {warning}" for warning in summary["warnings"]]
    lines += [
        f"  table       {results / 'features.parquet'}",
        f"              {results / 'features_core.csv'} (for R, SPSS, Excel)",
        f"  dictionary  {results / 'features_dictionary.csv'}",
        *([f"  study       {study}"] if (study := results / "study.parquet").exists() else []),
        f"  every file  {results / 'manifest.parquet'}",
        "  next        README.md: your own pictures, another dataset, one more variant",
    ]
    return "\n".join(lines)


def summary_is_of(results: Path, *, pictures: int) -> bool:
    """Whether the summary counts as many pictures as are listed; after a run of a part it may not."""
    path = results / "summary.json"
    if not path.exists():
        return False
    counted: int = json.loads(path.read_text(encoding="utf-8"))["pictures"]
    return counted == pictures
