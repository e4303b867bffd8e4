"""Which changes to try one after the other, so that most failures come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from modular_faces.failures.cures import BoolArray, any_of

MOST = 4
"""Most changes that are recommended."""
LEAST_SHARE = 0.01
"""A change that adds a smaller share of the failures is not recommended."""


@dataclass(frozen=True)
class Remedy:
    """One step of a recommended cascade.

    Attributes
    ----------
    condition : str
        Name of the condition.
    cured : int
        Failures that it brings back alone.
    adds : int
        Those of them that no step before it brings back.
    """

    condition: str
    cured: int
    adds: int


def best_cascade(cures: Mapping[str, BoolArray], placebos: BoolArray) -> list[Remedy]:
    """Choose changes greedily: always the one that brings back most of what is still lost.

    Parameters
    ----------
    cures : mapping of str to (n,) ndarray of bool
        Whether each failure came back, by the name of the condition.
    placebos : (n, m) ndarray of bool
        Only changes that add more than the best placebo would are taken.

    Returns
    -------
    list of Remedy
    """
    n = len(placebos)
    lost = np.ones(n, dtype=bool)
    chosen: list[Remedy] = []
    while cures and n and len(chosen) < MOST:
        name = max(cures, key=lambda one: int((cures[one] & lost).sum()))
        adds = int((cures[name] & lost).sum())
        best_placebo = int((placebos & lost[:, None]).sum(axis=0).max(initial=0))
        if adds <= best_placebo or adds < LEAST_SHARE * n:
            break
        chosen.append(Remedy(name, int(cures[name].sum()), adds))
        lost &= ~any_of(cures[name][:, None])
    return chosen
