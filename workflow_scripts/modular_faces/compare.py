"""How far two tables of the same pictures agree, column by column."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq


@dataclass(frozen=True)
class ColumnAgreement:
    """Agreement of one column over the pictures that both tables have.

    Attributes
    ----------
    column : str
    n : int
        Pictures with a number in both tables.
    only_old, only_new : int
        Pictures with a number in one table only.
    equal : int
        Pictures with the same number in both.
    mean_difference, max_difference : float
        Of new minus old; the largest absolute difference. NaN when n is 0.
    correlation : float
        Pearson's r; NaN when a column does not vary.
    """

    column: str
    n: int
    only_old: int
    only_new: int
    equal: int
    mean_difference: float
    max_difference: float
    correlation: float


@dataclass(frozen=True)
class TableAgreement:
    """Agreement of two tables.

    Attributes
    ----------
    matched : int
        Pictures in both tables.
    only_old, only_new : int
        Pictures in one table.
    missing_columns, new_columns : tuple of str
        Columns of numbers that only the old, only the new table has.
    columns : tuple of ColumnAgreement
        Columns of numbers in both.
    """

    matched: int
    only_old: int
    only_new: int
    missing_columns: tuple[str, ...]
    new_columns: tuple[str, ...]
    columns: tuple[ColumnAgreement, ...]


def compare_tables(old: Path, new: Path, *, key: str, new_key: str) -> TableAgreement:
    """Compare two tables of pictures.

    Parameters
    ----------
    old, new : Path
        CSV or Parquet, with a row per picture.
    key, new_key : str
        Column that names the picture in each. Where the names differ, pictures are matched by file name
        without folder and suffix.

    Returns
    -------
    TableAgreement

    Raises
    ------
    ValueError
        If a table lacks the key, names a picture twice, or no picture is in both.
    """
    tables = {path: _read(path) for path in (old, new)}
    names = {old: _names(tables[old], key, old), new: _names(tables[new], new_key, new)}
    if not set(names[old]) & set(names[new]):
        names = {path: _stems(values, path) for path, values in names.items()}
    rows_old, rows_new = (
        {name: row for row, name in enumerate(names[path])} for path in (old, new)
    )
    both = [name for name in rows_old if name in rows_new]
    if not both:
        raise ValueError(
            f"no picture is in both tables: {old} has '{names[old][0]}', {new} has "
            f"'{names[new][0]}'; say which column names the picture with --key"
        )
    numbers_old, numbers_new = (_numeric(tables[path]) for path in (old, new))
    where_old = np.array([rows_old[name] for name in both])
    where_new = np.array([rows_new[name] for name in both])
    return TableAgreement(
        matched=len(both),
        only_old=len(rows_old) - len(both),
        only_new=len(rows_new) - len(both),
        missing_columns=tuple(name for name in numbers_old if name not in numbers_new),
        new_columns=tuple(name for name in numbers_new if name not in numbers_old),
        columns=tuple(
            _agreement(name, numbers_old[name][where_old], numbers_new[name][where_new])
            for name in numbers_old
            if name in numbers_new
        ),
    )


def _read(path: Path) -> pa.Table:
    if path.suffix == ".parquet":
        return pq.read_table(path)
    options = pa_csv.ParseOptions(newlines_in_values=True)
    return pa_csv.read_csv(path, parse_options=options)


def _names(table: pa.Table, key: str, path: Path) -> list[str]:
    if key not in table.column_names:
        raise ValueError(
            f"{path} has no column '{key}'; say which column names the picture with --key "
            f"(columns: {', '.join(table.column_names[:8])}, ...)"
        )
    return _distinct([str(value) for value in table.column(key).to_pylist()], path)


def _stems(names: Sequence[str], path: Path) -> list[str]:
    return _distinct([PurePosixPath(name).stem for name in names], path)


def _distinct(names: list[str], path: Path) -> list[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{path} names the picture '{name}' twice")
        seen.add(name)
    return names


def _numeric(table: pa.Table) -> dict[str, np.ndarray]:
    kinds = (pa.types.is_integer, pa.types.is_floating)
    return {
        name: table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in table.column_names
        if any(kind(table.schema.field(name).type) for kind in kinds)
    }


def _agreement(name: str, old: np.ndarray, new: np.ndarray) -> ColumnAgreement:
    has_old, has_new = np.isfinite(old), np.isfinite(new)
    both = has_old & has_new
    difference = new[both] - old[both]
    varies = both.sum() > 1 and np.ptp(old[both]) > 0 and np.ptp(new[both]) > 0
    return ColumnAgreement(
        column=name,
        n=int(both.sum()),
        only_old=int((has_old & ~has_new).sum()),
        only_new=int((has_new & ~has_old).sum()),
        equal=int((difference == 0).sum()),
        mean_difference=float(difference.mean()) if both.any() else float("nan"),
        max_difference=float(np.abs(difference).max()) if both.any() else float("nan"),
        correlation=float(np.corrcoef(old[both], new[both])[0, 1]) if varies else float("nan"),
    )


def agreement_text(agreement: TableAgreement) -> str:
    """Show the agreement as a plain table."""
    lines = [
        f"{agreement.matched} pictures in both tables, {agreement.only_old} only in the old one, "
        f"{agreement.only_new} only in the new one"
    ]
    for what, names in (
        ("only in the old table", agreement.missing_columns),
        ("only in the new table", agreement.new_columns),
    ):
        if names:
            shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
            lines.append(f"{len(names)} columns of numbers {what}: {shown}")
    width = max([len(column.column) for column in agreement.columns] + [6])
    lines.append(
        f"{'column':{width}}  {'n':>7} {'equal':>7} {'old only':>8} {'new only':>8} "
        f"{'mean diff':>11} {'max |diff|':>11} {'r':>7}"
    )
    lines += [
        f"{c.column:{width}}  {c.n:7d} {c.equal:7d} {c.only_old:8d} {c.only_new:8d} "
        f"{c.mean_difference:11.4g} {c.max_difference:11.4g} {c.correlation:7.4f}"
        for c in agreement.columns
    ]
    return "\n".join(lines)


def write_agreement(agreement: TableAgreement, path: Path) -> None:
    """Write the agreement of the columns as CSV."""
    names = [field.name for field in fields(ColumnAgreement)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([getattr(column, name) for name in names] for column in agreement.columns)
