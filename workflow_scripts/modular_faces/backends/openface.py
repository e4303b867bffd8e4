"""Cambridge OpenFace 2.2: one process for the pictures of a shard and stage.

Baltrusaitis, T., Zadeh, A., Lim, Y. C., Morency, L.-P. (2018). OpenFace 2.0: Facial behavior analysis
toolkit. IEEE FG 2018, 59-66. https://doi.org/10.1109/FG.2018.00019
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.backends import Answer, Backend, Box, Face, Stage
from modular_faces.backends.openface_command import Camera
from modular_faces.backends.openface_output import face_of
from modular_faces.backends.openface_run import SUFFIX, OpenFaceRuns, write_picture
from modular_faces.geometry import transform
from modular_faces.variants import Applied

LEAST_SIDE = 60
"""Pictures with a shorter side are filled up with grey at the right and below: OpenFace's detector dies
of sides up to 42 px, and sees no face below 60. Points keep their place."""

_GREY = 127
_CAMERA_DECIMALS = 3

Boxes = list[NDArray[np.float64]]

logger = logging.getLogger(__name__)


class OpenFaceBackend:
    """Finds faces with `FaceLandmarkImg`.

    Parameters
    ----------
    options : mapping
        The section openface of the config.
    mesh : Backend or None
        Says where faces are, for stages with box mesh.
    mesh_accept : float
        Least certainty of such a face.
    """

    name = "openface"
    frame_finds = True
    mesh_partners = None

    def __init__(
        self, options: Mapping[str, Any], *, mesh: Backend | None, mesh_accept: float
    ) -> None:
        self._options = options
        self._mesh = mesh
        self._mesh_accept = mesh_accept

    def certainty(self, face: Face) -> float:
        """OpenFace's confidence."""
        return face.confidence

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        """Find all faces; see `modular_faces.backends.Backend`.

        The pictures are first written to a temporary folder as PNG under names of our own, so that
        no file, name, suffix or mode of the dataset reaches OpenFace.
        """
        with TemporaryDirectory(prefix="modular_faces_") as folder:
            stock = Path(folder) / "stock"
            stock.mkdir()
            image_ids: dict[str, str] = {}
            cameras: dict[Camera, list[str]] = {}
            for number, (image_id, applied) in enumerate(pictures):
                name = f"{number:08d}"
                boxes = self._boxes(image_id, applied, stage.box)
                if boxes is not None and not boxes:
                    yield Answer(image_id, ())
                    continue
                write_picture(stock / f"{name}{SUFFIX}", filled_up(applied.picture))
                if boxes is not None:
                    (stock / f"{name}.txt").write_text(box_lines(boxes), encoding="ascii")
                image_ids[name] = image_id
                cameras.setdefault(self._camera(applied), []).append(name)
            for camera, names in cameras.items():
                runs = OpenFaceRuns(
                    self._options, Path(folder), with_boxes=stage.box != "detector", camera=camera
                )
                records, failed = runs.faces(names)
                for name in names:
                    faces = [face_of(record) for record in records.get(name, ())]
                    if name in failed:
                        logger.error("picture %s is %s", name, image_ids[name])
                    yield Answer(image_ids[name], faces, failed=name in failed)

    def _boxes(self, image_id: str, applied: Applied, box: Box) -> Boxes | None:
        """Boxes to look in; None where OpenFace's detector looks."""
        if box == "detector":
            return None
        height, width = applied.picture.shape[:2]
        if box == "frame":
            size = np.array([width, height, width, height])
            return [np.array(self._options["frame_box"]) * size - 0.5]
        if self._mesh is None:
            raise ValueError("box mesh needs the mesh; open the backend with it")
        stage = Stage("", (), "detector")
        return [
            np.concatenate([face.landmarks.min(axis=0), face.landmarks.max(axis=0)])
            for answer in self._mesh.find([(image_id, applied)], stage=stage)
            for face in answer.faces
            if self._mesh.certainty(face) >= self._mesh_accept
        ]

    def _camera(self, applied: Applied) -> Camera:
        """Intrinsics of the config, given for the original picture, in pixels of the variant."""
        focal, centre = (
            None if self._options[one] is None else (self._options[one], self._options[other])
            for one, other in (("fx", "fy"), ("cx", "cy"))
        )
        if focal is not None:
            scales = np.linalg.norm(applied.affine[:, :2], axis=0)
            focal = _rounded(np.array(focal) * scales)
        if centre is not None:
            centre = _rounded(transform(applied.affine, np.array(centre)))
        return Camera(focal, centre)


def _rounded(pair: NDArray[np.float64]) -> tuple[float, float]:
    first, second = (round(float(value), _CAMERA_DECIMALS) for value in pair)
    return first, second


def filled_up(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fill a picture up with grey at the right and below until no side is shorter than `LEAST_SIDE`."""
    height, width = picture.shape[:2]
    right, below = max(0, LEAST_SIDE - width), max(0, LEAST_SIDE - height)
    if not right and not below:
        return picture
    return np.pad(picture, ((0, below), (0, right), (0, 0)), constant_values=_GREY)


def box_lines(boxes: Sequence[NDArray[np.float64]]) -> str:
    """Write boxes as `-bboxdir` has them: left, top, right, bottom, a line for each."""
    return "".join(" ".join(f"{value:.2f}" for value in box) + "\n" for box in boxes)
