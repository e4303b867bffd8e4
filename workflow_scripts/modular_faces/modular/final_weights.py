"""The models whose weights are shown: those that were tried, or, without an official split, fitted on all pictures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.linear_model import Joined, LinearModel
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.patterns import weight_tables
from modular_faces.modular.protocol import EncodedFold, ModelPlan, PipelineFactory, encode_fold
from modular_faces.modular.tasks import EmotionTask, RatingTask


def fit_on_all(
    data: ModularData,
    task: EmotionTask | RatingTask,
    plan: ModelPlan,
    found: NDArray[np.bool_],
    *,
    pipeline: PipelineFactory,
) -> tuple[EncodedFold, dict[str, LinearModel]]:
    """Fit every model of a plan on all pictures.

    Parameters
    ----------
    data : ModularData
    task : EmotionTask or RatingTask
    plan : ModelPlan
    found : (n,) ndarray of bool
        Pictures with every module.
    pipeline : callable

    Returns
    -------
    EncodedFold
        Without test pictures.
    dict of str to LinearModel
    """
    encoded = encode_fold(
        data.modules,
        plan.modules,
        train=np.flatnonzero(task.known & found),
        test=np.empty(0, np.intp),
        pipeline=pipeline,
        components=plan.components,
    )
    alone: dict[str, float] = {}
    models = {}
    for name, modules in plan.models.items():
        inside = Joined({module: encoded.train_blocks[module] for module in modules})
        penalties = task.choose(inside, encoded.train, alone)
        models[name] = task.fit(inside, encoded.train, penalties, None)
    return encoded, models


def weights_of_models(
    data: ModularData,
    task: EmotionTask | RatingTask,
    encoded: EncodedFold,
    models: Mapping[str, LinearModel],
    *,
    refits: int,
    level: float,
    seed: int,
) -> list[pa.Table]:
    """Weights and forward patterns of models.

    Parameters
    ----------
    data : ModularData
    task : EmotionTask or RatingTask
    encoded : EncodedFold
        Its training pictures are those that the models were fitted on.
    models : mapping of str to LinearModel
    refits, level, seed
        See `patterns.weight_tables`.

    Returns
    -------
    list of pyarrow.Table
        See `patterns.weight_tables`, with a column model.
    """
    return [
        table.add_column(0, "model", pa.array([name] * table.num_rows))
        for name, model in models.items()
        for table in weight_tables(
            data.modules, task, encoded, model, refits=refits, level=level, seed=seed
        )
    ]
