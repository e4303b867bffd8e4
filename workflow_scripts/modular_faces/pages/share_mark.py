"""The mark in the head of a page that may be given away."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PAGE_TO_SHARE: Final = '<meta name="modular-faces" content="may be shared">'
"""In the head of a page that was made for sharing (`share: true`)."""


def is_page_to_share(path: Path) -> bool:
    """Whether a page is there and was made without pictures of people."""
    if not path.exists():
        return False
    head, _, _ = path.read_text(encoding="utf-8").partition("<style>")
    return PAGE_TO_SHARE in head
