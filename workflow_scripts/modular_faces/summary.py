"""What came of a run, for machines (`summary.json`) and for people (a few lines at the end)."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from modular_faces.tables import read_table, whole_file

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


def summarise(features: pa.Table, labels: dict[str, Any]) -> dict[str, Any]:
    """Count what was found and what was lost.

    Parameters
    ----------
    features : pyarrow.Table
        With `COLUMNS`.
    labels : dict
        As `modular_faces.manifest.label_report` makes it.

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
    }


def _sorted_counts(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def write_summary(features: str, labels: str, path: str | os.PathLike[str]) -> None:
    """Write `summary.json` from the final table and the report of labels."""
    table = read_table(features, COLUMNS)
    summary = summarise(table, json.loads(Path(labels).read_text(encoding="utf-8")))
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(summary, indent=1, ensure_ascii=False), encoding="utf-8")


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
        f"{pictures} pictures, landmarks found in {success} ({100 * success / max(pictures, 1):.1f} %)"
        + (f", {seconds:.0f} s" if seconds is not None else "")
    ]
    if summary["failures"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in summary["failures"].items())
        lines.append(f"  lost        {reasons}")
    report = summary["label_report"]
    if report["unmatched_labels"] or report["unlabelled_pictures"]:
        lines.append(
            f"  labels      {report['unlabelled_pictures']} pictures without, "
            f"{report['unmatched_labels']} labels without a picture ({results / 'labels.json'})"
        )
    lines += [
        f"  table       {results / 'features.parquet'}",
        f"              {results / 'features_core.csv'} (for R, SPSS, Excel)",
        f"  dictionary  {results / 'features_dictionary.csv'}",
        f"  every file  {results / 'manifest.parquet'}",
        "  next        README.md: your own pictures, another dataset, one more variant",
    ]
    return "\n".join(lines)
