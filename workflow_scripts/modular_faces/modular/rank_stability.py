"""Whether what counts most still counts most when the model is fitted again: ranks of columns and of modules.

A weight may keep its sign in every refit and still change places with its neighbours. Ranks go by size, without
the sign. Of columns it is asked how often each is among the largest of its module, and how well the order agrees
(Spearman's correlation of ranks); of modules how often each keeps its place, and how well the order agrees
(Kendall's tau).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.score_table import DIGITS
from modular_faces.tables import round_significant

Array = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]
Ranks = NDArray[np.int32]

TOP: Final = 10
"""Columns of a module that count as its largest."""


@dataclass(frozen=True)
class ColumnRanks:
    """How stable the ranks of a module's columns are.

    Attributes
    ----------
    in_top : (q, K) ndarray of float64
        Share of refits in which a column is among the `TOP` largest.
    agreement : (refits, K) ndarray of float64
        See `rank_correlation`.
    top_kept : (K,) ndarray of float64
        Mean of `in_top` over the columns that are among the largest in the model itself.
    """

    in_top: Array
    agreement: Array
    top_kept: Array


def column_ranks(values: Floats) -> ColumnRanks:
    """Summarise the ranks of a module's columns over refits.

    Parameters
    ----------
    values : (refits + 1, q, K) ndarray of float
        The model itself first.
    """
    ranks = ranks_of(values)
    shares = share_in_top(ranks, top=TOP)
    first = ranks[0] < TOP
    kept = np.asarray((shares * first).sum(axis=0) / first.sum(axis=0))
    return ColumnRanks(shares, rank_correlation(ranks), kept)


def ranks_of(values: Floats) -> Ranks:
    """Rank columns by size without the sign, 0 for the largest.

    Parameters
    ----------
    values : (r, q, K) ndarray of float
        Fits, columns, targets.

    Returns
    -------
    (r, q, K) ndarray of int32
        Of equal columns the first has the better rank.

    Examples
    --------
    >>> ranks_of(np.array([[[0.1], [-3.0], [1.0]]]))[0, :, 0].tolist()
    [2, 0, 1]
    """
    order = np.argsort(-np.abs(values), axis=1, kind="stable")
    ranks = np.empty(values.shape, dtype=np.int32)
    places = np.arange(values.shape[1], dtype=np.int32)[None, :, None]
    np.put_along_axis(ranks, order, np.broadcast_to(places, values.shape), axis=1)
    return ranks


def share_in_top(ranks: Ranks, *, top: int) -> Array:
    """Share of refits in which each column is among the largest, (q, K).

    Parameters
    ----------
    ranks : (refits + 1, q, K) ndarray of int32
        The first fit, which is the model itself, does not count.
    top : int
    """
    return np.asarray((ranks[1:] < top).mean(axis=0), dtype=np.float64)


def rank_correlation(ranks: Ranks) -> Array:
    """Spearman's correlation of each refit's ranks with those of the model itself, (refits, K).

    NaN where there is a single column.

    Examples
    --------
    >>> rank_correlation(np.array([[0, 1, 2], [2, 1, 0]])[:, :, None]).tolist()
    [[-1.0]]
    """
    q = ranks.shape[1]
    if q < 2:
        return np.full((len(ranks) - 1, ranks.shape[2]), np.nan)
    gaps = (ranks[1:] - ranks[0]).astype(np.float64)
    return np.asarray(1.0 - 6.0 * (gaps**2).sum(axis=1) / (q * (q**2 - 1.0)))


def kendall_tau(sizes: Floats) -> Array:
    """Kendall's tau between the order of modules in each refit and in the model itself, (refits, K).

    Parameters
    ----------
    sizes : (refits + 1, m, K) ndarray of float

    Returns
    -------
    (refits, K) ndarray of float64
        Pairs of modules in the same order less those in the other one, over all pairs; NaN for one module.

    Examples
    --------
    >>> kendall_tau(np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0]])[:, :, None]).round(3).tolist()
    [[0.333]]
    """
    one, other = np.triu_indices(sizes.shape[1], k=1)
    if not len(one):
        return np.full((len(sizes) - 1, sizes.shape[2]), np.nan)
    order = np.sign(sizes[:, one] - sizes[:, other])
    return np.asarray((order[1:] * order[0]).mean(axis=1))


def module_spread(components: Floats, coefficients: Sequence[Array]) -> Array:
    """Standard deviation of what a module adds to each score, in every fit, (r, K).

    Parameters
    ----------
    components : (n, d) ndarray of float
        Centred, of the training pictures.
    coefficients : sequence of (d, K) ndarray of float64
    """
    square = (components.T @ components).astype(np.float64) / len(components)
    return np.stack(
        [np.sqrt(np.maximum(((square @ one) * one).sum(axis=0), 0.0)) for one in coefficients]
    )


def pattern_size(patterns: Floats) -> Array:
    """Root mean square of a module's forward pattern, which its number of columns does not raise, (r, K)."""
    return np.asarray(np.sqrt(np.mean(np.square(patterns, dtype=np.float64), axis=1)))


def stability_table(
    targets: Sequence[str],
    sizes: Mapping[str, Mapping[str, Array]],
    ranks: Mapping[str, Mapping[str, ColumnRanks]],
    *,
    level: float,
) -> pa.Table:
    """How much each module counts, and how stable its place and those of its columns are.

    Parameters
    ----------
    targets : sequence of str, length K
    sizes : mapping of str to mapping of str to (refits + 1, K) ndarray of float64
        By view (pattern, weight) and module.
    ranks : mapping of str to mapping of str to ColumnRanks
        By view and module.
    level : float

    Returns
    -------
    pyarrow.Table
        target, view, module, size with low and high, place (1 for the module that counts most), same_place (share
        of refits), tau (median of Kendall's tau over modules) with low and high, agreement (median of Spearman's
        correlation over the module's columns) with low and high, top_kept (mean share of its largest columns
        that stay among the largest), columns.
    """
    tail = (1.0 - level) / 2.0
    quantiles = [0.5, tail, 1.0 - tail]
    rows: list[dict[str, Any]] = []
    for view, of_modules in sizes.items():
        joint = np.stack(list(of_modules.values()), axis=1)
        places = ranks_of(joint)
        tau = np.quantile(kendall_tau(joint), quantiles, axis=0)
        for m, module in enumerate(of_modules):
            low, high = np.quantile(joint[1:, m], quantiles[1:], axis=0)
            own = ranks[view][module]
            agreement = np.quantile(own.agreement, quantiles, axis=0)
            for k, target in enumerate(targets):
                numbers = (
                    joint[0, m, k],
                    low[k],
                    high[k],
                    *tau[:, k],
                    *agreement[:, k],
                    own.top_kept[k],
                )
                rows.append(
                    {"target": target, "view": view, "module": module}
                    | dict(zip(_NUMBERS, numbers, strict=True))
                    | {
                        "place": int(places[0, m, k]) + 1,
                        "same_place": float((places[1:, m, k] == places[0, m, k]).mean()),
                        "columns": len(own.in_top),
                    }
                )
    return _rounded(rows)


_NUMBERS: Final = (
    *("size", "low", "high", "tau", "tau_low", "tau_high"),
    *("agreement", "agreement_low", "agreement_high", "top_kept"),
)


def _rounded(rows: list[dict[str, Any]]) -> pa.Table:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    for name in (*_NUMBERS, "same_place"):
        values = np.array(columns[name], dtype=np.float64)
        columns[name] = pa.array(round_significant(values, digits=DIGITS), from_pandas=True)
    return pa.table(columns)
