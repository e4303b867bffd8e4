"""Rows of `scores.csv`: every score of every model, in every way of counting lost pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.resampling import Estimate, estimate
from modular_faces.tables import round_significant

Array = NDArray[np.float64]

DIGITS = 5
"""Significant digits of what is written."""

MEAN_RATING = "mean_of_ratings"
"""Stands as a target for the mean over all ratings that raters agree on well enough."""
RATERS = "raters"
"""Stands as a model for what raters themselves agree on."""
RELIABILITY = "reliability"
"""Their only metric."""

POPULATIONS = ("all", "found", "weighted", "lost_wrong")


def rounded(values: Any) -> pa.Array:
    """Numbers of a table, NaN as missing."""
    return pa.array(
        round_significant(np.asarray(values, dtype=np.float64), digits=DIGITS), from_pandas=True
    )


@dataclass(frozen=True)
class Score:
    """One score.

    Attributes
    ----------
    target : str
        ``emotion``, or the name of the rating.
    model : str
    modules : str
        Names of the modules, with + between them.
    population : str
        One of `POPULATIONS`.
    region : str
        image or face.
    split : str
        test, test_without_duplicates or cross_validation.
    metric : str
    value, low, high : float
        With the ends of its interval, NaN where there is none.
    n : int
        Pictures.
    """

    target: str
    model: str
    modules: str
    population: str
    region: str
    split: str
    metric: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Where:
    """What several scores have in common; attributes as in `Score`."""

    target: str
    model: str
    modules: str
    population: str
    region: str
    split: str
    n: int

    def score(self, metric: str, value: Estimate) -> Score:
        """Make a row."""
        common = asdict(self)
        return Score(**common, metric=metric, value=value.value, low=value.low, high=value.high)

    def scores(self, metrics: Mapping[str, Array], *, level: float) -> list[Score]:
        """Make a row for each metric, from its value and its draws."""
        return [self.score(name, estimate(values, level=level)) for name, values in metrics.items()]


def score_rows(scores: Iterable[Score]) -> pa.Table:
    """Make the table, numbers rounded to `DIGITS` significant digits.

    Returns
    -------
    pyarrow.Table
        Columns as the attributes of `Score`.
    """
    rows = list(scores)
    columns: dict[str, Any] = {
        name: pa.array([getattr(row, name) for row in rows], kind)
        for name, kind in (
            *((text, pa.string()) for text in ("target", "model", "modules", "population")),
            *((text, pa.string()) for text in ("region", "split", "metric")),
        )
    }
    for name in ("value", "low", "high"):
        values = np.array([getattr(row, name) for row in rows], dtype=np.float64)
        columns[name] = rounded(values)
    columns["n"] = pa.array([row.n for row in rows], pa.int64())
    return pa.table(columns)
