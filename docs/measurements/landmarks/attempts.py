"""Possible attempts of the cascade: on which variant, where the face is looked for, how often the mesh is read.

Second detectors: OpenCV's cascade of Haar features, which the installed package has, and dlib's histograms of
gradients (`pip install dlib-bin`; left out where missing). Neither sees eyes, so the mesh is read a second time
from the region around the first mesh, as MediaPipe does when it follows a face. Of their scores
`landmark_quality` knows nothing: it takes such a mesh like one of the frame.
"""

from __future__ import annotations

import importlib
import math
import time
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from collect import Item, border
from numpy.typing import NDArray

from modular_faces.detector import detect
from modular_faces.face_mesh import (
    MeshFace,
    Region,
    mesh_from_region,
    region_from_detection,
    region_of_frame,
)
from modular_faces.face_model import FaceModel
from modular_faces.ibug68_map import learnt_landmarks
from modular_faces.landmark_error import box_size, eye_distance
from modular_faces.landmark_quality import landmark_quality
from modular_faces.variants import Steps, apply_variant, landmarks_to_original

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

LEAST_SCORE = 0.1
OVERLAP = 0.3
EYE_CORNERS = (33, 263)
AROUND_MESH = 1.5
AROUND_BOX = {"haar": 1.2, "dlib": 1.5}
LEAST_FACE = 30


@dataclass(frozen=True)
class Attempt:
    """Steps, where the face is looked for, and how often the mesh is read.

    Attributes
    ----------
    steps : list
    where : {"detector", "frame", "haar", "dlib"}
    turned : float
        Degrees by which the frame is turned.
    passes : int
        From the second on, the mesh is read from the region around the one before.
    """

    steps: Steps
    where: Literal["detector", "frame", "haar", "dlib"] = "detector"
    turned: float = 0.0
    passes: int = 1


def turned(degrees: float) -> Steps:
    """Steps of the picture turned clockwise, with a grey border."""
    return [{"rotate": {"degrees": degrees, "fill": 127}}, *border(0.25)]


ATTEMPTS: dict[str, Attempt] = {
    "no border": Attempt([]),
    "grey .3": Attempt(border(0.3)),
    "grey .5": Attempt(border(0.5)),
    "grey 1.0": Attempt(border(1.0)),
    "black .5": Attempt(border(0.5, 0)),
    "white .5": Attempt(border(0.5, 255)),
    "mean .5": Attempt(border(0.5, "mean")),
    "replicate .5": Attempt(border(0.5, mode="replicate")),
    "mirror, grey .5": Attempt([{"mirror": {}}, *border(0.5)]),
    "turned -60": Attempt(turned(-60)),
    "turned -30": Attempt(turned(-30)),
    "turned 30": Attempt(turned(30)),
    "turned 60": Attempt(turned(60)),
    "frame": Attempt([], "frame"),
    "frame -45": Attempt([], "frame", turned=-45),
    "frame 45": Attempt([], "frame", turned=45),
    "grey .5, mesh read twice": Attempt(border(0.5), passes=2),
    "grey .5, mesh read three times": Attempt(border(0.5), passes=3),
    "frame, mesh read twice": Attempt([], "frame", passes=2),
    "Haar, grey .5": Attempt(border(0.5), "haar", passes=2),
} | ({"dlib, grey .5": Attempt(border(0.5), "dlib", passes=2)} if find_spec("dlib") else {})


@cache
def _haar() -> cv2.CascadeClassifier:
    folder = Path(cv2.__file__).parent / "data"
    return cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))


@cache
def _dlib() -> Any:
    return importlib.import_module("dlib").get_frontal_face_detector()


def largest_box(picture: Picture, where: str) -> Array | None:
    """Left, top, right and bottom of the largest face that a second detector sees."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if where == "haar":
        seen = _haar().detectMultiScale(grey, 1.1, 3, minSize=(LEAST_FACE, LEAST_FACE))
        boxes = [np.array([x, y, x + w, y + h], np.float64) for x, y, w, h in seen]
    else:
        seen = _dlib()(np.ascontiguousarray(grey), 1)
        boxes = [np.array([r.left(), r.top(), r.right(), r.bottom()], np.float64) for r in seen]
    return max(boxes, key=lambda box: float(np.prod(box[2:] - box[:2])), default=None)


def region_of_box(box: Array, scale: float) -> Region:
    """Upright square around a box."""
    x, y = (box[:2] + box[2:]) / 2
    return Region((float(x), float(y)), scale * float((box[2:] - box[:2]).max()), 0.0)


def region_of_mesh(mesh: Array) -> Region:
    """Square around a mesh, turned so that its eyes lie level."""
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    along = mesh[EYE_CORNERS[1], :2] - mesh[EYE_CORNERS[0], :2]
    x, y = (low + high) / 2
    side = max(AROUND_MESH * float((high - low).max()), 1.0)
    return Region((float(x), float(y)), side, math.atan2(float(along[1]), float(along[0])))


def first_region(model: FaceModel, picture: Picture, how: Attempt) -> tuple[Region | None, float]:
    """Where an attempt reads the mesh first, and the detector's score (NaN where it was not asked)."""
    if how.where == "frame":
        frame = region_of_frame(picture.shape)
        return Region(frame.centre, frame.size, math.radians(how.turned)), np.nan
    if how.where == "detector":
        found = detect(model, picture, threshold=LEAST_SCORE, overlap=OVERLAP)
        return (region_from_detection(found[0]), found[0].score) if found else (None, np.nan)
    box = largest_box(picture, how.where)
    return (None if box is None else region_of_box(box, AROUND_BOX[how.where])), np.nan


def read_mesh(model: FaceModel, picture: Picture, region: Region, passes: int) -> MeshFace:
    """Read the mesh as often as asked for, each time from around the one before."""
    face = mesh_from_region(model, picture, region)
    for _ in range(passes - 1):
        around = region_of_mesh(face.mesh.astype(np.float64))
        face = mesh_from_region(model, picture, around)
    return face


def attempt(model: FaceModel, item: Item, how: Attempt) -> tuple[float, float, float, float]:
    """Make one attempt.

    Returns
    -------
    quality, score, error, seconds : float
        NaN where nothing was seen; score is 1 where the detector was not asked. Seconds of this process.
    """
    start = time.process_time()
    applied = apply_variant(item.view.picture, how.steps)
    region, score = first_region(model, applied.picture, how)
    if region is None:
        return np.nan, np.nan, np.nan, time.process_time() - start
    face = read_mesh(model, applied.picture, region, how.passes)
    read = face.mesh.astype(np.float64)
    quality = landmark_quality(
        model, applied.picture, read, face.presence, score=score, look_twice="doubtful"
    )
    seconds = time.process_time() - start
    mesh = landmarks_to_original(applied, read, model.geometry.partners)
    known = item.view.points
    unit = box_size(known) if abs(item.yaw) > 30 else eye_distance(known)
    error = np.linalg.norm(learnt_landmarks(mesh) - known, axis=1).mean() / unit
    return quality, 1.0 if np.isnan(score) else score, float(error), seconds
