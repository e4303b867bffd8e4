"""Text in CSV files that a spreadsheet will not take for a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a cell as a formula; the last four are the full-width signs."""

_MARKED: Final = f"^'*[{''.join(map(re.escape, FORMULA_STARTS))}]"
"""Such texts, and those that would look like one with its apostrophe: so no two texts become the same cell."""


def safe_cells(texts: Iterable[str | None]) -> list[str | None]:
    """Put an apostrophe before texts that a spreadsheet would run as a formula.

    Parameters
    ----------
    texts : iterable of str or None
        The cells of a text column; numbers are no business of this function.

    Returns
    -------
    list of str or None
        None stays.

    Notes
    -----
    OWASP describes the attack as CSV injection: a picture called ``=HYPERLINK(...)`` becomes a link in the
    sheet of whoever opens the table. The apostrophe is shown by R and pandas, and hidden by spreadsheets.

    Examples
    --------
    >>> safe_cells(["=1+1", "anger", None])
    ["'=1+1", 'anger', None]
    """
    return [_safe(text) for text in texts]


def safe_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Do the same to a column of an Arrow table; one that holds no text stays as it is.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Of any type.

    Returns
    -------
    pyarrow.ChunkedArray
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    return pc.replace_substring_regex(column, pattern=f"({_MARKED})", replacement=r"'\1")


def plain_cell(cell: Any) -> Any:
    """Take the apostrophe off a cell again.

    Examples
    --------
    >>> plain_cell("'=1+1"), plain_cell("'tis")
    ('=1+1', "'tis")
    """
    marked = isinstance(cell, str) and cell.startswith("'") and re.match(_MARKED, cell)
    return cell[1:] if marked else cell


def _safe(text: str | None) -> str | None:
    return f"'{text}" if isinstance(text, str) and re.match(_MARKED, text) else text
