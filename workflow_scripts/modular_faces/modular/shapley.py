"""How much each module adds: Shapley values of out-of-sample scores over all orders of entering a model.

References
----------
Covert, I., Lundberg, S., & Lee, S.-I. (2020). Understanding global feature contributions with additive importance
measures. NeurIPS. https://arxiv.org/abs/2004.00668
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Coalition = tuple[str, ...]


def shapley_values(worth: Mapping[Coalition, Array], players: Sequence[str]) -> dict[str, Array]:
    """Share the worth of all players among them.

    Parameters
    ----------
    worth : mapping of tuple of str to (b,) ndarray of float64
        Of every choice of players, in their order, the empty one too.
    players : sequence of str

    Returns
    -------
    dict of str to (b,) ndarray of float64
        They add to the worth of all less that of none. Negative where a player does harm.

    Examples
    --------
    >>> one = {(): np.zeros(1), ("a",): np.ones(1), ("b",): np.zeros(1), ("a", "b"): np.full(1, 3.0)}
    >>> {name: value.tolist() for name, value in shapley_values(one, ["a", "b"]).items()}
    {'a': [2.0], 'b': [1.0]}
    """
    n = len(players)
    values: dict[str, Array] = {}
    for player in players:
        total = np.zeros_like(worth[()], dtype=np.float64)
        for coalition, before in worth.items():
            if player in coalition:
                continue
            joined = tuple(name for name in players if name == player or name in coalition)
            size = len(coalition)
            share = factorial(size) * factorial(n - size - 1) / factorial(n)
            total += share * (worth[joined] - before)
        values[player] = total
    return values
