"""What `fit_models` does for one kind of target in one region: read, analyse, write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.descriptors import DESCRIPTOR_NAMES
from modular_faces.modular.analysis import Analysis, AnalysisOptions, analyse
from modular_faces.modular.column_notes import without_constant_modules
from modular_faces.modular.final_weights import with_constants
from modular_faces.modular.folds import check_classes, official_split
from modular_faces.modular.linear_model import FitOptions
from modular_faces.modular.model_plan import available_plan
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.protocol import ModelPlan, PipelineFactory
from modular_faces.modular.rater_agreement import (
    about_reliability,
    rater_scores,
    reliabilities_of,
)
from modular_faces.modular.result_tables import (
    calibration_table,
    comparison_table,
    confusion_table,
    overlap_table,
    prediction_table,
    specificity_table,
)
from modular_faces.modular.score_table import score_rows
from modular_faces.modular.tasks import EmotionTask, RatingTask, emotion_task, rating_tasks
from modular_faces.tables import matrix_from_table, read_table, whole_file, write_table

Tables = dict[str, list[pa.Table]]

TABLES = (
    *("scores", "comparisons", "weights", "predictions", "contributions"),
    *("confusion", "calibration", "specificity", "overlap"),
    *("stability", "alike", "explained"),
)
"""Tables of a part; those that a kind of target does not have are empty."""


def analysis_options(options: Mapping[str, Any]) -> AnalysisOptions:
    """Turn the values of the configuration (section modular.models) into the options of an analysis."""
    fit = FitOptions(
        strengths=tuple(options["strengths"]),
        inner_folds=options["inner_folds"],
        scale_candidates=options["scale_candidates"],
        search_width=options["search_width"],
        class_weights=options["class_weights"],
        tolerance=options["tolerance"],
        iterations=options["iterations"],
        seed=options["seed"],
    )
    same = (
        *("components", "folds", "repeats", "draws", "shuffles", "refits", "weight_quantile"),
        *(
            "weight_strength",
            "least_lost",
            "least_lost_pictures",
            "weight_draws",
            "least_reliability",
        ),
    )
    return AnalysisOptions(
        fit=fit, level=options["confidence"], **{name: options[name] for name in same}
    )


def read_descriptors(paths: Sequence[str], image_ids: NDArray[np.object_]) -> NDArray[np.float32]:
    """Read the descriptors of all shards, in the order of the pictures.

    Returns
    -------
    (n, k) ndarray of float32

    Raises
    ------
    ValueError
        If they are of other pictures.
    """
    table = pa.concat_tables([read_table(path) for path in paths])
    if table.column("image_id").to_pylist() != image_ids.tolist():
        raise ValueError(
            "descriptors are of other pictures than features.parquet; run the workflow again"
        )
    return matrix_from_table(table, DESCRIPTOR_NAMES).astype(np.float32)


def run_models(
    data: ModularData,
    kind: str,
    *,
    pipeline: PipelineFactory,
    descriptors: NDArray[np.float32],
    options: Mapping[str, Any],
) -> tuple[Tables, list[str]]:
    """Analyse everything of one kind.

    Parameters
    ----------
    data : ModularData
    kind : {"emotions", "ratings"}
    pipeline : callable
    descriptors : (n, k) ndarray of float32
    options : mapping
        Section modular.models of the configuration.

    Returns
    -------
    dict of str to list of pyarrow.Table
        By name, see `TABLES`.
    list of str
        Sentences for the reader.
    """
    how = analysis_options(options)
    data, constant = without_constant_modules(data)
    plan, notes = available_plan(
        list(data.modules),
        **{name: options[name] for name in ("models", "main", "groups", "components")},
    )
    notes = constant + notes
    tasks, problems = make_tasks(data, kind, how.fit, least=options["least_pictures"])
    notes += problems
    tables: Tables = {name: [] for name in TABLES}
    for task in tasks:
        reliabilities = reliabilities_of(task, options, draws=how.draws, seed=how.fit.seed)
        result = analyse(
            data,
            task,
            plan,
            pipeline=pipeline,
            descriptors=descriptors,
            reliabilities=reliabilities,
            options=how,
        )
        result.scores += rater_scores(
            reliabilities,
            least=how.least_reliability,
            region=data.region,
            split="test" if official_split(data.split) else "cross_validation",
            level=how.level,
            n=int(result.tested.sum()),
        )
        notes += result.notes + about_reliability(reliabilities, least=how.least_reliability)
        _collect(tables, data, task, plan, result, how)
    return tables, list(dict.fromkeys(notes))


def make_tasks(
    data: ModularData, kind: str, fit: FitOptions, *, least: int
) -> tuple[list[EmotionTask] | list[RatingTask], list[str]]:
    """Make the tasks of one kind, with sentences on what cannot be predicted."""
    if kind == "ratings":
        if not data.ratings:
            return [], ["The dataset has no ratings: no model of ratings is made."]
        return rating_tasks(data.ratings, data.cluster, fit)
    if not data.classes:
        return [], ["The dataset has no categories: no model of categories is made."]
    train = data.split == "train" if official_split(data.split) else np.ones(len(data), bool)
    try:
        kept = check_classes(data.label[train].tolist(), least=max(least, fit.inner_folds))
    except ValueError as error:
        return [], [f"No model of categories is made: {error}."]
    rare = [name for code, name in data.classes.items() if code not in kept]
    notes = [
        f"Categories with fewer than {least} training pictures are left out: {', '.join(rare)}."
    ]
    task = emotion_task(data.label, data.classes, kept, data.cluster, fit)
    return [task], notes if rare else []


def _collect(
    tables: Tables,
    data: ModularData,
    task: EmotionTask | RatingTask,
    plan: ModelPlan,
    result: Analysis,
    how: AnalysisOptions,
) -> None:
    """Add the tables of one task."""
    tables["scores"].append(score_rows(result.scores))
    tables["comparisons"].append(comparison_table(result.comparisons))
    if result.weights is not None:
        tables["weights"] += [
            with_constants(table, region=data.region) for table in result.weights.columns
        ]
        tables["stability"] += result.weights.stability
        tables["alike"] += result.weights.alike
    tables["explained"] += result.explained
    tables["predictions"].append(
        prediction_table(
            task,
            result.predictions,
            result.fallbacks,
            data.image_ids,
            data.cluster,
            result.found,
            region=data.region,
        )
    )
    tables["contributions"] += result.contributions
    rows = np.flatnonzero(result.tested & result.found)
    if isinstance(task, EmotionTask):
        tables["confusion"].append(
            confusion_table(task, result.predictions, rows, region=data.region)
        )
        tables["calibration"].append(
            calibration_table(
                task, result.predictions, rows, result.draws, region=data.region, level=how.level
            )
        )
    elif len(task.names) > 1:
        tables["specificity"].append(
            specificity_table(
                task,
                result.predictions.models[plan.main],
                rows,
                model=plan.main,
                region=data.region,
            )
        )
    if result.chances is not None:
        tables["overlap"].append(
            overlap_table(
                result.chances, result.found, result.tested, task=task.kind, region=data.region
            )
        )


def write_part(
    tables: Tables, notes: Sequence[str], folder: Mapping[str, str], *, metadata: Mapping[str, str]
) -> None:
    """Write the tables and sentences of a part.

    Parameters
    ----------
    tables : dict of str to list of pyarrow.Table
    notes : sequence of str
    folder : mapping of str to str
        Path by name of the table, and ``notes``.
    metadata : mapping of str to str
    """
    for name, parts in tables.items():
        table = pa.concat_tables(parts).combine_chunks() if parts else pa.table({})
        write_table(table, folder[name], metadata=metadata)
    with whole_file(folder["notes"]) as temporary:
        temporary.write_text(json.dumps(list(notes), indent=1, ensure_ascii=False) + "\n", "utf-8")


def only_decodable(data: ModularData) -> tuple[ModularData, list[str]]:
    """Leave out pictures that cannot be read, and say how many."""
    lost = int((~data.decodable).sum())
    if not lost:
        return data, []
    note = f"{lost} pictures cannot be read and are left out; they are no failures of a detector."
    return data.take(data.decodable), [note]


def pipelines(module_pipeline: Any, **options: Any) -> PipelineFactory:
    """Give the unfitted pipelines of modules, with every column kept."""
    made: PipelineFactory = partial(module_pipeline, components=None, **options)
    return made
