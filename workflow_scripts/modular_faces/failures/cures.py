"""Shares of failures that changes of one kind bring back, beyond what changes without meaning bring back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

from modular_faces.inference.intervals import Interval, paired_difference

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


def any_of(cases: BoolArray) -> BoolArray:
    """Whether a picture is a case in at least one of some conditions: (n, k) to (n,) bool."""
    return np.asarray(cases.any(axis=1), dtype=bool)


def chance_of_any(cases: BoolArray, *, draws: int) -> FloatArray:
    """Chance that at least one of some conditions, drawn without replacement, makes a case.

    Parameters
    ----------
    cases : (n, m) ndarray of bool
        Whether each picture is a case in each of m conditions.
    draws : int
        How many of the conditions are drawn, at most m.

    Returns
    -------
    (n,) ndarray of float64

    Notes
    -----
    One less the hypergeometric chance of drawing none. With it a cause that was given k doses can be held
    against k placebos, whatever the number of placebos: more doses have more chances.

    Examples
    --------
    >>> chance_of_any(np.array([[True, False, False], [False, False, False]]), draws=2).round(3).tolist()
    [0.667, 0.0]
    """
    m = cases.shape[1]
    if not 1 <= draws <= m:
        raise ValueError(f"{draws} of {m} conditions cannot be drawn")
    spared = comb(m - cases.sum(axis=1), draws)
    chance: FloatArray = 1 - spared / comb(m, draws)
    return chance


def beyond_chance(cured: BoolArray, chance: FloatArray, *, n: int, confidence: float) -> Interval:
    """Estimate how much larger a share is than its chance, on the same pictures.

    Parameters
    ----------
    cured : (k,) ndarray of bool
    chance : (k,) ndarray of float64
        From `chance_of_any`.
    n : int
        Of which pictures the share is taken; those beside the k count as neither.
    confidence : float

    Returns
    -------
    Interval
        Newcombe's, with a picture whose chance is c counted as c of a case.
    """
    both = float(chance[cured].sum())
    only = float(cured.sum()) - both
    other = float(chance[~cured].sum())
    neither = n - both - only - other
    return paired_difference(both, only, other, max(neither, 0.0), confidence=confidence)


@dataclass(frozen=True)
class CauseShare:
    """What undoing one cause does to failures.

    Attributes
    ----------
    cause : str
    doses : int
    n : int
        Failures that were changed.
    cured : int
        Those that at least one dose brought back.
    placebo : float
        Share that as many placebos bring back.
    share : Interval
        Share cured less `placebo`.
    corrected : Interval
        The same at the confidence that holds for all causes together.
    beyond : Interval
        Share that it cures, less `placebo`, of failures that no cause before it cured; of all failures, corrected.
    named : bool
        Whether it counts as a cause.
    """

    cause: str
    doses: int
    n: int
    cured: int
    placebo: float
    share: Interval
    corrected: Interval
    beyond: Interval
    named: bool


def shares_of_causes(
    cures: Mapping[str, BoolArray],
    placebos: BoolArray,
    *,
    confidence: float,
    least_share: float,
    nameless: Sequence[str] = (),
) -> list[CauseShare]:
    """Estimate the share of failures that each cause explains, in the order of what each adds.

    Parameters
    ----------
    cures : mapping of str to (n, k) ndarray of bool
        Whether each failure was cured by each dose of each cause.
    placebos : (n, m) ndarray of bool
        Whether each failure was cured by each placebo.
    confidence : float
    least_share : float
        A cause is named where both its share and what it adds surely exceed this.
    nameless : sequence of str
        Remedies that tell no cause; they stand last and are never named.

    Returns
    -------
    list of CauseShare
        First the cause with the largest share, then always the one that adds most to those named before.

    Notes
    -----
    Intervals of naming are corrected for the number of causes (Bonferroni). Shares may overlap and are not
    made to add up to one: a dark, tightly framed picture may need only one of the two changes, or both.
    """
    causes = [name for name in cures if name not in nameless]
    corrected = 1 - (1 - confidence) / max(len(causes), 1)
    rest = {name: any_of(cures[name]) for name in cures}
    chances = {name: chance_of_any(placebos, draws=cures[name].shape[1]) for name in cures}
    explained = np.zeros(len(placebos), dtype=bool)
    shares: list[CauseShare] = []

    def assess(name: str) -> CauseShare:
        cured, chance, n = rest[name], chances[name], len(placebos)
        left = ~explained
        share = beyond_chance(cured, chance, n=n, confidence=corrected)
        beyond = beyond_chance(cured[left], chance[left], n=n, confidence=corrected)
        return CauseShare(
            cause=name,
            doses=cures[name].shape[1],
            n=n,
            cured=int(cured.sum()),
            placebo=float(chance.mean()) if n else float("nan"),
            share=beyond_chance(cured, chance, n=n, confidence=confidence),
            corrected=share,
            beyond=beyond,
            named=name not in nameless and min(share.low, beyond.low) > least_share,
        )

    while causes:
        best = max((assess(name) for name in causes), key=_weight)
        shares.append(best)
        causes.remove(best.cause)
        if best.named:
            explained |= rest[best.cause]
    return shares + [assess(name) for name in cures if name in nameless]


@dataclass(frozen=True)
class Overlap:
    """Failures that were cured by exactly these causes.

    Attributes
    ----------
    causes : tuple of str
        Empty for failures that none cured.
    n : int
    by_placebo : int
        Those of them that some placebo cured too.
    """

    causes: tuple[str, ...]
    n: int
    by_placebo: int


def overlaps(
    cures: Mapping[str, BoolArray], placebos: BoolArray, causes: Sequence[str]
) -> list[Overlap]:
    """Count the failures that each set of causes cured.

    Parameters
    ----------
    cures, placebos
        As for `shares_of_causes`.
    causes : sequence of str
        Those that are told apart, in order.

    Returns
    -------
    list of Overlap
        Largest first; they add up to all failures.
    """
    marginal = any_of(placebos)
    cured = np.zeros((len(placebos), len(causes)), dtype=bool)
    for column, name in enumerate(causes):
        cured[:, column] = any_of(cures[name])
    counted: dict[tuple[str, ...], list[int]] = {}
    for row, by_placebo in zip(cured, marginal, strict=True):
        key = tuple(name for name, hit in zip(causes, row, strict=True) if hit)
        entry = counted.setdefault(key, [0, 0])
        entry[0] += 1
        entry[1] += int(by_placebo)
    rows = [Overlap(key, n, by_placebo) for key, (n, by_placebo) in counted.items()]
    return sorted(rows, key=lambda one: (-one.n, one.causes))


def _weight(share: CauseShare) -> tuple[float, float]:
    return share.beyond.estimate, share.share.estimate
