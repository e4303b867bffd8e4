"""The models whose weights are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.folds import Fold, official_split
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.patterns import weight_tables
from modular_faces.modular.protocol import ModelPlan, PipelineFactory, encode_fold
from modular_faces.modular.tasks import EmotionTask, RatingTask


def final_weights(
    data: ModularData,
    task: EmotionTask | RatingTask,
    plan: ModelPlan,
    folds: Sequence[Fold],
    found: NDArray[np.bool_],
    pipeline: PipelineFactory,
    *,
    refits: int,
    level: float,
    seed: int,
) -> list[pa.Table]:
    """Weights of each model: of the one that was tried, or, without an official split, fitted on all pictures.

    Returns
    -------
    list of pyarrow.Table
        See `patterns.weight_tables`, with a column model.
    """
    rows = folds[0].train if official_split(data.split) else np.flatnonzero(task.known)
    encoded = encode_fold(
        data.modules,
        plan.modules,
        train=rows[found[rows]],
        test=np.empty(0, np.intp),
        pipeline=pipeline,
        components=plan.components,
    )
    alone: dict[str, float] = {}
    tables = []
    for name, modules in plan.models.items():
        inside = {module: encoded.train_blocks[module] for module in modules}
        penalties = task.choose(inside, encoded.train, alone)
        model = task.fit(inside, encoded.train, penalties, None)
        tables += [
            table.add_column(0, "model", pa.array([name] * table.num_rows))
            for table in weight_tables(
                data.modules,
                task,
                encoded,
                model,
                refits=refits,
                level=level,
                seed=seed,
            )
        ]
    return tables
