"""What a study hands to the page: findings in words, figures and tables with their captions."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from modular_faces.csv_cells import safe_cells
from modular_faces.figure_captions import save_caption
from modular_faces.tables import whole_file

Level = Literal["found", "trusted"]

PRIVATE_START = "private_"
"""What the names of files of private figures begin with."""


@dataclass(frozen=True)
class Figure:
    """A figure of a study.

    Attributes
    ----------
    stem : str
        Path without suffix, seen from the folder of the study's JSON, such as ``figures/rates/by_variant``.
    title : str
    caption : str
        What to see in it, with n, in plain words.
    alt : str
        For who cannot see it.
    level : str or None
        `found` or `trusted`; None where the figure is for both.
    private : bool
        True if it shows pictures, or averages fewer than 20.
    """

    stem: str
    title: str
    caption: str
    alt: str
    level: Level | None
    private: bool


@dataclass(frozen=True)
class Table:
    """A table of a study.

    Attributes
    ----------
    file : str
        Seen from the folder of the study's JSON.
    caption : str
    private : bool
        True if its rows are single pictures.
    """

    file: str
    caption: str
    private: bool = False


@dataclass(frozen=True)
class StudyReport:
    """Everything the page needs to know of one study.

    Attributes
    ----------
    study : str
        Name of the study, which its files carry.
    title : str
    question : str
        What the study answers, in one plain sentence.
    skipped : str or None
        Why there is nothing to see, in one sentence.
    findings : sequence of str
        Sentences with numbers.
    figures : sequence of Figure
    tables : sequence of Table
    n : mapping of str to int
        `pictures`, `failures`, and what else was counted.
    """

    study: str
    title: str
    question: str
    skipped: str | None = None
    findings: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = ()
    n: Mapping[str, int] = field(default_factory=dict)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the report as JSON, whole or not at all.

        Beside the files of each figure its caption is written, for the report of Snakemake. Files of private figures,
        which lie beside the report, get names that begin with `PRIVATE_START`, so that no such report takes them in.
        """
        folder = Path(path).parent
        report = replace(self, figures=[_marked(figure, folder) for figure in self.figures])
        for figure in report.figures:
            save_caption(f"{figure.title}. {figure.caption}", folder / figure.stem)
        with whole_file(path) as temporary:
            text = json.dumps(asdict(report), indent=1, ensure_ascii=False, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")


def _marked(figure: Figure, folder: Path) -> Figure:
    """Let the names of a private figure's files say that it is private."""
    stem = folder / figure.stem
    if not figure.private or stem.name.startswith(PRIVATE_START):
        return figure
    marked = stem.with_name(f"{PRIVATE_START}{stem.name}")
    for suffix in (".svg", ".png", ".vl.json"):
        file = stem.with_name(f"{stem.name}{suffix}")
        if file.exists():
            file.replace(marked.with_name(f"{marked.name}{suffix}"))
    return replace(figure, stem=marked.relative_to(folder).as_posix())


def read_report(path: str | os.PathLike[str]) -> StudyReport:
    """Read what `StudyReport.write` wrote."""
    read: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    figures = [Figure(**figure) for figure in read.pop("figures")]
    tables = [Table(**table) for table in read.pop("tables")]
    return StudyReport(**read, figures=figures, tables=tables)


def write_csv(
    table: pd.DataFrame, path: str | os.PathLike[str], *, decimals: Mapping[str, int]
) -> None:
    """Write the table of a study as CSV, whole or not at all.

    Parameters
    ----------
    table : pandas.DataFrame
        Text cells are made harmless, truth values become TRUE and FALSE, missing values stay empty.
    path : path-like
    decimals : mapping of str to int
        Decimals of columns of floats; the others are written to six significant digits.
    """
    written = pd.DataFrame(index=table.index)
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_bool_dtype(column):
            written[name] = column.map({True: "TRUE", False: "FALSE"})
        elif pd.api.types.is_float_dtype(column):
            form = f".{decimals[name]}f" if name in decimals else ".6g"
            written[name] = ["" if pd.isna(value) else _number(value, form) for value in column]
        elif pd.api.types.is_integer_dtype(column):
            written[name] = column
        else:
            written[name] = safe_cells(column.astype(object).where(column.notna(), None))
    with whole_file(path) as temporary:
        written.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")


def _number(value: float, form: str) -> str:
    """Write a number without a negative zero."""
    text = format(value, form)
    return text.removeprefix("-") if float(text) == 0 else text


def share_in_words(share: float) -> str:
    """Write a share in percent, one decimal below 10 %.

    Examples
    --------
    >>> share_in_words(0.2034), share_in_words(0.0123)
    ('20 %', '1.2 %')
    """
    percent = 100 * share
    return f"{percent:.0f} %" if abs(percent) >= 9.95 else f"{percent:.1f} %"


def level_in_words(confidence: float) -> str:
    """Write the level of an interval.

    Examples
    --------
    >>> level_in_words(0.95), level_in_words(0.999)
    ('95 %', '99.9 %')
    """
    return f"{100 * confidence:.6g} %"


def p_in_words(p: float) -> str:
    """Write a p-value as papers do.

    Examples
    --------
    >>> p_in_words(0.0342), p_in_words(0.00001)
    ('p = .034', 'p < .001')
    """
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")
