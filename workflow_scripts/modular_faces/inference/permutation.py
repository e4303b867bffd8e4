"""Permutation test of the difference of two groups at every place of a map.

A map is anything that has one number per picture and place: a grey value per pixel, an edge per cell,
a profile. All places are tested at once. The statistic is the difference of the means divided by its
own standard error, which may differ between the groups, and a place counts as different when it
exceeds what the *largest* place of permuted maps reaches: the chance of any false place on the whole
map is then the level of the test, however the places depend on each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Members = npt.NDArray[np.bool_]

BLOCK = 250
"""Permutations of one matrix product."""
_LEAST_VARIANCE = 1e-5
_LEAST_SPREAD = 1e-6
_TIE = 1e-4


@dataclass(frozen=True)
class MapTest:
    """What the test says of each of P places.

    Attributes
    ----------
    difference : (P,) ndarray of float64
        Mean of the members minus mean of the others, in the unit of the values; within strata the
        mean of the strata's differences, weighted by ``n_members * n_others / n``.
    effect : (P,) ndarray of float64
        The difference in standard deviations within the groups of a stratum (Cohen's d, pooled over n less the
        number of strata less 1); 0 where nothing varies, NaN where the groups differ and nothing varies within
        them.
    statistic : (P,) ndarray of float64
        The difference divided by its standard error; 0 where nothing varies.
    p_values : (P,) ndarray of float64
        Two-sided, corrected for all places together.
    threshold : float
        What the largest absolute statistic of a permuted map exceeds with probability .05.
    n_members, n_others, n_strata : int
        Pictures and strata that took part; strata without members or without others cannot.
    permutations : int
    """

    difference: Floats
    effect: Floats
    statistic: Floats
    p_values: Floats
    threshold: float
    n_members: int
    n_others: int
    n_strata: int
    permutations: int

    @property
    def p_value(self) -> float:
        """Chance of a place as different as the most different one, if the groups were alike."""
        return float(self.p_values.min())

    @property
    def place(self) -> int:
        """Index of the most different place."""
        return int(np.abs(self.statistic).argmax())


@dataclass(frozen=True)
class _Design:
    """Strata in rows: who takes part, the strata's rows, and each row's share of members."""

    rows: npt.NDArray[np.intp]
    strata: list[npt.NDArray[np.intp]]
    share: Floats
    weight: float


def map_test(
    values: npt.NDArray[np.floating | np.integer | np.bool_],
    members: Members,
    *,
    strata: npt.NDArray[np.integer] | None,
    permutations: int,
    seed: int,
) -> MapTest:
    """Test at every place whether two groups of pictures differ in their mean.

    Parameters
    ----------
    values : (n, P) ndarray
        A row per picture, a column per place.
    members : (n,) ndarray of bool
        The group whose mean comes first.
    strata : (n,) ndarray of int or None
        Who is exchanged with whom: permutations stay within a stratum, so that what differs between
        strata cannot make a difference. None exchanges all with all.
    permutations : int
    seed : int

    Returns
    -------
    MapTest

    Raises
    ------
    ValueError
        If no stratum has both members and others, or too few pictures take part for a variance.

    Notes
    -----
    The difference is the coefficient of membership in a linear model with an intercept per stratum;
    its standard error is the one that allows unequal variances (HC1), for two groups in one stratum
    Welch's. Dividing by it keeps the test valid when groups differ in variance [1]_ and lets places
    of different variance compete as equals [2]_. The observed map counts as one of the permutations,
    so that no p-value is 0. With ``z`` the centred membership and ``x`` the values centred within
    strata, all permutations follow from the products of the matrix of memberships with ``x``,
    ``x**2`` and ``x`` weighted by stratum; products that cannot change the result are left out.

    References
    ----------
    .. [1] DiCiccio, C. J., & Romano, J. P. (2017). Robust permutation tests for correlation and
       regression coefficients. Journal of the American Statistical Association, 112(519).
       https://doi.org/10.1080/01621459.2016.1202117
    .. [2] Westfall, P. H., & Young, S. S. (1993). Resampling-based multiple testing. Wiley.
    """
    design = _design(members, strata)
    centred = _centred(values, design)
    spread = np.sqrt(np.mean(np.square(centred), axis=0, dtype=np.float64))
    varies = spread > _LEAST_SPREAD * np.abs(values).max(axis=0, initial=0.0)
    spread = np.where(varies, spread, 1.0)
    centred *= np.where(varies, 1 / spread, 0.0).astype(np.float32)
    studentised = _Studentised(centred, design)
    member_rows = members[design.rows]
    slope, statistic = studentised(member_rows[None].astype(np.float32))
    maxima = np.concatenate(
        [
            np.abs(studentised(block)[1]).max(axis=1)
            for block in _permuted(member_rows, design.strata, permutations, seed)
        ]
    )
    observed = statistic[0].astype(np.float64)
    difference = slope[0].astype(np.float64)
    return MapTest(
        difference=difference * np.where(varies, spread, 0.0),
        effect=_effect(difference, design),
        statistic=observed,
        p_values=_corrected(observed, maxima),
        threshold=float(np.quantile(np.append(maxima, np.abs(observed).max()), 0.95)),
        n_members=int(member_rows.sum()),
        n_others=int((~member_rows).sum()),
        n_strata=len(design.strata),
        permutations=permutations,
    )


def comparable(members: Members, strata: npt.NDArray[np.integer]) -> Members:
    """Find the pictures whose stratum has both members and others.

    Parameters
    ----------
    members : (n,) ndarray of bool
    strata : (n,) ndarray of int

    Returns
    -------
    (n,) ndarray of bool
    """
    _, codes = np.unique(strata, return_inverse=True)
    inside = np.bincount(codes, weights=members, minlength=1)
    size = np.bincount(codes, minlength=1)
    return np.asarray(((inside > 0) & (inside < size))[codes], dtype=np.bool_)


def _design(members: Members, strata: npt.NDArray[np.integer] | None) -> _Design:
    groups = np.zeros(len(members), dtype=np.intp) if strata is None else np.asarray(strata)
    rows = np.flatnonzero(comparable(members, groups))
    if not len(rows):
        raise ValueError("no stratum has both members and others: nothing can be compared")
    _, codes = np.unique(groups[rows], return_inverse=True)
    order = np.argsort(codes, kind="stable")
    places = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    if len(rows) - len(places) < 2:
        raise ValueError(f"{len(rows)} pictures in {len(places)} strata are too few to compare")
    shares = np.array([members[rows[place]].mean() for place in places])
    share = shares[codes]
    return _Design(rows, places, share, float(np.sum(share * (1 - share))))


def _centred(values: npt.NDArray[np.generic], design: _Design) -> Singles:
    """Values of those who take part as float32, minus the mean of their stratum."""
    centred = np.asarray(values[design.rows], dtype=np.float32)
    for places in design.strata:
        part = centred[places]
        centred[places] = part - part.mean(axis=0, dtype=np.float64).astype(np.float32)
    return centred


class _Studentised:
    """Slope and studentised slope for any memberships that keep the strata's numbers of members."""

    def __init__(self, centred: Singles, design: _Design) -> None:
        share = design.share.astype(np.float32)[:, None]
        n, weight = len(centred), design.weight
        self._centred = centred
        self._weight = np.float32(weight)
        self._factor = np.float32(n / (n - len(design.strata) - 1))
        self._constant = np.square(share * centred).sum(axis=0)
        self._squares = None if np.all(share == 0.5) else (1 - 2 * share) * np.square(centred)
        cubic = 1 - 3 * share + 3 * np.square(share)
        alike = bool(np.all(share == share[0]))
        self._cubic = cubic[0, 0] if alike else cubic * centred
        fourth = design.share * (1 - design.share) ** 4 + (1 - design.share) * design.share**4
        self._fourth = np.float32(fourth.sum())

    def __call__(self, memberships: Singles) -> tuple[Singles, Singles]:
        """Slopes and statistics (b, P) for memberships (b, n) of 0 and 1."""
        product = memberships @ self._centred
        slope = product / self._weight
        third = (
            memberships @ self._cubic
            if isinstance(self._cubic, np.ndarray)
            else self._cubic * product
        )
        variance = self._constant - 2 * slope * third + np.square(slope) * self._fourth
        if self._squares is not None:
            variance += memberships @ self._squares
        np.maximum(variance, _LEAST_VARIANCE * self._weight, out=variance)
        return slope, product / np.sqrt(variance * self._factor)


def _effect(slope: Floats, design: _Design) -> Floats:
    """Slopes of values with a standard deviation of 1, in standard deviations within groups."""
    n = len(design.rows)
    within = 1 - np.square(slope) * design.weight / n
    unbiased = within * n / (n - len(design.strata) - 1)
    effect = np.full(slope.shape, np.nan)
    varies = within > _LEAST_VARIANCE
    effect[varies] = slope[varies] / np.sqrt(unbiased[varies])
    return effect


def _permuted(
    members: Members, strata: list[npt.NDArray[np.intp]], permutations: int, seed: int
) -> Iterator[Singles]:
    """Memberships exchanged within strata, `BLOCK` rows at a time."""
    random = np.random.default_rng(seed)
    for start in range(0, permutations, BLOCK):
        size = min(BLOCK, permutations - start)
        block = np.empty((size, len(members)), dtype=np.float32)
        for places in strata:
            copies = np.tile(members[places].astype(np.float32), (size, 1))
            block[:, places] = random.permuted(copies, axis=1)
        yield block


def _corrected(observed: Floats, maxima: Singles) -> Floats:
    """Share of maps, the observed one among them, whose largest statistic reaches each place's."""
    ordered = np.sort(maxima.astype(np.float64))
    reached = np.abs(observed) * (1 - _TIE)
    larger = len(ordered) - np.searchsorted(ordered, reached, side="left")
    return np.asarray((1 + larger) / (1 + len(ordered)), dtype=np.float64)
