"""What OpenFace writes, of any version, read as numbers."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from modular_faces.backends import Face
from modular_faces.columns import LANDMARK_COLUMNS, OPENFACE_POSE_COLUMNS
from modular_faces.geometry import FloatArray, invert, transform

NUMBERS_OF_ROW = ("face", "frame", "face_id", "timestamp", "success")
"""Columns that number a row; they describe no face."""

EYE_POINTS = 56

POINTS = (
    *((f"x_{k}", f"y_{k}") for k in range(68)),
    *((f"eye_lmk_x_{k}", f"eye_lmk_y_{k}") for k in range(EYE_POINTS)),
)
"""Columns of each 2-D point."""

Record = Mapping[str, float]
"""Numbers of one face by OpenFace's names."""

logger = logging.getLogger(__name__)


def _numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}_{k}" for k in range(count)]


FEATURE_COLUMNS: tuple[str, ...] = (
    "confidence",
    *(f"gaze_{eye}_{axis}" for eye in (0, 1) for axis in "xyz"),
    *("gaze_angle_x", "gaze_angle_y"),
    *(name for axis in "xyXYZ" for name in _numbered(f"eye_lmk_{axis}", EYE_POINTS)),
    *OPENFACE_POSE_COLUMNS,
    *(name for axis in "xyXYZ" for name in _numbered(axis, 68)),
    *("p_scale", "p_rx", "p_ry", "p_rz", "p_tx", "p_ty", *_numbered("p", 34)),
    *(f"AU{unit:02d}_r" for unit in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 45)),
    *(
        f"AU{unit:02d}_c"
        for unit in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 28, 45)
    ),
)
"""Columns of `FaceLandmarkImg` of OpenFace 2.2 with all outputs, in its order, without `face`."""


def read_records(path: Path) -> list[Record]:
    """Read the faces of one picture from OpenFace's CSV.

    Parameters
    ----------
    path : Path
        Comma or comma and space as separator.

    Returns
    -------
    list of dict
        A row per face: numbers by column. Rows that OpenFace's tracker calls unsuccessful
        (`FeatureExtraction`), that are cut short, or whose landmarks are not finite are left out.
    """
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader(file, skipinitialspace=True)
        header = [name.strip() for name in next(rows, [])]
        return list(records_of(header, rows, where=str(path)))


def records_of(header: list[str], rows: Iterable[list[str]], *, where: str) -> Iterator[Record]:
    """Turn rows of text into faces; see `read_records`.

    Parameters
    ----------
    header : list of str
    rows : iterable of list of str
    where : str
        Named in the log.
    """
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(header):
            logger.warning("%s, line %d is cut short and left out", where, number)
            continue
        record = {name: as_number(text) for name, text in zip(header, row, strict=True)}
        if record.get("success", 1.0) == 0.0:
            continue
        if not all(np.isfinite(record.get(name, np.nan)) for name in LANDMARK_COLUMNS):
            logger.warning("%s, line %d has no 68 landmarks and is left out", where, number)
            continue
        yield record


def as_number(text: str) -> float:
    """Read a number as C++ writes it; what is none (`-nan(ind)`, empty) is NaN."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def face_of(record: Record) -> Face:
    """Make a face of a row of OpenFace's output.

    Parameters
    ----------
    record : mapping of str to float

    Returns
    -------
    Face
        Its box is that of the 68 landmarks.
    """
    landmarks = np.array([record[name] for name in LANDMARK_COLUMNS]).reshape(2, 68).T
    return Face(
        landmarks=landmarks,
        box=np.concatenate([landmarks.min(axis=0), landmarks.max(axis=0)]),
        mesh=None,
        detector_score=float("nan"),
        mesh_presence=float("nan"),
        confidence=record.get("confidence", float("nan")),
        pose=np.array([record.get(name, float("nan")) for name in OPENFACE_POSE_COLUMNS]),
        record=record,
    )


def record_to_original(
    record: Record, affine: FloatArray, *, points: Sequence[tuple[str, str]]
) -> Record:
    """Bring the 2-D points among a backend's own numbers from a variant to the original picture.

    Parameters
    ----------
    record : mapping of str to float
    points : sequence of (str, str)
        Names of x and y of each point; points that the record does not have are passed over.
    affine : (2, 3) ndarray of float64
        From pixels of the original picture to those of the variant.

    Returns
    -------
    mapping of str to float
        All other numbers are as the backend gave them.
    """
    names = [pair for pair in points if pair[0] in record]
    if not names:
        return record
    found = np.array([(record[x], record[y]) for x, y in names])
    moved = dict(record)
    for (x, y), (new_x, new_y) in zip(
        names, transform(invert(affine), found).tolist(), strict=True
    ):
        moved[x], moved[y] = new_x, new_y
    return moved
