"""One set of files from the parts that were analysed apart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from modular_faces.table_parts import csv_sink
from modular_faces.tables import read_table, whole_file, write_table


def gather_tables(paths: Sequence[str]) -> pa.Table:
    """Join the tables of several parts; parts without rows are passed over.

    Returns
    -------
    pyarrow.Table
        Without columns where no part has rows.
    """
    tables = [read_table(path).replace_schema_metadata(None) for path in paths]
    tables = [table for table in tables if table.num_columns]
    if not tables:
        return pa.table({})
    return pa.concat_tables(tables, promote_options="default").combine_chunks()


def write_csv(table: pa.Table, path: str) -> None:
    """Write a table as CSV, whole or not at all; an empty file with one line where it has no columns."""
    if not table.num_columns:
        table = pa.table({"nothing": pa.array([], pa.string())})
    with csv_sink(path, columns=table.column_names, rename={}) as write:
        write(table)


def gather_notes(paths: Sequence[str]) -> list[str]:
    """Sentences of several parts, each once."""
    notes = [note for path in paths for note in json.loads(Path(path).read_text("utf-8"))]
    return list(dict.fromkeys(notes))


def gather_models(
    parts: Mapping[str, Sequence[str]], outputs: Mapping[str, str], *, metadata: Mapping[str, str]
) -> None:
    """Gather every table of the parts.

    Parameters
    ----------
    parts : mapping of str to sequence of str
        Paths by name of the table, and ``notes``.
    outputs : mapping of str to str
        Where each goes: Parquet or CSV by its ending.
    metadata : mapping of str to str
        Of Parquet files.
    """
    for name, paths in parts.items():
        path = outputs[name]
        if name == "notes":
            with whole_file(path) as temporary:
                text = json.dumps(gather_notes(paths), indent=1, ensure_ascii=False)
                temporary.write_text(text + "\n", "utf-8")
        elif path.endswith(".csv"):
            write_csv(gather_tables(paths), path)
        else:
            write_table(gather_tables(paths), path, metadata=metadata)
