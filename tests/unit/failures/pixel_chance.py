"""Every test of the studies of pixels on failures that are drawn at random."""

from __future__ import annotations

import numpy as np
import planted_pictures as planted

from modular_faces.failures.edge_kernels import EdgeRule
from modular_faces.failures.edges import compare_edges, stack_edges
from modular_faces.failures.means import MapSettings, compare_pixels
from modular_faces.failures.pairs import match_pairs
from modular_faces.failures.picture_frame import GREY

SIDE = 24
RULE = EdgeRule("sobel", threshold=100, share=0.1)


def p_values_of_chance(
    seed: int, *, pictures: int, failures: int, permutations: int
) -> dict[str, float]:
    """Give the p-value of each test, by its name, for failures that differ in nothing.

    Parameters
    ----------
    seed : int
    pictures, failures : int
    permutations : int
    """
    sample = planted.planted(
        planted.nothing, n=pictures, lost=failures, seed=10_000 + seed, side=SIDE
    )
    strata = np.random.default_rng(seed).integers(0, 3, len(sample.failed))
    comparisons = compare_pixels(sample, strata, MapSettings(permutations, SIDE, seed))
    greys = sample.pictures[..., GREY]
    pairs = match_pairs(sample.failed, greys.mean(axis=(1, 2)), None, seed=seed)
    comparisons += compare_edges(
        stack_edges(greys, RULE), pairs, cells=SIDE // 2, permutations=permutations, seed=seed
    )
    return {f"{one.name} {one.channel} {one.compared}": one.test.p_value for one in comparisons}
