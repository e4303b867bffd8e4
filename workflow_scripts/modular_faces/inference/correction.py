"""Correction of p-values for the number of tests in a family."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Correct p-values by Holm's step-down method, which keeps the family-wise error of any tests.

    Parameters
    ----------
    p_values : (k,) array_like of float
        Those of one family; NaN for tests that were not made, which do not count.

    Returns
    -------
    (k,) ndarray of float64
        Corrected p-values in the same order, NaN where there was none.

    Raises
    ------
    ValueError
        If a value is not between 0 and 1.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics,
    6(2), 65-70. https://www.jstor.org/stable/4615733

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03, 0.005]).tolist()
    [0.03, 0.06, 0.06, 0.02]
    """
    given = np.asarray(p_values, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(given))
    values = given[known]
    if ((values < 0) | (values > 1)).any():
        raise ValueError("a p-value is not between 0 and 1")
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(len(values), 0, -1)
    corrected = np.full(given.shape, np.nan)
    corrected[known[order]] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected
