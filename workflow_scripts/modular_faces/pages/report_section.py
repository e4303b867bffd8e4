"""A study's report as a section of a page: findings, live charts, tables."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from modular_faces.csv_cells import plain_cell
from modular_faces.failures.report_parts import Figure, StudyReport
from modular_faces.failures.report_parts import Table as ReportTable
from modular_faces.pages.parts import Block, Chart, Download, Section, Table, Text

MOST_ROWS: Final = 200
"""Rows of a table that are shown; the rest is in its file."""

OF_ONE_PICTURE: Final = frozenset({"image_id", "path", "file"})
"""A table with one of these columns speaks of single pictures, and is left out of a page to share."""


def report_section(report: StudyReport, folder: Path, *, share: bool) -> Section:
    """Make a section of a study's report.

    Parameters
    ----------
    report : StudyReport
    folder : Path
        Folder of the report, which its figures and tables are in; the page lies there too.
    share : bool
        Leave out figures that show pictures and tables of single pictures, with a sentence.

    Returns
    -------
    Section
        With the sentence of a study that was skipped as its only text.
    """
    return Section(
        anchor=identifier(report.study),
        title=report.title,
        question=report.question,
        blocks=list(_blocks(report, folder, share=share)),
    )


def _blocks(report: StudyReport, folder: Path, *, share: bool) -> Iterator[Block]:
    if report.skipped:
        yield Text([report.skipped])
    if report.findings:
        yield Text(report.findings, listed=True)
    hidden = [figure for figure in report.figures if share and figure.private]
    for figure in report.figures:
        if figure not in hidden:
            yield _chart(report.study, figure, folder)
    tables = [_table(table, folder) for table in report.tables if not (share and table.private)]
    shown = [table for table in tables if not (share and _is_of_single_pictures(table))]
    yield from (table for table in shown if isinstance(table, Download) or table.rows)
    left_out = len(hidden) + len(report.tables) - len(shown)
    if left_out:
        what = "figure or table" if left_out == 1 else "figures and tables"
        yield Text([f"{left_out} {what} on single pictures left out: this page may be shared."])


def _table(table: ReportTable, folder: Path) -> Table | Download:
    if Path(table.file).suffix == ".csv":
        return read_table_block(folder, table)
    return Download(table.caption, table.file)


def _is_of_single_pictures(block: Table | Download) -> bool:
    return isinstance(block, Table) and not OF_ONE_PICTURE.isdisjoint(block.columns)


def _chart(study: str, figure: Figure, folder: Path) -> Chart:
    stem = folder / figure.stem
    spec = json.loads(stem.with_name(f"{stem.name}.vl.json").read_text(encoding="utf-8"))
    return Chart(
        name=identifier(f"{study}-{stem.name}"),
        title=figure.title,
        caption=figure.caption,
        alt=figure.alt,
        spec=spec,
        level=figure.level,
        file=f"{figure.stem}.svg",
    )


def read_table_block(folder: Path, table: ReportTable) -> Table:
    """Read the first rows of a study's CSV file, and count the others.

    Parameters
    ----------
    folder : Path
    table : modular_faces.failures.report_parts.Table
    """
    with (folder / table.file).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        columns = next(lines, [])
        rows: list[list[str]] = []
        count = 0
        for row in lines:
            count += 1
            if count <= MOST_ROWS:
                rows.append([plain_cell(cell) for cell in row])
    numeric = [_is_numeric([row[k] for row in rows]) for k in range(len(columns))]
    return Table(
        caption=table.caption,
        columns=columns,
        rows=[[_shown(c, n) for c, n in zip(row, numeric, strict=True)] for row in rows],
        numeric=numeric,
        file=table.file,
        rows_in_file=count,
    )


def _is_numeric(cells: Sequence[str]) -> bool:
    known = [cell for cell in cells if cell]
    return bool(known) and all(_is_number(cell) for cell in known)


def _shown(cell: str, numeric: bool) -> str:
    """Shorten fractions to four digits; the file holds them all."""
    return (
        format(float(cell), ".4g") if numeric and "." in cell and abs(float(cell)) < 1e4 else cell
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def identifier(words: str) -> str:
    """Make a name that can stand in an address: lower-case letters, digits, hyphens.

    Examples
    --------
    >>> identifier("rates-by_variant 2")
    'rates-by-variant-2'
    """
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "part"
