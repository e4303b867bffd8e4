"""OMI (One Million Impressions): numbered faces with mean ratings of 34 attributes.

References
----------
Peterson, J. C., Uddenberg, S., Griffiths, T. L., Todorov, A., & Suchow, J. W. (2022). Deep models
of superficial face judgments. PNAS, 119(17). https://doi.org/10.1073/pnas.2115228119
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from modular_faces.layouts.base import Layout, Sheet
from modular_faces.layouts.label_files import (
    LabelFile,
    match_rows,
    picture_names,
    put_ratings,
    read_label_file,
)
from modular_faces.layouts.sheet import Finder, LayoutError

EXPECTED = (
    "attribute_means.csv (or attribute_ratings.csv) beside images/, or beside train_set/ and "
    "test_set/"
)
KEY_COLUMN = "stimulus"
_FILES = ("attribute_means.csv", "attribute_ratings.csv")
_SETS = {"train_set": "train", "test_set": "test"}


def recognise(root: Path) -> Layout | None:
    """Give the layout where `root` is an OMI folder, None where it is not."""
    files = _label_files(root)
    folders = [name for name in ("images",) if (root / name).is_dir()]
    folders = folders or [name for name in _SETS if (root / name).is_dir()]
    if not files or not folders:
        return None
    return Layout(
        name="omi",
        root=root,
        folders=tuple(folders),
        list_sources=lambda: files,
        readers=(partial(_read, files),),
    )


def _label_files(root: Path) -> list[Path]:
    for places in ((root,), tuple(root / name for name in _SETS)):
        found = [
            next((place / name for name in _FILES if (place / name).is_file()), None)
            for place in places
        ]
        if any(found):
            return [path for path in found if path is not None]
    return []


def _read(files: list[Path], sheet: Sheet) -> None:
    for row, path in enumerate(sheet.paths):
        split = _SETS.get(path.partition("/")[0])
        if split is not None:
            sheet.put(row, split=split)
    file = _joined([read_label_file(path) for path in files])
    ratings = [name for name in file.columns if name not in ("", KEY_COLUMN)]
    names = picture_names(file.column(KEY_COLUMN, "layout omi"))
    put_ratings(sheet, file, match_rows(sheet, file, names, Finder(sheet.paths).rows), ratings)


def _joined(files: list[LabelFile]) -> LabelFile:
    first = files[0]
    for other in files[1:]:
        if list(other.columns) != list(first.columns):
            raise LayoutError(f"{first.path} and {other.path}: expected the same columns in both")
        columns = {name: [*first.columns[name], *other.columns[name]] for name in first.columns}
        first = LabelFile(first.path, columns, [*first.lines, *other.lines])
    return first
