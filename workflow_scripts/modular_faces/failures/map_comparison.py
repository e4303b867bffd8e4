"""Maps of failures and successes compared, freely and within strata, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modular_faces.failures.counting import counted
from modular_faces.inference.correction import holm
from modular_faces.inference.permutation import MapTest, comparable, map_test

Floats = npt.NDArray[np.float64]
Members = npt.NDArray[np.bool_]

FEWEST = 10
"""Fewest failures, and fewest successes, that are compared."""
FREE, WITHIN = "all", "within label and grey/colour"
LEVEL = 0.05
"""What counts as beyond chance."""


@dataclass(frozen=True)
class MapComparison:
    """One map, compared one way.

    Attributes
    ----------
    name : str
        What the map shows.
    channel : str
    compared : str
        `FREE`, `WITHIN`, or another name for who is exchanged with whom.
    shape : (int, int)
        Cells of the map, down and across.
    test : MapTest
        Its places are the cells, row by row; members are the failures.
    p_holm : float
        The p-value of the map, corrected for all maps it was compared together with (`correct_together`).
    """

    name: str
    channel: str
    compared: str
    shape: tuple[int, int]
    test: MapTest
    p_holm: float = float("nan")

    def map(self, values: Floats) -> Floats:
        """Lay the values of the cells out as a map (h, w)."""
        return values.reshape(self.shape)

    @property
    def significant(self) -> npt.NDArray[np.bool_]:
        """Cells that differ (h, w), 5 % over the whole map; none where the map does not stand Holm."""
        cells = self.test.p_values.reshape(self.shape) <= LEVEL
        return np.asarray(cells & (self.p_holm <= LEVEL), dtype=np.bool_)


def compare_maps(
    values: npt.NDArray[np.floating],
    failed: Members,
    *,
    name: str,
    channel: str,
    strata: npt.NDArray[np.integer] | None,
    permutations: int,
    seed: int,
) -> list[MapComparison]:
    """Compare the maps of failures with those of successes, freely and, where possible, within strata.

    Parameters
    ----------
    values : (n, h, w) ndarray of float
        A map per picture.
    failed : (n,) ndarray of bool
    name, channel : str
    strata : (n,) ndarray of int or None
        See `strata_of`.
    permutations, seed : int
        See `modular_faces.inference.permutation.map_test`.

    Returns
    -------
    list of MapComparison
        One or two; within strata only where `FEWEST` failures and successes share strata.
    """
    rows = values.reshape(len(values), -1)
    ways: list[tuple[str, npt.NDArray[np.integer] | None]] = [(FREE, None)]
    if strata is not None and strata_suffice(failed, strata):
        ways.append((WITHIN, strata))
    height, width = values.shape[1:]
    return [
        MapComparison(
            name,
            channel,
            compared,
            (height, width),
            map_test(rows, failed, strata=groups, permutations=permutations, seed=seed),
        )
        for compared, groups in ways
    ]


def correct_together(comparisons: Sequence[MapComparison]) -> list[MapComparison]:
    """Correct the p-values of some maps for their number (Holm)."""
    corrected = holm([one.test.p_value for one in comparisons])
    return [replace(one, p_holm=float(p)) for one, p in zip(comparisons, corrected, strict=True)]


def strata_suffice(failed: Members, strata: npt.NDArray[np.integer]) -> bool:
    """Whether there are several strata, and enough of both groups in strata that have both."""
    inside = comparable(failed, strata)
    enough = min(int(failed[inside].sum()), int((~failed)[inside].sum())) >= FEWEST
    return enough and len(np.unique(strata)) > 1


def strata_in_words(failed: Members, strata: npt.NDArray[np.integer]) -> str:
    """Why nothing is compared within strata; empty where it is, or where all pictures are in one stratum."""
    if strata_suffice(failed, strata) or len(np.unique(strata)) < 2:
        return ""
    inside = comparable(failed, strata)
    failures, successes = int(failed[inside].sum()), int((~failed)[inside].sum())
    return (
        f"Nothing could be compared {WITHIN}: only {counted(failures, 'failure')} and "
        f"{counted(successes, 'success', 'successes')} have one of the other kind that is like them in both, and "
        f"{FEWEST} of each are needed. What sets failures apart may be their label, or that they are grey."
    )


def strata_of(labels: Sequence[object] | None, grey: Members) -> npt.NDArray[np.intp]:
    """Strata of pictures with the same label that are all grey or all in colour.

    Parameters
    ----------
    labels : sequence, length n, or None
        A missing label is a label of its own.
    grey : (n,) ndarray of bool

    Returns
    -------
    (n,) ndarray of int
    """
    names = [""] * len(grey) if labels is None else [str(label) for label in labels]
    _, codes = np.unique(np.array(names, dtype=np.str_), return_inverse=True)
    return np.asarray(2 * codes + grey, dtype=np.intp)


def comparison_row(comparison: MapComparison, *, cell: int) -> dict[str, Any]:
    """Sum a comparison up as a row of a table.

    Parameters
    ----------
    comparison : MapComparison
    cell : int
        Side of a cell in pixels of the frame.

    Returns
    -------
    dict
        The place that differs most (`x`, `y`: centre of the cell in pixels of the frame), the
        difference there with an interval that holds for all places at once (95 %), the effect in
        standard deviations within groups, the p-value of the whole map, and the share of cells that differ.
    """
    test = comparison.test
    place = test.place
    row, column = divmod(place, comparison.shape[1])
    error = abs(test.difference[place] / test.statistic[place]) if test.statistic[place] else 0.0
    different = comparison.significant.ravel()
    return {
        "map": comparison.name,
        "channel": comparison.channel,
        "compared": comparison.compared,
        "n_failures": test.n_members,
        "n_successes": test.n_others,
        "strata": test.n_strata,
        "x": cell * (column + 0.5) - 0.5,
        "y": cell * (row + 0.5) - 0.5,
        "difference": float(test.difference[place]),
        "low": float(test.difference[place] - test.threshold * error),
        "high": float(test.difference[place] + test.threshold * error),
        "effect": float(test.effect[place]),
        "statistic": float(test.statistic[place]),
        "share_higher": float(np.mean(different & (test.difference > 0))),
        "share_lower": float(np.mean(different & (test.difference < 0))),
        "p": test.p_value,
        "permutations": test.permutations,
        "p_holm": comparison.p_holm,
    }
