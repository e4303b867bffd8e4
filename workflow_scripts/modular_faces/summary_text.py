"""What came of a run, in a few lines for people; cheap to import, since every start of the workflow does."""

from __future__ import annotations

import json
from pathlib import Path


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
        f"  pages       {page}"
        if (page := results / "index.html").exists()
        else "  pages       snakemake front_page makes them",
    ]
    return "\n".join(lines)


def summary_is_of(results: Path, *, pictures: int) -> bool:
    """Whether the summary counts as many pictures as are listed; after a run of a part it may not."""
    path = results / "summary.json"
    if not path.exists():
        return False
    counted: int = json.loads(path.read_text(encoding="utf-8"))["pictures"]
    return counted == pictures
