"""What marks some failures: signs in which they differ from the successes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.failures.associations import Association, find_associations
from modular_faces.failures.outcome import FEWEST


def find_signs(
    failures: Sequence[str],
    *,
    successes: Sequence[str],
    signs: pd.DataFrame,
    directions: Mapping[str, bool],
    confidence: float,
    least: float,
    seed: int,
) -> list[Association]:
    """Find the signs in which some failures differ from the successes.

    Parameters
    ----------
    failures, successes : sequence of str
        Names of pictures.
    signs : pandas.DataFrame
        Indexed by image_id, a column per sign, in order of preference; NaN where a sign is not known.
    directions : mapping of str to bool
        Signs that say something only when they are high in failures (True), or low.
    confidence, least, seed
        As for `find_associations`.

    Returns
    -------
    list of Association
        Empty where either are too few.
    """
    if min(len(failures), len(successes)) < FEWEST:
        return []
    table = signs.reindex([*failures, *successes])
    failed = np.arange(len(table)) < len(failures)
    values: dict[str, NDArray[np.float64]] = {
        name: table[name].to_numpy(dtype=np.float64) for name in table.columns
    }
    return find_associations(
        values, failed, confidence=confidence, least=least, seed=seed, directions=directions
    )


def too_few_left(failures: Sequence[str], successes: Sequence[str]) -> str:
    """Say why nothing is said of failures that no cause explains; empty where they are enough, or none is left."""
    if not failures or min(len(failures), len(successes)) >= FEWEST:
        return ""
    return f"Failures that no named cause explains: {len(failures):,}, too few to say what they have in common."
