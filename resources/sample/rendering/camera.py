"""Head pose, perspective camera and the crop around the face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pose:
    """Rotation of the head against the camera's viewing ray through the face centre, in degrees.

    ``yaw`` > 0: the face turns to the viewer's right (the person's left). ``pitch`` > 0: it looks
    up. ``roll`` > 0: it tilts clockwise as the viewer sees it.
    """

    yaw: float
    pitch: float
    roll: float

    def rotation(self) -> Array:
        """Return R = R_roll @ R_yaw @ R_pitch, acting on head coordinates (x right, y up, z near).

        The head is pitched first, then turned about the camera's vertical, then tilted in the
        picture plane.
        """
        yaw, pitch, roll = np.radians([self.yaw, self.pitch, self.roll])
        cos, sin = np.cos, np.sin
        tilt = np.array([[cos(roll), sin(roll), 0], [-sin(roll), cos(roll), 0], [0, 0, 1]])
        turn = np.array([[cos(yaw), 0, sin(yaw)], [0, 1, 0], [-sin(yaw), 0, cos(yaw)]])
        nod = np.array([[1, 0, 0], [0, cos(pitch), sin(pitch)], [0, -sin(pitch), cos(pitch)]])
        rotation: Array = tilt @ turn @ nod
        return rotation


@dataclass(frozen=True)
class Crop:
    """A square of the image plane at unit focal length: left and top edge, and side."""

    left: float
    top: float
    side: float


@dataclass(frozen=True)
class Camera:
    """Perspective camera whose optical axis meets the face centre.

    Attributes
    ----------
    rotation : (3, 3) ndarray
        Head to camera coordinates.
    centre : (3,) ndarray
        Face centre in head coordinates, decimetres.
    distance : float
        From the camera to the face centre, decimetres.
    """

    rotation: Array
    centre: Array
    distance: float

    def place(self, points: Array) -> Array:
        """Head coordinates to camera coordinates (x right, y up, z towards the viewer), (..., 3)."""
        return (points - self.centre) @ self.rotation.T

    def depth(self, placed: Array) -> Array:
        """Distance along the optical axis of placed points."""
        return self.distance - placed[..., 2]

    def plane(self, placed: Array) -> Array:
        """Placed points on the image plane at unit focal length, x right and y down, (..., 2)."""
        return placed[..., :2] * [1, -1] / self.depth(placed)[..., None]


def to_pixels(plane: Array, crop: Crop, size: int) -> Array:
    """Image-plane points to pixels of the cropped picture, pixel centres at integers."""
    return (plane - [crop.left, crop.top]) * (size / crop.side) - 0.5


def crop_around(points: Array, *, fill: float, chin: float, shift: float) -> Crop:
    """Crop as tightly as RAF-DB's aligned pictures.

    Parameters
    ----------
    points : (68, 2) ndarray
        iBUG points on the image plane.
    fill : float
        Height from the brows to the chin as a share of the side.
    chin : float
        Where the chin lies, as a share of the side from the top.
    shift : float
        Sideways shift of the face as a share of the side, > 0 to the right.
    """
    top, bottom = points[17:27, 1].min(), points[:17, 1].max()
    left, right = points[:, 0].min(), points[:, 0].max()
    side = max((bottom - top) / fill, (right - left) * 0.94)
    middle = 0.6 * (left + right) / 2 + 0.4 * points[27:].mean(axis=0)[0]
    return Crop(middle - side * (0.5 + shift), bottom - side * chin, side)


@dataclass(frozen=True)
class View:
    """A camera with its crop at a size in pixels."""

    camera: Camera
    crop: Crop
    size: int

    def pixels(self, placed: Array) -> Array:
        """Camera coordinates (..., 3) to pixels (..., 2)."""
        return to_pixels(self.camera.plane(placed), self.crop, self.size)

    @property
    def pixels_per_decimetre(self) -> float:
        """Scale at the distance of the face centre."""
        return self.size / self.crop.side / self.camera.distance
