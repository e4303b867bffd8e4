"""Fit every model on training pictures and try it on test pictures: models, parts of them, and chance.

For each fold modules are encoded from its training pictures alone (`encode_fold`), models get the components and
the truth of training pictures alone, and predictions are written down for test pictures alone. No choice is made
after test pictures were seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.encoder import (
    Encoder,
    Transformer,
    Values,
    fit_encoder,
    usable_rows,
)
from modular_faces.modular.folds import Fold
from modular_faces.modular.linear_model import Floats, Joined, LinearModel
from modular_faces.modular.module_blocks import Module
from modular_faces.modular.tasks import Task

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
PipelineFactory = Callable[[str, Sequence[str]], Transformer]
"""Makes the unfitted transformer of a module with these columns."""


@dataclass(frozen=True)
class ModelPlan:
    """Which models are made.

    Attributes
    ----------
    models : mapping of str to tuple of str
        Modules by the name of the model.
    main : str
        The model that is taken apart.
    groups : mapping of str to tuple of str
        Modules of the main model that are taken out together, by name.
    components : int
        Most components of a module.
    """

    models: Mapping[str, tuple[str, ...]]
    main: str
    groups: Mapping[str, tuple[str, ...]]
    components: int

    @property
    def modules(self) -> tuple[str, ...]:
        """Every module that some model has."""
        return tuple(dict.fromkeys(chain.from_iterable(self.models.values())))

    def coalitions(self) -> list[tuple[str, ...]]:
        """Every choice of groups, from none to all."""
        names = list(self.groups)
        sizes = range(len(names) + 1)
        return [*chain.from_iterable(combinations(names, size) for size in sizes)]

    def modules_of(self, coalition: Sequence[str]) -> tuple[str, ...]:
        """Modules of some groups, in the order of the main model."""
        inside = {name for group in coalition for name in self.groups[group]}
        return tuple(name for name in self.models[self.main] if name in inside)


@dataclass
class Predictions:
    """Predictions of all models.

    Attributes
    ----------
    models : dict of str to (repeats, n, K) ndarray of float32
        By name of the model; NaN for pictures that were not tried.
    coalitions : dict of tuple of str to (repeats, n, K) ndarray of float32
        By groups.
    modules : dict of str to tuple of str
        Modules of each model.
    baseline : (repeats, n, K) ndarray of float32
        Relative frequencies, or means, of the training pictures.
    converged : dict of str to bool
    """

    models: dict[str, Values]
    coalitions: dict[tuple[str, ...], Values]
    modules: dict[str, tuple[str, ...]]
    baseline: Values
    converged: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class EncodedFold:
    """Components of the pictures of a fold that every module is there for.

    Attributes
    ----------
    train, test : ndarray of intp
        Rows.
    encoders : dict of str to Encoder
    train_blocks, test_blocks : dict of str to ndarray of float32
        Components by module.
    """

    train: Rows
    test: Rows
    encoders: dict[str, Encoder]
    train_blocks: dict[str, Floats]
    test_blocks: dict[str, Floats]


EachFold = Callable[[EncodedFold, Mapping[str, LinearModel], Fold], None]
"""Takes an encoded fold and the models that were fitted on it, by name."""


def complete_rows(blocks: Mapping[str, Module], modules: Sequence[str]) -> NDArray[np.bool_]:
    """Pictures that every module is there for, (n,)."""
    usable = [usable_rows(blocks[name].values) for name in modules]
    return np.asarray(np.logical_and.reduce(usable))


def encode_fold(
    blocks: Mapping[str, Module],
    modules: Sequence[str],
    *,
    train: Rows,
    test: Rows,
    pipeline: PipelineFactory,
    components: int,
) -> EncodedFold:
    """Learn the encoding of each module from training pictures and apply it to both.

    Parameters
    ----------
    blocks : mapping of str to Module
    modules : sequence of str
    train, test : ndarray of intp
        Rows with all of these modules.
    pipeline : callable
    components : int
    """
    encoders, fitted, checked = {}, {}, {}
    for name in modules:
        block = blocks[name]

        def factory(name: str = name, block: Module = block) -> Transformer:
            return pipeline(name, block.columns)

        encoder = fit_encoder(
            name, block.columns, block.values[train], factory, components=components
        )
        encoders[name] = encoder
        fitted[name] = encoder.components_of(block.values[train])
        checked[name] = (
            encoder.components_of(block.values[test])
            if len(test)
            else np.empty((0, encoder.axes.shape[1]), np.float32)
        )
    return EncodedFold(train, test, encoders, fitted, checked)


def run_folds(
    blocks: Mapping[str, Module],
    task: Task,
    folds: Sequence[Fold],
    plan: ModelPlan,
    *,
    pipeline: PipelineFactory,
    each_fold: EachFold | None = None,
) -> Predictions:
    """Fit and try every model of the plan, with its parts, in every fold.

    Parameters
    ----------
    blocks : mapping of str to Module
    task : Task
    folds : sequence of Fold
    plan : ModelPlan
    pipeline : callable
    each_fold : callable, optional
        Gets each encoded fold with the models that were fitted on it.

    Returns
    -------
    Predictions
        Of pictures that have every module of the plan; `baseline` of all.
    """
    complete = complete_rows(blocks, plan.modules)
    shape = (1 + max(fold.repeat for fold in folds), len(task.known), len(task.names))

    def empty() -> Values:
        return np.full(shape, np.nan, np.float32)

    result = Predictions({}, {}, {}, empty())
    for fold in folds:
        pool = task.known & complete
        known_train = fold.train[task.known[fold.train]]
        result.baseline[fold.repeat, fold.test] = task.prior(known_train)
        encoded = encode_fold(
            blocks,
            plan.modules,
            train=fold.train[pool[fold.train]],
            test=fold.test[complete[fold.test]],
            pipeline=pipeline,
            components=plan.components,
        )
        fitted = _run_fold(encoded, task, plan, fold.repeat, result, empty)
        if each_fold is not None:
            each_fold(encoded, fitted, fold)
    return result


def _run_fold(
    encoded: EncodedFold,
    task: Task,
    plan: ModelPlan,
    repeat: int,
    result: Predictions,
    empty: Callable[[], Values],
) -> dict[str, LinearModel]:
    alone: dict[str, float] = {}
    place = (repeat, encoded.test)
    main_modules = plan.models[plan.main]
    singles = {f"only_{name}": (name,) for name in main_modules} if len(main_modules) > 1 else {}
    fitted: dict[str, LinearModel] = {}
    for name, modules in {**plan.models, **singles}.items():
        inside = Joined({module: encoded.train_blocks[module] for module in modules})
        penalties = task.choose(inside, encoded.train, alone)
        fitted[name] = task.fit(inside, encoded.train, penalties, None)
        result.modules[name] = modules
        predicted = fitted[name].predict(encoded.test_blocks)
        result.models.setdefault(name, empty())[place] = predicted
        result.converged[name] = result.converged.get(name, True) and fitted[name].converged
    whole, *parts, nothing = reversed(plan.coalitions())
    predicted_parts = _parts_of_main(encoded, task, plan, parts, fitted[plan.main])
    result.coalitions.setdefault(nothing, empty())[place] = task.prior(encoded.train)
    for coalition, predicted in zip(parts, predicted_parts, strict=True):
        result.coalitions.setdefault(coalition, empty())[place] = predicted
    result.coalitions.setdefault(whole, empty())[place] = result.models[plan.main][place]
    return fitted


def _parts_of_main(
    encoded: EncodedFold,
    task: Task,
    plan: ModelPlan,
    coalitions: Sequence[tuple[str, ...]],
    main: LinearModel,
) -> Iterator[Array]:
    """Predictions of the main model's parts, at its penalties."""
    leaving = task.without(
        Joined({name: encoded.train_blocks[name] for name in main.modules}),
        {name: encoded.test_blocks[name] for name in main.modules},
        encoded.train,
        main,
    )
    return leaving.predict([plan.modules_of(coalition) for coalition in coalitions])


def without_groups(predictions: Predictions, plan: ModelPlan) -> None:
    """Name the models that miss one group each among the others, for their scores."""
    groups = list(plan.groups)
    if len(groups) < 2:
        return
    for group in groups:
        rest = tuple(name for name in groups if name != group)
        predictions.models[f"without_{group}"] = predictions.coalitions[rest]
        predictions.modules[f"without_{group}"] = plan.modules_of(rest)


def as_pipeline(factory: Callable[[], Any]) -> PipelineFactory:
    """Use one transformer for every module, whatever its name and columns."""

    def pipeline(name: str, columns: Sequence[str]) -> Transformer:
        made: Transformer = factory()
        return made

    return pipeline
