"""Pairs of a failure and a success that are alike in label and brightness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

CALIPER = 0.25
"""How much a pair may differ in brightness, in standard deviations over all pictures."""

Pairs = npt.NDArray[np.intp]


def match_pairs(
    failed: npt.NDArray[np.bool_],
    brightness: npt.NDArray[np.floating],
    labels: Sequence[object] | None,
    *,
    seed: int,
) -> Pairs:
    """Pair failures with successes, each picture once.

    Parameters
    ----------
    failed : (n,) ndarray of bool
    brightness : (n,) ndarray of float
        Mean grey value of each picture.
    labels : sequence, length n, or None
        Pairs have the same label; None takes none into account.
    seed : int
        Of the order in which failures choose.

    Returns
    -------
    (k, 2) ndarray of int
        Positions of failure and success. Each failure in turn takes the success that is nearest in
        brightness among those still free, if it lies within `CALIPER`; failures without one are left out.
    """
    names = np.array(["" if labels is None else str(label) for label in labels or failed])
    reach = CALIPER * float(np.std(brightness))
    free = ~failed
    pairs = []
    for failure in np.random.default_rng(seed).permutation(np.flatnonzero(failed)):
        candidates = np.flatnonzero(free & (names == names[failure]))
        if not len(candidates):
            continue
        distances = np.abs(brightness[candidates] - brightness[failure])
        nearest = int(distances.argmin())
        if distances[nearest] <= reach:
            free[candidates[nearest]] = False
            pairs.append((int(failure), int(candidates[nearest])))
    return np.array(sorted(pairs), dtype=np.intp).reshape(-1, 2)
