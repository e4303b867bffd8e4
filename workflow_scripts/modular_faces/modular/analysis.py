"""One task in one region from beginning to end: fit, try, score, compare, explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.chance import ShuffledEmotions, ShuffledRatings
from modular_faces.modular.column_notes import column_notes
from modular_faces.modular.evaluation import (
    score_everything,
    with_balanced_view,
)
from modular_faces.modular.final_weights import (
    WeightsOfModels,
    fit_on_all,
    weights_of_models,
)
from modular_faces.modular.folds import Fold, official_split, outer_folds
from modular_faces.modular.linear_model import FitOptions, LinearModel
from modular_faces.modular.lost_pictures import FoundWeights, fallback_predictions, found_weights
from modular_faces.modular.model_comparison import Comparison, compare
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.module_shap import ExplainedPictures
from modular_faces.modular.protocol import (
    EncodedFold,
    ModelPlan,
    PipelineFactory,
    Predictions,
    complete_rows,
    run_folds,
    without_groups,
)
from modular_faces.modular.resampling import draw_apart
from modular_faces.modular.result_tables import Contributions
from modular_faces.modular.score_table import Score
from modular_faces.modular.target_settings import settings
from modular_faces.modular.tasks import EmotionTask, RatingTask

Array = NDArray[np.float64]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class AnalysisOptions:
    """How a task is analysed; the values come from the configuration.

    Attributes
    ----------
    fit : FitOptions
    components : int
        Most principal components of a module.
    folds, repeats : int
        Without an official split.
    draws : int
        Of the bootstrap.
    level : float
        Of all intervals.
    shuffles, refits : int
    weight_quantile, weight_strength : float
        See `lost_pictures.found_weights`.
    least_lost : float
        Share of lost pictures below which found ones are not weighted.
    least_lost_pictures : int
        Lost training pictures below which they are not either.
    weight_draws : int
        Draws of the bootstrap in which weights are estimated anew.
    least_reliability : float
        Ratings below this are left out of means over ratings.
    """

    fit: FitOptions
    components: int
    folds: int
    repeats: int
    draws: int
    level: float
    shuffles: int
    refits: int
    weight_quantile: float
    weight_strength: float
    least_lost: float
    least_lost_pictures: int
    weight_draws: int
    least_reliability: float


@dataclass
class Analysis:
    """What comes out.

    Attributes
    ----------
    scores : list of Score
    comparisons : list of Comparison
    weights : WeightsOfModels or None
        None until they are there.
    predictions : Predictions
    fallbacks : dict of str to (repeats, n, K) ndarray of float32
    contributions : list of pyarrow.Table
        See `result_tables.Contributions`.
    explained : list of pyarrow.Table
        See `module_shap.ExplainedPictures`.
    found, tested : (n,) ndarray of bool
        Pictures with every module; pictures that were tried and whose truth is known.
    draws : (draws + 1, n) ndarray of float32
        Of the bootstrap.
    chances : FoundWeights or None
    notes : list of str
        Sentences for the reader.
    """

    scores: list[Score]
    comparisons: list[Comparison]
    weights: WeightsOfModels | None
    predictions: Predictions
    fallbacks: dict[str, Values]
    contributions: list[pa.Table]
    explained: list[pa.Table]
    found: NDArray[np.bool_]
    tested: NDArray[np.bool_]
    draws: NDArray[np.float32]
    chances: FoundWeights | None
    notes: list[str]


def analyse(
    data: ModularData,
    task: EmotionTask | RatingTask,
    plan: ModelPlan,
    *,
    pipeline: PipelineFactory,
    descriptors: Values | None,
    reliabilities: Mapping[str, Array],
    options: AnalysisOptions,
) -> Analysis:
    """Analyse one task.

    Parameters
    ----------
    data : ModularData
    task : EmotionTask or RatingTask
    plan : ModelPlan
    pipeline : callable
    descriptors : (n, k) ndarray of float32 or None
        Of every picture, for the weights of found pictures.
    reliabilities : mapping of str to (draws + 1,) or (1,) ndarray of float64
        Reliability of ratings, drawn where an interval is known.
    options : AnalysisOptions
    """
    found = complete_rows(data.modules, plan.modules)
    folds = outer_folds(
        data.split,
        task.classes,
        data.cluster,
        folds=options.folds,
        repeats=options.repeats,
        seed=options.fit.seed,
    )
    folds = [replace(fold, train=fold.train[task.known[fold.train]]) for fold in folds]
    chance = _chance(task, options)
    contributions = Contributions(task.names, data.image_ids, data.region)
    explained = ExplainedPictures(task, data.modules, data.image_ids, data.region)

    fitted: list[tuple[EncodedFold, dict[str, LinearModel]]] = []

    def each_fold(encoded: EncodedFold, models: Mapping[str, LinearModel], fold: Fold) -> None:
        chance(encoded, models[plan.main], fold)
        contributions(encoded, models[plan.main], fold)
        explained(encoded, models[plan.main], fold)
        if official_split(data.split):
            fitted.append((encoded, {name: models[name] for name in plan.models}))

    predictions = run_folds(data.modules, task, folds, plan, pipeline=pipeline, each_fold=each_fold)
    without_groups(predictions, plan)
    fallbacks = {
        name: fallback_predictions(
            data.modules,
            modules,
            task,
            folds,
            ~found,
            baseline=predictions.baseline,
            pipeline=pipeline,
            components=options.components,
        )
        for name, modules in plan.models.items()
    }
    tested = np.zeros(len(data), dtype=bool)
    tested[np.concatenate([fold.test for fold in folds])] = True
    draws = draw_apart(data.cluster, tested, draws=options.draws, seed=options.fit.seed)
    known = tested & task.known
    weights, notes = _found_weights(known, found, descriptors, task, folds, draws, options)
    common = {
        "region": data.region,
        "split": "test" if official_split(data.split) else "cross_validation",
        "tested": known,
        "found": found,
        "across_split": data.across_split if official_split(data.split) else np.zeros_like(found),
        "draws": draws,
        "found_weights": weights,
        "level": options.level,
    }
    result = Analysis(
        [],
        [],
        None,
        predictions,
        fallbacks,
        contributions.tables,
        explained.tables,
        found,
        known,
        draws,
        weights,
        notes,
    )
    shown = plan
    if isinstance(task, EmotionTask):
        shown = with_balanced_view(predictions, plan, fallbacks)
    for setting, own, own_fallbacks in settings(
        task, predictions, fallbacks, chance, reliabilities, options.least_reliability, common
    ):
        result.scores += score_everything(setting, shown, own, own_fallbacks)
        truth = task.truth if isinstance(task, EmotionTask) else None
        result.comparisons += compare(setting, own, _pairs(plan, own), truth)
    encoded, shown_models = (
        fitted[0] if fitted else fit_on_all(data, task, plan, found, pipeline=pipeline)
    )
    result.notes += column_notes(data.modules, encoded, region=data.region)
    result.weights = weights_of_models(
        data,
        task,
        encoded,
        shown_models,
        refits=options.refits,
        level=options.level,
        seed=options.fit.seed,
    )
    return result


def _chance(
    task: EmotionTask | RatingTask, options: AnalysisOptions
) -> ShuffledEmotions | ShuffledRatings:
    if isinstance(task, EmotionTask):
        return ShuffledEmotions(task, options.shuffles, options.fit.seed)
    return ShuffledRatings(task, options.shuffles, options.fit.seed)


def _found_weights(
    known: NDArray[np.bool_],
    found: NDArray[np.bool_],
    descriptors: Values | None,
    task: EmotionTask | RatingTask,
    folds: Sequence[Fold],
    draws: NDArray[np.float32],
    options: AnalysisOptions,
) -> tuple[FoundWeights | None, list[str]]:
    lost = 1.0 - float(found[known].mean())
    if lost < options.least_lost:
        return None, [
            f"{100 * lost:.1f} % of the pictures are lost, fewer than {100 * options.least_lost:.0f} %: found pictures "
            "are not weighted."
        ]
    learnt_from = np.unique(np.concatenate([fold.train for fold in folds]))
    count = int((~found[learnt_from]).sum())
    if count < options.least_lost_pictures:
        return None, [
            f"{100 * lost:.1f} % of the pictures are lost, only {count} of them training pictures: too few to "
            "learn the chance of being found from, so found pictures are not weighted."
        ]
    if descriptors is None:
        return None, ["There are no descriptors of the pictures: found pictures are not weighted."]
    weights = found_weights(
        descriptors,
        found,
        task.classes,
        folds,
        draws[: options.weight_draws + 1],
        quantile=options.weight_quantile,
        strength=options.weight_strength,
    )
    return weights, [
        f"{lost:.1%} of the pictures are lost. Weighted scores are right only if pictures that look alike in "
        "the descriptors and have the same label are lost by chance alone (missing at random). "
        f"The found pictures weigh as much as {weights.effective:.0f} of equal weight."
    ]


def _pairs(plan: ModelPlan, predictions: Predictions) -> list[tuple[str, str]]:
    """The main model against every other one, and extended ones against it."""
    others = [name for name in predictions.models if name.startswith(("without_", "only_"))]
    others += [name for name in plan.models if name != plan.main]
    return [(plan.main, other) for other in others]
