"""Outputs that exist already, asked as if they were found now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from modular_faces.backends import Answer, Face, Stage
from modular_faces.backends.openface_output import FEATURE_COLUMNS, face_of
from modular_faces.backends.rekognition_response import face_of_parts
from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.precomputed import NUMBER_COLUMNS
from modular_faces.tables import matrix_from_table, read_table
from modular_faces.variants import Applied


class PrecomputedBackend:
    """Gives the faces of the source that a stage is named after.

    Parameters
    ----------
    tables : mapping of str to str
        Path of the table of each source, as `modular_faces.precomputed.precomputed_table` makes it.
    """

    name = "precomputed"
    frame_finds = True
    mesh_partners = None

    def __init__(self, tables: Mapping[str, str]) -> None:
        self._sources = {name: _Source(path) for name, path in tables.items()}

    def certainty(self, face: Face) -> float:
        """Confidence or score of the source; 1 where it has none."""
        for value in (face.confidence, face.detector_score):
            if np.isfinite(value):
                return value
        return 1.0

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        """Find all faces; see `modular_faces.backends.Backend`."""
        source = self._sources[stage.variant]
        for image_id, applied in pictures:
            rows = source.rows.get(image_id, ())
            yield Answer(image_id, [_face(source.values[row], applied) for row in rows])


class _Source:
    def __init__(self, path: str) -> None:
        self._path = path

    @cached_property
    def rows(self) -> Mapping[str, list[int]]:
        """Rows of each picture."""
        rows: dict[str, list[int]] = {}
        for row, image_id in enumerate(read_table(self._path, ["image_id"])[0].to_pylist()):
            rows.setdefault(image_id, []).append(row)
        return rows

    @cached_property
    def values(self) -> np.ndarray:
        """(n, k) float64, columns as in `NUMBER_COLUMNS`."""
        return matrix_from_table(read_table(self._path, NUMBER_COLUMNS), NUMBER_COLUMNS)


def _face(row: np.ndarray, applied: Applied) -> Face:
    numbers = dict(zip(NUMBER_COLUMNS, row.tolist(), strict=True))
    record = {name: numbers[name] for name in FEATURE_COLUMNS if np.isfinite(numbers[name])}
    if all(name in record for name in LANDMARK_COLUMNS):
        return face_of(record)
    face = face_of_parts(numbers, applied.picture.shape)
    return replace(face, confidence=numbers["confidence"], record=face.record or None)
