"""What goes along with failures that nothing brought back: signs that cannot be undone, so that they are no causes.

Signs are chosen on one half of the pictures and measured on the other. Measured on the pictures that chose it, the
sign that stands out among many always looks stronger than it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from modular_faces.failures.strata import strata_by, van_elteren
from modular_faces.inference.correction import holm
from modular_faces.inference.effect_sizes import cliffs_delta
from modular_faces.inference.intervals import Interval, independent_difference, wilson

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MOST = 4
"""Most signs that are told apart."""
NEARLY = 0.85
"""Of signs that are at least so strong beside the strongest, the one that says most is taken: a covered half also
lowers the entropy of every channel."""
EXTREME = 0.95
"""A picture shows a sign when it lies beyond this quantile of the successes."""


@dataclass(frozen=True)
class Association:
    """A sign that failures show more often than successes do.

    Attributes
    ----------
    sign : str
        Name of the descriptor.
    high : bool
        Whether it is high in failures, or low.
    n_failures, n_successes : int
        Pictures of the measuring half in which it is known.
    delta : Interval
        Cliff's delta in the measuring half, failures against successes.
    p : float
        In the measuring half, within strata of the signs before it, Holm over the signs that were chosen.
    cut : float
        A picture beyond it shows the sign; set in the choosing half.
    excess : Interval
        Share of the failures of the measuring half that show the sign, less that of its successes.
    """

    sign: str
    high: bool
    n_failures: int
    n_successes: int
    delta: Interval
    p: float
    cut: float
    excess: Interval

    def shown_by(self, values: FloatArray) -> BoolArray:
        """Whether each picture shows the sign; where it is not known, it does not."""
        beyond = values > self.cut if self.high else values < self.cut
        return np.asarray(beyond & ~np.isnan(values), dtype=bool)


def find_associations(
    signs: Mapping[str, FloatArray],
    failed: BoolArray,
    *,
    confidence: float,
    least: float,
    seed: int,
    directions: Mapping[str, bool] = MappingProxyType({}),
) -> list[Association]:
    """Find signs that tell failures from successes, each beyond those before it.

    Parameters
    ----------
    signs : mapping of str to (n,) ndarray of float64
        In the order in which nearly equally strong ones are preferred; NaN where a sign is not known.
    failed : (n,) ndarray of bool
    confidence : float
    least : float
        Least size of Cliff's delta, within strata of the signs before.
    seed : int
    directions : mapping of str to bool, optional
        Signs that say something only when they are high in failures (True), or low.

    Returns
    -------
    list of Association
        First the sign with the largest difference; then, within strata of those chosen, the next. A number that only
        goes along with a chosen sign says nothing within its strata, and is not chosen. Only signs that differ the
        same way in the measuring half, beyond chance, are given.

    References
    ----------
    Cox, D. R. (1975). A note on data-splitting for the evaluation of significance levels. Biometrika, 62(2).
    https://doi.org/10.1093/biomet/62.2.441
    """
    choosing = choosing_half(failed, seed=seed)
    known = {name: values for name, values in signs.items() if _varies(values)}
    chosen = _choose(
        {name: values[choosing] for name, values in known.items()},
        failed[choosing],
        confidence=confidence,
        least=least,
        seed=seed,
        directions=directions,
    )
    return _confirmed(
        {name: known[name] for name in chosen},
        failed,
        choosing,
        highs=chosen,
        confidence=confidence,
        seed=seed,
    )


def choosing_half(failed: BoolArray, *, seed: int) -> BoolArray:
    """Draw the half of the failures, and of the successes, that chooses signs, (n,); the other half measures them."""
    generator = np.random.default_rng(seed)
    half = np.zeros(len(failed), dtype=bool)
    for kind in (failed, ~failed):
        rows = generator.permutation(np.flatnonzero(kind))
        half[rows[: len(rows) // 2]] = True
    return half


def _choose(
    signs: Mapping[str, FloatArray],
    failed: BoolArray,
    *,
    confidence: float,
    least: float,
    seed: int,
    directions: Mapping[str, bool],
) -> dict[str, bool]:
    """Choose signs one after the other; whether each is high in failures."""
    chosen: dict[str, bool] = {}
    while len(chosen) < min(MOST, len(signs)):
        left = [name for name in signs if name not in chosen]
        strata = _strata([signs[name] for name in chosen], failed, seed=seed)
        tests = [_test(signs[name], failed, strata) for name in left]
        corrected = holm([p for _, p in tests])
        strong = [
            place
            for place, (delta, _) in enumerate(tests)
            if corrected[place] < 1 - confidence
            and abs(delta) >= least
            and directions.get(left[place], delta > 0) == (delta > 0)
        ]
        if not strong:
            break
        strongest = max(abs(tests[place][0]) for place in strong)
        best = next(place for place in strong if abs(tests[place][0]) >= NEARLY * strongest)
        chosen[left[best]] = tests[best][0] > 0
    return chosen


def _confirmed(
    signs: Mapping[str, FloatArray],
    failed: BoolArray,
    choosing: BoolArray,
    *,
    highs: Mapping[str, bool],
    confidence: float,
    seed: int,
) -> list[Association]:
    """Measure chosen signs on the pictures that did not choose them; those that differ there, too.

    A sign that explains no failure for sure (the interval of its share reaches 0) is not told.
    """
    measured = {name: values[~choosing] for name, values in signs.items()}
    cases = failed[~choosing]
    tests = []
    for place, values in enumerate(measured.values()):
        strata = _strata(list(measured.values())[:place], cases, seed=seed)
        tests.append(_test(values, cases, strata))
    corrected = holm([p for _, p in tests])
    confirmed = (
        _association(
            name,
            measured[name],
            cases,
            cut=extreme_cut(_known(signs[name][choosing & ~failed]), high=highs[name]),
            high=highs[name],
            p=float(p),
            confidence=confidence,
        )
        for name, (delta, _), p in zip(measured, tests, corrected, strict=True)
        if p < 1 - confidence and (delta > 0) == highs[name]
    )
    return [one for one in confirmed if one.excess.low > 0]


def _strata(known: Sequence[FloatArray], failed: BoolArray, *, seed: int) -> NDArray[np.intp]:
    table = np.stack(known, axis=1) if known else np.empty((len(failed), 0))
    return strata_by(table, failed, seed=seed)


def _known(values: FloatArray) -> FloatArray:
    return values[~np.isnan(values)]


def _varies(values: FloatArray) -> bool:
    known = _known(values)
    return bool(known.size and known.min() < known.max())


def _test(values: FloatArray, failed: BoolArray, strata: NDArray[np.intp]) -> tuple[float, float]:
    known = ~np.isnan(values)
    tested = van_elteren(values[known], failed[known], strata[known])
    return (0.0 if np.isnan(tested.delta) else tested.delta), tested.p


def _association(
    name: str,
    values: FloatArray,
    failed: BoolArray,
    *,
    cut: float,
    high: bool,
    p: float,
    confidence: float,
) -> Association:
    failures, successes = _known(values[failed]), _known(values[~failed])
    shares = [
        wilson(int((group > cut if high else group < cut).sum()), len(group), confidence=confidence)
        for group in (failures, successes)
    ]
    return Association(
        sign=name,
        high=high,
        n_failures=len(failures),
        n_successes=len(successes),
        delta=cliffs_delta(failures, successes, confidence=confidence),
        p=p,
        cut=cut,
        excess=independent_difference(*shares),
    )


def extreme_cut(successes: FloatArray, *, high: bool) -> float:
    """Where a value becomes extreme: beyond 95 % of the successes.

    Where more than 5 % of the successes share the most extreme value, as those that are grey or half covered do, the
    cut lies halfway from it to the next value; a yes or no is cut between the two.
    """
    values: Sequence[float] = np.unique(successes).tolist()
    if len(values) <= 2 and set(values) <= {0.0, 1.0}:
        return 0.5
    cut = float(np.quantile(successes, EXTREME if high else 1 - EXTREME))
    edge, beside = (values[-1], values[-2:][0]) if high else (values[0], values[:2][-1])
    return (edge + beside) / 2 if cut == edge else cut
