"""What colour and texture share: a row of numbers per picture, measured on regions of its face."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces import geometry
from modular_faces.tables import round_significant, table_from_matrix
from modular_faces.variants import Applied, Steps, apply_variant

DIGITS = 6
"""Values are rounded to this many significant digits, so that other CPUs agree."""

logger = logging.getLogger(__name__)

Picture = NDArray[np.uint8]
Mesh = NDArray[np.float64]
Measure = Callable[[Picture, Mesh | None], tuple[NDArray[np.float64], str]]
"""Takes a (H, W, 3) picture and the (478, 3) mesh in its pixels, or None; gives (k,) numbers, NaN where
missing, and a note that says why numbers of a face are missing, else empty."""


def measure_pictures(
    image_ids: Sequence[str],
    pictures: Iterable[tuple[str, Picture]],
    meshes: Mapping[str, Mesh],
    *,
    measure: Measure,
    names: Sequence[str],
    steps: Steps,
    stage: str,
) -> pa.Table:
    """Measure all pictures of a shard; a picture never stops its neighbours.

    Parameters
    ----------
    image_ids : sequence of str
        All pictures of the shard in the order of the table.
    pictures : iterable of (str, (H, W, 3) ndarray of uint8)
        Those that could be decoded.
    meshes : mapping of str to (478, 3) ndarray of float64
        Those with a trusted face, in pixels of the picture.
    measure : callable
    names : sequence of str, length k
        Names of the numbers that `measure` gives.
    steps : sequence of mapping
        The variant of the picture that is measured; empty for the original.
    stage : str
        Names the column of notes, `<stage>_notes`.

    Returns
    -------
    pyarrow.Table
        image_id, the notes, then float32 columns; null throughout for pictures that could not be
        decoded.
    """
    rows = {image_id: row for row, image_id in enumerate(image_ids)}
    values = np.full((len(image_ids), len(names)), np.nan)
    notes = [""] * len(image_ids)
    for image_id, picture in pictures:
        row = rows[image_id]
        try:
            applied = apply_variant(picture, steps)
            mesh = mesh_on_variant(applied, meshes.get(image_id))
            values[row], notes[row] = measure(applied.picture, mesh)
        except Exception as error:
            logger.exception("could not measure %s", image_id)
            notes[row] = f"not measured: {error}"
    table = table_from_matrix(image_ids, names, round_significant(values, digits=DIGITS))
    return table.add_column(1, f"{stage}_notes", pa.array(notes, pa.string()))


def mesh_on_variant(applied: Applied, mesh: Mesh | None) -> Mesh | None:
    """Bring a mesh from the pixels of the original picture to those of a variant."""
    if mesh is None or np.array_equal(applied.affine, geometry.identity()):
        return mesh
    scale = np.sqrt(abs(np.linalg.det(applied.affine[:, :2])))
    return np.column_stack([geometry.transform(applied.affine, mesh[:, :2]), mesh[:, 2] * scale])
