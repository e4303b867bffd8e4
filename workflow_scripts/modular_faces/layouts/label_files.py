"""Read tables of labels: CSV, TSV or Parquet, with errors that name the line."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from modular_faces.layouts.sheet import LayoutError, Sheet, safe_name

_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none"))
_DELIMITERS = (",", ";", "\t")


_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True)
class LabelFile:
    """A table of labels.

    Attributes
    ----------
    path : Path
    columns : dict of str to list
        Values per column, text as read, numbers as they are in Parquet.
    lines : list of int
        Line of each row in the file, the header being line 1.
    """

    path: Path
    columns: dict[str, list[Any]]
    lines: list[int]

    def column(self, name: str, key: str) -> list[Any]:
        """Values of a column, or an error that names the config key that asked for it."""
        if name not in self.columns:
            raise LayoutError(
                f"{self.path}: no column '{name}' ({key}); seen {', '.join(self.columns)}"
            )
        return self.columns[name]

    def numbers(self, name: str) -> list[float | None]:
        """Values of a column as numbers, None where missing."""
        result = []
        for line, value in zip(self.lines, self.columns[name], strict=True):
            try:
                result.append(as_number(value))
            except ValueError:
                raise LayoutError(
                    f"{self.path} line {line}: expected a number in column '{name}'; seen '{value}'"
                ) from None
        return result

    def numeric_columns(self, but: Sequence[str | None]) -> tuple[list[str], list[str]]:
        """Find the columns that can be ratings.

        Parameters
        ----------
        but : sequence of str or None
            Columns that are something else.

        Returns
        -------
        names : list of str
            Columns that hold numbers and missing values only, and at least one number.
        problems : list of str
            A line for each column that holds text beside numbers.
        """
        names, problems = [], []
        for name, values in self.columns.items():
            if not name or name in but:
                continue
            kinds = [_kind(value) for value in values]
            if "number" not in kinds and any(_DECIMAL_COMMA.fullmatch(str(v)) for v in values):
                problems.append(
                    f"{self.path}: column '{name}' has decimal commas and is not used; write 1.5, not 1,5"
                )
            if "number" in kinds and "text" not in kinds:
                names.append(name)
            elif "number" in kinds:
                row = kinds.index("text")
                problems.append(
                    f"{self.path} line {self.lines[row]}: '{values[row]}' is no number, so column "
                    f"'{name}' is not used"
                )
        return names, problems


def read_label_file(path: Path) -> LabelFile:
    """Read a table of labels.

    Parameters
    ----------
    path : Path
        ``.parquet`` is read as Parquet, anything else as text in UTF-8 separated by comma,
        semicolon or tab, whichever is most frequent in the header.

    Raises
    ------
    LayoutError
        Missing, empty or irregular file.
    """
    if not path.is_file():
        raise LayoutError(f"{path}: no such file; expected a table of labels")
    return _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_text(path)


def as_number(value: Any) -> float | None:
    """Give a number, None for missing values; ValueError for any other text."""
    if value is None or (isinstance(value, str) and value.strip().lower() in _MISSING):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def as_text(value: Any) -> str | None:
    """Text of a value, None for missing values; 5.0 as ``5``."""
    if value is None:
        return None
    if isinstance(value, float):
        return None if math.isnan(value) else f"{value:.15g}"
    text = str(value).strip()
    return text or None


def picture_names(values: Iterable[Any]) -> list[str]:
    """Texts of a column that names pictures, with the spaces around them; empty where a value is missing."""
    return [value if isinstance(value, str) else as_text(value) or "" for value in values]


def put_ratings(
    sheet: Sheet, file: LabelFile, pairs: Sequence[tuple[int, int]], ratings: Sequence[str]
) -> None:
    """Add columns of ratings.

    Parameters
    ----------
    sheet : Sheet
    file : LabelFile
    pairs : sequence of (int, int)
        See `match_rows`.
    ratings : sequence of str
        Columns of numbers; they become ``rating_<name>``.

    Raises
    ------
    LayoutError
        A value that is no number, or a column that exists already.
    """
    columns = {}
    for name in ratings:
        safe = safe_name("rating", name)
        sheet.add_column(safe, "rating", file.path)
        columns[safe] = file.numbers(name)
    for k, row in pairs:
        sheet.put(row, **{name: values[k] for name, values in columns.items()})


def match_rows(
    sheet: Sheet, file: LabelFile, names: Sequence[str], find: Callable[[str], list[int]]
) -> list[tuple[int, int]]:
    """Find the picture of each row of a table.

    Parameters
    ----------
    sheet : Sheet
        Receives the names that stand for no picture or for several.
    file : LabelFile
    names : sequence of str
        What each row calls its picture; see `picture_names`.
    find : callable
        Gives the rows of the sheet that a name stands for.

    Returns
    -------
    list of (int, int)
        Row of the file, row of the sheet.

    Raises
    ------
    LayoutError
        Two rows name one picture, or no row names any.
    """
    seen: dict[int, int] = {}
    pairs = []
    for k, name in enumerate(names):
        rows = find(name)
        if len(rows) == 1:
            if rows[0] in seen:
                raise LayoutError(
                    f"{file.path}: picture '{name}' stands in lines {file.lines[seen[rows[0]]]} "
                    f"and {file.lines[k]}; expected one row per picture"
                )
            seen[rows[0]] = k
            pairs.append((k, rows[0]))
        else:
            (sheet.ambiguous if rows else sheet.unmatched).append(name)
    sheet.expect_some(len(pairs), file.path, names)
    return pairs


def _read_parquet(path: Path) -> LabelFile:
    try:
        table = pq.read_table(path, use_threads=False, partitioning=None)
    except pa.ArrowException as error:
        raise LayoutError(f"{path}: not a Parquet table ({error})") from None
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    return LabelFile(path, columns, list(range(2, table.num_rows + 2)))


def _read_text(path: Path) -> LabelFile:
    text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    header_line = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise LayoutError(f"{path} line {reader.line_num}: not a table ({error})") from None
    if not rows:
        raise LayoutError(f"{path}: empty file; expected a table with a header")
    header = [name.strip() for name in rows[0][1]]
    if len(set(header)) < len(header):
        raise LayoutError(f"{path}: a column name occurs twice in the header: {', '.join(header)}")
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise LayoutError(
                f"{path} line {line}: expected {len(header)} values as in the header; "
                f"seen {len(row)}"
            )
    values = zip(*(row for _, row in rows[1:]), strict=True)
    columns = dict(zip(header, map(list, values), strict=True)) if rows[1:] else {}
    columns = columns or {name: [] for name in header}
    return LabelFile(path, columns, [line for line, _ in rows[1:]])


def _kind(value: Any) -> str:
    try:
        return "missing" if as_number(value) is None else "number"
    except (TypeError, ValueError):
        return "text"
