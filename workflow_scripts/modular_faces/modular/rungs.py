"""What another instrument costs, and what lost pictures cost: three rungs from OpenFace's landmarks to the mesh's.

=====================  ==========================================  ===========================================
rung                   landmarks                                   pictures learnt from
=====================  ==========================================  ===========================================
rung_openface          OpenFace's                                  those on which OpenFace found a face
rung_mesh_same         the mesh's                                  the same
rung_mesh_all          the mesh's                                  all on which the mesh found one
=====================  ==========================================  ===========================================

All three are tried on the pictures that both have (population ``found``): between the first two rungs only the
instrument changes, between the last two only the training pictures. ``lost_wrong`` is tried on all pictures, lost
ones counted as wrong (for ratings as the mean): what coverage is worth. Of the second rung there are also ``weighted``
and ``all`` (every picture that the mesh found): what weights estimate, and what was measured (`rung_weights`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.modular.analysis import AnalysisOptions
from modular_faces.modular.emotion_scores import mcnemar
from modular_faces.modular.encoder import Transformer
from modular_faces.modular.evaluation import (
    Measure,
    emotion_measure,
    mean_measure,
    rating_measure,
)
from modular_faces.modular.folds import Fold, official_split, outer_folds
from modular_faces.modular.model_comparison import Comparison
from modular_faces.modular.models_job import Tables, analysis_options, make_tasks
from modular_faces.modular.module_blocks import ModularData, Module
from modular_faces.modular.protocol import ModelPlan, run_folds
from modular_faces.modular.rater_agreement import reliabilities_of
from modular_faces.modular.resampling import differences, draw_apart, estimate
from modular_faces.modular.result_tables import comparison_table
from modular_faces.modular.rung_landmarks import has_landmarks
from modular_faces.modular.rung_weights import (
    CHECKED,
    RungSetting,
    checked_scores,
    sentence_about,
    weights_of_openface,
)
from modular_faces.modular.score_table import MEAN_RATING, Score, score_rows
from modular_faces.modular.shape import IBUG_EYES, PlaneShape
from modular_faces.modular.tasks import EmotionTask, RatingTask

Values = NDArray[np.float32]
Array = NDArray[np.float64]

RUNGS = ("rung_openface", "rung_mesh_same", "rung_mesh_all")
_MODULE = "landmarks"

RUNG_TABLES = ("scores", "comparisons")
"""Tables of the comparison with OpenFace's landmarks."""

LEAST_RUNG = 0.1
"""Least part of the pictures that OpenFace must have found."""


def aligned_shape(name: str, columns: Sequence[str]) -> Transformer:
    """Place, size and tilt taken out of 68 landmarks, on the training mean."""
    made: Transformer = PlaneShape(eyes=IBUG_EYES)
    return made


def rung_predictions(
    openface: Values,
    mesh: Values,
    task: EmotionTask | RatingTask,
    folds: Sequence[Fold],
    *,
    components: int,
) -> tuple[dict[str, Values], Values, Values]:
    """Fit and try the three rungs.

    Parameters
    ----------
    openface, mesh : (n, 136) ndarray of float32
        NaN where lost.
    task : EmotionTask or RatingTask
    folds : sequence of Fold
    components : int

    Returns
    -------
    dict of str to (repeats, n, K) ndarray of float32
        NaN for pictures that a rung has no landmarks of.
    (repeats, n, K) ndarray of float32
        Of the second rung for every picture that the mesh found, whether OpenFace found it or not.
    (repeats, n, K) ndarray of float32
        Prediction without a picture.
    """
    both = has_landmarks(openface) & has_landmarks(mesh)
    fewer = [replace(fold, train=fold.train[both[fold.train]]) for fold in folds]
    found: dict[str, Values] = {}
    for rung, values, own in zip(RUNGS, (openface, mesh, mesh), (folds, fewer, folds), strict=True):
        module = Module(_MODULE, "face", LANDMARK_COLUMNS, values.astype(np.float32))
        plan = ModelPlan({rung: (_MODULE,)}, rung, {_MODULE: (_MODULE,)}, components)
        result = run_folds({_MODULE: module}, task, own, plan, pipeline=aligned_shape)
        found[rung] = result.models[rung]
    rescued = found[CHECKED]
    found[CHECKED] = np.where(both[None, :, None], rescued, np.float32(np.nan))
    return found, rescued, result.baseline


def rung_scores(
    setting: RungSetting,
    predictions: Mapping[str, Values],
    lost: Values,
    truth: NDArray[np.int64] | None,
) -> Iterator[Score | Comparison]:
    """Score the rungs of one target and compare them.

    Parameters
    ----------
    setting : RungSetting
    predictions : mapping of str to (repeats, n, k) ndarray of float32
        Of this target.
    lost : (repeats, n, k) ndarray of float32
        What counts as the prediction of a lost picture: NaN (wrong) or the mean.
    truth : (n,) ndarray of int64 or None
        Categories, for McNemar's test.
    """
    there = {
        name: np.isfinite(values).all(axis=(0, 2), keepdims=True)
        for name, values in predictions.items()
    }
    shared = np.flatnonzero(setting.tested & np.logical_and.reduce(list(there.values()))[0, :, 0])
    everyone = np.flatnonzero(setting.tested)
    whole = {name: np.where(there[name], values, lost) for name, values in predictions.items()}
    pairs = {
        "found": (shared, predictions, [RUNGS[1::-1], RUNGS[:0:-1]]),
        "lost_wrong": (everyone, whole, [(RUNGS[2], RUNGS[0])]),
    }
    for population, (rows, values, compared) in pairs.items():
        weights = setting.draws[:, rows]
        scores = {
            name: setting.measure(weights, rows, one[:, rows]) for name, one in values.items()
        }
        for name, metrics in scores.items():
            where = setting.where(name, population, len(rows))
            yield from where.scores(metrics, level=setting.level)
        for model, other in compared:
            for metric, gap in differences(scores[model], scores[other]).items():
                only: tuple[int | None, int | None, float] = (None, None, np.nan)
                if metric == "accuracy" and truth is not None:
                    one, two = (values[name][0][rows] for name in (model, other))
                    only = mcnemar(one, two, truth[rows])
                yield Comparison(
                    *(setting.target, setting.region, setting.split, population),
                    *(model, other, metric),
                    estimate(gap, level=setting.level),
                    len(rows),
                    *only,
                )


def run_rungs(
    data: ModularData,
    task: EmotionTask | RatingTask,
    openface: Values,
    descriptors: Values,
    *,
    reliabilities: Mapping[str, Array],
    options: AnalysisOptions,
) -> list[Score | Comparison]:
    """Fit, try and score the three rungs of one task.

    Parameters
    ----------
    data : ModularData
        Whose module landmarks holds those of the mesh.
    task : EmotionTask or RatingTask
    openface : (n, 136) ndarray of float32
    descriptors : (n, k) ndarray of float32
        Of every picture, for the weights of those that OpenFace found.
    reliabilities : mapping of str to ndarray of float64
        Ratings below `options.least_reliability` are left out of the mean over ratings.
    options : AnalysisOptions
    """
    folds = outer_folds(
        data.split,
        task.classes,
        data.cluster,
        folds=options.folds,
        repeats=options.repeats,
        seed=options.fit.seed,
    )
    folds = [replace(fold, train=fold.train[task.known[fold.train]]) for fold in folds]
    mesh = data.modules[_MODULE].values
    predictions, rescued, baseline = rung_predictions(
        openface, mesh, task, folds, components=options.components
    )
    tested = np.zeros(len(data), dtype=bool)
    tested[np.concatenate([fold.test for fold in folds])] = True
    draws = draw_apart(data.cluster, tested, draws=options.draws, seed=options.fit.seed)
    split = "test" if official_split(data.split) else "cross_validation"
    pool = has_landmarks(mesh)
    theirs = pool & has_landmarks(openface)
    weights = weights_of_openface(descriptors, theirs, pool, task.classes, folds, draws, options)
    rows: list[Score | Comparison] = []
    agreed = {
        name: float(reliabilities.get(name, np.ones(1))[0]) >= options.least_reliability
        for name in task.names
    }
    for target, measure, places in _targets(task, baseline, agreed):
        known = tested & task.known
        setting = RungSetting(target, data.region, split, measure, known, draws, options.level)
        own = {rung: values[..., places] for rung, values in predictions.items()}
        emotions = isinstance(task, EmotionTask)
        lost = np.full_like(baseline, np.nan) if emotions else baseline[..., places]
        truth = task.truth if isinstance(task, EmotionTask) else None
        rows += rung_scores(setting, own, lost, truth)
        if weights is not None:
            rows += checked_scores(setting, rescued[..., places], theirs, pool, weights)
    return rows


def _targets(
    task: EmotionTask | RatingTask, baseline: Values, agreed: Mapping[str, bool]
) -> Iterator[tuple[str, Measure, list[int]]]:
    """What is scored: all categories together, or each rating and their mean; with its columns of predictions."""
    if isinstance(task, EmotionTask):
        measure = emotion_measure(task.truth, task.names)
        yield "emotion", measure, list(range(len(task.names)))
        return
    measures = [
        rating_measure(task.truth[:, place], baseline[..., place], None)
        for place in range(len(task.names))
    ]
    for place, name in enumerate(task.names):
        yield name, measures[place], [place]
    kept = [place for place, name in enumerate(task.names) if agreed[name]]
    if len(kept) > 1:
        yield MEAN_RATING, mean_measure([measures[place] for place in kept]), kept


def run_rung_models(
    data: ModularData,
    kind: str,
    openface: NDArray[np.float32],
    descriptors: NDArray[np.float32],
    *,
    options: Mapping[str, Any],
) -> tuple[Tables, list[str]]:
    """Compare OpenFace's landmarks with those of the mesh; see `rungs`.

    Parameters
    ----------
    data : ModularData
    kind : {"emotions", "ratings"}
    openface : (n, 136) ndarray of float32
        NaN for pictures that OpenFace lost.
    descriptors : (n, k) ndarray of float32
    options : mapping
        Section modular.models of the configuration.
    """
    how = analysis_options(options)
    tasks, _ = make_tasks(data, kind, how.fit, least=options["least_pictures"])
    tables: Tables = {name: [] for name in RUNG_TABLES}
    theirs = has_landmarks(openface)
    if theirs.sum() < LEAST_RUNG * len(data):
        note = f"OpenFace found {theirs.sum()} of {len(data)} faces, too few to learn from them."
        return tables, [note]
    rows: list[Score | Comparison] = []
    for task in tasks:
        known = reliabilities_of(task, options, draws=how.draws, seed=how.fit.seed)
        rows += run_rungs(data, task, openface, descriptors, reliabilities=known, options=how)
    if not rows:
        return tables, []
    scores = [row for row in rows if isinstance(row, Score)]
    comparisons = [row for row in rows if not isinstance(row, Score)]
    tables |= {"scores": [score_rows(scores)], "comparisons": [comparison_table(comparisons)]}
    pool = has_landmarks(data.modules[_MODULE].values)
    note = sentence_about(rows, int((pool & ~theirs).sum()), int(pool.sum())) or (
        "OpenFace lost too few pictures that the mesh found to check weights that make up for lost pictures."
    )
    return tables, [note]
