"""Which way a face looks: yaw, pitch and roll from its mesh.

Head coordinates are those of the canonical face: x to the person's left (the viewer's right), y up,
z out of the face. The head's rotation is ``R = R_roll @ R_yaw @ R_pitch``, acting on head
coordinates: the head first nods, then turns, then tilts. Zero is the canonical face seen from the
front.

- ``yaw`` > 0: the person turns towards their own left, the viewer's right.
- ``pitch`` > 0: the face looks up.
- ``roll`` > 0: the head tilts clockwise as the viewer sees it.

Mirroring the picture changes the signs of yaw and roll and leaves pitch alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.columns import POSE_COLUMNS
from modular_faces.face_model import CANONICAL_VERTICES, MESH_VERTICES, FaceGeometry
from modular_faces.geometry import procrustes
from modular_faces.tables import table_from_matrix

Method = Literal["procrustes", "perspective"]

DECIMALS = 3

# Below this cosine of yaw, pitch and roll turn the head about the same axis.
_GIMBAL_COSINE = 1e-8


class HeadPose(NamedTuple):
    """Yaw, pitch and roll in degrees."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def head_pose(
    mesh: NDArray[np.floating],
    shape: tuple[int, ...],
    geometry: FaceGeometry,
    *,
    method: Method,
    focal_length: float | None,
) -> HeadPose:
    """Estimate the angle of a face.

    Parameters
    ----------
    mesh : (478, 3) ndarray of float
        Pixels, z on the same scale and smaller nearer to the camera.
    shape : (H, W, ...)
        Of the picture.
    geometry : FaceGeometry
    method : {"procrustes", "perspective"}
        `procrustes_rotation` or `perspective_rotation`.
    focal_length : float or None
        Of the assumed camera, as a multiple of the longer side of the picture. ``perspective``
        needs it; ``procrustes`` has no camera and takes None only.

    Returns
    -------
    HeadPose
        Yaw within +-90 degrees, pitch and roll within +-180.

    Raises
    ------
    ValueError
        Unknown method, focal length missing, not positive or not used, mesh of another shape or
        with missing numbers.
    """
    if mesh.shape != (MESH_VERTICES, 3) or not np.isfinite(mesh).all():
        raise ValueError(
            f"the mesh has shape {mesh.shape} and {np.count_nonzero(~np.isfinite(mesh))} missing "
            f"numbers; expected ({MESH_VERTICES}, 3) and none"
        )
    if method == "procrustes":
        if focal_length is not None:
            raise ValueError(
                f"focal_length is {focal_length}, but method procrustes has no camera: leave it "
                "out or take method perspective"
            )
        return angles(procrustes_rotation(mesh, geometry))
    if method == "perspective":
        if focal_length is None or not focal_length > 0:
            raise ValueError(
                f"focal_length is {focal_length}; method perspective needs a positive multiple of "
                "the longer side of the picture, e.g. 1.0"
            )
        return angles(perspective_rotation(mesh, shape, geometry, focal_length=focal_length))
    raise ValueError(f"method is {method!r}; choose procrustes or perspective")


def procrustes_rotation(mesh: NDArray[np.floating], geometry: FaceGeometry) -> NDArray[np.float64]:
    """Rotation of the similarity that lays the canonical face on the mesh.

    Weak perspective: the mesh's x, y and z are taken as they are, so neither the place of the face
    in the picture nor the camera matters. The 33 weighted vertices, which move little with
    expression, count.

    Returns
    -------
    (3, 3) ndarray of float64
        Head to viewer coordinates (x right, y up, z towards the viewer).
    """
    used, canonical, weights = _weighted(geometry)
    points = mesh[:CANONICAL_VERTICES][used] * (1.0, -1.0, -1.0)
    return procrustes(canonical, points, weights)[1]


def perspective_rotation(
    mesh: NDArray[np.floating],
    shape: tuple[int, ...],
    geometry: FaceGeometry,
    *,
    focal_length: float,
) -> NDArray[np.float64]:
    """Rotation of the canonical face before a pinhole camera that looks at the picture's centre.

    MediaPipe's face geometry solution with a free focal length: the size of the face gives its
    distance, which turns pixels into centimetres; done twice, because depth changes the size.
    Compared with `procrustes_rotation`, a face away from the picture's centre is seen at an angle,
    and a near face is foreshortened; the shorter the focal length, the more.

    Parameters
    ----------
    mesh, shape, geometry
        As `head_pose` takes them.
    focal_length : float
        As a multiple of the longer side of the picture. MediaPipe itself assumes a vertical field
        of view of 63 degrees: ``0.5 / tan(31.5 deg)`` = 0.816 for square pictures.

    Returns
    -------
    (3, 3) ndarray of float64
        Head to camera coordinates (x right, y up, z towards the viewer).

    References
    ----------
    MediaPipe, ``modules/face_geometry/libs/geometry_pipeline.cc``.
    """
    height, width = shape[:2]
    used, canonical, weights = _weighted(geometry)
    # On an image plane at distance 1 from the pinhole; z grows away from the camera.
    plane = (mesh[:CANONICAL_VERTICES] - ((width - 1) / 2, (height - 1) / 2, 0.0)) / (
        focal_length * max(height, width)
    )
    depth = plane[:, 2] - plane[:, 2].mean() + 1.0
    plane, depth = plane[used], depth[used]
    viewed = plane * (1.0, -1.0, -1.0)
    scale, _, _ = procrustes(canonical, viewed, weights)
    distance = depth / scale
    again, _, _ = procrustes(canonical, _unproject(plane, distance), weights)
    distance = distance / again
    return procrustes(canonical, _unproject(plane, distance), weights)[1]


def angles(rotation: NDArray[np.float64]) -> HeadPose:
    """Yaw, pitch and roll of a rotation matrix; see the module for order and signs.

    Notes
    -----
    At a yaw of exactly +-90 degrees pitch and roll are one movement; roll is then put at zero.
    """
    forward = math.hypot(rotation[2, 1], rotation[2, 2])
    yaw = math.atan2(-rotation[2, 0], forward)
    if forward < _GIMBAL_COSINE:
        pitch, roll = math.atan2(rotation[1, 2], rotation[1, 1]), 0.0
    else:
        pitch = math.atan2(-rotation[2, 1], rotation[2, 2])
        roll = math.atan2(-rotation[1, 0], rotation[0, 0])
    return HeadPose(math.degrees(yaw), math.degrees(pitch), math.degrees(roll))


def rotation_matrix(pose: HeadPose) -> NDArray[np.float64]:
    """Rotation matrix (3, 3) of yaw, pitch and roll; `angles` undoes it."""
    yaw, pitch, roll = (math.radians(angle) for angle in pose)
    nod = np.array(
        [
            [1.0, 0.0, 0.0],
            [0.0, math.cos(pitch), math.sin(pitch)],
            [0.0, -math.sin(pitch), math.cos(pitch)],
        ]
    )
    turn = np.array(
        [[math.cos(yaw), 0.0, math.sin(yaw)], [0.0, 1.0, 0.0], [-math.sin(yaw), 0.0, math.cos(yaw)]]
    )
    tilt = np.array(
        [
            [math.cos(roll), math.sin(roll), 0.0],
            [-math.sin(roll), math.cos(roll), 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    rotation: NDArray[np.float64] = tilt @ turn @ nod
    return rotation


def _weighted(
    geometry: FaceGeometry,
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Return index, canonical position and weight of each vertex that counts in the alignment."""
    used = np.flatnonzero(geometry.weights)
    return used, geometry.vertices[used], geometry.weights[used]


def _unproject(plane: NDArray[np.floating], distance: NDArray[np.floating]) -> NDArray[np.float64]:
    """Put points of the image plane at their distance before the camera (z towards the viewer)."""
    return np.column_stack([plane[:, 0] * distance, -plane[:, 1] * distance, -distance])


def pose_table(
    pictures: pa.Table,
    meshes: Mapping[str, NDArray[np.float64]],
    geometry: FaceGeometry,
    *,
    method: Method,
    focal_length: float | None,
) -> pa.Table:
    """Estimate the angles of all faces of a shard.

    Parameters
    ----------
    pictures : pyarrow.Table
        Columns image_id, height, width; a row per picture.
    meshes : mapping of str to (478, 3) ndarray of float64
        Those of trusted faces.
    geometry, method, focal_length
        As for `head_pose`.

    Returns
    -------
    pyarrow.Table
        image_id and `POSE_COLUMNS` in degrees, rounded to thousandths; null without a mesh.
    """
    angles_found = np.full((pictures.num_rows, len(POSE_COLUMNS)), np.nan)
    image_ids, heights, widths = (
        pictures.column(name).to_pylist() for name in ("image_id", "height", "width")
    )
    for row, image_id in enumerate(image_ids):
        if image_id in meshes:
            shape = (heights[row], widths[row])
            pose = head_pose(
                meshes[image_id], shape, geometry, method=method, focal_length=focal_length
            )
            angles_found[row] = np.round(pose, DECIMALS)
    return table_from_matrix(image_ids, POSE_COLUMNS, angles_found)
