"""What `collect.py` kept, with errors, angles and the numbers of `landmark_quality` worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fit_map import STRENGTH, learn, render_sample
from mesh_runs import through_detector
from numpy.typing import NDArray
from omi_data import SURE, openface_row, points_of, read_picture

from modular_faces.face_mesh import MeshFace
from modular_faces.face_model import FaceModel
from modular_faces.ibug68_map import learnt_landmarks
from modular_faces.landmark_error import box_size, eye_distance
from modular_faces.landmark_quality import FIRST_LOOK, LIMIT, SECOND_LOOK, first_look, second_look
from modular_faces.pose import angles, procrustes_rotation

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

ION_UP_TO = 30.0
RENDER_REACH = 1.0


@dataclass(frozen=True)
class Readings:
    """A row per picture; NaN where nothing was found or nothing is known.

    Attributes
    ----------
    columns : dict
        As `collect.py` wrote them.
    accepted : (n,) bool
        The cascade accepted a mesh.
    ion, box : (n,) float
        Mean error of the 68 points of the shipped map, as a share of the outer eye distance and of the
        size of the box. Also of faces that were not accepted.
    own : (n,) float
        The same by `unit` with points as the source of the truth defines them: for renders a map
        learnt on other renders, so that a difference of definition is no error.
    error : (n,) float
        `ion` up to 30 degrees of yaw, `box` beyond.
    features : (n, 13) float
        Of `landmark_quality`.
    pose : (n, 3) float
        Estimated angles, degrees.
    doubtful : (n,) bool
        The known points may be wrong, see `doubtful_people`.
    """

    columns: dict[str, NDArray[np.generic]]
    accepted: Bools
    ion: Array
    box: Array
    error: Array
    own: Array
    features: Array
    pose: Array
    doubtful: Bools

    def text(self, name: str) -> NDArray[np.str_]:
        """Return a column of text."""
        return np.asarray(self.columns[name], np.str_)

    def numbers(self, name: str) -> Array:
        """Return a column of numbers."""
        return np.asarray(self.columns[name], np.float64)

    @property
    def right(self) -> Bools:
        """Faces whose points are right, `own` at most 8 %; false for non-faces and lost meshes."""
        with np.errstate(invalid="ignore"):
            return self.own <= LIMIT


def render_map(model: FaceModel, renders: Path) -> Array:
    """Weights (68, 468) of the renders' own points, learnt on the people of the group `fit`."""
    sample = render_sample(model, renders, "fit")
    return learn(sample, model.geometry.vertices, strength=STRENGTH, reach=RENDER_REACH)


def doubtful_people(model: FaceModel, data: Path) -> frozenset[str]:
    """People of OMI whose known points may be wrong: OpenFace unsure, or 8 % off at full size.

    At 1024 x 1024 the mesh is at its best; looked at, OpenFace's points are the ones beside the face.
    """
    doubtful = set()
    for path in (data / "omi" / "images").glob("*.jpg"):
        row = openface_row(data, int(path.stem))
        known = points_of(row)
        unit = box_size(known) if abs(np.degrees(float(row["pose_Ry"]))) > ION_UP_TO else None
        reading = None
        if float(row["confidence"]) > SURE:
            reading = through_detector(model, read_picture(path), border=0.0)
        if reading is not None:
            apart = np.linalg.norm(learnt_landmarks(reading.mesh) - known, axis=1).mean()
            if apart <= LIMIT * (eye_distance(known) if unit is None else unit):
                continue
        doubtful.add(f"omi/{path.stem}")
    return frozenset(doubtful)


def load(
    model: FaceModel, files: Sequence[Path], renders: Path | None, data: Path | None
) -> Readings:
    """Read the files and work out errors and numbers.

    Parameters
    ----------
    model : FaceModel
    files : sequence of Path
    renders : Path or None
        For the renders' own definition of the points.
    data : Path or None
        OMI and OpenFace, to tell whose points are doubtful.
    """
    tables = [dict(np.load(path)) for path in files]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    meshes = columns["mesh"].astype(np.float64)
    again = columns["again"].astype(np.float32)
    known = columns["points"].astype(np.float64)
    count = len(meshes)
    doubtful = frozenset() if data is None else doubtful_people(model, data)
    own_map = None if renders is None else render_map(model, renders)
    is_render = columns["source"] == "render"
    yaw = np.abs(np.nan_to_num(columns["pose"][:, 0]))
    with np.errstate(invalid="ignore"):
        ion_unit, box_unit = eye_distance(known), box_size(known)
    unit = np.where(yaw <= ION_UP_TO, ion_unit, box_unit)
    distance, own = np.full(count, np.nan), np.full(count, np.nan)
    features = np.full((count, len(FIRST_LOOK) + len(SECOND_LOOK)), np.nan)
    pose = np.full((count, 3), np.nan)
    for k in range(count):
        mesh = meshes[k]
        if not np.isfinite(mesh[0, 0]):
            continue
        presence, score = float(columns["presence"][k]), float(columns["score"][k])
        numbers = first_look(mesh, presence, model.geometry, score=score)
        numbers |= second_look(mesh, MeshFace(again[k], float(columns["again_presence"][k])))
        features[k] = [numbers[name] for name in (*FIRST_LOOK, *SECOND_LOOK)]
        pose[k] = angles(procrustes_rotation(mesh, model.geometry))
        distance[k] = np.linalg.norm(learnt_landmarks(mesh) - known[k], axis=1).mean()
        own[k] = distance[k]
        if is_render[k] and own_map is not None:
            points = own_map @ mesh[: own_map.shape[1], :2]
            own[k] = np.linalg.norm(points - known[k], axis=1).mean()
    return Readings(
        columns=columns,
        accepted=columns["stage"] > 0,
        ion=distance / ion_unit,
        box=distance / box_unit,
        error=distance / unit,
        own=own / unit,
        features=features,
        pose=pose,
        doubtful=np.isin(columns["person"], sorted(doubtful)),
    )
