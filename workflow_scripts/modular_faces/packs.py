"""The pictures of a shard in one file: small files are read once, large folders cost no inodes.

A pack holds the files as they are, not their pixels: it is never larger than the dataset, and every
stage sees exactly the bytes that were hashed, even when a file changes while the workflow runs.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.images import decode_picture
from modular_faces.tables import whole_file

BATCH_BYTES = 16 * 2**20
"""Bytes gathered before a batch is written."""

_SCHEMA = pa.schema([("image_id", pa.string()), ("file", pa.large_binary())])
_NO_LIMIT = 2**62


class PackWriter:
    """Write the pictures of a shard to one Arrow IPC file, in bounded memory, whole or not at all.

    Parameters
    ----------
    path : path-like

    Examples
    --------
    >>> with PackWriter("pictures.arrow") as pack:  # doctest: +SKIP
    ...     pack.add("train/1/a.jpg", content)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = whole_file(path)
        self._rows: list[tuple[str, bytes]] = []
        self._held = 0

    def __enter__(self) -> Self:
        self._writer = pa.ipc.new_file(str(self._file.__enter__()), _SCHEMA)
        return self

    def add(self, image_id: str, content: bytes) -> None:
        """Append one picture file that `modular_faces.images.decode_picture` accepts."""
        self._rows.append((image_id, content))
        self._held += len(content)
        if self._held >= BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            image_ids, contents = zip(*self._rows, strict=True)
            arrays = [pa.array(image_ids, pa.string()), pa.array(contents, pa.large_binary())]
            self._writer.write_batch(pa.record_batch(arrays, schema=_SCHEMA))
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


def read_pictures(
    path: str | os.PathLike[str], wanted: Container[str] | None = None
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Decode the pictures of a pack one after the other, in the order they were written.

    Parameters
    ----------
    path : path-like
    wanted : container of str, optional
        Ids of the pictures to decode; by default all.

    Yields
    ------
    image_id : str
    picture : (H, W, 3) ndarray of uint8
        Upright RGB.
    """
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            for name, content in zip(*batch.columns, strict=True):
                image_id = name.as_py()
                if wanted is None or image_id in wanted:
                    decoded = decode_picture(content.as_py(), max_pixels=_NO_LIMIT, min_side=1)
                    yield image_id, decoded.pixels
