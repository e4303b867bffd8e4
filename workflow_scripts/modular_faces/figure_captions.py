"""Captions beside figures, which the report of Snakemake takes in with them."""

from __future__ import annotations

import re
from pathlib import Path

from modular_faces.tables import whole_file


def save_caption(words: str, stem: Path) -> None:
    """Write the caption of a figure as `stem`.rst, for the report of Snakemake.

    Parameters
    ----------
    words : str
        Names and labels in them may be written like markup; every sign is escaped.
    stem : Path
        That of the figure.
    """
    escaped = re.sub(r"([^\w\s])", r"\\\1", " ".join(words.split()))
    with whole_file(stem.with_name(f"{stem.name}.rst")) as temporary:
        temporary.write_text(f"{escaped}\n", encoding="utf-8")
