"""What a model uses and what it shows: weights of columns, and the forward patterns that may be drawn on a face.

A weight says what a model does with a column when all others are held still. A column may have a large weight only
because it takes away what disturbs another one (a suppressor), and nobody would see it in the face. The forward
pattern is the covariance of each column with the model's score, in standard deviations of both: what a face looks
like that the model calls more X.

References
----------
Haufe, S., Meinecke, F., Görgen, K., Dähne, S., Haynes, J.-D., Blankertz, B., & Bießmann, F. (2014). On the
interpretation of weight vectors of linear models in multivariate neuroimaging. NeuroImage, 87, 96-110.
https://doi.org/10.1016/j.neuroimage.2013.10.067
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.encoder import AT_ONCE, Encoder, Values
from modular_faces.modular.linear_model import LinearModel, take
from modular_faces.modular.module_blocks import Module
from modular_faces.modular.protocol import EncodedFold
from modular_faces.modular.rank_stability import (
    ColumnRanks,
    column_ranks,
    module_spread,
    pattern_size,
    stability_table,
)
from modular_faces.modular.refits import make_refit
from modular_faces.modular.resampling import draw_weights
from modular_faces.modular.score_table import DIGITS
from modular_faces.tables import round_significant

Array = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]


def standard_scores(scores: Array, weights: Array) -> Array:
    """Weights of pictures that turn columns into their covariance with each score, over its deviation.

    Parameters
    ----------
    scores : (n, K) ndarray of float64
    weights : (n,) ndarray of float64

    Returns
    -------
    (n, K) ndarray of float64
        Zero for a score that does not vary.
    """
    share = (weights / weights.sum())[:, None]
    centred = scores - (share * scores).sum(axis=0)
    spread = np.sqrt((share * centred**2).sum(axis=0))
    return np.asarray(
        share * np.divide(centred, spread, where=spread > 0, out=np.zeros_like(centred))
    )


@dataclass(frozen=True)
class ModelWeights:
    """Weights and forward patterns of a model.

    Attributes
    ----------
    columns : list of pyarrow.Table
        One per module: target, module, column, weight (of one standard deviation of the column), pattern (in
        standard deviations of the column), both with low, high, the part of refits of the same sign
        (same_sign) and that in which the column is among the `rank_stability.TOP` largest of its module
        (in_top), and the column's standard deviation (spread).
    stability : pyarrow.Table
        See `rank_stability.stability_table`.
    """

    columns: list[pa.Table]
    stability: pa.Table


def weight_tables(
    blocks: Mapping[str, Module],
    task: Any,
    encoded: EncodedFold,
    model: LinearModel,
    *,
    refits: int,
    level: float,
    seed: int,
) -> ModelWeights:
    """Weights and forward patterns of a model with their stability.

    Parameters
    ----------
    blocks : mapping of str to Module
    task : Task
    encoded : EncodedFold
        Of the pictures that the model was fitted on (`train`).
    model : LinearModel
    refits : int
        Fits on resampled pictures (originals with their duplicates) at the same penalties and encoding.
    level : float
        Of the intervals.
    seed : int

    Returns
    -------
    ModelWeights
    """
    inside = take(encoded.train_blocks, np.arange(len(encoded.train)), model.modules)
    draws = draw_weights(task.clusters[encoded.train], draws=refits, seed=seed)
    refit = make_refit(task, inside, encoded.train, model)
    fitted = [dict(model.coefficients)]
    n = len(encoded.train)
    onto = np.empty((n, refits + 1, len(task.names)), np.float32)
    onto[:, 0] = standard_scores(model.scores(inside), np.ones(n))
    for place, (parts, scores) in enumerate(refit(draws[1:]), start=1):
        fitted.append(parts)
        onto[:, place] = standard_scores(scores, draws[place].astype(np.float64))
    tables = []
    sizes: dict[str, dict[str, Array]] = {"pattern": {}, "weight": {}}
    ranks: dict[str, dict[str, ColumnRanks]] = {"pattern": {}, "weight": {}}
    for name in model.modules:
        encoder = encoded.encoders[name]
        coefficients = [parts[name] for parts in fitted]
        values = {
            "weight": _in_columns(encoder, coefficients),
            "pattern": _patterns(encoder, blocks[name].values, encoded.train, onto),
        }
        sizes["weight"][name] = module_spread(inside[name], coefficients)
        sizes["pattern"][name] = pattern_size(values["pattern"])
        own = {view: column_ranks(of_view) for view, of_view in values.items()}
        for view, summary in own.items():
            ranks[view][name] = summary
        tables.append(_module_table(task.names, name, encoder, values, own, level))
    return ModelWeights(tables, stability_table(task.names, sizes, ranks, level=level))


def _in_columns(encoder: Encoder, coefficients: Sequence[Array]) -> NDArray[np.float32]:
    """Coefficients of components as weights of one standard deviation of each column, (refits + 1, q, K)."""
    axes = encoder.axes * encoder.spread[:, None].astype(np.float32)
    return np.stack([axes @ one.astype(np.float32) for one in coefficients])


def _patterns(
    encoder: Encoder, values: Values, rows: NDArray[np.intp], onto: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Forward patterns in standard deviations of each column, (refits + 1, q, K), from (n, refits + 1, K).

    Pictures are encoded some at a time, so that the columns of all of them are never in memory together.
    """
    spread = encoder.spread
    scale = np.divide(1.0, spread, where=spread > 0, out=np.zeros_like(spread))
    n, count, k = onto.shape
    flat = onto.reshape(n, -1)
    products = np.zeros((len(spread), count * k))
    for first in range(0, n, AT_ONCE):
        part = slice(first, first + AT_ONCE)
        products += encoder.columns_of(values[rows[part]]).T @ flat[part]
    scaled = products.reshape(len(spread), count, k).transpose(1, 0, 2) * scale[:, None]
    return np.asarray(scaled, dtype=np.float32)


def _module_table(
    targets: Sequence[str],
    module: str,
    encoder: Encoder,
    values_of: Mapping[str, NDArray[np.float32]],
    ranks: Mapping[str, ColumnRanks],
    level: float,
) -> pa.Table:
    q = len(encoder.columns)
    columns: dict[str, Any] = {
        "target": np.repeat(list(targets), q),
        "module": np.repeat([module], q * len(targets)),
        "column": np.tile(list(encoder.columns), len(targets)),
    }
    for kind, values in values_of.items():
        tail = (1.0 - level) / 2.0
        low, high = np.quantile(values[1:], [tail, 1.0 - tail], axis=0)
        same = (np.sign(values[1:]) == np.sign(values[0])).mean(axis=0)
        for ending, part in (("", values[0]), ("_low", low), ("_high", high)):
            columns[kind + ending] = _flat(part)
        columns[f"{kind}_same_sign"] = _flat(same)
        columns[f"{kind}_in_top"] = _flat(ranks[kind].in_top)
    columns["spread"] = round_significant(np.tile(encoder.spread, len(targets)), digits=DIGITS)
    return pa.table(columns)


def _flat(values: Floats) -> Array:
    return round_significant(values.T.ravel().astype(np.float64), digits=DIGITS)
