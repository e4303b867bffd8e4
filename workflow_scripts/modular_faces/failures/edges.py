"""Edges of failures stacked on each other, against edges of successes that are alike otherwise.

Failures are paired with successes of the same label and nearly the same brightness. Stacks of some
hundred pairs are drawn many times, which shows how much a stack owes to the pictures in it; the test
takes every pair once and exchanges failure and success within pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from modular_faces.failures.edge_kernels import EdgeRule, find_edges
from modular_faces.failures.map_comparison import MapComparison, correct_together
from modular_faces.failures.outcome import FEWEST
from modular_faces.failures.pairs import Pairs
from modular_faces.failures.picture_frame import pool
from modular_faces.inference.permutation import map_test

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]

RULES = ("fixed", "strongest")
PROFILES = ("row", "column", "radius", "orientation")
PAIRED = "pairs of the same label and brightness"
RINGS = 20
ORIENTATIONS = 12


@dataclass(frozen=True)
class EdgeStack:
    """Edges of n pictures by one rule.

    Attributes
    ----------
    marks : (n, H, W) ndarray of bool
    profiles : dict of str to (n, k) ndarray of float32
        Share of the pixels of each row, column and ring that are edges; share of the edges of each
        orientation, NaN for a picture without edges.
    """

    marks: Marks
    profiles: dict[str, Singles]


def stack_edges(greys: npt.NDArray[np.uint8], rule: EdgeRule) -> dict[str, EdgeStack]:
    """Find the edges of all pictures.

    Parameters
    ----------
    greys : (n, H, W) ndarray of uint8
    rule : EdgeRule

    Returns
    -------
    dict of str to EdgeStack
        By rule.
    """
    marks = {name: np.zeros(greys.shape, dtype=np.bool_) for name in RULES}
    turned = {name: np.zeros((len(greys), ORIENTATIONS), dtype=np.float32) for name in RULES}
    for place, grey in enumerate(greys):
        edges = find_edges(grey, rule)
        for name, mark in (("fixed", edges.fixed), ("strongest", edges.strongest)):
            marks[name][place] = mark
            turned[name][place] = _orientations(edges.orientation[mark])
    return {
        name: EdgeStack(marks[name], _profiles(marks[name]) | {"orientation": turned[name]})
        for name in RULES
    }


def _orientations(degrees: Singles) -> Singles:
    """Share of the edges nearest to each of the orientations 0, 15, ... degrees; NaN where there are none."""
    if not len(degrees):
        return np.full(ORIENTATIONS, np.nan, dtype=np.float32)
    width = 180 / ORIENTATIONS
    nearest = np.mod(np.rint(degrees / width), ORIENTATIONS).astype(np.intp)
    counts = np.bincount(nearest, minlength=ORIENTATIONS)
    return (counts / len(degrees)).astype(np.float32)


def _profiles(marks: Marks) -> dict[str, Singles]:
    rings = ring_of(*marks.shape[1:])
    sizes = np.maximum(np.bincount(rings.ravel(), minlength=RINGS), 1)
    radius = [np.bincount(rings[mark], minlength=RINGS) / sizes for mark in marks]
    return {
        "row": marks.mean(axis=2, dtype=np.float32),
        "column": marks.mean(axis=1, dtype=np.float32),
        "radius": np.array(radius, dtype=np.float32).reshape(len(marks), RINGS),
    }


def ring_of(height: int, width: int) -> npt.NDArray[np.intp]:
    """Ring of each pixel (H, W): 0 in the centre, the corners in the last one."""
    y = np.abs(np.arange(height) - (height - 1) / 2)[:, None]
    x = np.abs(np.arange(width) - (width - 1) / 2)[None]
    distance = np.hypot(y, x)
    rings = (distance / max(float(distance.max()), 1e-9) * RINGS).astype(np.intp)
    return np.asarray(np.minimum(rings, RINGS - 1), dtype=np.intp)


def profile_places(profile: str, *, height: int, width: int) -> Floats:
    """Where the values of a profile lie: pixels, pixels from the centre, or degrees."""
    if profile == "orientation":
        return np.arange(ORIENTATIONS, dtype=np.float64) * (180 / ORIENTATIONS)
    if profile == "radius":
        corner = float(np.hypot((height - 1) / 2, (width - 1) / 2))
        return np.asarray((np.arange(RINGS) + 0.5) * corner / RINGS, dtype=np.float64)
    return np.arange(height if profile == "row" else width, dtype=np.float64)


@dataclass(frozen=True)
class Drawn:
    """Means over each of the draws, for failures and for successes: two (draws, ...) arrays.

    NaN where nothing of a draw has a value.
    """

    failures: Floats
    successes: Floats

    def band(self, group: str) -> tuple[Floats, Floats, Floats]:
        """Mean over the draws, and the limits of their middle 95 %."""
        values: Floats = getattr(self, group)
        known = values[~np.isnan(values).any(axis=1)]
        if not len(known):
            nothing = np.full(values.shape[1], np.nan)
            return nothing, nothing, nothing
        values = known
        low, high = np.quantile(values, [0.025, 0.975], axis=0)
        return values.mean(axis=0), low, high


def draw_pairs(pairs: Pairs, *, draws: int, size: int, seed: int) -> npt.NDArray[np.intp]:
    """Draw pairs at random, each time so many, the same pair possibly more than once.

    Returns
    -------
    (draws, m) ndarray of int
        Rows of `pairs`; m is `size`, or the number of pairs where there are fewer.
    """
    random = np.random.default_rng(seed)
    return random.integers(0, len(pairs), (draws, min(size, len(pairs))))


def draw_means(values: npt.NDArray[np.generic], pairs: Pairs, drawn: npt.NDArray[np.intp]) -> Drawn:
    """Take means over the pictures of each draw that have values.

    Parameters
    ----------
    values : (n, k) ndarray
        A row per picture; NaN in all of it where a picture has none.
    pairs : (p, 2) ndarray of int
    drawn : (draws, m) ndarray of int
        Rows of `pairs`.
    """
    counts = np.zeros((len(drawn), len(pairs)), dtype=np.float32)
    for row, places in enumerate(drawn):
        counts[row] = np.bincount(places, minlength=len(pairs))
    failures, successes = (_means(counts, values[pairs[:, side]]) for side in (0, 1))
    return Drawn(failures, successes)


def _means(counts: Singles, values: npt.NDArray[np.generic]) -> Floats:
    """Means of the rows that have values, each taken so many times: (draws, n) of (n, k) to (draws, k)."""
    singles = values.astype(np.float32)
    known = ~np.isnan(singles[:, 0])
    number = counts[:, known].sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.asarray(counts[:, known] @ singles[known] / number, dtype=np.float64)


def compare_edges(
    stacks: dict[str, EdgeStack], pairs: Pairs, *, cells: int, permutations: int, seed: int
) -> list[MapComparison]:
    """Compare the edges of failures with those of the successes they are paired with.

    Parameters
    ----------
    stacks : dict of str to EdgeStack
    pairs : (p, 2) ndarray of int
    cells : int
        Most cells along a side of the tested map of density.
    permutations, seed : int

    Returns
    -------
    list of MapComparison
        For each rule, given as channel: `density`, and each of `PROFILES`. Orientations are those of pairs in which
        both pictures have edges, and are left out where there are fewer than `FEWEST`.
    """
    rows = pairs.T.ravel()
    failed = np.arange(len(rows)) < len(pairs)
    strata = np.tile(np.arange(len(pairs)), 2)
    comparisons = []
    for rule, stack in stacks.items():
        for name, values in _compared(stack, rows, cells):
            known = np.tile(~np.isnan(values[:, 0, 0]).reshape(2, -1).any(axis=0), 2)
            if known.sum() < 2 * FEWEST:
                continue
            test = map_test(
                values[known].reshape(int(known.sum()), -1),
                failed[known],
                strata=strata[known],
                permutations=permutations,
                seed=seed,
            )
            shape = (values.shape[1], values.shape[2])
            comparisons.append(MapComparison(name, rule, PAIRED, shape, test))
    return correct_together(comparisons)


def _compared(
    stack: EdgeStack, rows: npt.NDArray[np.intp], cells: int
) -> Iterator[tuple[str, Singles]]:
    yield "density", pool(stack.marks[rows], largest=cells)
    for profile in PROFILES:
        yield profile, stack.profiles[profile][rows][:, None]


def edge_coordinates(
    greys: npt.NDArray[np.uint8],
    image_ids: list[str],
    failed: Marks,
    rule: EdgeRule,
) -> pa.Table:
    """List every edge of some pictures.

    Parameters
    ----------
    greys : (n, H, W) ndarray of uint8
    image_ids : list of str, length n
    failed : (n,) ndarray of bool
    rule : EdgeRule

    Returns
    -------
    pyarrow.Table
        A row per pixel that is an edge by either rule: image_id, group, x, y (pixels of the frame), strength
        (grey levels, one decimal), orientation (degrees, whole), fixed, strongest. At most n * H * W
        rows.
    """
    parts = [_schema().empty_table()]
    for image_id, grey, lost in zip(image_ids, greys, failed.tolist(), strict=True):
        edges = find_edges(grey, rule)
        y, x = np.nonzero(edges.fixed | edges.strongest)
        columns = {
            "image_id": pa.array([image_id] * len(x), pa.string()),
            "group": pa.array(["failure" if lost else "success"] * len(x), pa.string()),
            "x": pa.array(x.astype(np.int16)),
            "y": pa.array(y.astype(np.int16)),
            "strength": pa.array(np.round(edges.strength[y, x], 1)),
            "orientation": pa.array(np.mod(np.rint(edges.orientation[y, x]), 180).astype(np.int16)),
            "fixed": pa.array(edges.fixed[y, x]),
            "strongest": pa.array(edges.strongest[y, x]),
        }
        parts.append(pa.table(columns, schema=_schema()))
    return pa.concat_tables(parts).combine_chunks()


def _schema() -> pa.Schema:
    return pa.schema(
        [
            ("image_id", pa.string()),
            ("group", pa.string()),
            ("x", pa.int16()),
            ("y", pa.int16()),
            ("strength", pa.float32()),
            ("orientation", pa.int16()),
            ("fixed", pa.bool_()),
            ("strongest", pa.bool_()),
        ]
    )
