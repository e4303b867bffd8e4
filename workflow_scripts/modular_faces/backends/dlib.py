"""dlib: HOG face detector and 68 landmarks by an ensemble of regression trees.

King, D. E. (2009). Dlib-ml: a machine learning toolkit. Journal of Machine Learning Research, 10, 1755-1758.
Kazemi, V., & Sullivan, J. (2014). One millisecond face alignment with an ensemble of regression trees. CVPR
2014, 1867-1874. https://doi.org/10.1109/CVPR.2014.241
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.backends import Answer, Backend, Box, Face, Stage, one_by_one
from modular_faces.variants import Applied

SIDE_OF_BOX, HEIGHT_OF_CENTRE = 1.03, 0.41
"""dlib's square against the box of 68 landmarks: its side in units of sqrt(w h), its centre in units of h from the
top; medians of 417 faces (docs/backends.md)."""


class DlibMissingError(RuntimeError):
    """dlib or its predictor is not there; the message names the key of the config and the cure."""


class DlibBackend:
    """Finds faces with dlib.

    Parameters
    ----------
    options : mapping
        The section dlib of the config.
    mesh : Backend or None
        Says where faces are, for stages with box mesh.
    mesh_accept : float
        Least certainty of such a face.

    Raises
    ------
    DlibMissingError
    """

    name = "dlib"
    frame_finds = False
    mesh_partners = None

    def __init__(
        self, options: Mapping[str, Any], *, mesh: Backend | None, mesh_accept: float
    ) -> None:
        dlib = _import_dlib()
        self._rectangle = dlib.rectangle
        self._detector = dlib.get_frontal_face_detector()
        self._predictor = dlib.shape_predictor(str(_predictor_path(options["predictor"])))
        self._options = options
        self._mesh = mesh
        self._mesh_accept = mesh_accept

    def certainty(self, face: Face) -> float:
        """1 where the detector's score reaches `dlib.accept`, or the box came from a trusted mesh; else 0.

        dlib says nothing of how good its landmarks are.
        """
        return float(
            math.isnan(face.detector_score) or face.detector_score >= self._options["accept"]
        )

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        """Find all faces; see `modular_faces.backends.Backend`."""
        return one_by_one(pictures, lambda picture: self._faces(picture, box=stage.box))

    def _faces(self, picture: NDArray[np.uint8], *, box: Box) -> Sequence[Face]:
        picture = np.ascontiguousarray(picture)
        if box == "frame":
            return ()
        if box == "detector":
            rectangles, scores, _ = self._detector.run(
                picture, self._options["upsample"], self._options["threshold"]
            )
        else:
            rectangles = self._from_mesh(picture)
            scores = [math.nan] * len(rectangles)
        return [
            self._face(picture, rectangle, float(score))
            for rectangle, score in zip(rectangles, scores, strict=True)
        ]

    def _from_mesh(self, picture: NDArray[np.uint8]) -> list[Any]:
        if self._mesh is None:
            raise ValueError("box mesh needs the mesh; open the backend with it")
        given = Applied(picture, np.eye(2, 3))
        answers = self._mesh.find([("", given)], stage=Stage("", (), "detector"))
        return [
            self._rectangle(*box_of_landmarks(face.landmarks))
            for answer in answers
            for face in answer.faces
            if self._mesh.certainty(face) >= self._mesh_accept
        ]

    def _face(self, picture: NDArray[np.uint8], rectangle: Any, score: float) -> Face:
        shape = self._predictor(picture, rectangle)
        points = [(shape.part(k).x, shape.part(k).y) for k in range(shape.num_parts)]
        sides = (rectangle.left(), rectangle.top(), rectangle.right(), rectangle.bottom())
        return Face(
            landmarks=np.array(points, np.float64),
            box=np.array(sides, np.float64),
            mesh=None,
            detector_score=score,
            mesh_presence=math.nan,
        )


def box_of_landmarks(landmarks: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Give the square that dlib's detector would put around a face with these landmarks.

    Parameters
    ----------
    landmarks : (68, 2) ndarray of float64
        Pixels.

    Returns
    -------
    left, top, right, bottom : int
    """
    low, high = landmarks.min(axis=0), landmarks.max(axis=0)
    width, height = high - low
    half = SIDE_OF_BOX * math.sqrt(width * height) / 2
    x, y = low[0] + width / 2, low[1] + HEIGHT_OF_CENTRE * height
    return round(x - half), round(y - half), round(x + half), round(y + half)


def _import_dlib() -> Any:
    try:
        return importlib.import_module("dlib")
    except ImportError:
        raise DlibMissingError(
            "backend dlib needs the package dlib-bin; `pip install dlib-bin` (docs/backends.md)"
        ) from None


def _predictor_path(given: str | None) -> Path:
    if given is None:
        raise DlibMissingError(
            "config key 'dlib.predictor' is empty; give the path of "
            "shape_predictor_68_face_landmarks.dat (docs/backends.md says where to get it)"
        )
    path = Path(given).expanduser()
    if not path.is_file():
        raise DlibMissingError(
            f"config key 'dlib.predictor': there is no file {path}; docs/backends.md says where to "
            "get shape_predictor_68_face_landmarks.dat"
        )
    return path
