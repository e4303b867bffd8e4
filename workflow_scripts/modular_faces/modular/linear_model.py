"""Linear models of named modules: what is fitted, how it predicts, and how its penalties are chosen.

Penalties are chosen in folds inside the training pictures; test pictures are not among what these functions get.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.softmax import softmax
from modular_faces.modular.softmax_parts import Columns

Floats = NDArray[np.floating[Any]]
Array = NDArray[np.float64]
Blocks = Mapping[str, Floats]
"""Components of some pictures by module."""

Kind = Literal["emotions", "ratings"]


@dataclass(frozen=True)
class FitOptions:
    """How models are fitted; the values come from the configuration.

    Attributes
    ----------
    strengths : tuple of float
        Overall strengths of the penalty that are tried.
    inner_folds : int
        Folds inside the training pictures, by which penalties are chosen.
    scale_candidates : int
        Random shares of the modules that are tried, beside the regular ones.
    search_width : int
        Most components over all modules that the search for shares looks at.
    class_weights : {"none", "balanced"}
        Whether every category counts alike when emotions are learnt.
    tolerance : float
    iterations : int
        Of the logistic regression.
    seed : int
    """

    strengths: tuple[float, ...]
    inner_folds: int
    scale_candidates: int
    search_width: int
    class_weights: Literal["none", "balanced"]
    tolerance: float
    iterations: int
    seed: int


@dataclass(frozen=True)
class LinearModel:
    """A fitted model.

    Attributes
    ----------
    kind : {"emotions", "ratings"}
        Predicts probabilities of categories, or ratings.
    coefficients : mapping of str to (d_m, K) ndarray of float64
        By module, for its components.
    intercepts : (K,) ndarray of float64
    penalties : (m, t) ndarray of float64
        Of each module, and for ratings of each target.
    converged : bool
    """

    kind: Kind
    coefficients: Mapping[str, Array]
    intercepts: Array
    penalties: Array
    converged: bool

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of the modules, in order."""
        return tuple(self.coefficients)

    def scores(self, blocks: Blocks) -> Array:
        """Sum of intercept and contributions, (n, K)."""
        parts = self.contributions(blocks)
        return np.asarray(sum(parts.values(), np.zeros(1)) + self.intercepts)

    def contributions(self, blocks: Blocks) -> dict[str, Array]:
        """What each module adds to the scores of each picture, (n, K) by module."""
        return {
            name: np.asarray(blocks[name] @ part.astype(blocks[name].dtype), dtype=np.float64)
            for name, part in self.coefficients.items()
        }

    def predict(self, blocks: Blocks) -> Array:
        """Probabilities of the categories, or ratings, (n, K)."""
        scores = self.scores(blocks)
        return softmax(scores) if self.kind == "emotions" else scores


class Joined(dict[str, Floats]):
    """Components by module, with the table of all of them, which is made once for many fits."""

    @cached_property
    def columns(self) -> Columns:
        """The modules side by side."""
        return Columns(join(self, list(self)))


def columns_of(blocks: Blocks) -> Columns:
    """The modules side by side, from where they are kept if they are."""
    return blocks.columns if isinstance(blocks, Joined) else Joined(blocks).columns


def join(blocks: Blocks, modules: Sequence[str]) -> Floats:
    """Components of several modules side by side."""
    return np.hstack([blocks[name] for name in modules])


def take(blocks: Blocks, rows: NDArray[Any], modules: Sequence[str]) -> dict[str, Floats]:
    """Rows of some modules."""
    return {name: blocks[name][rows] for name in modules}


def leading(blocks: Sequence[Floats], *, width: int) -> list[Floats]:
    """First components of each module, so that there are at most `width` in all; small modules stay whole."""
    widths = np.array([block.shape[1] for block in blocks])
    cut = int(widths.max())
    while np.minimum(widths, cut).sum() > width and cut > 1:
        cut -= 1
    return [block[:, :cut] for block in blocks]
