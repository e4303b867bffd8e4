"""Drawings of the canonical face for the documentation."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces.face_model import FaceGeometry
from modular_faces.pose import HeadPose, rotation_matrix

Picture = NDArray[np.uint8]

_LIGHT = np.array([-0.25, 0.35, 0.9])
_BACKGROUND = 255
_HEIGHT_CM = 25.0
_AXIS_CM = 9.0
_AXIS_COLOURS = ((200, 60, 40), (40, 140, 60), (40, 80, 200))


class Canvas:
    """A square picture of the face, drawn twice as large and then reduced."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._side = 2 * size
        self.picture: Picture = np.full((self._side, self._side, 3), _BACKGROUND, np.uint8)

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels (n, 2) of the doubled picture for viewer coordinates (n, 3) in centimetres."""
        scale = self._side / _HEIGHT_CM
        return points[:, :2] * (scale, -scale) + self._side / 2

    def finish(self) -> Picture:
        """Picture at its final size."""
        small = cv2.resize(self.picture, (self._size, self._size), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)


def shade(canvas: Canvas, geometry: FaceGeometry, pose: HeadPose, *, wires: bool) -> None:
    """Draw the canonical face at a pose, far triangles first.

    Parameters
    ----------
    canvas : Canvas
    geometry : FaceGeometry
    pose : HeadPose
    wires : bool
        Outline the triangles.
    """
    viewer = geometry.vertices @ rotation_matrix(pose).T
    pixels = np.round(canvas.place(viewer)).astype(np.int32)
    corners = viewer[geometry.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    if (normals @ rotation_matrix(pose)[:, 2]).mean() < 0:
        normals = -normals
    light = np.clip(normals @ (_LIGHT / np.linalg.norm(_LIGHT)), 0, 1)
    for index in np.argsort(corners[:, :, 2].mean(axis=1)):
        if normals[index, 2] <= 0:
            continue
        tone = 90 + 140 * light[index]
        colour = (tone, tone * 0.93, tone * 0.86)
        triangle = pixels[geometry.triangles[index]]
        cv2.fillConvexPoly(canvas.picture, triangle, colour, cv2.LINE_AA)
        if wires:
            cv2.polylines(canvas.picture, [triangle], True, (150, 150, 150), 1, cv2.LINE_AA)


def draw_axes(canvas: Canvas, geometry: FaceGeometry, pose: HeadPose) -> None:
    """Draw the head's axes from the tip of the nose: x red, y green, z blue."""
    rotation = rotation_matrix(pose)
    origin = rotation @ geometry.vertices[4]
    ends = origin + rotation.T * _AXIS_CM
    start, *tips = np.round(canvas.place(np.vstack([origin, ends]))).astype(int).tolist()
    for tip, colour in zip(tips, _AXIS_COLOURS, strict=True):
        if np.hypot(tip[0] - start[0], tip[1] - start[1]) < 4:
            cv2.circle(canvas.picture, start, 9, colour, -1, cv2.LINE_AA)
        else:
            cv2.arrowedLine(canvas.picture, start, tip, colour, 5, cv2.LINE_AA, 0, 0.15)


def write(canvas: Canvas, text: str, place: tuple[float, float], *, scale: float) -> None:
    """Write black text with its left baseline at `place`, in pixels of the doubled picture."""
    x, y = (round(value) for value in place)
    cv2.putText(
        canvas.picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 2, cv2.LINE_AA
    )
