"""A module's columns as a bounded number of components, everything fitted on training pictures only.

A module of 1,400 columns must not win by its size. Behind its own pipeline (`module_steps`) its columns are turned
to principal components, at most so many, and scaled so that pictures vary by one in all: every module enters a
model with the same variance, and its penalty alone decides how much it counts. Weights go back to the columns
without loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.column_steps import parts_of_columns

Values = NDArray[np.float32]
Array = NDArray[np.float64]

AT_ONCE: Final = 512
"""Pictures that a transformer gets at once."""


class Transformer(Protocol):
    """What of a scikit-learn pipeline is needed."""

    def fit(self, values: Values) -> Any:
        """Learn from training pictures."""

    def transform(self, values: Values) -> NDArray[np.floating[Any]]:
        """Change any pictures."""


TransformerFactory = Callable[[], Transformer]
"""Makes a transformer that has seen nothing yet; it fills single missing numbers."""


@dataclass(frozen=True)
class Encoder:
    """One module, as learnt from training pictures.

    Attributes
    ----------
    transformer : Transformer
    columns : tuple of str
        Names of the columns after the transformer.
    middle, spread : (q,) ndarray of float64
        Mean and standard deviation of each column after the transformer; spread is 0 where it is constant.
    axes : (q, d) ndarray of float32
        Centred columns times these are the components.
    variance_kept : float
        Part of the variance of the columns that the components hold.
    """

    transformer: Transformer
    columns: tuple[str, ...]
    middle: Array
    spread: Array
    axes: Values
    variance_kept: float

    def columns_of(self, values: Values) -> Values:
        """Columns after the transformer, less their training mean, (n, q) ndarray of float32."""
        changed = changed_by(self.transformer, values)
        changed -= self.middle.astype(np.float32)
        return changed

    def components_of(self, values: Values) -> Values:
        """Components of pictures, (n, d) ndarray of float32; encoded some at a time, as `changed_by` does."""
        components = np.empty((len(values), self.axes.shape[1]), np.float32)
        for first in range(0, len(values), AT_ONCE):
            part = slice(first, first + AT_ONCE)
            components[part] = self.columns_of(values[part]) @ self.axes
        return components


def changed_by(transformer: Transformer, values: Values) -> Values:
    """Change pictures, some at a time, because a transformer needs several times the memory of what it gives.

    Returns
    -------
    (n, q) ndarray of float32
    """
    first_part = np.asarray(transformer.transform(values[:AT_ONCE]), dtype=np.float32)
    changed = np.empty((len(values), first_part.shape[1]), np.float32)
    changed[:AT_ONCE] = first_part
    for first in range(AT_ONCE, len(values), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        changed[part] = transformer.transform(values[part])
    return changed


def usable_rows(values: Values) -> NDArray[np.bool_]:
    """Pictures that a module can say something about: at least half of their numbers are there.

    Returns
    -------
    (n,) ndarray of bool
    """
    present = np.isfinite(values).sum(axis=1)
    return np.asarray((present > 0) & (2 * present >= values.shape[1]))


def fit_encoder(
    name: str,
    columns: Sequence[str],
    values: Values,
    factory: TransformerFactory,
    *,
    components: int,
) -> Encoder:
    """Learn a module's encoding from training pictures.

    Parameters
    ----------
    name : str
        Of the module, for messages.
    columns : sequence of str, length k
    values : (n, k) ndarray of float32
        Usable training pictures, single numbers may be missing.
    factory : callable
    components : int
        Most components.

    Returns
    -------
    Encoder

    Raises
    ------
    ValueError
        If there are fewer than two pictures, or no column varies.
    """
    if len(values) < 2:
        raise ValueError(f"module {name}: {len(values)} training pictures have it; two are needed")
    transformer = factory()
    transformer.fit(values)
    changed = changed_by(transformer, values)
    middle = changed.mean(axis=0, dtype=np.float64)
    changed -= middle.astype(np.float32)
    spread = np.concatenate(
        [
            changed[:, part].std(axis=0, dtype=np.float64)
            for part in parts_of_columns(changed.shape[1])
        ]
    )
    spread[spread <= 1e-6 * spread.max(initial=0.0)] = 0.0
    if not spread.any():
        raise ValueError(
            f"module {name}: no column differs between the {len(values)} training pictures; leave it out"
        )
    axes, kept = principal_axes(changed, components=components)
    return Encoder(transformer, names_after(transformer, columns), middle, spread, axes, kept)


def names_after(transformer: Transformer, columns: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns that a transformer gives, for those that it gets.

    A transformer that cannot tell is taken to keep their order; prefixes of scikit-learn's steps are taken off.
    """
    tell = getattr(transformer, "get_feature_names_out", None)
    if tell is None:
        return tuple(columns)
    known = set(columns)
    return tuple(
        name if name in known else name.partition("__")[2] for name in map(str, tell(columns))
    )


def principal_axes(columns: Values, *, components: int) -> tuple[Values, float]:
    """Principal axes of centred columns, scaled so that all variances add to one.

    Parameters
    ----------
    columns : (n, q) ndarray of float32
    components : int
        Most axes; those without variance are left out.

    Returns
    -------
    (q, d) ndarray of float32
        The largest element of each axis is positive.
    float
        Part of the variance that the axes hold.
    """
    from scipy.linalg import eigh

    n, q = columns.shape
    by_rows = n < q
    square = (columns @ columns.T if by_rows else columns.T @ columns).astype(np.float64)
    square /= n
    size = len(square)
    total = float(np.trace(square))
    first = max(0, size - components)
    values, vectors = eigh(square, subset_by_index=(first, size - 1), check_finite=False)
    real = np.flatnonzero(values > 1e-6 * values[-1])[::-1]
    values, vectors = values[real], vectors[:, real]
    if by_rows:
        vectors = columns.T @ (vectors / np.sqrt(n * values))
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])])
    return (vectors * signs / np.sqrt(total)).astype(np.float32), float(values.sum() / total)
