"""How sentences on columns that say nothing or repeat others begin, so that the page knows them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

KINDS: Final = (
    "Missing in more than half of the training pictures, gaps filled with the mean",
    "The same for every training picture and without weight",
    "Copies of other columns, which share their weight with them",
)
"""What is told of columns, as each sentence begins."""


def about_columns(notes: Sequence[str]) -> list[str]:
    """Choose the sentences of `column_notes.column_notes` among all of a run."""
    return [note for note in notes if note.startswith(KINDS)]
