"""The models whose weights are shown: those that were tried, or, without an official split, fitted on all pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.collinear import ALIKE, collinear_groups
from modular_faces.modular.linear_model import Joined, LinearModel
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.patterns import weight_tables
from modular_faces.modular.protocol import EncodedFold, ModelPlan, PipelineFactory, encode_fold
from modular_faces.modular.tasks import EmotionTask, RatingTask

MOST_PICTURES: Final = 2000
"""Training pictures that correlations between columns are taken of: the first ones, in the order of a hash."""


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


@dataclass(frozen=True)
class WeightsOfModels:
    """What the weights of several models are.

    Attributes
    ----------
    columns : list of pyarrow.Table
        See `patterns.ModelWeights.columns`, with a column model.
    stability : list of pyarrow.Table
        See `rank_stability.stability_table`, with columns task, region and model.
    alike : list of pyarrow.Table
        See `alike_table`.
    """

    columns: list[pa.Table]
    stability: list[pa.Table]
    alike: list[pa.Table]


def weights_of_models(
    data: ModularData,
    task: EmotionTask | RatingTask,
    encoded: EncodedFold,
    models: Mapping[str, LinearModel],
    *,
    refits: int,
    level: float,
    seed: int,
) -> WeightsOfModels:
    """Weights and forward patterns of models, how stable they are, and which columns must be read together.

    Parameters
    ----------
    data : ModularData
    task : EmotionTask or RatingTask
    encoded : EncodedFold
        Its training pictures are those that the models were fitted on.
    models : mapping of str to LinearModel
    refits, level, seed
        See `patterns.weight_tables`.
    """
    columns, stability = [], []
    for name, model in models.items():
        made = weight_tables(
            data.modules, task, encoded, model, refits=refits, level=level, seed=seed
        )
        columns += [with_constants(table, model=name) for table in made.columns]
        stability.append(
            with_constants(made.stability, task=task.kind, region=data.region, model=name)
        )
    modules = dict.fromkeys(name for model in models.values() for name in model.modules)
    alike = [alike_table(data, task.kind, encoded, name) for name in modules]
    return WeightsOfModels(columns, stability, alike)


def alike_table(data: ModularData, kind: str, encoded: EncodedFold, module: str) -> pa.Table:
    """Groups of columns of a module that say nearly the same, as the model gets them.

    Parameters
    ----------
    data : ModularData
    kind : str
        Of the task, whose training pictures they are.
    encoded : EncodedFold
    module : str

    Returns
    -------
    pyarrow.Table
        task, region, module, group (a number from 1, the largest first), column, columns (of the whole module).
    """
    encoder = encoded.encoders[module]
    rows = encoded.train[:MOST_PICTURES]
    values = encoder.columns_of(data.modules[module].values[rows])
    groups = collinear_groups(values, encoder.columns, alike=ALIKE)
    members = [(number, name) for number, group in enumerate(groups, 1) for name in group]
    table = pa.table(
        {
            "module": pa.array([module] * len(members), pa.string()),
            "group": pa.array([number for number, _ in members], pa.int64()),
            "column": pa.array([name for _, name in members], pa.string()),
            "columns": pa.array([len(encoder.columns)] * len(members), pa.int64()),
        }
    )
    return with_constants(table, task=kind, region=data.region)


def with_constants(table: pa.Table, **constants: str) -> pa.Table:
    """Put columns of one value each before the others."""
    for place, (name, value) in enumerate(constants.items()):
        table = table.add_column(place, name, pa.array([value] * table.num_rows, pa.string()))
    return table
