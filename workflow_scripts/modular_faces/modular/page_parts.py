"""What the sections of the page of the models share: the tables that were read, and figures saved beside the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from modular_faces.figures import AnyChart, chart_spec, save_figure
from modular_faces.modular.score_parts import EMOTION, MEAN
from modular_faces.pages.parts import Chart

HEAD_METRIC: Final = {EMOTION: "accuracy", MEAN: "r2"}
SHARE_METRIC: Final = {EMOTION: "log_loss", MEAN: "r2"}


@dataclass(frozen=True)
class ScoreTables:
    """What the sections are made of: tables of `results/<dataset>/modular/` as they were read.

    Attributes
    ----------
    scores, comparisons, regions, confusion, calibration, references, specificity, overlap : pandas.DataFrame
        Empty where there are none.
    notes : sequence of str
    main : str
        The model that is taken apart.
    confidence : float
        Level of the intervals.
    """

    scores: pd.DataFrame
    comparisons: pd.DataFrame
    regions: pd.DataFrame
    confusion: pd.DataFrame
    calibration: pd.DataFrame
    references: pd.DataFrame
    notes: Sequence[str]
    main: str
    specificity: pd.DataFrame
    overlap: pd.DataFrame
    confidence: float

    @property
    def interval(self) -> str:
        """Level of the intervals in words, such as ``95 %``."""
        return f"{100 * self.confidence:g} %"

    @property
    def heads(self) -> list[str]:
        """Targets that sum up: `emotion` and the mean of ratings, where there are such."""
        present = set(self.scores.get("target", []))
        return [name for name in HEAD_METRIC if name in present]


class Figures:
    """Saves the charts of a section beside the page and makes them blocks of it.

    Parameters
    ----------
    folder : Path
        Folder of the page.
    section : str
        Figures go to `figures/<section>` in it.
    """

    def __init__(self, folder: Path, section: str) -> None:
        self.folder, self.section = folder, section

    def __call__(self, chart: AnyChart, name: str, title: str, caption: str) -> Chart:
        """Save a chart and give its block."""
        stem = f"figures/{self.section}/{name}"
        save_figure(chart, self.folder / stem)
        spec = chart_spec(chart)
        anchor = f"{self.section}-{name.replace('_', '-')}"
        return Chart(anchor, title, caption, f"{title}. {caption}", spec, None, f"{stem}.svg")
