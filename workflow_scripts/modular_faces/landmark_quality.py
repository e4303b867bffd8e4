"""How likely the landmarks of a face are right: the column `landmark_quality`.

A logistic model of the detector's score and of what a face mesh shows of itself: how sure the network is
that a face is there, how far its shape lies from the canonical face, how lopsided it is, how far it is
turned. Its size and how much of it lies beyond the frame do not count. Where that leaves doubt, the face is
read a second time from the mirrored, shifted and enlarged picture; two readings of a good picture agree.

"Right" means: the mean error of the 68 points is at most `LIMIT` of the distance of the outer eye
corners, beyond a yaw of 30 degrees of the size of the box around them. Coefficients and the data
they were fitted to: ``landmark_quality.json``, ``docs/landmarks.md``. They were **not calibrated on
photographs of people**: OMI's faces are synthetic, the others rendered.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from modular_faces.face_mesh import MeshFace, Region, mesh_from_region
from modular_faces.face_model import CANONICAL_VERTICES, FaceGeometry, FaceModel
from modular_faces.geometry import procrustes
from modular_faces.ibug68_map import learnt_landmarks
from modular_faces.landmark_error import box_size, eye_distance
from modular_faces.pose import angles

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]
SecondLook = Literal["never", "doubtful", "always"]

LIMIT: Final = 0.08
COEFFICIENTS_FILE = Path(__file__).with_suffix(".json")

FIRST_LOOK: Final = (
    "presence",
    "presence_squared",
    "from_frame",
    "score",
    "shape",
    "lopsided",
    "turned",
    "turned_squared",
    "nodded",
    "tilted",
)
SECOND_LOOK: Final = ("second_presence", "disagreement", "disagreement_squared")

_LARGEST_LOGIT = 20.0
_REGION_SCALE = 1.5
_ENLARGED = 1.12
_SHIFT = (0.03, -0.02)
_EYE_CORNERS = (33, 263)


def first_look(
    mesh: Array,
    presence: float,
    geometry: FaceGeometry,
    *,
    score: float,
) -> dict[str, float]:
    """Describe a mesh by numbers that tell good ones from bad ones.

    Parameters
    ----------
    mesh : (478, 3) ndarray of float64
        Pixels of the picture.
    presence : float
        0 to 1.
    geometry : FaceGeometry
    score : float
        Of the detector, 0 to 1; NaN where the mesh was read from the frame, no detector having been asked.

    Returns
    -------
    dict of str to float
        Keys as in `FIRST_LOOK`.

    Notes
    -----
    presence
        Logit of the mesh's presence, at most +-20; the square a tenth of its.
    from_frame, score
        1 and 0 where no detector was asked; else 0 and the logit of the detector's score, at most +-20.
    shape, lopsided
        Root mean square distance of the vertices, laid on the canonical face by a similarity, from
        it, and from their own mirror images; as a share of its eye distance.
    turned, nodded, tilted
        Absolute yaw, pitch and roll in units of 45 degrees.
    """
    solid = mesh[:CANONICAL_VERTICES] * (1.0, -1.0, -1.0)
    canonical = geometry.vertices
    scale, rotation, shift = procrustes(canonical, solid, np.ones(CANONICAL_VERTICES))
    upright = (solid - shift) @ rotation / scale
    eyes = float(np.linalg.norm(np.subtract(*canonical[list(_EYE_CORNERS)])))
    partners = geometry.partners[:CANONICAL_VERTICES]
    mirrored = upright[partners] * (-1.0, 1.0, 1.0)
    pose = np.abs(angles(rotation)) / 45
    logit = _logit(presence)
    from_frame = math.isnan(score)
    return {
        "presence": logit,
        "presence_squared": logit**2 / 10,
        "from_frame": float(from_frame),
        "score": 0.0 if from_frame else _logit(score),
        "shape": float(np.sqrt(((upright - canonical) ** 2).sum(axis=1).mean())) / eyes,
        "lopsided": float(np.sqrt(((upright - mirrored) ** 2).sum(axis=1).mean())) / eyes,
        "turned": float(pose[0]),
        "turned_squared": float(pose[0] ** 2),
        "nodded": float(pose[1]),
        "tilted": float(pose[2]),
    }


def look_again(model: FaceModel, picture: Picture, mesh: Array) -> MeshFace:
    """Read the face a second time from the mirrored picture, shifted and enlarged.

    Parameters
    ----------
    model : FaceModel
    picture : (H, W, 3) ndarray of uint8
    mesh : (478, 3) ndarray of float64
        The first reading, pixels of the picture.

    Returns
    -------
    MeshFace
        In pixels of the picture, not mirrored. The region is MediaPipe's for a face it follows: the
        box around the mesh, x 1.5, turned so that the eyes lie level; here x 1.12 larger and shifted
        by .03 and -.02 of its side, so that the network sees other pixels.
    """
    width = picture.shape[1]
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    size = _REGION_SCALE * _ENLARGED * float((high - low).max())
    along = mesh[_EYE_CORNERS[1], :2] - mesh[_EYE_CORNERS[0], :2]
    x, y = (low + high) / 2 + size * np.array(_SHIFT)
    region = Region(
        centre=(width - 1 - float(x), float(y)),
        size=max(size, 1.0),
        rotation=-math.atan2(float(along[1]), float(along[0])),
    )
    face = mesh_from_region(model, np.ascontiguousarray(picture[:, ::-1]), region)
    again = face.mesh[model.geometry.partners].copy()
    again[:, 0] = width - 1 - again[:, 0]
    return MeshFace(again, face.presence)


def second_look(mesh: Array, again: MeshFace) -> dict[str, float]:
    """Compare two readings of a face.

    Returns
    -------
    dict of str to float
        Keys as in `SECOND_LOOK`: the logit of the second presence, and the natural logarithm of the
        mean distance of the 68 points as a share of the size of their box.
    """
    points = learnt_landmarks(mesh)
    others = learnt_landmarks(again.mesh.astype(np.float64))
    unit = max(float(box_size(points)), 1e-6)
    apart = float(np.linalg.norm(points - others, axis=1).mean()) / unit
    disagreement = math.log(min(max(apart, 1e-3), 1.0))
    return {
        "second_presence": _logit(again.presence),
        "disagreement": disagreement,
        "disagreement_squared": disagreement**2,
    }


def landmark_quality(
    model: FaceModel,
    picture: Picture,
    mesh: Array,
    presence: float,
    *,
    score: float,
    look_twice: SecondLook,
) -> float:
    """Probability that the landmarks of a face are right, 0 to 1.

    Parameters
    ----------
    model : FaceModel
    picture : (H, W, 3) ndarray of uint8
        The picture, or the variant of it, that the face was found on.
    mesh : (478, 3) ndarray of float64
        Pixels of the picture.
    presence : float
        Of the mesh, 0 to 1.
    score : float
        As for `first_look`.
    look_twice : {"never", "doubtful", "always"}
        Read the face a second time (as much time as the mesh itself): never; where the first look
        leaves the probability between the bounds in the file of coefficients; for every face.
    """
    coefficients = quality_coefficients()
    numbers = first_look(mesh, presence, model.geometry, score=score)
    probability = predicted(numbers, coefficients["first"])
    low, high = coefficients["doubtful"]
    if look_twice == "never" or (look_twice == "doubtful" and not low < probability < high):
        return probability
    numbers |= second_look(mesh, look_again(model, picture, mesh))
    return predicted(numbers, coefficients["both"])


def predicted(numbers: Mapping[str, float], model: Mapping[str, Any]) -> float:
    """Logistic model: intercept and weights of named numbers to a probability."""
    logit = model["intercept"] + sum(
        weight * numbers[name] for name, weight in model["weights"].items()
    )
    return (1 + math.tanh(logit / 2)) / 2


@cache
def quality_coefficients() -> dict[str, Any]:
    """Read the coefficients beside this module."""
    result: dict[str, Any] = json.loads(COEFFICIENTS_FILE.read_text())
    return result


def right(found: Array, known: Array, yaw_deg: float) -> bool:
    """Say whether 68 points are right, as this module means it.

    Parameters
    ----------
    found, known : (68, 2) ndarray of float64
        Pixels.
    yaw_deg : float
        Of the known face.
    """
    unit = eye_distance(known) if abs(yaw_deg) <= 30 else box_size(known)
    return bool(np.linalg.norm(found - known, axis=1).mean() <= LIMIT * float(unit))


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-9), 1 - 1e-9)
    return float(np.clip(math.log(clipped / (1 - clipped)), -_LARGEST_LOGIT, _LARGEST_LOGIT))
