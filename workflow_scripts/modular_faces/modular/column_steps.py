"""Steps of a pipeline that look at each column by itself, a part of the table at a time.

A module of 3,000 columns takes 300 MB for 12,271 pictures, and scikit-learn's own steps make several copies of it at
once. In parts they give the same numbers, to the last bit, and copy a part only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone

ROWS_AT_ONCE: Final = 512
COLUMNS_AT_ONCE: Final = 128


def parts_of_columns(count: int) -> Iterator[slice]:
    """Cut columns into parts of at most `COLUMNS_AT_ONCE`, all of nearly the same width.

    Examples
    --------
    >>> [(part.start, part.stop) for part in parts_of_columns(200)]
    [(0, 100), (100, 200)]
    """
    parts = max(1, -(-count // COLUMNS_AT_ONCE))
    ends = [count * part // parts for part in range(parts + 1)]
    yield from (slice(*both) for both in pairwise(ends))


class InParts(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fit one copy of a step to each part of the columns.

    Parameters
    ----------
    step : transformer
        Unfitted; treats every column by itself and keeps them all.
    overwrite : bool
        Write the changed columns over those given, which must then be nobody else's.

    Attributes
    ----------
    steps_ : list of transformer
        The fitted copies, in the order of `parts_of_columns`.
    """

    def __init__(self, step: Any, *, overwrite: bool) -> None:
        self.step = step
        self.overwrite = overwrite

    def fit(self, X: NDArray[np.floating], y: Any = None) -> Self:  # noqa: N803
        """Fit each part."""
        self.n_features_in_ = X.shape[1]
        self.steps_ = [clone(self.step).fit(X[:, part]) for part in self._parts()]
        return self

    def transform(self, X: NDArray[np.floating]) -> NDArray[np.floating]:  # noqa: N803
        """Change each part."""
        changed = X if self.overwrite else np.empty_like(X)
        for step, part in zip(self.steps_, self._parts(), strict=True):
            changed[:, part] = step.transform(X[:, part])
        return changed

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Names of the columns, those of the input."""
        names = [f"x{i}" for i in range(self.n_features_in_)]
        return np.asarray(names if input_features is None else input_features, dtype=object)

    def _parts(self) -> Iterator[slice]:
        return parts_of_columns(self.n_features_in_)


class SquareRoot(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Square root of shares of a whole, so that rare colours and weak edges count as they vary (Hellinger).

    Values a little below zero, which rounding may leave, count as zero.

    Parameters
    ----------
    places : sequence of int
        The columns it is taken of; the others stay.
    """

    def __init__(self, *, places: Sequence[int]) -> None:
        self.places = places

    def fit(self, X: NDArray[np.floating], y: Any = None) -> Self:  # noqa: N803
        """Nothing to learn."""
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: NDArray[np.floating]) -> NDArray[np.float64]:  # noqa: N803
        """Take the roots; missing numbers stay missing."""
        values = np.array(X, dtype=np.float64)
        places = list(self.places)
        for first in range(0, len(values), ROWS_AT_ONCE):
            part = values[first : first + ROWS_AT_ONCE]
            part[:, places] = np.sqrt(np.maximum(part[:, places], 0.0))
        return values

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Names of the columns, those of the input."""
        names = [f"x{i}" for i in range(self.n_features_in_)]
        return np.asarray(names if input_features is None else input_features, dtype=object)
