"""The main model of the whole picture against that of the face only, on the same pictures.

Both models are tried on the same pictures in the same folds, so their scores are paired: every draw of the bootstrap
takes the same pictures for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.inference.correction import holm
from modular_faces.modular.emotion_scores import emotion_metrics, mcnemar
from modular_faces.modular.rating_scores import rating_metrics
from modular_faces.modular.resampling import Estimate, differences, draw_weights, estimate
from modular_faces.modular.score_table import MEAN_RATING, RATERS, RELIABILITY, rounded
from modular_faces.modular.shared_pictures import (
    REGIONS,
    Shared,
    read_main_model,
    shared_pictures,
)
from modular_faces.tables import read_table

Metrics = dict[str, NDArray[np.float64]]

EMOTION_METRICS: Final = ("accuracy", "balanced_accuracy")
RATING_METRICS: Final = ("r2",)


@dataclass(frozen=True)
class RegionDifference:
    """One score from the whole picture less the same score from the face only.

    Attributes
    ----------
    target, metric : str
    values : tuple of two float
        Score of either region on the shared pictures.
    difference : Estimate
    n : int
        Pictures.
    image_only, face_only : int or None
        Pictures that only one of the two gets right.
    p : float
        Exact McNemar test; NaN for metrics that it does not speak of.
    """

    target: str
    metric: str
    values: tuple[float, float]
    difference: Estimate
    n: int
    image_only: int | None
    face_only: int | None
    p: float


def emotion_differences(
    shared: Shared, *, draws: int, seed: int, level: float
) -> Iterator[RegionDifference]:
    """Compare the regions in categories.

    Parameters
    ----------
    shared : Shared
    draws, seed
        Of the bootstrap, see `draw_weights`.
    level : float
        Of the intervals.
    """
    known = np.isfinite(shared.truth).all(axis=1)
    for values in shared.predicted.values():
        known &= np.isfinite(values).all(axis=(0, 2))
    rows = np.flatnonzero(known)
    if not len(rows):
        return
    truth = np.nan_to_num(shared.truth).argmax(axis=1)
    weights = draw_weights(shared.cluster, draws=draws, seed=seed)[:, rows]
    image, face = (shared.predicted[region][:, rows] for region in REGIONS)
    scores = (
        emotion_metrics(weights, truth[rows], image, shared.names),
        emotion_metrics(weights, truth[rows], face, shared.names),
    )
    for metric in EMOTION_METRICS:
        tested = (
            mcnemar(image[0], face[0], truth[rows])
            if metric == "accuracy"
            else (None, None, np.nan)
        )
        yield _difference("emotion", metric, scores, len(rows), level, tested)


def rating_differences(
    shared: Shared, *, left_out: frozenset[str], draws: int, seed: int, level: float
) -> Iterator[RegionDifference]:
    """Compare the regions in each rating and in their mean.

    Parameters
    ----------
    shared : Shared
    left_out : frozenset of str
        Ratings that raters agree on too little to enter the mean.
    draws, seed, level
        See `emotion_differences`.
    """
    weights = draw_weights(shared.cluster, draws=draws, seed=seed)
    kept, seen = [], np.zeros(len(shared.cluster), bool)
    for place, name in enumerate(shared.names):
        known = np.isfinite(shared.truth[:, place])
        for values in shared.predicted.values():
            known &= np.isfinite(values[..., place]).all(axis=0)
        rows = np.flatnonzero(known)
        if not len(rows):
            continue
        scores = _scores_of_rating(shared, place, rows, weights[:, rows])
        yield _difference(name, "r2", scores, len(rows), level)
        if name not in left_out:
            kept.append(scores)
            seen |= known
    if len(kept) > 1:
        mean = tuple(
            {name: np.mean([pair[side][name] for pair in kept], axis=0) for name in RATING_METRICS}
            for side in (0, 1)
        )
        yield _difference(MEAN_RATING, "r2", (mean[0], mean[1]), int(seen.sum()), level)


def _scores_of_rating(
    shared: Shared, place: int, rows: NDArray[np.intp], weights: Any
) -> tuple[Metrics, Metrics]:
    """Scores of one rating from both regions in the same draws."""
    truth, baseline = shared.truth[rows, place], shared.baseline[:, rows, place]
    image, face = (
        rating_metrics(weights, truth, shared.predicted[region][:, rows, place], baseline)
        for region in REGIONS
    )
    return image, face


def _difference(
    target: str,
    metric: str,
    scores: tuple[Metrics, Metrics],
    n: int,
    level: float,
    tested: tuple[int | None, int | None, float] = (None, None, np.nan),
) -> RegionDifference:
    gap = differences(*scores)[metric]
    values = (float(scores[0][metric][0]), float(scores[1][metric][0]))
    return RegionDifference(target, metric, values, estimate(gap, level=level), n, *tested)


def region_table(found: Sequence[RegionDifference], *, main: str) -> pa.Table:
    """Make the table; p-values are corrected by Holm over all of it.

    Returns
    -------
    pyarrow.Table
        target, model, population, metric, image, face, difference, low, high, n, image_only, face_only, p_mcnemar,
        p_holm. Without columns where there are no rows.
    """
    if not found:
        return pa.table({})
    numbers = {
        "image": [one.values[0] for one in found],
        "face": [one.values[1] for one in found],
        "difference": [one.difference.value for one in found],
        "low": [one.difference.low for one in found],
        "high": [one.difference.high for one in found],
    }
    p = [one.p for one in found]
    return pa.table(
        {
            "target": [one.target for one in found],
            "model": [main] * len(found),
            "population": ["found"] * len(found),
            "metric": [one.metric for one in found],
            **{name: rounded(values) for name, values in numbers.items()},
            "n": pa.array([one.n for one in found], pa.int64()),
            "image_only": pa.array([one.image_only for one in found], pa.int64()),
            "face_only": pa.array([one.face_only for one in found], pa.int64()),
            "p_mcnemar": rounded(p),
            "p_holm": rounded(holm(p)),
        }
    )


def compare_regions(
    predictions: Sequence[str], scores: Sequence[str], options: Mapping[str, Any]
) -> pa.Table:
    """Compare the regions in everything that the main model predicts.

    Parameters
    ----------
    predictions, scores : sequence of str
        Tables of the parts.
    options : mapping
        Section modular.models of the configuration.

    Returns
    -------
    pyarrow.Table
        See `region_table`; without columns where only one region was analysed.
    """
    how = {"draws": options["draws"], "seed": options["seed"], "level": options["confidence"]}
    rows = read_main_model(predictions, main=options["main"])
    left_out = unreliable(scores, least=options["least_reliability"])
    found: list[RegionDifference] = []
    for task, own in rows.groupby("task", sort=False):
        shared = shared_pictures(own)
        if shared is None:
            continue
        if task == "emotions":
            found += emotion_differences(shared, **how)
        else:
            found += rating_differences(shared, left_out=left_out, **how)
    return region_table(found, main=options["main"])


def unreliable(scores: Sequence[str], *, least: float) -> frozenset[str]:
    """Ratings whose reliability is known and below what means over ratings take."""
    names: set[str] = set()
    for path in scores:
        table = read_table(path)
        if table.num_rows:
            rows = table.to_pandas()
            rows = rows[(rows["model"] == RATERS) & (rows["metric"] == RELIABILITY)]
            names |= set(rows.loc[rows["value"] < least, "target"])
    return frozenset(names)
