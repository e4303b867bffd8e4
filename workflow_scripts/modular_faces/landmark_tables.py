"""Tables of what the cascade found: landmarks, meshes, and all faces seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.backends import Face, Stage, as_record
from modular_faces.backends.openface_output import FEATURE_COLUMNS
from modular_faces.backends.rekognition_response import COLUMNS as REKOGNITION_COLUMNS
from modular_faces.columns import LANDMARK_COLUMNS, OPENFACE_POSE_COLUMNS, POSE_COLUMNS
from modular_faces.face_model import FaceGeometry
from modular_faces.head_angles import angle_matrix
from modular_faces.landmarks import Outcome
from modular_faces.pose import DECIMALS
from modular_faces.tables import floats_to_arrow

PIXEL_DECIMALS = 2
"""Coordinates are rounded to a hundredth of a pixel, so that other CPUs agree."""
SCORE_DECIMALS = 4

_OWN_DECIMALS = 6
_NO_POSE = np.full(6, np.nan)


def study_table(
    outcomes: Mapping[str, Outcome],
    *,
    source: str,
    stages: Sequence[Stage],
    geometry: FaceGeometry,
) -> pa.Table:
    """Make the table of one variant of the study: backend and variant in every row.

    Returns
    -------
    pyarrow.Table
        As `landmark_table`, with the columns backend and variant first after image_id, and last the face angle
        in degrees, from the mesh or from OpenFace's pose, in one convention.
    """
    table = landmark_table(outcomes, source=source, stages=stages)
    turned = angle_matrix((outcome.face for outcome in outcomes.values()), geometry)
    for k, name in enumerate(POSE_COLUMNS):
        table = table.append_column(name, floats_to_arrow(np.round(turned[:, k], DECIMALS)))
    fixed = {"backend": source, "variant": stages[0].variant}
    for name in ("landmark_source", "variant", "stage"):
        table = table.drop_columns(name)
    for place, (name, value) in enumerate(fixed.items(), start=1):
        table = table.add_column(place, name, pa.array([value] * len(outcomes), pa.string()))
    return table


def landmark_table(
    outcomes: Mapping[str, Outcome], *, source: str, stages: Sequence[Stage]
) -> pa.Table:
    """Make the table of landmarks: a row per picture, lost ones with the reason.

    Parameters
    ----------
    outcomes : mapping of str to Outcome
    source : str
        Name of the backend.
    stages : sequence of Stage
        The stages that `Outcome.stage` counts.

    Returns
    -------
    pyarrow.Table
        image_id, found, trusted, success, failure_reason, landmark_source, variant, stage, n_faces,
        detector_score, mesh_presence, landmark_quality, confidence, pose_Tx..pose_Rz (OpenFace's own, mm and rad),
        x_0..x_67, y_0..y_67 (pixels).
    """
    rows = list(outcomes.values())
    faces = [outcome.face for outcome in rows]
    found = [face is not None for face in faces]
    trusted = [outcome.trusted for outcome in rows]
    columns: dict[str, pa.Array] = {
        "image_id": pa.array(outcomes, pa.string()),
        "found": pa.array(found, pa.bool_()),
        "trusted": pa.array(trusted, pa.bool_()),
        "success": pa.array(trusted, pa.bool_()),
        "failure_reason": pa.array([outcome.reason for outcome in rows], pa.string()),
        "landmark_source": pa.array([source if f else None for f in found], pa.string()),
        "variant": pa.array(
            [stages[o.stage - 1].variant if o.stage else None for o in rows], pa.string()
        ),
        "stage": pa.array([o.stage or None for o in rows], pa.int16()),
        "n_faces": pa.array([outcome.n_faces for outcome in rows], pa.int16()),
        "detector_score": _scores(faces, "detector_score"),
        "mesh_presence": _scores(faces, "mesh_presence"),
        "landmark_quality": _scores(faces, "landmark_quality"),
        "confidence": _scores(faces, "confidence"),
    }
    poses = [_NO_POSE if face is None or face.pose is None else face.pose for face in faces]
    for k, name in enumerate(OPENFACE_POSE_COLUMNS):
        columns[name] = floats_to_arrow(np.array([pose[k] for pose in poses], np.float64))
    points = np.full((len(rows), 136), np.nan)
    for row, face in enumerate(faces):
        if face is not None:
            points[row] = np.round(face.landmarks.T.ravel(), PIXEL_DECIMALS)
    for k, name in enumerate(LANDMARK_COLUMNS):
        columns[name] = floats_to_arrow(points[:, k])
    return pa.table(columns)


def _scores(faces: Iterable[Face | None], attribute: str) -> pa.Array:
    values = [np.nan if face is None else getattr(face, attribute) for face in faces]
    return floats_to_arrow(np.round(np.array(values, dtype=np.float64), SCORE_DECIMALS))


def trusted_meshes(outcomes: Mapping[str, Outcome]) -> dict[str, NDArray[np.float64]]:
    """Collect the meshes of trusted faces: (478, 3) arrays in pixels, rounded."""
    return {
        image_id: np.round(outcome.face.mesh, PIXEL_DECIMALS)
        for image_id, outcome in outcomes.items()
        if outcome.trusted and outcome.face is not None and outcome.face.mesh is not None
    }


def faces_table(outcomes: Mapping[str, Outcome]) -> pa.Table:
    """Make a table of all faces seen, a row per face, the chosen one marked.

    Returns
    -------
    pyarrow.Table
        image_id, face, chosen, box_x0..box_y1 (pixels), detector_score, mesh_presence, landmark_quality,
        confidence.
    """
    schema = pa.schema(
        [
            ("image_id", pa.string()),
            ("face", pa.int16()),
            ("chosen", pa.bool_()),
            *((f"box_{corner}", pa.float32()) for corner in ("x0", "y0", "x1", "y1")),
            ("detector_score", pa.float32()),
            ("mesh_presence", pa.float32()),
            ("landmark_quality", pa.float32()),
            ("confidence", pa.float32()),
        ]
    )
    rows = [
        {"image_id": image_id, "face": number, "chosen": face is outcome.face, **as_record(face)}
        for image_id, outcome in outcomes.items()
        for number, face in enumerate(outcome.everyone)
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def openface_table(outcomes: Mapping[str, Outcome], *, stages: Sequence[Stage]) -> pa.Table:
    """Make the table of everything OpenFace says; see `own_table`."""
    return own_table(outcomes, stages=stages, columns=FEATURE_COLUMNS)


def rekognition_table(outcomes: Mapping[str, Outcome], *, stages: Sequence[Stage]) -> pa.Table:
    """Make the table of everything Rekognition says; see `own_table`."""
    return own_table(outcomes, stages=stages, columns=REKOGNITION_COLUMNS)


def own_table(
    outcomes: Mapping[str, Outcome], *, stages: Sequence[Stage], columns: Sequence[str]
) -> pa.Table:
    """Make the table of everything a backend says, a row per face of the attempt that was taken.

    Parameters
    ----------
    outcomes : mapping of str to Outcome
    stages : sequence of Stage
        The stages that `Outcome.stage` counts.
    columns : sequence of str
        The backend's own; faces that have none of them are another's and left out.

    Returns
    -------
    pyarrow.Table
        image_id, face, chosen, trusted, variant, stage, then `columns` (float32). 2-D points are in pixels of
        the original picture, all else is as the backend gave it.
    """
    wanted = set(columns)
    rows = [
        (image_id, number, face, outcome)
        for image_id, outcome in outcomes.items()
        for number, face in enumerate(outcome.everyone)
        if face.record is not None and not wanted.isdisjoint(face.record)
    ]
    table: dict[str, pa.Array] = {
        "image_id": pa.array([row[0] for row in rows], pa.string()),
        "face": pa.array([row[1] for row in rows], pa.int16()),
        "chosen": pa.array([row[2] is row[3].face for row in rows], pa.bool_()),
        "trusted": pa.array([row[3].trusted and row[2] is row[3].face for row in rows], pa.bool_()),
        "variant": pa.array([stages[row[3].stage - 1].variant for row in rows], pa.string()),
        "stage": pa.array([row[3].stage for row in rows], pa.int16()),
    }
    records = [row[2].record or {} for row in rows]
    for name in columns:
        values = np.array([record.get(name, np.nan) for record in records], np.float64)
        table[name] = floats_to_arrow(np.round(values, _OWN_DECIMALS))
    return pa.table(table)
