"""The cascade: attempts at finding the face, each made only on pictures that are still lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.backends import (
    Answer,
    Backend,
    Face,
    Stage,
    most_prominent,
    openface_output,
    rekognition_response,
)
from modular_faces.backends.openface_output import record_to_original
from modular_faces.steps import TooLargeError
from modular_faces.variants import Applied, apply_variant, landmarks_to_original

Picture = NDArray[np.uint8]
Pictures = Callable[[Container[str]], Iterable[tuple[str, Picture]]]
"""Gives the pictures with these ids, one after the other, as often as it is asked."""

_MIRRORED_POSE = np.array([-1.0, 1, 1, 1, -1, -1])
"""Tx, Ry and Rz change their signs in a mirror."""

_OWN_POINTS = (*openface_output.POINTS, *rekognition_response.POINTS)

logger = logging.getLogger(__name__)


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


def find_faces(
    refused: Mapping[str, str],
    pictures: Pictures,
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
    pictures : callable
        Gives those that could be decoded, (H, W, 3) uint8 RGB; asked once for each stage, with the
        ids of the pictures that are still lost.
    backend : Backend
    stages : sequence of Stage
    accept : float
        Least certainty of a trusted face, 0 to 1.

    Returns
    -------
    dict of str to Outcome
        In the order of `refused`. When no face is trusted, the one the backend is surest of; from a
        backend that answers for any frame, one that a detector saw. A stage whose variant would be too
        large is passed over; when all are, the reason is `too_large`. A picture on which the backend
        fails is tried again in the next stage; when nothing is found, it is a `backend_error`.
    """
    outcomes = {
        image_id: Outcome(face=None, trusted=False, reason=reason or "too_large")
        for image_id, reason in refused.items()
    }
    lost = {image_id for image_id, reason in refused.items() if not reason}
    for number, stage in enumerate(stages, start=1):
        if not lost:
            break
        for image_id, outcome in _attempts(
            pictures(lost), backend, stage=stage, number=number, accept=accept
        ):
            outcomes[image_id] = _better(outcomes[image_id], outcome, backend)
        lost = {image_id for image_id in lost if not outcomes[image_id].trusted}
    return outcomes


def _attempts(
    pictures: Iterable[tuple[str, Picture]],
    backend: Backend,
    *,
    stage: Stage,
    number: int,
    accept: float,
) -> Iterator[tuple[str, Outcome]]:
    broken: list[str] = []

    def variants() -> Iterator[tuple[str, Applied, tuple[int, ...]]]:
        for image_id, picture in pictures:
            try:
                applied = apply_variant(picture, stage.steps)
            except TooLargeError as error:
                logger.warning(
                    "variant %s of %s is passed over: %s", stage.variant, image_id, error
                )
            except Exception:
                logger.exception("variant %s of %s failed", stage.variant, image_id)
                broken.append(image_id)
            else:
                yield image_id, applied, picture.shape

    yield from look_at(variants(), backend, stage=stage, number=number, accept=accept)
    for image_id in broken:
        yield image_id, _FAILED


def look_at(
    variants: Iterable[tuple[str, Applied, tuple[int, ...]]],
    backend: Backend,
    *,
    stage: Stage,
    number: int,
    accept: float,
) -> Iterator[tuple[str, Outcome]]:
    """Look for faces on pictures to which the steps of a stage were applied.

    Parameters
    ----------
    variants : iterable of (str, Applied, shape)
        `image_id`, the variant that is looked at, and the shape of the original picture. Taken one at a time.
    backend : Backend
    stage : Stage
    number : int
        Which attempt this is, from 1.
    accept : float
        Least certainty of a trusted face, 0 to 1.

    Yields
    ------
    (str, Outcome)
        One for each picture, in any order.
    """
    sent: dict[str, tuple[Applied, tuple[int, ...]]] = {}

    def given() -> Iterator[tuple[str, Applied]]:
        for image_id, applied, shape in variants:
            sent[image_id] = _map_only(applied), shape
            yield image_id, applied

    for answer in backend.find(given(), stage=stage):
        applied, shape = sent.pop(answer.image_id)
        yield (
            answer.image_id,
            _outcome(
                answer,
                applied,
                shape,
                backend,
                frame=stage.box == "frame",
                number=number,
                accept=accept,
            ),
        )
    for image_id in sent:
        yield image_id, _FAILED


_FAILED = Outcome(face=None, trusted=False, reason="backend_error")


def _map_only(applied: Applied) -> Applied:
    """Keep the map of a variant and let its pixels go."""
    return Applied(np.empty((0, 0, 3), np.uint8), applied.affine)


def _outcome(
    answer: Answer,
    applied: Applied,
    shape: tuple[int, ...],
    backend: Backend,
    *,
    frame: bool,
    number: int,
    accept: float,
) -> Outcome:
    if answer.failed:
        return _FAILED
    everyone = tuple(
        to_original(face, applied, mesh_partners=backend.mesh_partners) for face in answer.faces
    )
    if everyone:
        face = most_prominent(everyone, shape)
        if backend.certainty(face) >= accept:
            return Outcome(face, True, "", number, len(everyone), everyone)
        if backend.frame_finds or not frame:
            return Outcome(face, False, "not_trusted", number, len(everyone), everyone)
    return Outcome(face=None, trusted=False, reason="no_face")


def _better(old: Outcome, new: Outcome, backend: Backend) -> Outcome:
    if new.trusted or old.face is None:
        keeps_error = new.reason == "no_face" and old.reason == _FAILED.reason
        return old if keeps_error else new
    if new.face is not None and backend.certainty(new.face) > backend.certainty(old.face):
        return new
    return old


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
    record, pose = face.record, face.pose
    if applied.mirrored:
        record = None
        pose = None if pose is None else pose * _MIRRORED_POSE
    elif record is not None:
        record = record_to_original(record, applied.affine, points=_OWN_POINTS)
    return replace(
        face,
        landmarks=landmarks_to_original(applied, face.landmarks),
        box=np.concatenate([corners.min(axis=0), corners.max(axis=0)]),
        mesh=mesh,
        pose=pose,
        record=record,
    )
