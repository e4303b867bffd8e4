"""Tables on disk: Parquet and CSV, rows and meshes.

Every file is written under a temporary name and renamed when whole, so that a killed job,
or one that outlives its killed head process, never leaves half a file under a final name.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MESH_POINTS = 478
MESH_COLUMNS = tuple(f"mesh_{axis}_{i}" for axis in "xyz" for i in range(MESH_POINTS))
"""Columns of a mesh table: x of all points, then y, then z, in pixels."""


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path that becomes `path` only when the block ends without an error.

    Parameters
    ----------
    path : path-like
        The final name. Its folder is made when missing.

    Yields
    ------
    Path
        A name in the same folder, unique to this process.

    Notes
    -----
    What killed processes left of the same file is swept away. One that still writes there, a job whose head
    process was killed, then fails instead of putting its older content over the newer one.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    mark = f".{final.name}."
    temporary = final.with_name(f"{mark}{os.getpid()}.{secrets.token_hex(4)}")
    try:
        yield temporary
        if final.is_dir() or (temporary.is_dir() and final.exists()):
            _remove(final)
        temporary.replace(final)
        for left in final.parent.iterdir():
            if left.name.startswith(mark):
                _remove(left)
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_table(
    table: pa.Table, path: str | os.PathLike[str], *, metadata: Mapping[str, str]
) -> None:
    """Write a table as Parquet, whole or not at all.

    Parameters
    ----------
    table : pyarrow.Table
    path : path-like
    metadata : mapping of str to str
        Goes into the schema of the file (dataset, hash of the config, code version, ...).
    """
    described = table.replace_schema_metadata(dict(metadata))
    with whole_file(path) as temporary:
        pq.write_table(described, temporary, compression="zstd")


def read_image_ids(path: str | os.PathLike[str]) -> list[str]:
    """Read the ids of the pictures of a table, in order."""
    return list(read_table(path, ["image_id"]).column(0).to_pylist())


def read_table(path: str | os.PathLike[str], columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet table, or only some of its columns."""
    return pq.read_table(
        path,
        columns=None if columns is None else list(columns),
        use_threads=False,
        partitioning=None,
    )


def floats_to_arrow(values: np.ndarray) -> pa.Array:
    """Turn one column of numbers into float32 with nulls where the number is NaN.

    Parameters
    ----------
    values : (n,) ndarray of float

    Returns
    -------
    pyarrow.Array of float32, length n
    """
    return pa.array(np.ascontiguousarray(values, dtype=np.float32), from_pandas=True)


def round_significant(values: np.ndarray, *, digits: int) -> np.ndarray:
    """Round numbers to significant digits; 0 and NaN stay.

    Parameters
    ----------
    values : ndarray of float
    digits : int

    Returns
    -------
    ndarray of float64
        Of the same shape.

    Examples
    --------
    >>> round_significant(np.array([0.000123456, 123456.0, 0.0]), digits=3).tolist()
    [0.000123, 123000.0, 0.0]
    """
    known = np.isfinite(values) & (values != 0)
    magnitude = np.floor(np.log10(np.abs(values, where=known, out=np.ones(values.shape))))
    scale = 10.0 ** (digits - 1 - magnitude)
    return np.asarray(np.round(values * scale) / scale, dtype=np.float64)


def table_from_matrix(
    image_ids: Sequence[str], names: Sequence[str], values: np.ndarray
) -> pa.Table:
    """Make a table with `image_id` and one float32 column per name.

    Parameters
    ----------
    image_ids : sequence of str, length n
    names : sequence of str, length k
    values : (n, k) ndarray of float
        NaN becomes null.

    Returns
    -------
    pyarrow.Table with n rows and k + 1 columns

    Raises
    ------
    ValueError
        If the shape of `values` is not (n, k).
    """
    if values.shape != (len(image_ids), len(names)):
        raise ValueError(
            f"values have shape {values.shape}, but there are {len(image_ids)} pictures "
            f"and {len(names)} names"
        )
    columns = [pa.array(image_ids, pa.string())]
    columns += [floats_to_arrow(values[:, k]) for k in range(len(names))]
    return pa.table(columns, names=["image_id", *names])


def matrix_from_table(table: pa.Table, names: Sequence[str]) -> np.ndarray:
    """Gather columns of numbers as a matrix, null as NaN.

    Returns
    -------
    (n, k) ndarray of float64
    """
    matrix = np.empty((table.num_rows, len(names)))
    for k, name in enumerate(names):
        column = table.column(name).cast(pa.float64())
        matrix[:, k] = column.to_numpy(zero_copy_only=False)
    return matrix


def mesh_table(image_ids: Sequence[str], meshes: Mapping[str, np.ndarray]) -> pa.Table:
    """Make a mesh table: a row per picture, null where it has no mesh.

    Parameters
    ----------
    image_ids : sequence of str, length n
    meshes : mapping of str to (478, 3) ndarray
        Pixels of the upright picture; z in the same scale.
    """
    values = np.full((len(image_ids), len(MESH_COLUMNS)), np.nan)
    for row, image_id in enumerate(image_ids):
        if image_id in meshes:
            values[row] = meshes[image_id].T.ravel()
    return table_from_matrix(image_ids, MESH_COLUMNS, values)


def read_meshes(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Read the meshes of the pictures that have one.

    Returns
    -------
    dict of str to (478, 3) ndarray of float64
    """
    table = read_table(path)
    values = matrix_from_table(table, MESH_COLUMNS)
    image_ids = table.column("image_id").to_pylist()
    return {
        image_id: row.reshape(3, MESH_POINTS).T.copy()
        for image_id, row in zip(image_ids, values, strict=True)
        if np.isfinite(row[0])
    }
