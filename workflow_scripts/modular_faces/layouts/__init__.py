"""Layouts of datasets: which pictures belong to it, and what is known of them.

A new layout is one module that gives a `Layout`, and one line in `open_layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from modular_faces.layouts import csv_table, omi, rafdb, rafdb_original
from modular_faces.layouts.base import Labels, Layout, LayoutError, sources_digest, what_is_seen
from modular_faces.layouts.ratings import ratings_reader

__all__ = ["LAYOUTS", "Labels", "Layout", "LayoutError", "open_layout", "sources_digest"]

LAYOUTS = ("auto", "rafdb", "omi", "csv", "folder")
_RECOGNISERS: dict[str, tuple[Callable[[Path], Layout | None], ...]] = {
    "rafdb": (rafdb.recognise, rafdb_original.recognise),
    "omi": (omi.recognise,),
}
_SURE_RECOGNISERS = (rafdb.recognise_surely, rafdb_original.recognise, omi.recognise)
_EXPECTED = {
    "rafdb": f"{rafdb.EXPECTED}, or {rafdb_original.EXPECTED}",
    "omi": omi.EXPECTED,
}


def open_layout(
    name: str,
    root: str | Path,
    *,
    table: str | Path | None,
    path_column: str,
    label_column: str | None,
    split_column: str | None,
    rating_columns: Sequence[str] | None,
    ratings: str | Path | None,
) -> Layout:
    """Recognise the layout of a dataset.

    Parameters
    ----------
    name : str
        One of `LAYOUTS`. ``auto`` takes csv where a table is given, else rafdb or omi where the
        folder looks like it, else folder.
    root : path
        Folder of the dataset.
    table : path or None
        Layout csv: the table of pictures.
    path_column : str
        Layout csv: its column of paths.
    label_column, split_column : str or None
        Layout csv: further columns.
    rating_columns : sequence of str or None
        Layout csv: columns of ratings, None for every other column of numbers.
    ratings : path or None
        A table of ratings to add, whatever the layout.

    Returns
    -------
    Layout

    Raises
    ------
    LayoutError
        One line that says what was expected and what was seen.
    """
    root = Path(root)
    if not root.is_dir():
        raise LayoutError(f"dataset.root {root}: no such folder; give the folder of the pictures")
    if name == "csv" or (name == "auto" and table is not None):
        layout = csv_table.open_table(
            root,
            table=None if table is None else Path(table),
            path_column=path_column,
            label_column=label_column,
            split_column=split_column,
            rating_columns=rating_columns,
        )
    else:
        layout = _recognise(name, root)
    return (
        layout if ratings is None else layout.adding(ratings_reader(Path(ratings)), Path(ratings))
    )


def _recognise(name: str, root: Path) -> Layout:
    if name not in LAYOUTS:
        raise LayoutError(f"dataset.layout '{name}' is unknown; known: {', '.join(LAYOUTS)}")
    for recognise in _SURE_RECOGNISERS if name == "auto" else _RECOGNISERS.get(name, ()):
        layout = recognise(root)
        if layout is not None:
            return layout
    if name in _EXPECTED:
        raise LayoutError(
            f"dataset.root {root} is not laid out as '{name}': expected {_EXPECTED[name]}; "
            f"seen {what_is_seen(root)}; set dataset.root or dataset.layout"
        )
    return Layout(name="folder", root=root, folders=("",), list_sources=tuple, readers=())
