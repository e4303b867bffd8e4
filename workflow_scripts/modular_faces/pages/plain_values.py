"""Plain JSON values as blocks of a page: sentences, lists and small tables, in the order they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modular_faces.pages.parts import Block, Table, Text


def blocks_of_values(values: Mapping[str, Any], *, file: str) -> Iterator[Block]:
    """Show every value by its kind: text as a paragraph, texts as a list, rows as a table.

    Parameters
    ----------
    values : mapping
        Plain JSON values.
    file : str
        The file they come from, seen from the page.

    Yields
    ------
    Block
        Empty values give none, nor do numbers, truth values and mappings.
    """
    for name, value in values.items():
        if isinstance(value, str) and value:
            yield Text([value])
        elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            yield Text(value, listed=True)
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            yield _table(name, value, file)


def _table(name: str, rows: Sequence[Mapping[str, Any]], file: str) -> Table:
    columns = [key for key in rows[0] if not isinstance(rows[0][key], dict | list)]
    numeric = [all(isinstance(row.get(key), int | float | None) for row in rows) for key in columns]
    return Table(
        caption=name.replace("_", " ").capitalize(),
        columns=columns,
        rows=[[_cell(row.get(key)) for key in columns] for row in rows],
        numeric=numeric,
        file=file,
        rows_in_file=len(rows),
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value, ".3g")
    return "" if value is None else str(value)
