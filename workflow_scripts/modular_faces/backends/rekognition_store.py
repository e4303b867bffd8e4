"""Answers of Rekognition, kept as one JSON file each: none is paid for twice."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class ResponseStore:
    """Answers on the pictures of one variant, in `<folder>/<variant>/<two digits>/<hash>.json`.

    Parameters
    ----------
    folder : str
    variant : str

    Notes
    -----
    Such a folder can be read by backend precomputed: a file also says which picture it is of.
    """

    def __init__(self, folder: str, *, variant: str) -> None:
        self._folder = Path(folder).expanduser() / variant

    def read(self, key: str) -> dict[str, Any] | None:
        """Give what is known of the picture with this hash; None where nothing is."""
        try:
            text = self._path(key).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        known: dict[str, Any] = json.loads(text)
        return known

    def write(self, key: str, response: Mapping[str, Any], *, image_id: str) -> None:
        """Keep an answer; a file is there whole or not at all, whoever else writes it."""
        text = json.dumps({"picture": image_id, **response}, indent=1, sort_keys=True)
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(path)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def count_kept(folder: str) -> int:
    """Count the answers in a folder."""
    return sum(1 for _ in Path(folder).expanduser().glob("*/*/*.json"))
