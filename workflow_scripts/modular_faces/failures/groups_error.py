"""How far landmarks lie from known points, group by group."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.failures.groupings import Grouping
from modular_faces.failures.outcome import FEWEST, Outcome
from modular_faces.inference.correction import holm
from modular_faces.inference.effect_sizes import mann_whitney
from modular_faces.inference.intervals import median_difference
from modular_faces.landmark_error import eye_distance, mean_error
from modular_faces.tables import matrix_from_table

Array = NDArray[np.float64]


def landmark_errors(
    study: str | os.PathLike[str],
    *,
    backend: str,
    variant: str,
    names: Sequence[str],
    known: Array,
) -> pd.Series:
    """Measure the error of the landmarks of one part of a study, a row group at a time.

    Parameters
    ----------
    study : path-like
        `study.parquet`.
    backend, variant : str
    names : sequence of str
        image_id of the pictures whose landmarks are known.
    known : (m, 68, 2) ndarray of float64
        Pixels.

    Returns
    -------
    pandas.Series of float64
        Mean error of the 68 points as a share of the distance of the outer corners of the eyes, by image_id, of the
        pictures in which landmarks were found.
    """
    file = pq.ParquetFile(study)
    index = pd.Index(names)
    units = eye_distance(known)
    found: list[pd.Series] = []
    for group in range(file.num_row_groups):
        table = file.read_row_group(
            group, ["image_id", "backend", "variant", "found", *LANDMARK_COLUMNS], use_threads=False
        )
        part = pc.and_(pc.equal(table["backend"], backend), pc.equal(table["variant"], variant))
        table = table.filter(pc.and_(part, table["found"]))
        ids = table.column("image_id").to_pylist()
        rows = index.get_indexer(pd.Index(ids, dtype=object))
        points = matrix_from_table(table, LANDMARK_COLUMNS).reshape(-1, 2, 68).transpose(0, 2, 1)
        seen = rows >= 0
        errors = mean_error(points[seen], known[rows[seen]], part="all", unit=units[rows[seen]])
        found.append(pd.Series(errors, index=np.array(ids, dtype=object)[seen]))
    joined = pd.concat(found) if found else pd.Series(dtype=np.float64)
    return joined[np.isfinite(joined.to_numpy())]


def error_table(
    outcome: Outcome,
    groupings: Iterable[Grouping],
    errors: pd.Series,
    *,
    confidence: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Landmark error of each group, against all others.

    Parameters
    ----------
    outcome : Outcome
        Whose pictures the groupings are of.
    groupings : iterable of Grouping
    errors : pandas.Series
        From `landmark_errors`.
    confidence, draws, seed
        Of the bootstrap of medians.

    Returns
    -------
    pandas.DataFrame
        backend, variant, column, group, n (with known points and landmarks), median (% of the eye distance)
        with its limits, n_rest, delta (Cliff, group against rest) with its limits, p (Mann-Whitney), family,
        p_holm. Groups of fewer than 10 are left out.
    """
    values = errors.reindex(outcome.image_ids).to_numpy(dtype=np.float64)
    rows: list[dict[str, Any]] = []
    for grouping in groupings:
        for code, name in enumerate(grouping.groups):
            measured = np.isfinite(values) & (grouping.codes >= 0)
            inside, rest = (
                100 * values[measured & ((grouping.codes == code) == own)] for own in (True, False)
            )
            if inside.size < FEWEST:
                continue
            median = median_difference(inside, [0.0], draws=draws, seed=seed, confidence=confidence)
            against = mann_whitney(inside, rest, confidence=confidence)
            rows.append(
                {
                    "backend": outcome.backend,
                    "variant": outcome.variant,
                    "column": grouping.name,
                    "group": name,
                    "n": inside.size,
                    "median": median.estimate,
                    "low": median.low,
                    "high": median.high,
                    "n_rest": rest.size,
                    "delta": against.delta.estimate,
                    "delta_low": against.delta.low,
                    "delta_high": against.delta.high,
                    "p": against.p,
                    "family": "landmark error of every group against the rest",
                }
            )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    table["p_holm"] = holm(table["p"].to_numpy(dtype=np.float64))
    return table


_COLUMNS = (
    *("backend", "variant", "column", "group", "n", "median", "low", "high", "n_rest"),
    *("delta", "delta_low", "delta_high", "p", "family"),
)
