"""One table from what every stage wrote for every shard, in memory that does not grow with the shards."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack

import pyarrow as pa
import pyarrow.compute as pc

from modular_faces.columns import LANDMARK_COLUMNS, OPENFACE_POSE_COLUMNS, POSE_COLUMNS
from modular_faces.table_parts import (
    ROW_GROUP,
    csv_sink,
    parquet_folder_sink,
    parquet_sink,
    regroup,
    rows_in_turn,
)
from modular_faces.tables import read_table

FILE_COLUMNS = ("sha256", "width", "height")
OUTCOME_COLUMNS = (
    "n_faces",
    "found",
    "trusted",
    "success",
    "failure_reason",
    "landmark_source",
    "variant",
    "stage",
    "detector_score",
    "mesh_presence",
    "landmark_quality",
    "confidence",
)
FIXED_COLUMNS = (
    *("image_id", "path", "manifest_row", "split", "label", "label_name"),
    *FILE_COLUMNS,
    *OUTCOME_COLUMNS,
    *POSE_COLUMNS,
    *OPENFACE_POSE_COLUMNS,
    *LANDMARK_COLUMNS,
    *("color_notes", "texture_notes"),
)
"""Columns that every table has."""

MANIFEST_ONLY = frozenset(
    {
        *("bytes", "format", "mode", "n_frames", "exif_orientation", "decodable", "failure_reason"),
        *("decode_problem", "grey", "duplicate_kind", "duplicate_cluster", "duplicate_of"),
        *("duplicate_across_split", *FILE_COLUMNS, "image_id", "path", "manifest_row"),
    }
)
"""Columns of the manifest that are not labels."""


def label_columns(manifest: pa.Schema) -> list[str]:
    """Names of split, labels and ratings, in the order of the manifest."""
    return [name for name in manifest.names if name not in MANIFEST_ONLY]


def shard_features(
    manifest: pa.Table, landmarks: pa.Table, pose: pa.Table, measured: Sequence[pa.Table]
) -> pa.Table:
    """Join what the stages wrote for one shard.

    Parameters
    ----------
    manifest : pyarrow.Table
        The rows of the shard.
    landmarks, pose : pyarrow.Table
    measured : sequence of pyarrow.Table
        Expression, color, texture: `image_id`, then columns of numbers.

    Returns
    -------
    pyarrow.Table
        Landmarks and pose are given where `success` holds; those that are not trusted stay in the
        tables of the shard.

    Raises
    ------
    ValueError
        If the tables do not hold the same pictures in the same order.
    """
    image_ids = manifest.column("image_id").combine_chunks()
    for table in (landmarks, pose, *measured):
        if not table.column("image_id").combine_chunks().equals(image_ids):
            raise ValueError("tables of one shard hold different pictures; run the workflow again")
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        name: manifest.column(name)
        for name in ("image_id", "path", "manifest_row", *label_columns(manifest.schema))
    }
    columns |= {name: manifest.column(name) for name in FILE_COLUMNS}
    columns |= {name: landmarks.column(name) for name in OUTCOME_COLUMNS}
    success = landmarks.column("success")
    missing = pa.scalar(None, pa.float32())
    columns |= {name: pose.column(name) for name in POSE_COLUMNS}
    columns |= {
        name: pc.if_else(success, landmarks.column(name), missing)
        for name in (*OPENFACE_POSE_COLUMNS, *LANDMARK_COLUMNS)
    }
    for table in measured:
        columns |= {name: table.column(name) for name in table.column_names[1:]}
    return pa.table(columns)


def read_features(manifest: str, shards: Iterable[Sequence[str]]) -> Iterator[pa.Table]:
    """Read the features of one shard after the other.

    Parameters
    ----------
    manifest : str
        Path of the manifest, whose rows stand in the order of the shards.
    shards : iterable of (str, str, str, str, str)
        Paths of each shard's landmarks, pose, expression, color and texture tables.

    Raises
    ------
    ValueError
        If manifest and shards hold different pictures.
    """
    next_rows = rows_in_turn(manifest)
    for landmarks_path, pose_path, *measured_paths in shards:
        landmarks = read_table(landmarks_path)
        part = next_rows(landmarks.num_rows)
        measured = [read_table(path) for path in measured_paths]
        yield shard_features(part, landmarks, read_table(pose_path), measured)
    if next_rows(1).num_rows:
        raise ValueError("the manifest has more rows than the shards; run the workflow again")


def core_columns(names: Sequence[str], *, face: str) -> list[str]:
    """Choose the columns of `features_core.csv`.

    Parameters
    ----------
    names : sequence of str
        All columns.
    face : str
        The region that stands for the face.

    Returns
    -------
    list of str
        Everything but colour and texture of regions other than the whole picture and the face.
    """
    endings = ("_image", f"_{face}", "_notes")
    return [
        name
        for name in names
        if not name.startswith(("color_", "haralick_")) or name.endswith(endings)
    ]


def write_features(
    parts: Iterable[pa.Table],
    *,
    features: str,
    core: str,
    full: str | None,
    rows_per_file: int | None,
    face: str,
    rename: Mapping[str, str],
    metadata: Mapping[str, str],
) -> list[str]:
    """Write the table of features, a shard at a time.

    Parameters
    ----------
    parts : iterable of pyarrow.Table
        As `read_features` gives them.
    features, core, full : str
        Paths of the Parquet file, of the CSV file of core columns and, or None, of the CSV file of all.
    rows_per_file : int or None
        Where given, `features` becomes a folder of Parquet files of so many rows.
    face : str
        See `core_columns`.
    rename : mapping of str to str
        Names in the CSV files that differ.
    metadata : mapping of str to str
        For the Parquet file.

    Returns
    -------
    list of str
        Names of all columns.

    Raises
    ------
    ValueError
        If `rename` names a column that there is not.
    """
    with ExitStack() as files:
        sink = (
            parquet_sink(features, metadata=metadata)
            if rows_per_file is None
            else parquet_folder_sink(features, rows_per_file=rows_per_file, metadata=metadata)
        )
        sinks = [files.enter_context(sink)]
        names: list[str] = []
        for part in regroup(parts, ROW_GROUP):
            if not names:
                names = list(part.column_names)
                check_rename(rename, names)
                chosen = {core: core_columns(names, face=face)} | ({full: names} if full else {})
                sinks += [
                    files.enter_context(csv_sink(path, columns=columns, rename=rename))
                    for path, columns in chosen.items()
                ]
            for write in sinks:
                write(part)
    return names


def check_rename(rename: Mapping[str, str], names: Sequence[str]) -> None:
    """Refuse new names for columns that there are not, and new names that are taken.

    Parameters
    ----------
    rename : mapping of str to str
        New name by old name.
    names : sequence of str
        All columns.

    Raises
    ------
    ValueError
        One line that names the column and the cure.
    """
    for name, new in rename.items():
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            raise ValueError(
                f"merge.rename: there is no column '{name}'"
                + (f"; did you mean '{close[0]}'?" if close else "")
            )
        if new in names and new not in rename:
            raise ValueError(
                f"merge.rename: '{name}' cannot be called '{new}', there is a column of that name"
            )
