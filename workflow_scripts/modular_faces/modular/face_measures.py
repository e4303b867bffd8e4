"""Distances, ratios and angles of a face that is turned to the front.

Lengths are shares of the distance between the outer corners of the eyes. Right and left are the person's.
Every face is measured by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from modular_faces.dictionary_file import Description
from modular_faces.face_model import FaceGeometry
from modular_faces.modular.shape import frontal_points
from modular_faces.tables import MESH_COLUMNS

Points = NDArray[np.float64]
Value = NDArray[np.float64]

_AT_ONCE: Final = 512
"""Faces that are measured at once."""
LENGTH: Final = "eye distances"
RATIO: Final = "1"
ANGLE: Final = "degrees"

_FOREHEAD, _BROWS, _NOSE_ROOT, _NOSE_TIP, _NOSE_BASE = 10, 9, 168, 1, 2
_LIP_TOP, _LIP_IN_ABOVE, _LIP_IN_BELOW, _LIP_BOTTOM, _CHIN = 0, 13, 14, 17, 152


class Measure(NamedTuple):
    """One number of a face: `take` gives it for (n, 478, 3) points from `shape.frontal_points`."""

    name: str
    unit: str
    description: str
    take: Callable[[Points], Value]


class _Side(NamedTuple):
    """Vertices of the mesh on one side of the face."""

    name: str
    outer: int
    inner: int
    lids: tuple[tuple[int, int], ...]
    iris: int
    brow: tuple[int, int, int]
    corner: int
    wing: int
    cheek: int
    jaw: int
    temple: int


_RIGHT: Final = _Side(
    "right", 33, 133, ((160, 144), (159, 145), (158, 153)), 468, (107, 105, 70), 61, 129, 50, 172, 234
)  # fmt: skip
_LEFT: Final = _Side(
    "left", 263, 362, ((387, 373), (386, 374), (385, 380)), 473, (336, 334, 300), 291, 358, 280, 397, 454
)  # fmt: skip


def _distance(points: Points, first: int, second: int) -> Value:
    return np.asarray(np.linalg.norm(points[:, first] - points[:, second], axis=1))


def _ratio(points: Points, *, above: tuple[int, int], below: tuple[int, int]) -> Value:
    return _distance(points, *above) / _distance(points, *below)


def _height(points: Points, vertex: int, *, over: Sequence[int]) -> Value:
    """How far a point lies above the mean of others."""
    return np.asarray(points[:, vertex, 1] - points[:, list(over), 1].mean(axis=1))


def _slant(points: Points, inner: int, outer: int) -> Value:
    """Angle of the line from inner to outer end with the horizontal, positive where the outer end is higher."""
    line = points[:, outer] - points[:, inner]
    return np.asarray(np.degrees(np.arctan2(line[:, 1], np.abs(line[:, 0]))))


def _angle(points: Points, first: int, at: int, second: int) -> Value:
    one, two = points[:, first] - points[:, at], points[:, second] - points[:, at]
    cosine = (one * two).sum(axis=1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(two, axis=1))
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _aperture(points: Points, side: _Side) -> Value:
    return np.asarray(np.mean([_distance(points, *pair) for pair in side.lids], axis=0))


def _eye_and_brow(side: _Side) -> Iterator[Measure]:
    name, eye = side.name, (side.inner, side.outer)
    yield Measure(
        f"eye_aperture_{name}",
        LENGTH,
        f"how far the lids of the {name} eye are apart",
        lambda p: _aperture(p, side),
    )
    yield Measure(
        f"eye_width_{name}",
        LENGTH,
        f"corner to corner of the {name} eye",
        lambda p: _distance(p, *eye),
    )
    yield Measure(
        f"eye_openness_{name}",
        RATIO,
        f"aperture of the {name} eye over its width",
        lambda p: _aperture(p, side) / _distance(p, *eye),
    )
    yield Measure(
        f"eye_slant_{name}",
        ANGLE,
        f"outer corner of the {name} eye above its inner corner",
        lambda p: _slant(p, *eye),
    )
    yield Measure(
        f"gaze_up_{name}",
        LENGTH,
        f"iris above the line of the corners of the {name} eye",
        lambda p: _height(p, side.iris, over=eye),
    )
    for place, vertex in zip(("inner", "middle", "outer"), side.brow, strict=True):
        yield Measure(
            f"brow_height_{place}_{name}",
            LENGTH,
            f"{place} {name} brow above the corners of its eye",
            partial(_height, vertex=vertex, over=eye),
        )
    yield Measure(
        f"brow_slant_{name}",
        ANGLE,
        f"outer end of the {name} brow above its inner end",
        lambda p: _slant(p, side.brow[0], side.brow[2]),
    )


def _mouth_and_jaw(side: _Side) -> Iterator[Measure]:
    name, lips = side.name, (_LIP_IN_ABOVE, _LIP_IN_BELOW)
    yield Measure(
        f"mouth_corner_lift_{name}",
        LENGTH,
        f"{name} corner of the mouth above the middle of the lips",
        lambda p: _height(p, side.corner, over=lips),
    )
    yield Measure(
        f"mouth_corner_to_eye_{name}",
        LENGTH,
        f"{name} corner of the mouth to the outer corner of the eye",
        lambda p: _distance(p, side.corner, side.outer),
    )
    yield Measure(
        f"nose_wing_to_eye_{name}",
        LENGTH,
        f"{name} wing of the nose to the inner corner of the eye",
        lambda p: _distance(p, side.wing, side.inner),
    )
    yield Measure(
        f"cheek_to_lid_{name}",
        LENGTH,
        f"{name} cheek to the lower lid",
        lambda p: _distance(p, side.cheek, side.lids[1][1]),
    )
    yield Measure(
        f"jaw_angle_{name}",
        ANGLE,
        f"angle of the {name} jaw between the ear and the chin",
        lambda p: _angle(p, side.temple, side.jaw, _CHIN),
    )


def _midline() -> Iterator[Measure]:
    lengths = (
        ("eyes_inner_distance", (133, 362), "inner corner to inner corner of the eyes"),
        ("brow_distance", (107, 336), "between the inner ends of the brows"),
        ("mouth_width", (61, 291), "corner to corner of the mouth"),
        ("mouth_height", (_LIP_TOP, _LIP_BOTTOM), "upper edge of the upper to lower edge of the lower lip"),
        ("mouth_opening", (_LIP_IN_ABOVE, _LIP_IN_BELOW), "between the lips"),
        ("lip_upper", (_LIP_TOP, _LIP_IN_ABOVE), "thickness of the upper lip"),
        ("lip_lower", (_LIP_IN_BELOW, _LIP_BOTTOM), "thickness of the lower lip"),
        ("nose_length", (_NOSE_ROOT, _NOSE_BASE), "root to base of the nose"),
        ("nose_width", (129, 358), "wing to wing of the nose"),
        ("philtrum", (_NOSE_BASE, _LIP_TOP), "base of the nose to the upper lip"),
        ("chin_height", (_LIP_BOTTOM, _CHIN), "lower lip to the tip of the chin"),
        ("face_height", (_FOREHEAD, _CHIN), "top of the mesh (upper forehead) to the tip of the chin"),
        ("face_width", (234, 454), "ear to ear"),
        ("jaw_width", (172, 397), "corner to corner of the jaw"),
        ("forehead_width", (54, 284), "side to side of the upper forehead"),
        ("forehead_height", (_FOREHEAD, _BROWS), "top of the mesh to between the brows"),
    )  # fmt: skip
    for name, pair, description in lengths:
        yield Measure(name, LENGTH, description, partial(_distance, first=pair[0], second=pair[1]))
    ratios = (
        ("mouth_openness", (_LIP_IN_ABOVE, _LIP_IN_BELOW), (61, 291), "opening of the mouth over its width"),
        ("face_ratio", (234, 454), (_FOREHEAD, _CHIN), "width of the face over its height"),
        ("upper_face_ratio", (234, 454), (_BROWS, _LIP_TOP), "width of the face over brows to upper lip (fWHR)"),
        ("jaw_ratio", (172, 397), (234, 454), "width of the jaw over that of the face"),
        ("nose_ratio", (129, 358), (_NOSE_ROOT, _NOSE_BASE), "width of the nose over its length"),
        ("lower_face_share", (_NOSE_BASE, _CHIN), (_FOREHEAD, _CHIN), "base of the nose to chin over face height"),
    )  # fmt: skip
    for name, above, below, description in ratios:
        yield Measure(
            name,
            RATIO,
            description,
            partial(_ratio, above=above, below=below),
        )
    yield Measure(
        "nose_projection",
        LENGTH,
        "tip of the nose before the outer corners of the eyes",
        lambda p: p[:, _NOSE_TIP, 2] - p[:, [33, 263], 2].mean(axis=1),
    )
    yield Measure(
        "chin_projection",
        LENGTH,
        "tip of the chin before the outer corners of the eyes",
        lambda p: p[:, _CHIN, 2] - p[:, [33, 263], 2].mean(axis=1),
    )


MEASURES: Final[tuple[Measure, ...]] = (
    *_eye_and_brow(_RIGHT),
    *_eye_and_brow(_LEFT),
    *_mouth_and_jaw(_RIGHT),
    *_mouth_and_jaw(_LEFT),
    *_midline(),
)
MEASURE_COLUMNS: Final = tuple(f"measure_{measure.name}" for measure in MEASURES)
"""Names of the columns, in order."""


def measure_faces(mesh: NDArray[np.floating], geometry: FaceGeometry) -> NDArray[np.float32]:
    """Measure faces, each turned to the front by itself.

    Parameters
    ----------
    mesh : (n, 1434) ndarray of float
        Rows of `tables.MESH_COLUMNS`, pixels; a row with a missing number gives missing measures.
    geometry : FaceGeometry

    Returns
    -------
    (n, k) ndarray of float32
        In the order of `MEASURE_COLUMNS`.

    Raises
    ------
    ValueError
        If the rows do not hold the mesh.
    """
    if mesh.ndim != 2 or mesh.shape[1] != len(MESH_COLUMNS):
        raise ValueError(f"the mesh has shape {mesh.shape}; expected (n, {len(MESH_COLUMNS)})")
    measured = np.empty((len(mesh), len(MEASURES)), np.float32)
    for first in range(0, len(mesh), _AT_ONCE):
        points = frontal_points(mesh[first : first + _AT_ONCE], geometry)
        own = np.stack([measure.take(points) for measure in MEASURES], axis=1)
        measured[first : first + _AT_ONCE] = own
    return measured


def describe_measures() -> list[Description]:
    """Rows of the data dictionary: (name, module, region, unit, dtype, description, source)."""
    return [
        (
            column,
            "measures",
            "face",
            measure.unit,
            "float32",
            f"{measure.description}, head turned to the front",
            "mesh",
        )
        for column, measure in zip(MEASURE_COLUMNS, MEASURES, strict=True)
    ]
