"""The gallery on disk, between the job that gathers pictures and the one that makes the page."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modular_faces.pages.parts import Gallery, Record, RecordGroup, Table
from modular_faces.tables import whole_file


def write_gallery(gallery: Gallery, path: str | os.PathLike[str]) -> None:
    """Write groups of pictures as JSON, whole or not at all."""
    text = json.dumps(asdict(gallery), ensure_ascii=False, allow_nan=False)
    with whole_file(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def read_gallery(path: str | os.PathLike[str]) -> Gallery:
    """Read what `write_gallery` wrote."""
    read: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    groups = [
        RecordGroup(**(group | {"records": [_record(record) for record in group["records"]]}))
        for group in read["groups"]
    ]
    return Gallery(groups=groups, lost_by=read["lost_by"])


def _record(read: dict[str, Any]) -> Record:
    width, height = read["size"]
    tables = [Table(**table) for table in read["tables"]]
    return Record(**(read | {"size": (width, height), "tables": tables}))
