"""Meshes of pictures as the workflow reads them, for the scripts beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modular_faces import geometry
from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection, region_of_frame
from modular_faces.face_model import FaceModel
from modular_faces.steps import pad
from modular_faces.variants import apply_variant

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

THRESHOLD = 0.3
OVERLAP = 0.3


@dataclass(frozen=True)
class Reading:
    """A mesh in pixels of the original picture with what is known of how it came about."""

    mesh: Array
    presence: float
    score: float


def through_detector(model: FaceModel, picture: Picture, *, border: float) -> Reading | None:
    """Read the mesh where the detector sees the best face, a grey border around the picture."""
    steps = [{pad.__name__: {"fraction": border, "mode": "constant", "value": 127}}]
    applied = apply_variant(picture, steps if border else [])
    found = detect(model, applied.picture, threshold=THRESHOLD, overlap=OVERLAP)
    if not found:
        return None
    face = mesh_from_region(model, applied.picture, region_from_detection(found[0]))
    mesh = face.mesh.astype(np.float64)
    mesh[:, :2] = geometry.transform(geometry.invert(applied.affine), mesh[:, :2])
    return Reading(mesh, face.presence, found[0].score)


def through_frame(model: FaceModel, picture: Picture) -> Reading:
    """Read the mesh from the centred frame, without a detector."""
    face = mesh_from_region(model, picture, region_of_frame(picture.shape))
    return Reading(face.mesh.astype(np.float64), face.presence, float("nan"))
