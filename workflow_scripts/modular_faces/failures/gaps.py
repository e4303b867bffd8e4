"""Missing values of descriptors, drawn so that a model cannot tell that they were missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_FEW_VALUES = 20
"""A column with no more values than these holds categories or counts."""
_NEIGHBOURS = 5
"""Complete pictures of which one lends a picture what it misses."""
_REACH = 0.02
"""How far a lent number is moved, in ranks of the known ones: as a share of their number."""


def without_gaps(values: FloatArray, *, seed: int) -> tuple[FloatArray, NDArray[np.intp]]:
    """Draw missing values so that they look like known ones; a column without any becomes 0.

    A picture takes all that it misses from one of the `_NEIGHBOURS` complete pictures that are nearest to it in
    what is known of it: drawn column by column, related columns would no longer fit each other, and a model would
    see the gap. Numbers are moved a little up or down the ranks, since a copy of another picture's very
    values would be recognised. Without a complete picture, each column is drawn on its own.

    Parameters
    ----------
    values : (n, k) ndarray of float64
    seed : int

    Returns
    -------
    filled : (n, k) ndarray of float64
    lenders : (n,) ndarray of int
        The row that lent to each, which a model that is asked about one must not have seen either; the row itself
        where it borrowed nothing.
    """
    missing = np.isnan(values)
    generator = np.random.default_rng(seed)
    filled, lenders = _from_neighbours(values, missing, generator)
    for column, gaps in zip(filled.T, missing.T, strict=True):
        known = np.sort(column[~gaps])
        if not known.size:
            column[gaps] = 0.0
            continue
        drawn = np.where(np.isnan(column), generator.choice(known, len(column)), column)[gaps]
        if len(np.unique(known)) > _FEW_VALUES:
            reach = max(1.0, _REACH * known.size)
            place = np.searchsorted(known, drawn) + reach * generator.uniform(-1, 1, len(drawn))
            drawn = np.interp(place, np.arange(known.size), known)
        column[gaps] = drawn
    return filled, lenders


def _from_neighbours(
    values: FloatArray, missing: BoolArray, generator: np.random.Generator
) -> tuple[FloatArray, NDArray[np.intp]]:
    """Fill the gaps of each picture from one complete picture; unchanged where there is none."""
    filled, lenders = values.copy(), np.arange(len(values))
    complete = np.flatnonzero(~missing.any(axis=1))
    if not complete.size or complete.size == len(values):
        return filled, lenders
    spread = values[complete].std(axis=0)
    scaled = values / np.where(spread > 0, spread, 1.0)
    for pattern in np.unique(missing[missing.any(axis=1)], axis=0):
        rows = np.flatnonzero((missing == pattern).all(axis=1))
        giver = complete[generator.integers(0, complete.size, rows.size)]
        if not pattern.all():
            near = _nearest(scaled[complete][:, ~pattern], scaled[rows][:, ~pattern])
            picked = generator.integers(0, near.shape[1], rows.size)
            giver = complete[near[np.arange(rows.size), picked]]
        filled[np.ix_(rows, pattern)] = values[np.ix_(giver, pattern)]
        lenders[rows] = giver
    return filled, lenders


def lent_together(lenders: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the groups of pictures that borrowed from each other, or from the same one.

    Parameters
    ----------
    lenders : (n,) ndarray of int
        From `without_gaps`.

    Returns
    -------
    (n,) ndarray of int
    """
    rows = np.arange(len(lenders))
    links = coo_array((np.ones(len(rows)), (rows, lenders)), shape=[len(rows)] * 2)
    joined: NDArray[np.intp] = connected_components(links, directed=False)[1]
    return joined


def _nearest(known: FloatArray, asked: FloatArray) -> NDArray[np.intp]:
    """Rows of the nearest known ones, for each that is asked about."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(known))).fit(known)
    nearest: NDArray[np.intp] = search.kneighbors(asked, return_distance=False)
    return nearest
