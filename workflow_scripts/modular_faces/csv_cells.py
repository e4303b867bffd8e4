"""Text in CSV files that a spreadsheet will not take for a formula."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a cell as a formula; the last four are the full-width signs."""


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


def _safe(text: str | None) -> str | None:
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA_STARTS) else text
