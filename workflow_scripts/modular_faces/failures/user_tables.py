"""Tables of the user's own: groups that pictures belong to, and landmarks that are known."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.failures.study_rows import only_pictures, wanted_rows
from modular_faces.layouts.label_files import as_number, as_text
from modular_faces.layouts.matched_rows import matched_rows
from modular_faces.layouts.ratings import KEY_COLUMNS
from modular_faces.layouts.sheet import LayoutError

_NO_GROUPS = (
    *("path", "manifest_row", "bytes", "sha256", "format", "mode", "n_frames", "exif_orientation"),
    *("decodable", "failure_reason", "decode_problem", "duplicate_cluster", "duplicate_of"),
)
"""Columns of the manifest that say nothing of a picture's group."""


def joined_groups(
    manifest: str | os.PathLike[str],
    groups: str | os.PathLike[str] | None,
    *,
    of: Container[str] | None = None,
) -> pd.DataFrame:
    """Read every column of the manifest that can be a group, and those of the user's table.

    Parameters
    ----------
    manifest : path-like
    groups : path-like or None
        `failures.groups_table`; its columns take the place of those of the same name.
    of : container of str, optional
        Pictures to read, by default all.

    Returns
    -------
    pandas.DataFrame
        Indexed by image_id.

    Notes
    -----
    A table of the user's own is held whole, and its names are looked for among all pictures: a file name that two of
    them have stands for neither, whichever are read.
    """
    schema = pq.read_schema(manifest)
    names = [name for name in schema.names if name not in _NO_GROUPS]
    table = wanted_rows(manifest, names, rows_of=only_pictures(of))
    known: pd.DataFrame = table.to_pandas(split_blocks=True).set_index("image_id")
    if groups is None:
        return known
    added = read_groups(Path(groups), all_pictures(manifest)).reindex(known.index)
    return pd.concat([known.drop(columns=[n for n in added if n in known]), added], axis=1)


def all_pictures(manifest: str | os.PathLike[str]) -> list[str]:
    """Names of all pictures of the dataset."""
    names: list[str] = wanted_rows(manifest, ["image_id"], rows_of=None)["image_id"].to_pylist()
    return names


def read_groups(path: Path, image_ids: Sequence[str]) -> pd.DataFrame:
    """Read a table of groups.

    Parameters
    ----------
    path : Path
        With a column of pictures (one of `KEY_COLUMNS`: path, file name or stem) and columns of groups.
    image_ids : sequence of str
        Pictures of the dataset.

    Returns
    -------
    pandas.DataFrame
        Indexed by image_id; columns of numbers only are float64, all others text; missing where nothing is
        known.

    Raises
    ------
    LayoutError
        No column of pictures, no other column, a picture named twice, or no picture of the dataset named.
    """
    file, rows, names = matched_rows(path, image_ids, "failures.groups_table")
    numeric = set(file.numeric_columns(but=KEY_COLUMNS)[0])
    columns = {}
    for name in file.columns:
        if name and name not in KEY_COLUMNS:
            convert = as_number if name in numeric else as_text
            columns[name] = [convert(file.columns[name][row]) for row in rows]
    if not columns:
        raise LayoutError(f"{path} (failures.groups_table): no column of groups")
    table = pd.DataFrame(columns, index=pd.Index(names, name="image_id"))
    return table.reindex(list(image_ids))


def read_truth(path: Path, image_ids: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
    """Read known landmarks.

    Parameters
    ----------
    path : Path
        With a column of pictures and the columns x_0..x_67, y_0..y_67, in pixels of the original picture.
    image_ids : sequence of str

    Returns
    -------
    names : list of str
        image_id of the pictures whose landmarks are all known.
    points : (m, 68, 2) ndarray of float64

    Raises
    ------
    LayoutError
        As `read_groups`, or a column of landmarks is missing.
    """
    file, rows, names = matched_rows(path, image_ids, "failures.truth_table")
    missing = [name for name in LANDMARK_COLUMNS if name not in file.columns]
    if missing:
        raise LayoutError(
            f"{path} (failures.truth_table): no column '{missing[0]}'; expected x_0..x_67 and y_0..y_67"
        )
    numbers = np.array([file.numbers(name) for name in LANDMARK_COLUMNS], dtype=np.float64)
    points = numbers[:, rows].reshape(2, 68, -1).transpose(2, 1, 0)
    known = np.flatnonzero(np.isfinite(points).all(axis=(1, 2)))
    return [names[row] for row in known], points[known]
