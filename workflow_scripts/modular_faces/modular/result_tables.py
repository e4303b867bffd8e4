"""Tables of what an analysis found, beside its scores: predictions, confusion, calibration, specificity, overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.emotion_scores import CALIBRATION_BINS, calibration_sums, confusion
from modular_faces.modular.folds import Fold
from modular_faces.modular.linear_model import LinearModel
from modular_faces.modular.lost_pictures import FoundWeights
from modular_faces.modular.model_comparison import Comparison
from modular_faces.modular.protocol import EncodedFold, Predictions
from modular_faces.modular.score_table import rounded
from modular_faces.modular.tasks import EmotionTask, RatingTask

Array = NDArray[np.float64]
Values = NDArray[np.float32]


def prediction_table(
    task: EmotionTask | RatingTask,
    predictions: Predictions,
    fallbacks: dict[str, Values],
    image_ids: NDArray[np.object_],
    cluster: NDArray[np.int64],
    found: NDArray[np.bool_],
    *,
    region: str,
) -> pa.Table:
    """Predictions of every model for every picture that was tried.

    Returns
    -------
    pyarrow.Table
        task, target (category or rating), model, region, repeat, image_id, cluster (pictures that are drawn
        together), found, truth (1 or 0, or the rating), predicted (probability or rating), baseline (relative
        frequency or mean of the training pictures). Lost pictures have the prediction of the fallback.
    """
    truth = (
        np.eye(len(task.names))[np.maximum(task.truth, 0)]
        if isinstance(task, EmotionTask)
        else task.truth
    )
    truth = np.where(task.known[:, None], truth, np.nan)
    tables = []
    for model, values in predictions.models.items():
        whole = np.where(found[None, :, None], values, fallbacks.get(model, values))
        for repeat, one in enumerate(whole):
            rows = np.flatnonzero(np.isfinite(one).all(axis=1))
            n, k = len(rows), len(task.names)
            tables.append(
                pa.table(
                    {
                        "task": [task.kind] * (n * k),
                        "target": np.repeat(list(task.names), n),
                        "model": [model] * (n * k),
                        "region": [region] * (n * k),
                        "repeat": pa.array(np.full(n * k, repeat), pa.int32()),
                        "image_id": np.tile(image_ids[rows], k).tolist(),
                        "cluster": np.tile(cluster[rows], k),
                        "found": np.tile(found[rows], k),
                        "truth": rounded(truth[rows].T.ravel()),
                        "predicted": rounded(one[rows].T.ravel()),
                        "baseline": rounded(predictions.baseline[repeat, rows].T.ravel()),
                    }
                )
            )
    return pa.concat_tables(tables)


def comparison_table(comparisons: Sequence[Comparison]) -> pa.Table:
    """Comparisons with p-values corrected by Holm over all of one target and region."""
    from modular_faces.inference.correction import holm

    names = ("target", "region", "split", "population", "model", "other", "metric")
    columns: dict[str, Any] = {
        name: pa.array([getattr(one, name) for one in comparisons], pa.string()) for name in names
    }
    for name in ("value", "low", "high"):
        numbers = [getattr(one.difference, name) for one in comparisons]
        columns["difference" if name == "value" else name] = rounded(numbers)
    for name in ("n", "model_only", "other_only"):
        columns[name] = pa.array([getattr(one, name) for one in comparisons], pa.int64())
    p = np.array([one.p for one in comparisons], dtype=np.float64)
    families = np.array([one.target for one in comparisons])
    corrected = np.full(len(p), np.nan)
    for family in dict.fromkeys(families.tolist()):
        inside = families == family
        corrected[inside] = holm(p[inside])
    return pa.table(columns | {"p_mcnemar": rounded(p), "p_holm": rounded(corrected)})


def confusion_table(
    task: EmotionTask, predictions: Predictions, rows: NDArray[np.intp], *, region: str
) -> pa.Table:
    """True against predicted categories of some pictures, counts averaged over repeats."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("model", "region", "truth", "predicted", "count")
    }
    ones = np.ones((1, len(rows)))
    for model, values in predictions.models.items():
        tables = [confusion(ones, task.truth[rows], one[rows])[0] for one in values]
        table = np.mean(tables, axis=0)
        for i, truth in enumerate(task.names):
            for j, predicted in enumerate(task.names):
                cell = (model, region, truth, predicted, float(table[i, j]))
                for name, value in zip(columns, cell, strict=True):
                    columns[name].append(value)
    return pa.table(columns)


def calibration_table(
    task: EmotionTask,
    predictions: Predictions,
    rows: NDArray[np.intp],
    draws: NDArray[np.float32],
    *,
    region: str,
    level: float,
) -> pa.Table:
    """How often predictions of about the same probability are right, in the first repeat."""
    parts = []
    tail = (1.0 - level) / 2.0
    for model, values in predictions.models.items():
        n, right, sure = calibration_sums(draws[:, rows], task.truth[rows], values[0][rows])
        with np.errstate(invalid="ignore", divide="ignore"):
            shares, confidence = right / n, sure[0] / n[0]
        low, high = np.nanquantile(
            np.where(np.isnan(shares[1:]).all(axis=0), 0.0, shares[1:]), [tail, 1 - tail], axis=0
        )
        used = n[0] > 0
        parts.append(
            pa.table(
                {
                    "model": [model] * int(used.sum()),
                    "region": [region] * int(used.sum()),
                    "bin": np.arange(CALIBRATION_BINS)[used],
                    "probability": rounded(confidence[used]),
                    "right": rounded(shares[0][used]),
                    "low": rounded(low[used]),
                    "high": rounded(high[used]),
                    "n": n[0][used].astype(np.int64),
                }
            )
        )
    return pa.concat_tables(parts)


def specificity_table(
    task: RatingTask, predicted: Values, rows: NDArray[np.intp], *, model: str, region: str
) -> pa.Table:
    """Correlation of the predictions of each rating's model with every rating.

    Returns
    -------
    pyarrow.Table
        predicted_rating, rating, model, region, r, n. A model is specific when no other rating correlates
        more with its predictions than its own.
    """
    names = list(task.names)
    joint = np.mean(
        [
            np.corrcoef(one[rows].astype(np.float64), task.truth[rows], rowvar=False)
            for one in predicted
        ],
        axis=0,
    )
    r = joint[: len(names), len(names) :]
    size = len(names) ** 2
    return pa.table(
        {
            "predicted_rating": np.repeat(names, len(names)),
            "rating": names * len(names),
            "model": [model] * size,
            "region": [region] * size,
            "r": rounded(r.ravel()),
            "n": [len(rows)] * size,
        }
    )


def overlap_table(
    weights: FoundWeights,
    found: NDArray[np.bool_],
    tested: NDArray[np.bool_],
    *,
    task: str,
    region: str,
) -> pa.Table:
    """Found and lost pictures by their estimated chance to be found, in tenths."""
    bins = np.minimum((np.nan_to_num(weights.chance) * 10).astype(int), 9)
    rows = [
        (
            task,
            region,
            k / 10,
            (k + 1) / 10,
            *(int((inside & (bins == k)).sum()) for inside in both),
        )
        for both in [(tested & found, tested & ~found)]
        for k in range(10)
    ]
    names = ("task", "region", "chance_from", "chance_to", "found", "lost")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


class Contributions:
    """What each module adds to the main model's scores of each test picture; a callback of `run_folds`."""

    def __init__(self, names: Sequence[str], image_ids: NDArray[np.object_], region: str) -> None:
        self.names, self.image_ids, self.region = list(names), image_ids, region
        self.tables: list[pa.Table] = []

    def __call__(self, encoded: EncodedFold, main: LinearModel, fold: Fold) -> None:
        """Note the contributions of one fold of the first repeat."""
        if fold.repeat > 0:
            return
        n, k = len(encoded.test), len(self.names)
        for module, values in main.contributions(encoded.test_blocks).items():
            self.tables.append(
                pa.table(
                    {
                        "image_id": np.tile(self.image_ids[encoded.test], k).tolist(),
                        "region": [self.region] * (n * k),
                        "target": np.repeat(self.names, n),
                        "module": [module] * (n * k),
                        "contribution": rounded(values.T.ravel()),
                    }
                )
            )
