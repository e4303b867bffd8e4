"""The record of a run on disk, and digests of files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modular_faces.tables import whole_file

RUN_FILE = Path("provenance", "run.json")
"""Where the record lies in the results of a dataset."""


def write_run(results: Path, record: Mapping[str, Any]) -> None:
    """Write the record of a run into the results of its dataset."""
    with whole_file(results / RUN_FILE) as temporary:
        temporary.write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")


def read_run(results: Path) -> dict[str, Any]:
    """Read the record of the last run of a dataset.

    Raises
    ------
    ValueError
        There is none.
    """
    path = results / RUN_FILE
    if not path.exists():
        raise ValueError(f"{path} is missing; run the workflow once more")
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def graph_text(graph: Sequence[Sequence[str]]) -> str:
    """Write the graph of rules as a Mermaid flowchart.

    Examples
    --------
    >>> print(graph_text([["preprocess", "landmarks"]]), end="")
    flowchart LR
        preprocess --> landmarks
    """
    return "flowchart LR\n" + "".join(f"    {first} --> {second}\n" for first, second in graph)


def file_sha256(path: Path) -> str:
    """Digest a file of any size, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
