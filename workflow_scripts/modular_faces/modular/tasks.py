"""What a model is to predict: a category, or several ratings at once; both behind the same few functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular import emotion_model, rating_model
from modular_faces.modular.emotion_model import Request
from modular_faces.modular.linear_model import Blocks, FitOptions, Kind, LinearModel
from modular_faces.modular.ridge import RidgeSystem

Array = NDArray[np.float64]
Rows = NDArray[Any]


class Task(Protocol):
    """A thing to predict.

    Every function gets the rows to learn from and the components of just these rows, so that nothing of
    other pictures can reach a model.
    """

    @property
    def kind(self) -> Kind:
        """Emotions or ratings."""

    @property
    def names(self) -> tuple[str, ...]:
        """Categories, or ratings: what the K columns of predictions stand for."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Pictures whose truth is known, (n,)."""

    @property
    def classes(self) -> NDArray[np.int64] | None:
        """Category of each picture (-1 where there is none), None for ratings."""

    def choose(self, blocks: Blocks, rows: Rows, alone: dict[str, float]) -> Array:
        """Choose penalties in folds inside `rows`."""

    def fit(
        self, blocks: Blocks, rows: Rows, penalties: Array, start: LinearModel | None
    ) -> LinearModel:
        """Fit at given penalties."""

    def prior(self, rows: Rows) -> Array:
        """What is predicted of a picture that nothing is known of, (K,)."""

    def without(self, blocks: Blocks, others: Blocks, rows: Rows, model: LinearModel) -> Leaving:
        """Prepare models with some modules left out."""


class Leaving(Protocol):
    """Models of some of the modules of a model, at its penalties."""

    def predict(self, choices: Sequence[tuple[str, ...]]) -> Iterator[Array]:
        """Predictions of the other pictures by a model of each choice of modules, (k, K)."""


@dataclass(frozen=True)
class EmotionTask:
    """Predict one of several categories.

    Attributes
    ----------
    names : tuple of str
    truth : (n,) ndarray of int64
        -1 where there is none.
    clusters : (n,) ndarray of int64
    options : FitOptions
    """

    names: tuple[str, ...]
    truth: NDArray[np.int64]
    clusters: NDArray[np.int64]
    options: FitOptions
    kind: Kind = "emotions"

    @property
    def known(self) -> NDArray[np.bool_]:
        """Pictures with a category."""
        return np.asarray(self.truth >= 0)

    @property
    def classes(self) -> NDArray[np.int64] | None:
        """The categories."""
        return self.truth

    def choose(self, blocks: Blocks, rows: Rows, alone: dict[str, float]) -> Array:
        """Choose penalties by log loss in stratified folds."""
        return emotion_model.choose_penalties(
            blocks,
            self.truth[rows],
            self.clusters[rows],
            n_classes=len(self.names),
            options=self.options,
            alone=alone,
        )

    def fit(
        self, blocks: Blocks, rows: Rows, penalties: Array, start: LinearModel | None
    ) -> LinearModel:
        """Fit a multinomial logistic regression."""
        (fitted,) = self.fit_each(blocks, [self.request(self.truth[rows], penalties, start)])
        return fitted

    def request(
        self, classes: NDArray[np.int64], penalties: Array, start: LinearModel | None
    ) -> Request:
        """Ask for a model of some categories, true or not, weighted as the options say."""
        weights = emotion_model.row_weights(classes, len(self.names), self.options)
        return Request(classes, penalties, weights, start)

    def fit_each(self, blocks: Blocks, requests: Sequence[Request]) -> Iterator[LinearModel]:
        """Fit several models of the same pictures and modules."""
        return emotion_model.fit_each(
            blocks, requests, n_classes=len(self.names), options=self.options
        )

    def prior(self, rows: Rows) -> Array:
        """Relative frequencies of the categories."""
        counts = np.bincount(self.truth[rows], minlength=len(self.names))
        return np.asarray(counts / counts.sum())

    def without(self, blocks: Blocks, others: Blocks, rows: Rows, model: LinearModel) -> Leaving:
        """Prepare models with some modules left out."""
        return _EmotionsLeaving(self, blocks, others, rows, model)


@dataclass(frozen=True)
class _EmotionsLeaving:
    task: EmotionTask
    blocks: Blocks
    others: Blocks
    rows: Rows
    model: LinearModel

    def predict(self, choices: Sequence[tuple[str, ...]]) -> Iterator[Array]:
        requests = [
            self.task.request(
                self.task.truth[self.rows], _without(self.model, modules)[:, 0], self.model
            )
            for modules in choices
        ]
        for fitted in self.task.fit_each(self.blocks, requests):
            yield fitted.predict(self.others)


@dataclass(frozen=True)
class RatingTask:
    """Predict several ratings, each by its own model.

    Attributes
    ----------
    names : tuple of str
    truth : (n, t) ndarray of float64
        NaN where a picture has no such rating; all ratings of a task are known for the same pictures.
    clusters : (n,) ndarray of int64
    options : FitOptions
    """

    names: tuple[str, ...]
    truth: Array
    clusters: NDArray[np.int64]
    options: FitOptions
    kind: Kind = "ratings"

    @property
    def known(self) -> NDArray[np.bool_]:
        """Pictures with these ratings."""
        return np.asarray(np.isfinite(self.truth).all(axis=1))

    @property
    def classes(self) -> NDArray[np.int64] | None:
        """There are none."""
        return None

    def choose(self, blocks: Blocks, rows: Rows, alone: dict[str, float]) -> Array:
        """Choose penalties by squared error, for each rating."""
        return rating_model.choose_penalties(
            blocks, self.truth[rows], self.clusters[rows], options=self.options
        )

    def fit(
        self, blocks: Blocks, rows: Rows, penalties: Array, start: LinearModel | None
    ) -> LinearModel:
        """Fit ridge regressions."""
        return rating_model.fit_ratings(
            blocks, self.truth[rows], penalties=penalties, weights=np.ones(len(self.truth[rows]))
        )

    def prior(self, rows: Rows) -> Array:
        """Means of the ratings."""
        return np.asarray(self.truth[rows].mean(axis=0))

    def without(self, blocks: Blocks, others: Blocks, rows: Rows, model: LinearModel) -> Leaving:
        """Prepare models with some modules left out."""
        modules = model.modules
        system = RidgeSystem([blocks[name] for name in modules], [others[name] for name in modules])
        return _RatingsLeaving(system, self.truth[rows], model)


@dataclass(frozen=True)
class _RatingsLeaving:
    system: RidgeSystem
    truth: Array
    model: LinearModel

    def predict(self, choices: Sequence[tuple[str, ...]]) -> Iterator[Array]:
        for modules in choices:
            penalties = _without(self.model, modules)
            yield rating_model.predict_ratings(self.system, self.truth, penalties)


def _without(model: LinearModel, kept: tuple[str, ...]) -> Array:
    """Penalties of a model, infinite for modules that are not kept."""
    left_out = np.array([name not in kept for name in model.modules])
    return np.where(left_out[:, None], np.inf, model.penalties)


def emotion_task(
    labels: NDArray[np.object_],
    names: Mapping[str, str],
    kept: list[str],
    clusters: NDArray[np.int64],
    options: FitOptions,
) -> EmotionTask:
    """Make a task of labels; those of categories that are not kept count as unknown.

    Parameters
    ----------
    labels : (n,) ndarray of objects
    names : mapping of str to str
        Name of each category by its code.
    kept : list of str
        Codes.
    clusters, options
        See `EmotionTask`.
    """
    place = {code: k for k, code in enumerate(kept)}
    truth = np.array([place.get(label, -1) for label in labels.tolist()], dtype=np.int64)
    return EmotionTask(tuple(names[code] for code in kept), truth, clusters, options)


def rating_tasks(
    ratings: Mapping[str, Array], clusters: NDArray[np.int64], options: FitOptions
) -> tuple[list[RatingTask], list[str]]:
    """Make tasks of ratings: one for all ratings that the same pictures have.

    Returns
    -------
    list of RatingTask
    list of str
        Sentences on ratings that no model can be made for.
    """
    groups: dict[bytes, list[str]] = {}
    problems = []
    for name, values in ratings.items():
        known = values[np.isfinite(values)]
        if len(known) == 0 or np.ptp(known) == 0:
            seen = "has no values" if len(known) == 0 else f"is {known[0]:g} for every picture"
            problems.append(f"The rating '{name}' {seen}: no model is made for it.")
            continue
        groups.setdefault(np.isfinite(values).tobytes(), []).append(name)
    tasks = [
        RatingTask(
            tuple(names), np.column_stack([ratings[name] for name in names]), clusters, options
        )
        for names in groups.values()
    ]
    return tasks, problems
