"""Tables too large to hold: written and read part by part, in bounded memory.

The parts of a table are written to one file, which is whole or not at all (`modular_faces.tables.whole_file`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from modular_faces.csv_cells import safe_column
from modular_faces.tables import whole_file

ROW_GROUP = 4096
"""Rows of a row group of a gathered table: fixed, so that no file depends on the number of shards."""

STUDY_ROW_GROUP = 16 * ROW_GROUP
"""The same of the study, which has a row per picture and part. Who opens a file holds the description of all its row
groups, for six million rows of 157 columns 230 MB of it with small ones, and 15 MB with these."""

Sink = Callable[[pa.Table], None]
"""Takes the next rows of a file that is being written."""


@contextmanager
def parquet_sink(path: str | os.PathLike[str], *, metadata: Mapping[str, str]) -> Iterator[Sink]:
    """Write a Parquet file part by part, whole or not at all; each part becomes a row group."""
    with whole_file(path) as temporary, ExitStack() as files:
        writers: list[pq.ParquetWriter] = []

        def write(part: pa.Table) -> None:
            described = part.replace_schema_metadata(dict(metadata))
            if not writers:
                writer = pq.ParquetWriter(temporary, described.schema, compression="zstd")
                writers.append(files.enter_context(writer))
            writers[0].write_table(described)

        yield write


@contextmanager
def parquet_folder_sink(
    path: str | os.PathLike[str], *, rows_per_file: int, metadata: Mapping[str, str]
) -> Iterator[Sink]:
    """Write a folder of Parquet files part by part, whole or not at all; each part becomes a row group.

    Parameters
    ----------
    path : path-like
        Folder; `part-00000.parquet` and on stand in it, so that most programs read it as one table.
    rows_per_file : int
        A file that has as many rows, or more, is followed by another.
    metadata : mapping of str to str
    """
    with whole_file(path) as folder, ExitStack() as files:
        folder.mkdir()
        writers: list[Sink] = []
        rows = 0

        def write(part: pa.Table) -> None:
            nonlocal rows
            if not writers or rows >= rows_per_file:
                files.close()
                name = f"part-{len(writers):05d}.parquet"
                writers.append(files.enter_context(parquet_sink(folder / name, metadata=metadata)))
                rows = 0
            writers[-1](part)
            rows += part.num_rows

        yield write


@contextmanager
def csv_sink(
    path: str | os.PathLike[str], *, columns: Sequence[str], rename: Mapping[str, str]
) -> Iterator[Sink]:
    """Write some columns to a CSV file part by part, whole or not at all.

    Text that a spreadsheet would take for a formula gets an apostrophe, ids and paths like labels: a picture is
    called the same in every CSV file (see `modular_faces.csv_cells`), and as it is in Parquet files.

    Parameters
    ----------
    path : path-like
    columns : sequence of str
        Columns in the order of the file.
    rename : mapping of str to str
        Names in the file that differ from those of the table.
    """
    names = [rename.get(name, name) for name in columns]
    with whole_file(path) as temporary, ExitStack() as files:
        writers: list[pa_csv.CSVWriter] = []

        def write(part: pa.Table) -> None:
            chosen = pa.table([_for_csv(part.column(name)) for name in columns], names=names)
            if not writers:
                writers.append(files.enter_context(pa_csv.CSVWriter(temporary, chosen.schema)))
            writers[0].write_table(chosen)

        yield write


def _for_csv(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write truth values as TRUE and FALSE, which R and pandas both read as such, and no formula."""
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, "TRUE", "FALSE")
    return safe_column(column)


def regroup(parts: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Cut tables that follow each other into parts of so many rows; the last may be shorter.

    Yields
    ------
    pyarrow.Table
        At least one, which has no rows when there are none.
    """
    held: list[pa.Table] = []
    given = False
    for part in parts:
        held.append(part)
        if sum(table.num_rows for table in held) >= rows:
            joined = pa.concat_tables(held)
            whole = joined.num_rows - joined.num_rows % rows
            for start in range(0, whole, rows):
                yield joined.slice(start, rows).combine_chunks()
            given = True
            held = [joined.slice(whole)]
    rest = pa.concat_tables(held).combine_chunks()
    if rest.num_rows or not given:
        yield rest


def write_parts(
    parts: Iterable[pa.Table],
    path: str | os.PathLike[str],
    *,
    metadata: Mapping[str, str],
    row_group: int = ROW_GROUP,
) -> None:
    """Write tables that follow each other as one Parquet file, in bounded memory, so many rows to a row group."""
    with parquet_sink(path, metadata=metadata) as write:
        for part in regroup(parts, row_group):
            write(part)


def iterate_rows(
    path: str | os.PathLike[str], columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Read a Parquet file or a folder of them in parts of at most `ROW_GROUP` rows, in bounded memory."""
    files = sorted(Path(path).iterdir()) if Path(path).is_dir() else [Path(path)]
    for file in files:
        with pq.ParquetFile(file) as parquet:
            wanted = None if columns is None else list(columns)
            for batch in parquet.iter_batches(ROW_GROUP, columns=wanted, use_threads=False):
                yield pa.Table.from_batches([batch])


def rows_in_turn(path: str | os.PathLike[str]) -> Callable[[int], pa.Table]:
    """Give a function that reads the next so many rows of a Parquet file, fewer at its end."""
    parts = iterate_rows(path)
    held = pq.read_schema(path).empty_table()

    def take(number: int) -> pa.Table:
        nonlocal held
        while held.num_rows < number and (part := next(parts, None)) is not None:
            held = pa.concat_tables(
                [held.replace_schema_metadata(), part.replace_schema_metadata()]
            )
        taken, held = held.slice(0, number), held.slice(number)
        return taken

    return take
