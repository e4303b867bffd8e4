"""The mean face of a dataset, on which weights are drawn: points, outlines and parts in words.

Everything here is in eye distances: the outer corners of the eyes lie 1 apart, their middle is (0, 0), x runs to the
viewer's right and y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from modular_faces.face_model import FaceGeometry
from modular_faces.modular.shape import MESH_EYES, FrontalShape, PlaneShape
from modular_faces.region_polygons import LOOPS, POLYGONS

Points = NDArray[np.float64]

MOST_FACES: Final = 1000
"""Faces that the mean is taken of: the first ones of the table, whose order is that of a hash."""

_RIGHT_EYE: Final = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
_LEFT_EYE: Final = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
_RIGHT_BROW: Final = (70, 63, 105, 66, 107)
_LEFT_BROW: Final = (300, 293, 334, 296, 336)
_LIPS: Final = tuple(POLYGONS["mouth"][0].tolist())
_INNER_LIPS: Final = (
    *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415),
    *(308, 324, 318, 402, 317, 14, 87, 178, 88, 95),
)
_RIDGE: Final = (168, 197, 5, 1)
_NOSTRILS: Final = (129, 98, 97, 2, 326, 327, 358)
_OUTLINE: Final = tuple(LOOPS[0].tolist())
_CHEEKS: Final = (50, 205, 187, 280, 425, 411)

LINES: Final[tuple[tuple[int, ...], ...]] = (
    (*_OUTLINE, _OUTLINE[0]),
    (*_RIGHT_EYE, _RIGHT_EYE[0]),
    (*_LEFT_EYE, _LEFT_EYE[0]),
    _RIGHT_BROW,
    _LEFT_BROW,
    (*_LIPS, _LIPS[0]),
    (*_INNER_LIPS, _INNER_LIPS[0]),
    _RIDGE,
    _NOSTRILS,
)
"""Vertices of the mesh that are joined by lines."""

ARROWS: Final[dict[str, tuple[int, ...]]] = {
    "outline": _OUTLINE[::2],
    "brows": (*_RIGHT_BROW, *_LEFT_BROW),
    "eyes": (*_RIGHT_EYE[::2], *_LEFT_EYE[::2]),
    "nose": (*_RIDGE, *_NOSTRILS[::2]),
    "cheeks": _CHEEKS,
    "mouth": (*_LIPS[::2], 13, 14),
}
"""Vertices that arrows start from, by part of the face."""


@dataclass(frozen=True)
class MeanFace:
    """The mean of found faces.

    Attributes
    ----------
    plane : (478, 2) ndarray of float64
        In the picture's plane, as `shape_2d` sees it.
    frontal : (478, 2) ndarray of float64
        Turned to the front, as `shape_frontal` sees it.
    faces : int
        How many faces it is the mean of.
    """

    plane: Points
    frontal: Points
    faces: int

    def of(self, module: str) -> Points:
        """Points for a module."""
        return self.plane if module == "shape_2d" else self.frontal


def mean_face(mesh: NDArray[np.floating], geometry: FaceGeometry) -> MeanFace:
    """Take the mean of the first `MOST_FACES` faces that were found.

    Parameters
    ----------
    mesh : (n, 1434) ndarray of float
        Rows of `tables.MESH_COLUMNS`, NaN where no face was found.
    geometry : FaceGeometry

    Raises
    ------
    ValueError
        If there is no face.
    """
    found = mesh[np.isfinite(mesh).all(axis=1)][:MOST_FACES]
    frontal = FrontalShape(vertices=geometry.vertices, weights=geometry.weights).fit(found)
    plane = PlaneShape(eyes=MESH_EYES).fit(found[:, : 2 * mesh.shape[1] // 3])
    return MeanFace(
        plane=between_the_eyes(plane.mean_),
        frontal=between_the_eyes(frontal.mean_[:, :2]),
        faces=len(found),
    )


def between_the_eyes(points: Points) -> Points:
    """Put the middle between the outer corners of the eyes into the origin.

    Examples
    --------
    >>> points = np.zeros((300, 2)); points[33] = (1, 4); points[263] = (3, 4)
    >>> between_the_eyes(points)[263].tolist()
    [1.0, 0.0]
    """
    return np.asarray(points - points[list(MESH_EYES)].mean(axis=0), dtype=np.float64)
