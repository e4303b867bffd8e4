"""Multinomial logistic regression with a penalty for each column.

scikit-learn's `LogisticRegression` knows one penalty for all columns; here each module of a model has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.softmax_many import fit_many
from modular_faces.modular.softmax_parts import Columns, Problem

Floats = NDArray[np.floating[Any]]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class SoftmaxFit:
    """Coefficients of a multinomial logistic regression.

    Attributes
    ----------
    coefficients : (d, K) ndarray of float64
    intercepts : (K,) ndarray of float64
        Adding to zero, as the coefficients of every column do.
    converged : bool
    """

    coefficients: Array
    intercepts: Array
    converged: bool


def fit_softmax(
    columns: Floats,
    classes: NDArray[np.int64],
    *,
    n_classes: int,
    penalties: Array,
    weights: Array,
    start: SoftmaxFit | None,
    tolerance: float,
    iterations: int,
) -> SoftmaxFit:
    """Minimise weighted mean log loss plus half the penalised squared coefficients.

    Parameters
    ----------
    columns : (n, d) ndarray of float
        Centred; float32 is fastest.
    classes : (n,) ndarray of int64
        0 to ``n_classes - 1``.
    n_classes : int
    penalties : (d,) ndarray of float64
        Of each column, above zero; intercepts go free.
    weights : (n,) ndarray of float64
        Of each row, not negative.
    start : SoftmaxFit or None
        Where to begin: a fit of nearly the same data is found again in a few steps.
    tolerance, iterations
        See `softmax_many.fit_many`.

    Returns
    -------
    SoftmaxFit

    Raises
    ------
    ValueError
        If a penalty is not above zero, or fewer than two classes have any weight.
    """
    first = np.vstack([start.coefficients, start.intercepts]) if start else None
    problem = Problem(weights, classes, penalties, first)
    (found,) = fit_many(
        Columns(columns), [problem], n_classes=n_classes, tolerance=tolerance, iterations=iterations
    )
    return SoftmaxFit(found.parameters[:-1], found.parameters[-1], found.converged)


def softmax(scores: Array) -> Array:
    """Turn class scores into probabilities, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
