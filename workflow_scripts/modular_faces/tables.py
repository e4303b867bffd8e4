"""Tables and packs of pictures on disk: Parquet for rows, Arrow IPC for pixels.

Every file is written under a temporary name and renamed when whole, so that a killed job,
or one that outlives its killed head process, never leaves half a file under a final name.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BATCH_BYTES = 16 * 2**20
"""Pixels gathered before a batch of pictures is written, in bytes."""

MESH_POINTS = 478
MESH_COLUMNS = tuple(f"mesh_{axis}_{i}" for axis in "xyz" for i in range(MESH_POINTS))
"""Columns of a mesh table: x of all points, then y, then z, in pixels."""

_PICTURE_SCHEMA = pa.schema(
    [
        ("image_id", pa.string()),
        ("height", pa.int32()),
        ("width", pa.int32()),
        ("pixels", pa.large_binary()),
    ]
)


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
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = final.with_name(f".{final.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        yield temporary
        os.replace(temporary, final)
    finally:
        temporary.unlink(missing_ok=True)


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


class PictureWriter:
    """Write decoded pictures of one shard to one file, in bounded memory.

    The file is Arrow IPC with LZ4: fast to write, and read back without decoding twice.

    Parameters
    ----------
    path : path-like

    Examples
    --------
    >>> with PictureWriter("pictures.arrow") as writer:  # doctest: +SKIP
    ...     writer.add("train/1/a.jpg", picture)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = whole_file(path)
        self._rows: list[tuple[str, int, int, bytes]] = []
        self._held = 0

    def __enter__(self) -> Self:
        temporary = self._file.__enter__()
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        self._writer = pa.ipc.new_file(str(temporary), _PICTURE_SCHEMA, options=options)
        return self

    def add(self, image_id: str, picture: np.ndarray) -> None:
        """Append one (H, W, 3) uint8 RGB picture."""
        height, width, _ = picture.shape
        self._rows.append((image_id, height, width, picture.tobytes()))
        self._held += picture.nbytes
        if self._held >= BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [
                pa.array(column, field.type)
                for column, field in zip(columns, _PICTURE_SCHEMA, strict=True)
            ]
            self._writer.write_batch(pa.record_batch(arrays, schema=_PICTURE_SCHEMA))
        self._rows, self._held = [], 0

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        self._writer.close()
        self._file.__exit__(kind, error, trace)


def read_pictures(path: str | os.PathLike[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Read a shard's pictures one after the other, in the order they were written.

    Yields
    ------
    image_id : str
    picture : (H, W, 3) ndarray of uint8, RGB, read-only
    """
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(use_threads=False))
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            for row in range(batch.num_rows):
                image_id, height, width, pixels = (column[row] for column in batch.columns)
                shape = (height.as_py(), width.as_py(), 3)
                yield (
                    image_id.as_py(),
                    np.frombuffer(pixels.as_buffer(), np.uint8).reshape(shape),
                )


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
