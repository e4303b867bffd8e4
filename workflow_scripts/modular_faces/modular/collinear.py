"""Groups of columns that say nearly the same: a weight of one of them must not be read alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

ALIKE: Final = 0.9
"""Least correlation, without its sign, of any two columns of a group."""


def collinear_groups(
    values: NDArray[np.floating[Any]], columns: Sequence[str], *, alike: float
) -> list[list[str]]:
    """Group columns so that any two of a group correlate at least so much (complete linkage).

    Parameters
    ----------
    values : (n, k) ndarray of float
        Rows with missing numbers are left out; constant columns are passed over.
    columns : sequence of str, length k
    alike : float
        Least absolute correlation.

    Returns
    -------
    list of list of str
        Groups of two and more, the largest first.

    Examples
    --------
    >>> x = np.arange(6.0)
    >>> collinear_groups(np.column_stack([x, -x, x % 2]), ["a", "b", "c"], alike=0.9)
    [['a', 'b']]
    """
    whole = np.asarray(values[np.isfinite(values).all(axis=1)], dtype=np.float64)
    varies = np.flatnonzero(whole.std(axis=0) > 0) if len(whole) > 2 else np.empty(0, np.intp)
    if len(varies) < 2:
        return []
    distance = 1.0 - np.abs(np.corrcoef(whole[:, varies], rowvar=False))
    np.fill_diagonal(distance, 0.0)
    condensed = squareform(np.clip(distance, 0.0, 1.0), checks=False)
    number = fcluster(linkage(condensed, "complete"), 1.0 - alike, criterion="distance")
    groups: dict[int, list[str]] = {}
    for place, group in zip(varies, number, strict=True):
        groups.setdefault(int(group), []).append(columns[int(place)])
    large = [group for group in groups.values() if len(group) > 1]
    return sorted(large, key=lambda group: (-len(group), group[0]))
