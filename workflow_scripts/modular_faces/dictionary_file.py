"""The file of a data dictionary."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence

from modular_faces.tables import whole_file

HEADER = ("name", "module", "region", "unit", "dtype", "description", "source")

Description = tuple[str, str, str, str, str, str, str]


def write_dictionary(rows: Sequence[Description], path: str | os.PathLike[str]) -> None:
    """Write the data dictionary as CSV."""
    with whole_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
