"""The angle of a face in one convention, whichever backend found it."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from modular_faces.backends import Face
from modular_faces.face_model import FaceGeometry
from modular_faces.pose import HeadPose, angles, head_pose

logger = logging.getLogger(__name__)

_UNKNOWN = HeadPose(float("nan"), float("nan"), float("nan"))
_FLIP = np.diag([1.0, -1.0, -1.0])
"""From OpenFace's axes (x right, y down, z away) to those of the canonical face (x right, y up, z near)."""


def face_angles(face: Face | None, geometry: FaceGeometry) -> HeadPose:
    """Give yaw, pitch and roll from the mesh, or, of a face without one, from OpenFace's own pose.

    Parameters
    ----------
    face : Face or None
    geometry : FaceGeometry

    Returns
    -------
    HeadPose
        NaN for what has neither, and for a mesh without extent.
    """
    if face is None:
        return _UNKNOWN
    if face.mesh is not None:
        try:
            return head_pose(face.mesh, (), geometry, method="procrustes", focal_length=None)
        except ValueError as error:
            logger.warning("a mesh has no angle: %s", error)
            return _UNKNOWN
    if face.pose is not None and np.isfinite(face.pose).all():
        return openface_angles(*face.pose[3:].tolist())
    return _UNKNOWN


def openface_angles(r_x: float, r_y: float, r_z: float) -> HeadPose:
    """Bring OpenFace's rotation into the convention of `modular_faces.pose`.

    Parameters
    ----------
    r_x, r_y, r_z : float
        pose_Rx, pose_Ry, pose_Rz in radians.

    Notes
    -----
    OpenFace composes ``Rx @ Ry @ Rz`` in axes x right, y down, z away from the camera. That this order and these
    signs are right was checked on 600 recorded outputs: turned back by this rotation, the 3-D landmarks of
    all faces lie closest to each other.
    """
    (cos_x, sin_x), (cos_y, sin_y), (cos_z, sin_z) = (
        (np.cos(angle), np.sin(angle)) for angle in (r_x, r_y, r_z)
    )
    about_x = np.array([[1, 0, 0], [0, cos_x, -sin_x], [0, sin_x, cos_x]])
    about_y = np.array([[cos_y, 0, sin_y], [0, 1, 0], [-sin_y, 0, cos_y]])
    about_z = np.array([[cos_z, -sin_z, 0], [sin_z, cos_z, 0], [0, 0, 1]])
    return angles(_FLIP @ about_x @ about_y @ about_z @ _FLIP)


def angle_matrix(faces: Iterable[Face | None], geometry: FaceGeometry) -> NDArray[np.float64]:
    """Angles of many faces.

    Returns
    -------
    (n, 3) ndarray of float64
        Yaw, pitch, roll in degrees.
    """
    rows = [face_angles(face, geometry) for face in faces]
    return np.array(rows, np.float64).reshape(len(rows), 3)
