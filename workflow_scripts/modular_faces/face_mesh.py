"""The 478-point face mesh, read from a square, rotated region of a picture as MediaPipe does.

References
----------
Kartynnik et al. (2019). Real-time facial surface geometry from monocular video on mobile GPUs.
arXiv:1907.06724.
Grishchenko et al. (2020). Attention Mesh: high-fidelity face mesh prediction in real-time.
arXiv:2006.10962.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces.detector import Detection
from modular_faces.face_model import MESH_VERTICES, FaceModel

FRAME_SCALE = 1.6

_INPUT_SIZE = 256
_REGION_SCALE = 1.5


@dataclass(frozen=True)
class Region:
    """A square that may be rotated and may reach beyond the frame.

    Attributes
    ----------
    centre : (float, float)
        x, y in pixels.
    size : float
        Side in pixels.
    rotation : float
        Radians; positive turns the square clockwise as the viewer sees it.
    """

    centre: tuple[float, float]
    size: float
    rotation: float


@dataclass(frozen=True)
class MeshFace:
    """A face mesh and how sure the network is that a face is there.

    Attributes
    ----------
    mesh : (478, 3) ndarray of float32
        x and y in pixels of the picture; z on the same scale, smaller is nearer to the camera.
    presence : float
        0 to 1.
    """

    mesh: NDArray[np.float32]
    presence: float


def region_from_detection(detection: Detection) -> Region:
    """Region that MediaPipe reads the mesh from: the box, x 1.5, turned so that the eyes lie level.

    The side is one and a half times the longer side of the box. MediaPipe samples the centre of
    the box at the corner shared by the four middle pixels of the network, which is half a network
    pixel off; the centre given here is where the middle of the region really lies.
    """
    x0, y0, x1, y1 = (float(value) for value in detection.box)
    (right_x, right_y), (left_x, left_y) = detection.keypoints[:2]
    size = _REGION_SCALE * max(x1 - x0, y1 - y0)
    rotation = math.atan2(left_y - right_y, left_x - right_x)
    half = size / _INPUT_SIZE / 2
    cos, sin = math.cos(rotation), math.sin(rotation)
    return Region(
        centre=((x0 + x1) / 2 - half * (cos - sin), (y0 + y1) / 2 - half * (sin + cos)),
        size=size,
        rotation=rotation,
    )


def region_of_frame(shape: tuple[int, ...]) -> Region:
    """Region centred on the frame, unrotated, for a picture that is nothing but a face.

    Parameters
    ----------
    shape : (H, W, ...)

    Notes
    -----
    Its side is `FRAME_SCALE` times the longer side of the picture, because the network expects a
    face with as much room around it as `region_from_detection` gives. ``docs/mesh.md`` shows how
    the factor was measured.
    """
    height, width = shape[:2]
    return Region(
        centre=((width - 1) / 2, (height - 1) / 2),
        size=FRAME_SCALE * max(height, width),
        rotation=0.0,
    )


def region_map(region: Region) -> NDArray[np.float64]:
    """Affine map from the region to the picture.

    Returns
    -------
    (2, 3) ndarray of float64
        Takes the network's coordinates, which run from 0 to 256 between the outer edges of its
        input, to pixels of the picture.
    """
    scale = region.size / _INPUT_SIZE
    cos, sin = scale * math.cos(region.rotation), scale * math.sin(region.rotation)
    half = _INPUT_SIZE / 2
    x, y = region.centre
    return np.array(
        [[cos, -sin, x - half * (cos - sin)], [sin, cos, y - half * (sin + cos)]], np.float64
    )


def mesh_from_region(model: FaceModel, picture: NDArray[np.uint8], region: Region) -> MeshFace:
    """Read the mesh from a region of a picture.

    Parameters
    ----------
    model : FaceModel
    picture : (H, W, 3) ndarray of uint8
        Upright RGB.
    region : Region

    Notes
    -----
    The region is sampled bilinearly, the picture's edge pixels repeated beyond the frame. The
    network answers for any region: the caller decides by `MeshFace.presence` whether there is a
    face.

    The network counts its 256 pixels from their edges; MediaPipe samples them as if it counted
    from their centres, so its own points lie half a network pixel to the lower right of these.
    Here mirroring the picture mirrors the points (``docs/mesh.md`` has the measurement).
    """
    to_picture = region_map(region)
    sampling = to_picture.copy()
    sampling[:, 2] += to_picture[:, :2].sum(axis=1) / 2
    crop: NDArray[np.uint8] = cv2.warpAffine(  # type: ignore[assignment]
        picture,
        sampling,
        (_INPUT_SIZE, _INPUT_SIZE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    model.mesh.run(crop, scale=1 / 255, offset=0.0)
    points = model.mesh.output(0).reshape(MESH_VERTICES, 3).astype(np.float64)
    logit = float(model.mesh.output(1).item())
    points[:, :2] = points[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]
    points[:, 2] *= region.size / _INPUT_SIZE
    # The logistic function, written so that no logit overflows.
    presence = (1 + math.tanh(logit / 2)) / 2
    return MeshFace(points.astype(np.float32), presence)
