"""Any table with a path column: the table says which pictures belong to the dataset."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from modular_faces.layouts.base import Layout, Sheet
from modular_faces.layouts.label_files import (
    LabelFile,
    as_text,
    match_rows,
    picture_names,
    put_ratings,
    read_label_file,
)
from modular_faces.layouts.sheet import LayoutError
from modular_faces.scan import Entry, Scan, file_path, image_id


def open_table(
    root: Path,
    *,
    table: Path | None,
    path_column: str,
    label_column: str | None,
    split_column: str | None,
    rating_columns: Sequence[str] | None,
) -> Layout:
    """Give the layout of a table of pictures.

    A picture that the table names and that does not exist has its row all the same, as unreadable;
    pictures that the table does not name are no part of the dataset.

    Parameters
    ----------
    root : Path
    table : Path or None
    path_column : str
        Column of paths, relative to `root` or absolute inside it; spaces around a path are part of it where
        there is such a file, and left out where there is none.
    label_column, split_column : str or None
    rating_columns : sequence of str or None
        None for every other column of numbers.

    Raises
    ------
    LayoutError
        No table, a column that is not there, paths outside the root.
    """
    if table is None:
        raise LayoutError("dataset.layout csv needs dataset.table: the table of the pictures")
    file = read_label_file(table)
    names = picture_names(file.column(path_column, "dataset.path_column"))
    paths = [_relative(name, root, file, k) for k, name in enumerate(names)]
    texts = {
        name: list(map(as_text, file.column(column, f"dataset.{key}")))
        for name, column, key in (
            ("label", label_column, "label_column"),
            ("label_name", label_column, "label_column"),
            ("split", split_column, "split_column"),
        )
        if column is not None
    }
    for name in rating_columns or ():
        file.column(name, "dataset.rating_columns")
    ratings, problems = (
        file.numeric_columns(but=(path_column, label_column, split_column))
        if rating_columns is None
        else (list(rating_columns), [])
    )

    def read(sheet: Sheet) -> None:
        sheet.problems.extend(problems)
        places = {path: [row] for row, path in enumerate(sheet.paths)}
        pairs = match_rows(sheet, file, paths, lambda path: places.get(path, []))
        put_ratings(sheet, file, pairs, ratings)
        for k, row in pairs:
            sheet.put(row, **{name: column[k] for name, column in texts.items()})

    return Layout(
        name="csv",
        root=root,
        folders=("",),
        list_sources=lambda: [table],
        readers=(read,),
        list_entries=lambda: _entries(root, paths, file),
    )


def _relative(name: str, root: Path, file: LabelFile, k: int) -> str:
    """Path relative to the root, without detours; an error where it leads out of the root."""
    bare = name.strip()
    text = name if name == bare or os.path.lexists(file_path(root, name)) else bare
    path = os.path.normpath(text if bare else "..")
    if PurePosixPath(path).is_absolute():
        path = os.path.relpath(path, root.absolute())
    if path == ".." or path.startswith("../"):
        raise LayoutError(
            f"{file.path} line {file.lines[k]}: expected the path of a picture inside {root}; "
            f"seen '{text}'"
        )
    return path


def _entries(root: Path, paths: Sequence[str], file: LabelFile) -> Scan:
    entries = []
    for path in dict.fromkeys(paths):
        size, mtime_ns = _size_and_time(file_path(root, path))
        entries.append(Entry(image_id(path), path, size, mtime_ns))
    if not any(entry.mtime_ns for entry in entries):
        raise LayoutError(
            f"{file.path}: its paths match no picture in {root}; seen "
            f"{paths[0] if paths else 'no row'}; set dataset.root or dataset.path_column"
        )
    return Scan(entries, {}, [])


def _size_and_time(path: Path) -> tuple[int, int]:
    """Bytes and time of change in nanoseconds; 0 and 0 for a file that is not there."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns
