"""The cascade: attempts at finding the face, each made only on pictures that are still lost."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.backends import Backend, Box, Face, as_record, most_prominent
from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.steps import TooLargeError
from modular_faces.tables import floats_to_arrow
from modular_faces.variants import Applied, apply_variant, landmarks_to_original

PIXEL_DECIMALS = 2
"""Coordinates are rounded to a hundredth of a pixel, so that other CPUs agree."""
SCORE_DECIMALS = 4

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stage:
    """One attempt.

    Attributes
    ----------
    variant : str
        Name of the variant looked at.
    steps : sequence of mapping
        Its preprocessing steps.
    box : {'detector', 'frame'}
        Where a face is looked for.
    """

    variant: str
    steps: Sequence[Mapping[str, Mapping[str, Any]]]
    box: Box


@dataclass(frozen=True)
class Outcome:
    """What became of one picture.

    Attributes
    ----------
    face : Face or None
        In pixels of the original picture; None when no backend returned landmarks.
    trusted : bool
    reason : str
        Why there is no trusted face; empty when there is one.
    stage : int
        Which attempt gave the face, from 1; 0 when there is no face.
    n_faces : int
        Faces seen in that attempt; 0 when there is no face.
    everyone : tuple of Face
        All faces of that attempt, in pixels of the original picture.
    """

    face: Face | None
    trusted: bool
    reason: str
    stage: int = 0
    n_faces: int = 0
    everyone: tuple[Face, ...] = ()


def cascade_stages(cascade: Iterable[Mapping[str, Any]]) -> list[Stage]:
    """Read the stages as the config gives them: mappings with name, steps and box."""
    return [Stage(stage["name"], stage["steps"], stage["box"]) for stage in cascade]


def find_face(
    picture: NDArray[np.uint8], backend: Backend, *, stages: Sequence[Stage], accept: float
) -> Outcome:
    """Try the stages in order until a face is trusted.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        Upright RGB.
    backend : Backend
    stages : sequence of Stage
    accept : float
        Least mesh presence of a trusted face, 0 to 1.

    Returns
    -------
    Outcome
        When no face is trusted, the one with the greatest presence that a detector saw. The mesh
        answers for any frame, so that a face read from the frame counts only when trusted. A stage
        whose variant would be too large is passed over; when all are, the reason is `too_large`.
    """
    best = Outcome(face=None, trusted=False, reason="too_large")
    for number, stage in enumerate(stages, start=1):
        try:
            applied = apply_variant(picture, stage.steps)
        except TooLargeError as error:
            logger.warning("variant %s is passed over: %s", stage.variant, error)
            continue
        if best.face is None:
            best = replace(best, reason="no_face")
        everyone = tuple(
            to_original(face, applied, mesh_partners=backend.mesh_partners)
            for face in backend.faces(applied.picture, box=stage.box)
        )
        if not everyone:
            continue
        face = most_prominent(everyone, picture.shape)
        if face.mesh_presence >= accept:
            return Outcome(face, True, "", number, len(everyone), everyone)
        if stage.box == "detector" and (
            best.face is None or face.mesh_presence > best.face.mesh_presence
        ):
            best = Outcome(face, False, "not_trusted", number, len(everyone), everyone)
    return best


def to_original(face: Face, applied: Applied, *, mesh_partners: NDArray[np.intp] | None) -> Face:
    """Bring a face from the pixels of a variant back to those of the original picture.

    Parameters
    ----------
    face : Face
    applied : Applied
        The variant the face was found on.
    mesh_partners : (478,) ndarray of int or None
        Index of the mirror image of each point of the mesh, for mirrored variants.
    """
    corners = landmarks_to_original(applied, face.box.reshape(2, 2), np.array([0, 1]))
    mesh = face.mesh
    if mesh is not None and mesh_partners is not None:
        mesh = landmarks_to_original(applied, mesh, mesh_partners)
    return replace(
        face,
        landmarks=landmarks_to_original(applied, face.landmarks),
        box=np.concatenate([corners.min(axis=0), corners.max(axis=0)]),
        mesh=mesh,
    )


def find_faces(
    refused: Mapping[str, str],
    pictures: Iterable[tuple[str, NDArray[np.uint8]]],
    backend: Backend,
    *,
    stages: Sequence[Stage],
    accept: float,
) -> dict[str, Outcome]:
    """Run the cascade over the pictures of a shard; a picture never stops its neighbours.

    Parameters
    ----------
    refused : mapping of str to str
        `image_id` of every picture of the shard, in the order of the table, with the reason why it
        could not be decoded, or an empty string.
    pictures : iterable of (str, (H, W, 3) ndarray of uint8)
        Those that could be decoded.
    backend, stages, accept
        As for `find_face`.

    Returns
    -------
    dict of str to Outcome
        In the order of `refused`. A picture on which the backend fails is a `backend_error`.
    """
    outcomes = {
        image_id: Outcome(face=None, trusted=False, reason=reason)
        for image_id, reason in refused.items()
    }
    for image_id, picture in pictures:
        try:
            outcomes[image_id] = find_face(picture, backend, stages=stages, accept=accept)
        except Exception:
            logger.exception("the backend failed on %s", image_id)
            outcomes[image_id] = Outcome(face=None, trusted=False, reason="backend_error")
    return outcomes


def study_table(
    outcomes: Mapping[str, Outcome], *, source: str, stages: Sequence[Stage]
) -> pa.Table:
    """Make the table of one variant of the study: backend and variant in every row.

    Returns
    -------
    pyarrow.Table
        As `landmark_table`, with the columns backend and variant first after image_id.
    """
    table = landmark_table(outcomes, source=source, stages=stages)
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
        detector_score, mesh_presence, x_0..x_67, y_0..y_67 (pixels).
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
    }
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
        image_id, face, chosen, box_x0..box_y1 (pixels), detector_score, mesh_presence.
    """
    schema = pa.schema(
        [
            ("image_id", pa.string()),
            ("face", pa.int16()),
            ("chosen", pa.bool_()),
            *((f"box_{corner}", pa.float32()) for corner in ("x0", "y0", "x1", "y1")),
            ("detector_score", pa.float32()),
            ("mesh_presence", pa.float32()),
        ]
    )
    rows = [
        {"image_id": image_id, "face": number, "chosen": face is outcome.face, **as_record(face)}
        for image_id, outcome in outcomes.items()
        for number, face in enumerate(outcome.everyone)
    ]
    return pa.Table.from_pylist(rows, schema=schema)
