"""What finds landmarks: one protocol, one module per backend."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from modular_faces.variants import Applied, Steps

Box = Literal["detector", "frame", "mesh"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Face:
    """A face that a backend found, in pixels of the picture the backend was given.

    Attributes
    ----------
    landmarks : (68, 2) ndarray of float64
        iBUG order.
    box : (4,) ndarray of float64
        x0, y0, x1, y1.
    mesh : (478, 3) ndarray of float64, or None
        None from a backend that has no mesh.
    detector_score : float
        NaN where no detector was asked.
    mesh_presence : float
        0 to 1; NaN from a backend that has no mesh.
    landmark_quality : float
        Probability that the landmarks are right; NaN from a backend that has no mesh.
    confidence : float
        OpenFace's own, 0 to 1; NaN from any other backend.
    pose : (6,) ndarray of float64, or None
        OpenFace's own Tx, Ty, Tz (mm), Rx, Ry, Rz (rad).
    record : mapping of str to float, or None
        All numbers of OpenFace or Rekognition by its names.
    """

    landmarks: NDArray[np.float64]
    box: NDArray[np.float64]
    mesh: NDArray[np.float64] | None
    detector_score: float
    mesh_presence: float
    landmark_quality: float = float("nan")
    confidence: float = float("nan")
    pose: NDArray[np.float64] | None = None
    record: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Stage:
    """One attempt at finding faces.

    Attributes
    ----------
    variant : str
        Name of the variant looked at.
    steps : sequence of mapping
        Its preprocessing steps.
    box : {'detector', 'frame', 'mesh'}
        Look where a detector sees a face, or take the centred whole frame for one; for OpenFace
        also where the mesh sees one.
    """

    variant: str
    steps: Steps
    box: Box


@dataclass(frozen=True)
class Answer:
    """What a backend says of one picture.

    Attributes
    ----------
    image_id : str
    faces : sequence of Face
        All it found, in pixels of the picture it was given.
    failed : bool
        Whether it broke down over this picture; the log says how.
    """

    image_id: str
    faces: Sequence[Face]
    failed: bool = False


class Backend(Protocol):
    """What every backend can do."""

    name: str
    """Goes into the column `landmark_source`."""

    frame_finds: bool
    """Whether a face that is not trusted counts as found when it was looked for in the whole frame."""

    @property
    def mesh_partners(self) -> NDArray[np.intp] | None:
        """Index of the mirror image of each point of the mesh; None without a mesh."""
        ...

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        """Find all faces of the pictures of a stage.

        Parameters
        ----------
        pictures : iterable of (str, Applied)
            `image_id` and the variant of the picture that is looked at. Taken one at a time: a backend
            that works picture by picture holds one in memory.
        stage : Stage

        Yields
        ------
        Answer
            One for each picture, in any order. Nothing is raised for a single picture.
        """
        ...

    def certainty(self, face: Face) -> float:
        """How sure the backend is of a face, 0 to 1: what the least certainty to accept is compared with."""
        ...


def one_by_one(
    pictures: Iterable[tuple[str, Applied]],
    faces_of: Callable[[NDArray[np.uint8]], Sequence[Face]],
) -> Iterator[Answer]:
    """Look at the pictures one after the other; a picture never stops its neighbours.

    Parameters
    ----------
    pictures : iterable of (str, Applied)
    faces_of : callable
        Gives the faces of a (H, W, 3) uint8 RGB picture.
    """
    for image_id, applied in pictures:
        try:
            faces = faces_of(applied.picture)
        except Exception:
            logger.exception("the backend failed on %s", image_id)
            yield Answer(image_id, (), failed=True)
        else:
            yield Answer(image_id, faces)


def most_prominent(faces: Sequence[Face], shape: tuple[int, ...]) -> Face:
    """Choose the face a picture is of: the largest, the more so the nearer to the centre.

    The area of the box is weighted by `1 - d / D`, where d is the distance of its centre from
    the centre of the picture and D the half diagonal of the picture.

    Parameters
    ----------
    faces : sequence of Face, not empty
    shape : (H, W, ...)
        Of the picture the boxes are measured in.
    """
    height, width = shape[:2]
    centre = (np.array([width, height]) - 1) / 2
    half_diagonal = float(np.hypot(width, height)) / 2

    def prominence(face: Face) -> float:
        x0, y0, x1, y1 = face.box
        distance = float(np.hypot(*(np.array([x0 + x1, y0 + y1]) / 2 - centre)))
        return float((x1 - x0) * (y1 - y0)) * max(0.0, 1 - distance / half_diagonal)

    return max(faces, key=prominence)


def as_record(face: Face) -> dict[str, Any]:
    """Flatten box and scores of a face for a table of faces, in pixels."""
    x0, y0, x1, y1 = (round(float(value), 2) for value in face.box)
    return {
        "box_x0": x0,
        "box_y0": y0,
        "box_x1": x1,
        "box_y1": y1,
        "detector_score": face.detector_score,
        "mesh_presence": face.mesh_presence,
        "landmark_quality": face.landmark_quality,
        "confidence": face.confidence,
    }
