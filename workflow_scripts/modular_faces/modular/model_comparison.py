"""One model against another on the same pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.emotion_scores import mcnemar
from modular_faces.modular.evaluation import Setting
from modular_faces.modular.protocol import Predictions
from modular_faces.modular.resampling import Estimate, differences, estimate


@dataclass(frozen=True)
class Comparison:
    """One model against another on the same pictures.

    Attributes
    ----------
    target, region, split, population, model, other, metric : str
    difference : Estimate
        Model less other.
    n : int
    model_only, other_only : int or None
        Pictures that only one of the two gets right.
    p : float
        Exact McNemar test; NaN for metrics that it does not speak of.
    """

    target: str
    region: str
    split: str
    population: str
    model: str
    other: str
    metric: str
    difference: Estimate
    n: int
    model_only: int | None
    other_only: int | None
    p: float


def compare(
    setting: Setting,
    predictions: Predictions,
    pairs: list[tuple[str, str]],
    truth: NDArray[np.int64] | None,
) -> Iterator[Comparison]:
    """Compare pairs of models on found pictures.

    Parameters
    ----------
    setting, predictions
        See `score_everything`.
    pairs : list of (model, other)
    truth : (n,) ndarray of int64 or None
        Categories, for McNemar's test of accuracy in the first repeat.
    """
    rows = np.flatnonzero(setting.tested & setting.found)
    weights = setting.draws[:, rows]
    for model, other in pairs:
        values = [predictions.models[name][:, rows] for name in (model, other)]
        ours, theirs = (setting.measure(weights, rows, one) for one in values)
        for metric, gap in differences(ours, theirs).items():
            only: tuple[int | None, int | None, float] = (None, None, np.nan)
            if metric == "accuracy" and truth is not None:
                only = mcnemar(values[0][0], values[1][0], truth[rows])
            yield Comparison(
                *(setting.target, setting.region, setting.split, "found", model, other, metric),
                estimate(gap, level=setting.level),
                len(rows),
                *only,
            )
