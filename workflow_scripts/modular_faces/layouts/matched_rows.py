"""Rows of a user's table and the pictures of the dataset that they name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modular_faces.layouts.label_files import LabelFile, picture_names, read_label_file
from modular_faces.layouts.ratings import KEY_COLUMNS
from modular_faces.layouts.sheet import Finder, LayoutError


def matched_rows(
    path: Path, image_ids: Sequence[str], key: str
) -> tuple[LabelFile, list[int], list[str]]:
    """Find the rows of a user's table that name a picture of the dataset.

    Parameters
    ----------
    path : Path
        Table with a column of pictures, one of `KEY_COLUMNS`: path, file name or stem.
    image_ids : sequence of str
        Pictures of the dataset.
    key : str
        Key of the config that names the table, for messages.

    Returns
    -------
    LabelFile
    list of int
        Rows that name one picture.
    list of str
        image_id of each.

    Raises
    ------
    LayoutError
        No column of pictures, a picture named twice, or no picture of the dataset named.
    """
    file = read_label_file(path)
    column = next((name for name in KEY_COLUMNS if name in file.columns), None)
    if column is None:
        raise LayoutError(
            f"{path} ({key}): expected a column {', '.join(KEY_COLUMNS)}; seen {', '.join(file.columns)}"
        )
    finder = Finder(list(image_ids))
    rows: dict[str, int] = {}
    for row, written in enumerate(picture_names(file.columns[column])):
        found = finder.rows(written)
        if len(found) != 1:
            continue
        name = image_ids[found[0]]
        if name in rows:
            raise LayoutError(
                f"{path} ({key}): picture '{name}' stands in lines {file.lines[rows[name]]} and "
                f"{file.lines[row]}; expected one row per picture"
            )
        rows[name] = row
    if not rows:
        raise LayoutError(
            f"{path} ({key}): its names match no picture of the dataset, such as '{image_ids[0]}'"
        )
    return file, list(rows.values()), list(rows)
