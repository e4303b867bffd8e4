"""The bridge report for two runs over the same pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from modular_faces.bridge import Agreement, Instrument, compare, instrument_of, labels_of
from modular_faces.columns import LANDMARK_COLUMNS, OPENFACE_POSE_COLUMNS, POSE_COLUMNS
from modular_faces.head_angles import openface_angles
from modular_faces.tables import floats_to_arrow, matrix_from_table, read_table


def compare_runs(a: Path, b: Path) -> tuple[Instrument, Instrument, list[Agreement]]:
    """Compare two runs over the same pictures.

    Parameters
    ----------
    a, b : Path
        `features.parquet` of each.

    Returns
    -------
    a, b : Instrument
        Named after the source of the landmarks, or, where that is the same, after the folder.
    rows : list of Agreement

    Raises
    ------
    ValueError
        If a table lacks a column, or no picture has a face in both.
    """
    tables = [read_table(path) for path in (a, b)]
    for path, table in zip((a, b), tables, strict=True):
        missing = [
            name for name in ("image_id", *LANDMARK_COLUMNS) if name not in table.column_names
        ]
        if missing:
            raise ValueError(f"{path} has no column '{missing[0]}'; give features.parquet of a run")
    names = [_source_of(path, table) for path, table in zip((a, b), tables, strict=True)]
    if names[0] == names[1]:
        names = [f"{path.parent.name} {name}" for path, name in zip((a, b), names, strict=True)]
    if names[0] == names[1]:
        names = [str(a), str(b)]
    one, other = (
        instrument_of(name, with_own_angles(table))
        for name, table in zip(names, tables, strict=True)
    )
    rows = compare(one, other, labels_of(tables[0]))
    if not rows:
        raise ValueError(f"no two pictures have a face in both {a} and {b}")
    return one, other, rows


def _source_of(path: Path, table: pa.Table) -> str:
    if "landmark_source" in table.column_names:
        sources = {name for name in table.column("landmark_source").to_pylist() if name}
        if len(sources) == 1:
            return str(sources.pop())
    return path.parent.name


def with_own_angles(table: pa.Table) -> pa.Table:
    """Take OpenFace's own angles, in the common convention, where a table has them.

    A table's `yaw_deg` comes from the mesh, whatever the backend; here the backend's own is wanted.
    """
    rotation = OPENFACE_POSE_COLUMNS[3:]
    if not set(rotation) <= set(table.column_names):
        return table
    radians = matrix_from_table(table, rotation)
    known = np.isfinite(radians).all(axis=1)
    if not known.any():
        return table
    angles = np.full(radians.shape, np.nan)
    angles[known] = [openface_angles(*row) for row in radians[known].tolist()]
    for k, name in enumerate(POSE_COLUMNS):
        column = floats_to_arrow(angles[:, k])
        if name in table.column_names:
            table = table.set_column(table.column_names.index(name), name, column)
        else:
            table = table.append_column(name, column)
    return table
