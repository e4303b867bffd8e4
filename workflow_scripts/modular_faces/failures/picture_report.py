"""What every study of pixels ends with: its levels in turn, then tables, figures and findings in files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from modular_faces.failures.outcome import Outcome
from modular_faces.failures.picture_frame import Frame
from modular_faces.failures.picture_study import PictureStudy
from modular_faces.failures.report_parts import Figure, StudyReport, Table, write_csv
from modular_faces.figures import AnyChart, save_figure
from modular_faces.tables import write_table

FEWEST_SHOWN: Final = 20
"""A mean of fewer pictures could show a person."""

_NOTHING_DECODED: Final = "No picture could be decoded, so there is nothing to study."


@dataclass
class LevelResults:
    """What the levels of a study add up to.

    Attributes
    ----------
    name : str
        Name of the study, which its files carry; its main table is `<name>.csv`.
    folder : Path
        Where its files go.
    tables : dict of str to list of pandas.DataFrame
        A part per level of each CSV file, by the file's name without suffix.
    maps : dict of str to list of pyarrow.Table
        The same of each Parquet file, whose rows are pixels.
    figures : list of Figure
    findings : list of str
    reasons : list of str
        Why levels could not be studied.
    few : bool
        Whether a map is of so few pictures that it could show a person.
    """

    name: str
    folder: Path
    tables: dict[str, list[pd.DataFrame]]
    maps: dict[str, list[pa.Table]] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    few: bool = False

    def stem(self, outcome: Outcome, figure: str) -> str:
        """Path of a figure of a level without suffix, seen from the folder."""
        return f"figures/{self.name}/{outcome.level}_{figure}"

    def draw(self, chart: AnyChart, figure: Figure) -> None:
        """Add a figure and write its files."""
        save_figure(chart, self.folder / figure.stem)
        self.figures.append(figure)


def study_levels(
    study: PictureStudy,
    results: LevelResults,
    at_level: Callable[[Outcome, Frame], str | None],
) -> None:
    """Study one level after the other, and keep in words why one could not be.

    Parameters
    ----------
    study : PictureStudy
    results : LevelResults
        Gets what the levels give.
    at_level : callable
        Studies one level, for which there are enough pictures of both kinds; returns why it cannot, or None.
    """
    (results.folder / "figures" / results.name).mkdir(parents=True, exist_ok=True)
    for outcome in study.outcomes:
        if study.frame is None:
            reason: str | None = _NOTHING_DECODED
        else:
            reason = outcome.too_few or at_level(outcome, study.frame)
        if reason:
            results.reasons.append(reason)
            results.findings.append(f"Level {outcome.level}: {reason}")


def write_results(
    study: PictureStudy,
    results: LevelResults,
    *,
    title: str,
    question: str,
    captions: Sequence[Table],
    decimals: Mapping[str, int],
    metadata: Mapping[str, str],
) -> None:
    """Write the tables, and the report: a sentence instead of findings where no level could be studied.

    Parameters
    ----------
    study : PictureStudy
    results : LevelResults
    title, question : str
        Of the report; the title goes before whose failures they are.
    captions : sequence of Table
        What the report says of the tables.
    decimals : mapping of str to int
        Of columns of the CSV files.
    metadata : mapping of str to str
        Of the Parquet files.
    """
    outcome = study.outcomes[-1]
    empty = pd.DataFrame(columns=list(outcome.keys))
    for name, parts in results.tables.items():
        table = pd.concat(parts) if parts else empty
        write_csv(table, results.folder / f"{name}.csv", decimals=decimals)
    nothing = pa.table({"level": pa.array([], pa.string())})
    for name, maps in results.maps.items():
        whole = pa.concat_tables(maps) if maps else nothing
        write_table(whole, results.folder / f"{name}.parquet", metadata=metadata)
    studied = bool(results.tables[results.name])
    note = [study.note] if study.note else []
    StudyReport(
        study=results.name,
        title=f"{title}: {outcome.title}",
        question=question,
        skipped=None if studied else " ".join(dict.fromkeys(results.reasons)),
        findings=[*note, *results.findings] if studied else [],
        figures=results.figures,
        tables=captions if studied else [],
        n={"pictures": len(outcome.failed), "failures": int(np.sum(outcome.failed))},
    ).write(results.folder / f"{results.name}.json")
