"""Scores of all models of a task, in every way of counting lost pictures, with intervals and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.emotion_scores import balanced_view, emotion_metrics
from modular_faces.modular.lost_pictures import FoundWeights
from modular_faces.modular.protocol import ModelPlan, Predictions
from modular_faces.modular.rating_scores import against_reliability, rating_metrics
from modular_faces.modular.resampling import Draws, Estimate, band, estimate
from modular_faces.modular.score_table import Score, Where
from modular_faces.modular.shapley import shapley_values

Array = NDArray[np.float64]
Values = NDArray[np.float32]
Metrics = dict[str, Array]
BOUNDED = ("accuracy", "balanced_accuracy", "r2", "mse", "mae")
"""Scores whose least and greatest value is given, whatever the lost pictures had been."""
Measure = Callable[[Any, NDArray[np.intp], Values], Metrics]
"""Scores of predictions (repeats, k, K) of some rows (k,) for each row of weights (b, k)."""


@dataclass(frozen=True)
class Setting:
    """What all scores of one target have in common.

    Attributes
    ----------
    target, region, split : str
        See `score_table.Score`.
    categories : bool
        Whether a picture can be right or wrong.
    measure : callable
    worth : mapping of str to float
        Metrics that modules are credited for, with the sign that makes more better.
    tested : (n,) ndarray of bool
        Pictures that were tried and whose truth is known.
    found : (n,) ndarray of bool
        Pictures with every module.
    across_split : (n,) ndarray of bool
    draws : (b, n) ndarray of float32
    found_weights : FoundWeights or None
    level : float
    shuffled : mapping of str to (shuffles,) ndarray
        Scores of the main model with shuffled labels.
    extremes : tuple of two (n, K) ndarray of float32
        The worst and the best that could be predicted of each picture.
    """

    target: str
    region: str
    split: str
    categories: bool
    measure: Measure
    worth: Mapping[str, float]
    tested: NDArray[np.bool_]
    found: NDArray[np.bool_]
    across_split: NDArray[np.bool_]
    draws: Draws
    found_weights: FoundWeights | None
    level: float
    shuffled: Mapping[str, Array]
    extremes: tuple[Values, Values]

    def where(
        self, model: str, modules: tuple[str, ...], population: str, n: int, split: str = ""
    ) -> Where:
        """Make what the scores of one model share."""
        joined = "+".join(modules)
        return Where(self.target, model, joined, population, self.region, split or self.split, n)


def emotion_measure(truth: NDArray[np.int64], names: tuple[str, ...]) -> Measure:
    """Score categories."""

    def measure(weights: Any, rows: NDArray[np.intp], predicted: Values) -> Metrics:
        return emotion_metrics(weights, truth[rows], predicted, names)

    return measure


def rating_measure(truth: Array, baseline: Values, reliability: Array | None) -> Measure:
    """Score one rating; predictions have one column, the baseline (repeats, n) has none."""

    def measure(weights: Any, rows: NDArray[np.intp], predicted: Values) -> Metrics:
        scores = rating_metrics(weights, truth[rows], predicted[..., 0], baseline[:, rows])
        if reliability is None:
            return scores
        drawn = reliability if len(reliability) == len(weights) else reliability[:1]
        return scores | against_reliability(scores, drawn)

    return measure


def mean_measure(measures: Sequence[Measure]) -> Measure:
    """Mean of the scores of several ratings, each of which has its own column of predictions."""

    def measure(weights: Any, rows: NDArray[np.intp], predicted: Values) -> Metrics:
        each = [one(weights, rows, predicted[..., k : k + 1]) for k, one in enumerate(measures)]
        shared = [name for name in each[0] if all(name in scores for scores in each)]
        return {
            name: np.asarray(np.mean([scores[name] for scores in each], axis=0)) for name in shared
        }

    return measure


def score_everything(
    setting: Setting, plan: ModelPlan, predictions: Predictions, fallbacks: Mapping[str, Values]
) -> Iterator[Score]:
    """Give every score of one target.

    Parameters
    ----------
    setting : Setting
    plan : ModelPlan
    predictions : Predictions
        With columns of this target only.
    fallbacks : mapping of str to (repeats, n, K) ndarray of float32
        Predictions of lost pictures, by name of the model.
    """
    for name in plan.models:
        yield from _populations(setting, predictions, name, fallbacks[name])
    found = np.flatnonzero(setting.tested & setting.found)
    weights = setting.draws[:, found]
    others = [name for name in predictions.models if name not in plan.models]
    for name in others:
        scores = setting.measure(weights, found, predictions.models[name][:, found])
        where = setting.where(name, predictions.modules[name], "found", len(found))
        yield from where.scores(scores, level=setting.level)
    yield from _chance(setting, plan, predictions)
    yield from _credit(setting, plan, predictions)


def _populations(
    setting: Setting, predictions: Predictions, name: str, fallback: Values
) -> Iterator[Score]:
    """Scores of one model for all, found, lost as wrong, weighted, and without duplicates."""
    level, modules = setting.level, predictions.modules[name]
    whole = np.where(setting.found[None, :, None], predictions.models[name], fallback)
    everyone = np.flatnonzero(setting.tested)
    found = np.flatnonzero(setting.tested & setting.found)
    for population, rows, values in (
        ("all", everyone, whole),
        ("found", found, predictions.models[name]),
        ("lost_wrong", everyone, _lost_wrong(setting, predictions, name)),
    ):
        scores = setting.measure(setting.draws[:, rows], rows, values[:, rows])
        yield from setting.where(name, modules, population, len(rows)).scores(scores, level=level)
    if setting.found_weights is not None:
        yield from _weighted(setting, predictions, name, found)
    if (setting.across_split & setting.tested).any():
        rows = np.flatnonzero(setting.tested & ~setting.across_split)
        scores = setting.measure(setting.draws[:, rows], rows, whole[:, rows])
        where = setting.where(name, modules, "all", len(rows), "test_without_duplicates")
        yield from where.scores(scores, level=level)


def _lost_wrong(setting: Setting, predictions: Predictions, name: str) -> Values:
    """No category for lost pictures; for ratings the mean of the training pictures."""
    baseline = predictions.baseline
    nothing = np.full_like(baseline, np.nan) if setting.categories else baseline
    return np.where(setting.found[None, :, None], predictions.models[name], nothing)


def _weighted(
    setting: Setting, predictions: Predictions, name: str, found: NDArray[np.intp]
) -> Iterator[Score]:
    known = setting.found_weights
    assert known is not None
    modules = predictions.modules[name]
    scores = setting.measure(known.weights[:, found], found, predictions.models[name][:, found])
    where = setting.where(name, modules, "weighted", len(found))
    yield from where.scores(scores, level=setting.level)
    yield where.score("effective_pictures", Estimate(known.effective, np.nan, np.nan))
    ends = [_if_lost_were(setting, predictions.models[name], one) for one in setting.extremes]
    for metric in BOUNDED:
        if metric in scores:
            low, high = sorted(float(one[metric][0]) for one in ends)
            value = float(scores[metric][0])
            yield where.score(f"{metric}_bounds", Estimate(value, low, high))


def _if_lost_were(setting: Setting, predicted: Values, lost: Values) -> Metrics:
    """Scores of all pictures if these had been the predictions of the lost ones."""
    everyone = np.flatnonzero(setting.tested)
    values = np.where(setting.found[None, :, None], predicted, lost[None])
    return setting.measure(np.ones((1, len(everyone)), np.float32), everyone, values[:, everyone])


def _chance(setting: Setting, plan: ModelPlan, predictions: Predictions) -> Iterator[Score]:
    """The best guess without a picture, and the main model with shuffled labels."""
    for population, rows in (
        ("all", np.flatnonzero(setting.tested)),
        ("found", np.flatnonzero(setting.tested & setting.found)),
    ):
        scores = setting.measure(setting.draws[:, rows], rows, predictions.baseline[:, rows])
        where = setting.where("baseline", (), population, len(rows))
        yield from where.scores(scores, level=setting.level)
    n = int((setting.tested & setting.found).sum())
    where = setting.where("shuffled", plan.models[plan.main], "found", n)
    for metric, values in setting.shuffled.items():
        yield where.score(metric, band(values, level=setting.level))


def _credit(setting: Setting, plan: ModelPlan, predictions: Predictions) -> Iterator[Score]:
    """Shapley values of the groups of modules, for each metric that they are credited for."""
    rows = np.flatnonzero(setting.tested & setting.found)
    weights = setting.draws[:, rows]
    scores = {
        coalition: setting.measure(weights, rows, values[:, rows])
        for coalition, values in predictions.coalitions.items()
    }
    for metric, sign in setting.worth.items():
        worth = {coalition: sign * one[metric] for coalition, one in scores.items()}
        for group, values in shapley_values(worth, list(plan.groups)).items():
            where = setting.where(plan.main, plan.groups[group], "found", len(rows))
            yield where.score(f"shapley_{metric}", estimate(values, level=setting.level))


def with_balanced_view(
    predictions: Predictions, plan: ModelPlan, fallbacks: dict[str, Values]
) -> ModelPlan:
    """Add the main model as if every category were equally common, without another fit.

    Returns
    -------
    ModelPlan
        With the name of the main model and ``_balanced``.
    """
    name = f"{plan.main}_balanced"
    prior = predictions.baseline
    predictions.models[name] = balanced_view(predictions.models[plan.main], prior)
    predictions.modules[name] = plan.models[plan.main]
    fallbacks[name] = balanced_view(fallbacks[plan.main], prior)
    return ModelPlan(
        {**plan.models, name: plan.models[plan.main]}, plan.main, plan.groups, plan.components
    )
