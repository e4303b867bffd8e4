"""The embedded backend: BlazeFace detector, then the 478-point face mesh."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from modular_faces.backends import Answer, Box, Face, Stage, one_by_one
from modular_faces.detector import Detection, detect
from modular_faces.face_mesh import (
    Region,
    mesh_from_region,
    region_from_detection,
    region_of_frame,
)
from modular_faces.face_model import FaceModel
from modular_faces.ibug68 import landmarks_from_mesh
from modular_faces.ibug68_map import learnt_landmarks
from modular_faces.landmark_quality import SecondLook, landmark_quality
from modular_faces.variants import Applied

_OVERLAP = 0.3
"""Detections that overlap by more than this (intersection over union) are one face: MediaPipe's."""


Points = Literal["learnt", "vertices"]

_POINTS: Final[Mapping[Points, Callable[[NDArray[np.floating]], NDArray[np.float64]]]] = {
    "learnt": learnt_landmarks,
    "vertices": landmarks_from_mesh,
}


def mesh_backend(options: Mapping[str, Any]) -> MeshBackend:
    """Load the backend with the options of the stage landmarks."""
    return MeshBackend(
        model=None if options["model"] is None else Path(options["model"]),
        threshold=options["threshold"],
        points=options["points"],
        second_look=options["second_look"],
    )


class MeshBackend:
    """Finds faces with Google's face landmarker, run as MediaPipe runs it.

    Parameters
    ----------
    model : Path or None
        `face_landmarker.task`; None for the one in the installed package.
    threshold : float
        Least score of the detector, 0 to 1.
    points : {"learnt", "vertices"}
        How the 68 points are read from the mesh: `ibug68_map` or `ibug68`.
    second_look : {"never", "doubtful", "always"}
        When a face is read twice to judge its landmarks; see `landmark_quality`.
    """

    name = "mesh"
    frame_finds = False  # the mesh answers for any frame
    mesh_partners: NDArray[np.intp]

    def __init__(
        self, *, model: Path | None, threshold: float, points: Points, second_look: SecondLook
    ) -> None:
        self._model = FaceModel.load(model)
        self._threshold = threshold
        self._points = _POINTS[points]
        self._second_look = second_look
        self.mesh_partners = self._model.geometry.partners

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        """Find all faces; see `modular_faces.backends.Backend`."""
        return one_by_one(pictures, lambda picture: self._faces(picture, box=stage.box))

    def mesh_at(
        self, picture: NDArray[np.uint8], landmarks: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], float]:
        """Read the mesh of a face whose 68 landmarks another backend found.

        Parameters
        ----------
        picture : (H, W, 3) ndarray of uint8
        landmarks : (68, 2) ndarray of float64

        Returns
        -------
        mesh : (478, 3) ndarray of float64
        presence : float
        """
        eyes = np.array([landmarks[36:42].mean(axis=0), landmarks[42:48].mean(axis=0)])
        box = np.concatenate([landmarks.min(axis=0), landmarks.max(axis=0)])
        found = mesh_from_region(
            self._model, picture, region_from_detection(Detection(np.nan, box, eyes))
        )
        return found.mesh.astype(np.float64), found.presence

    def certainty(self, face: Face) -> float:
        """Quality of the landmarks."""
        return face.landmark_quality

    def _faces(self, picture: NDArray[np.uint8], *, box: Box) -> Sequence[Face]:
        if box == "frame":
            return [self._face(picture, region_of_frame(picture.shape), np.nan)]
        detections = detect(self._model, picture, threshold=self._threshold, overlap=_OVERLAP)
        return [
            self._face(picture, region_from_detection(detection), detection.score)
            for detection in detections
        ]

    def _face(self, picture: NDArray[np.uint8], region: Region, score: float) -> Face:
        found = mesh_from_region(self._model, picture, region)
        mesh = found.mesh.astype(np.float64)
        corners = np.concatenate([mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)])
        quality = landmark_quality(
            self._model,
            picture,
            mesh,
            found.presence,
            score=score,
            look_twice=self._second_look,
        )
        return Face(
            landmarks=self._points(mesh),
            box=corners,
            mesh=mesh,
            detector_score=score,
            mesh_presence=found.presence,
            landmark_quality=quality,
        )
