"""A sheet with a row per picture, filled from label files, and the names that found no picture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from modular_faces.scan import Entry, shown_path

_NAME_LENGTH = 63
_FIXED = ("split", "label", "label_name")


class LayoutError(ValueError):
    """A dataset that is not what the config says; the message is one line."""


@dataclass(frozen=True)
class Labels:
    """What is known of the pictures.

    Attributes
    ----------
    table : pyarrow.Table
        A row per entry, in the order of the entries: image_id, split, label, label_name (strings),
        then `label_columns` (strings), `rating_columns` and `truth_columns` (float64). Null where
        nothing is known.
    label_columns, rating_columns, truth_columns : list of str
    unlabelled : int
        Pictures without any label or rating, where others have one.
    unmatched : list of str
        Names in label files that no picture has.
    ambiguous : list of str
        Names in label files that several pictures have; not used.
    problems : list of str
        Label files and columns that could not be used; one line each.
    """

    table: pa.Table
    label_columns: list[str]
    rating_columns: list[str]
    truth_columns: list[str]
    unlabelled: int
    unmatched: list[str]
    ambiguous: list[str]
    problems: list[str]


class Sheet:
    """Values of the pictures while label files are read.

    Parameters
    ----------
    entries : sequence of Entry

    Attributes
    ----------
    paths : list of str
        Relative path of each row's picture.
    unmatched, ambiguous, problems : list of str
        See `Labels`.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._image_ids = [entry.image_id for entry in entries]
        self.paths = [entry.path for entry in entries]
        self._columns: dict[str, list[Any]] = {name: [None] * len(entries) for name in _FIXED}
        self._kinds: dict[str, str] = {}
        self.unmatched: list[str] = []
        self.ambiguous: list[str] = []
        self.problems: list[str] = []

    def add_column(self, name: str, kind: str, source: object) -> None:
        """Announce a column; kind is ``label``, ``rating`` or ``truth``."""
        if name in self._columns:
            raise LayoutError(
                f"{source}: column '{name}' occurs twice, perhaps from another label file; "
                f"rename one of them"
            )
        self._columns[name] = [None] * len(self.paths)
        self._kinds[name] = kind

    def put(self, row: int, **values: str | float | None) -> None:
        """Set values of one row."""
        for name, value in values.items():
            self._columns[name][row] = value

    def expect_some(self, matched: int, source: object, seen: Iterable[str]) -> None:
        """Refuse a label file none of whose names is a picture."""
        if matched == 0 and self.paths:
            named = next(iter(seen), "no row")
            raise LayoutError(
                f"{source}: its names match no picture; expected names like "
                f"'{PurePosixPath(min(self.paths)).name}' (first picture); seen '{named}'"
            )

    def labels(self) -> Labels:
        """Give the filled sheet."""
        columns = {"image_id": pa.array(self._image_ids, pa.string())}
        for name, values in self._columns.items():
            if self._kinds.get(name, "label") == "label":
                texts = [None if value is None else shown_path(value) for value in values]
                columns[name] = pa.array(texts, pa.string())
            else:
                columns[name] = pa.array(values, pa.float64())
        kinds: dict[str, list[str]] = defaultdict(list)
        for name, kind in self._kinds.items():
            kinds[kind].append(name)
        return Labels(
            table=pa.table(columns),
            label_columns=kinds["label"],
            rating_columns=kinds["rating"],
            truth_columns=kinds["truth"],
            unlabelled=self._unlabelled(["label", *kinds["label"], *kinds["rating"]]),
            unmatched=[*map(shown_path, self.unmatched)],
            ambiguous=[*map(shown_path, self.ambiguous)],
            problems=[*map(shown_path, self.problems)],
        )

    def _unlabelled(self, names: Iterable[str]) -> int:
        columns = [self._columns[name] for name in names]
        known = sum(any(value is not None for value in row) for row in zip(*columns, strict=True))
        return len(self.paths) - known if known else 0


class Finder:
    """Find pictures by relative path, else by file name, else by stem.

    Parameters
    ----------
    paths : sequence of str
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._by_path = {path: [row] for row, path in enumerate(paths)}
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        for row, path in enumerate(paths):
            name = path.rpartition("/")[2]
            self._by_name[name].append(row)
            self._by_stem[name.rpartition(".")[0] or name].append(row)

    def rows(self, name: str) -> list[int]:
        """Rows of the pictures that a name stands for; more than one when it is ambiguous.

        Spaces around the name count where a picture is called so.
        """
        for written in (name, name.strip()):
            wanted = written.removeprefix("./")
            for index in (self._by_path, self._by_name, self._by_stem):
                if wanted in index:
                    return index[wanted]
        return []


def safe_name(prefix: str, name: str) -> str:
    """Column name that R and SPSS take: ``looks-like-you`` gives ``rating_looks_like_you``."""
    return f"{prefix}_{re.sub(r'[^A-Za-z0-9]+', '_', name).strip('_')}"[:_NAME_LENGTH].rstrip("_")
