"""The embedded backend: BlazeFace detector, then the 478-point face mesh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

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
from modular_faces.mesh_symmetry import mesh_partners
from modular_faces.variants import Applied

_OVERLAP = 0.3
"""Detections that overlap by more than this (intersection over union) are one face: MediaPipe's."""


class MeshBackend:
    """Finds faces with Google's face landmarker, run as MediaPipe runs it.

    Parameters
    ----------
    model : Path or None
        `face_landmarker.task`; None for the one in the installed package.
    threshold : float
        Least score of the detector, 0 to 1.
    """

    name = "mesh"
    frame_finds = False  # the mesh answers for any frame
    mesh_partners: NDArray[np.intp]

    def __init__(self, *, model: Path | None, threshold: float) -> None:
        self._model = FaceModel.load(model)
        self._threshold = threshold
        self.mesh_partners = mesh_partners(self._model.geometry.vertices)

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
        """Presence of the mesh."""
        return face.mesh_presence

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
        return Face(
            landmarks=landmarks_from_mesh(mesh),
            box=corners,
            mesh=mesh,
            detector_score=score,
            mesh_presence=found.presence,
        )
