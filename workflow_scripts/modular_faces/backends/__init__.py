"""What finds landmarks: one protocol, one module per backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Box = Literal["detector", "frame"]


@dataclass(frozen=True)
class Face:
    """A face that a backend found, in pixels of the picture the backend was given.

    Attributes
    ----------
    landmarks : (68, 2) ndarray of float64
        iBUG order.
    box : (4,) ndarray of float64
        x0, y0, x1, y1.
    mesh : (478, 3) ndarray of float64, or None
        None from a backend that has no mesh.
    detector_score : float
        NaN where no detector was asked.
    mesh_presence : float
        0 to 1; NaN from a backend that has no mesh.
    """

    landmarks: NDArray[np.float64]
    box: NDArray[np.float64]
    mesh: NDArray[np.float64] | None
    detector_score: float
    mesh_presence: float


class Backend(Protocol):
    """What every backend can do."""

    name: str
    """Goes into the column `landmark_source`."""

    @property
    def mesh_partners(self) -> NDArray[np.intp] | None:
        """Index of the mirror image of each point of the mesh; None without a mesh."""
        ...

    def faces(self, picture: NDArray[np.uint8], *, box: Box) -> Sequence[Face]:
        """Find all faces of a (H, W, 3) uint8 RGB picture.

        Parameters
        ----------
        picture : (H, W, 3) ndarray of uint8
        box : {'detector', 'frame'}
            Look where a detector sees a face, or take the centred whole frame for one.
        """
        ...


def open_backend(name: str, *, model: Path | None, threshold: float) -> Backend:
    """Load a backend by the name it has in the config.

    Parameters
    ----------
    name : str
    model : Path or None
        Model file; None for the one in the installed package.
    threshold : float
        Least score of the detector, 0 to 1.

    Raises
    ------
    ValueError
        If there is no such backend.
    """
    if name == "mesh":
        from modular_faces.backends.mesh import MeshBackend

        return MeshBackend(model=model, threshold=threshold)
    raise ValueError(f"there is no backend '{name}'; known: mesh")


def most_prominent(faces: Sequence[Face], shape: tuple[int, ...]) -> Face:
    """Choose the face a picture is of: the largest, the more so the nearer to the centre.

    The area of the box is weighted by `1 - d / D`, where d is the distance of its centre from
    the centre of the picture and D the half diagonal of the picture.

    Parameters
    ----------
    faces : sequence of Face, not empty
    shape : (H, W, ...)
        Of the picture the boxes are measured in.
    """
    height, width = shape[:2]
    centre = (np.array([width, height]) - 1) / 2
    half_diagonal = float(np.hypot(width, height)) / 2

    def prominence(face: Face) -> float:
        x0, y0, x1, y1 = face.box
        distance = float(np.hypot(*(np.array([x0 + x1, y0 + y1]) / 2 - centre)))
        return float((x1 - x0) * (y1 - y0)) * max(0.0, 1 - distance / half_diagonal)

    return max(faces, key=prominence)


def as_record(face: Face) -> dict[str, Any]:
    """Flatten box and scores of a face for a table of faces, in pixels."""
    x0, y0, x1, y1 = (round(float(value), 2) for value in face.box)
    return {
        "box_x0": x0,
        "box_y0": y0,
        "box_x1": x1,
        "box_y1": y1,
        "detector_score": face.detector_score,
        "mesh_presence": face.mesh_presence,
    }
