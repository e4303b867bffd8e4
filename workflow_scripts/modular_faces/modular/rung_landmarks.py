"""Landmarks of the same pictures from another instrument."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.tables import matrix_from_table, read_table

Values = NDArray[np.float32]


def read_other_landmarks(
    path: Path, image_ids: NDArray[np.object_], *, backend: str, variant: str
) -> Values:
    """Read the trusted landmarks of one part of the study.

    Parameters
    ----------
    path : Path
        `study.parquet`.
    image_ids : (n,) ndarray of str objects
        Pictures, in the order of the result.
    backend, variant : str

    Returns
    -------
    (n, 136) ndarray of float32
        NaN for pictures that were lost.
    """
    import pyarrow.compute as pc

    table = read_table(path, ["image_id", "backend", "variant", "success", *LANDMARK_COLUMNS])
    chosen = pc.and_(
        pc.and_(pc.equal(table["backend"], backend), pc.equal(table["variant"], variant)),
        table["success"],
    )
    table = table.filter(chosen)
    place = {image_id: row for row, image_id in enumerate(image_ids.tolist())}
    known = [row for row, one in enumerate(table["image_id"].to_pylist()) if one in place]
    values = np.full((len(image_ids), len(LANDMARK_COLUMNS)), np.nan, np.float32)
    rows = [place[one] for one in table["image_id"].take(known).to_pylist()]
    values[rows] = matrix_from_table(table.take(known), LANDMARK_COLUMNS)
    return values


def has_landmarks(values: Values) -> NDArray[np.bool_]:
    """Pictures with every landmark, (n,)."""
    return np.asarray(np.isfinite(values).all(axis=1))
