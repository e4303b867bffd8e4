"""Weights that make up for lost pictures, checked where the truth is known.

Pictures that OpenFace lost and the mesh found can be scored all the same. So the score that weights estimate for all
pictures from those that OpenFace found stands beside the score that was really measured on all of them, by the same
model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.analysis import AnalysisOptions
from modular_faces.modular.evaluation import Measure
from modular_faces.modular.folds import Fold
from modular_faces.modular.lost_pictures import FoundWeights, found_weights
from modular_faces.modular.model_comparison import Comparison
from modular_faces.modular.resampling import Draws, differences, estimate
from modular_faces.modular.score_table import MEAN_RATING, Score, Where

Values = NDArray[np.float32]

CHECKED = "rung_mesh_same"
"""The model whose weighted score is checked."""
MEASURED = "measured"
"""What weighted and unweighted scores of found pictures are compared with: that of all."""


@dataclass(frozen=True)
class RungSetting:
    """What the scores of the rungs have in common; attributes as in `evaluation.Setting`."""

    target: str
    region: str
    split: str
    measure: Measure
    tested: NDArray[np.bool_]
    draws: Draws
    level: float

    def where(self, model: str, population: str, n: int) -> Where:
        """Make what the scores of one rung share."""
        return Where(
            *(self.target, model, "landmarks", population, self.region, self.split),
            n,
        )


def weights_of_openface(
    descriptors: Values,
    theirs: NDArray[np.bool_],
    pool: NDArray[np.bool_],
    classes: NDArray[np.int64] | None,
    folds: Sequence[Fold],
    draws: Draws,
    options: AnalysisOptions,
) -> FoundWeights | None:
    """Weigh the pictures that OpenFace found by how unlikely that was.

    Parameters
    ----------
    descriptors : (n, k) ndarray of float32
    theirs, pool : (n,) ndarray of bool
        Found by OpenFace and by the mesh; found by the mesh.
    classes, folds, draws
        See `lost_pictures.found_weights`.
    options : AnalysisOptions

    Returns
    -------
    FoundWeights or None
        None where OpenFace lost too few to learn its chance from.
    """
    inside = [
        replace(fold, train=fold.train[pool[fold.train]], test=fold.test[pool[fold.test]])
        for fold in folds
    ]
    learnt_from = np.unique(np.concatenate([fold.train for fold in inside]))
    lost = int((~theirs[learnt_from]).sum())
    if lost < max(options.least_lost_pictures, options.least_lost * len(learnt_from)):
        return None
    return found_weights(
        descriptors,
        theirs,
        classes,
        inside,
        draws[: options.weight_draws + 1],
        quantile=options.weight_quantile,
        strength=options.weight_strength,
    )


def checked_scores(
    setting: RungSetting,
    predicted: Values,
    theirs: NDArray[np.bool_],
    pool: NDArray[np.bool_],
    weights: FoundWeights,
) -> Iterator[Score | Comparison]:
    """Score one model on found pictures, weighted, and on all; compare what was estimated with what was measured.

    Parameters
    ----------
    setting : RungSetting
    predicted : (repeats, n, k) ndarray of float32
        Of a model that learnt from pictures that OpenFace found, for all pictures of the mesh.
    theirs, pool, weights
        See `weights_of_openface`.
    """
    found, everyone = (np.flatnonzero(setting.tested & part) for part in (theirs, pool))
    draws = setting.draws[: len(weights.weights)]

    def scores(rows: NDArray[np.intp], counts: Draws) -> dict[str, NDArray[np.float64]]:
        return setting.measure(counts, rows, predicted[:, rows])

    measured = scores(everyone, draws[:, everyone])
    weighted = scores(found, weights.weights[:, found])
    whole = setting.where(CHECKED, "all", len(everyone))
    yield from whole.scores(measured, level=setting.level)
    yield from setting.where(CHECKED, "weighted", len(found)).scores(weighted, level=setting.level)
    plain = scores(found, draws[:, found])
    for population, ours in (("found", plain), ("weighted", weighted)):
        for metric, gap in differences(ours, measured).items():
            yield Comparison(
                *(setting.target, setting.region, setting.split, population),
                *(CHECKED, MEASURED, metric),
                estimate(gap, level=setting.level),
                len(found),
                *(None, None, np.nan),
            )


def sentence_about(rows: Iterable[Score | Comparison], lost: int, count: int) -> str | None:
    """Say how far scores of found pictures, and weighted ones, are from what was measured; None without a check."""
    checked = [
        row
        for row in rows
        if isinstance(row, Comparison)
        and row.other == MEASURED
        and row.metric in ("accuracy", "r2")
    ]
    whole = [row for row in checked if row.target in ("emotion", MEAN_RATING)] or checked[:2]
    if not whole:
        return None
    gaps = {row.population: row.difference for row in whole}
    plain, weighted = (
        f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"
        for gap in (gaps["found"], gaps["weighted"])
    )
    words = {"accuracy": "accuracy", "r2": "R2"}[whole[0].metric]
    name = f"mean {words}" if whole[0].target == MEAN_RATING else words
    return (
        f"Weights checked: of {count} pictures that the mesh found OpenFace lost {lost}. A model of the others "
        f"differs from its {name} on all of them by {plain} on those that OpenFace found, and by "
        f"{weighted} when these are weighted."
    )
