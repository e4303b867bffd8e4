"""How far raters agree on each rating: what models are held against, and rows of `scores.csv`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.reliability import read_judgments, read_reliability
from modular_faces.modular.resampling import estimate
from modular_faces.modular.score_table import MEAN_RATING, RATERS, RELIABILITY, Score, Where
from modular_faces.modular.tasks import EmotionTask, RatingTask

Array = NDArray[np.float64]


def reliabilities_of(
    task: EmotionTask | RatingTask, options: Mapping[str, Any], *, draws: int, seed: int
) -> dict[str, Array]:
    """Read the reliability of each rating from single judgments, or from a table.

    Parameters
    ----------
    task : EmotionTask or RatingTask
    options : mapping
        Section modular.models of the configuration.
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    dict of str to (draws + 1,) or (1,) ndarray of float64
        Empty for categories, and where neither is given.
    """
    if isinstance(task, EmotionTask):
        return {}
    if options["judgments"]:
        return read_judgments(Path(options["judgments"]), task.names, draws=draws, seed=seed)
    if options["reliability"]:
        return read_reliability(Path(options["reliability"]), task.names, draws=draws, seed=seed)
    return {}


def about_reliability(reliabilities: Mapping[str, Array], *, least: float) -> list[str]:
    """Name the ratings that are left out of means because raters agree too little."""
    low = [
        f"{name} ({values[0]:.2f})" for name, values in reliabilities.items() if values[0] < least
    ]
    if not low:
        return []
    return [
        f"Left out of means over ratings, because raters agree too little (reliability below "
        f"{least:g}): {', '.join(low)}."
    ]


def rater_scores(
    reliabilities: Mapping[str, Array],
    *,
    least: float,
    region: str,
    split: str,
    level: float,
    n: int,
) -> Iterator[Score]:
    """Give the reliability of each rating, and its mean over those that enter means.

    Parameters
    ----------
    reliabilities : mapping of str to (draws + 1,) or (1,) ndarray of float64
    least : float
        Ratings below this are left out of the mean.
    region, split : str
        See `score_table.Score`.
    level : float
        Of the intervals; there is none where the table has none.
    n : int
        Pictures that the models are scored on.
    """
    kept = [values for values in reliabilities.values() if values[0] >= least]
    every = dict(reliabilities)
    if len(kept) > 1:
        every[MEAN_RATING] = _mean(kept)
    for target, values in every.items():
        where = Where(target, RATERS, "", "all", region, split, n)
        yield where.score(RELIABILITY, estimate(values, level=level))


def _mean(values: list[Array]) -> Array:
    """Mean over ratings, draw by draw where all of them have as many draws."""
    shared = min(len(one) for one in values)
    if any(len(one) != shared for one in values):
        shared = 1
    return np.asarray(np.mean([one[:shared] for one in values], axis=0))
