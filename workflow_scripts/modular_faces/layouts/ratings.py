"""Ratings from a table of their own, for any layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from modular_faces.layouts.label_files import (
    match_rows,
    picture_names,
    put_ratings,
    read_label_file,
)
from modular_faces.layouts.sheet import Finder, LayoutError, Sheet

KEY_COLUMNS = ("image", "path", "image_id", "stimulus")


def ratings_reader(path: Path) -> Callable[[Sheet], None]:
    """Give a reader that adds every column of numbers in a table as a rating.

    Parameters
    ----------
    path : Path
        Table with one of `KEY_COLUMNS`: relative path, file name or stem of the picture.
    """
    if not path.is_file():
        raise LayoutError(f"dataset.ratings {path}: no such file; expected a table of ratings")

    def read(sheet: Sheet) -> None:
        file = read_label_file(path)
        key = next((name for name in KEY_COLUMNS if name in file.columns), None)
        if key is None:
            raise LayoutError(
                f"{path} (dataset.ratings): expected a column {', '.join(KEY_COLUMNS)}; "
                f"seen {', '.join(file.columns)}"
            )
        ratings, problems = file.numeric_columns(but=KEY_COLUMNS)
        sheet.problems.extend(problems)
        if not ratings:
            raise LayoutError(f"{path} (dataset.ratings): no column of numbers beside '{key}'")
        names = picture_names(file.columns[key])
        pairs = match_rows(sheet, file, names, Finder(sheet.paths).rows)
        put_ratings(sheet, file, pairs, ratings)

    return read
