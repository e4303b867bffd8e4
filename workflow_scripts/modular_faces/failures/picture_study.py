"""What every study of pixels begins with: whose failures, which pictures, in which frame."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modular_faces.failures.outcome import Outcome, levels_to_study
from modular_faces.failures.picture_frame import Frame, frame_of
from modular_faces.failures.picture_sample import PictureSample
from modular_faces.failures.study_files import MANIFEST_COLUMNS, StudyFiles

_SIZES = ("width", "height")

PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class PictureStudy:
    """The pictures of a study and where they are.

    Attributes
    ----------
    outcomes : list of Outcome
        At each level that is worked at.
    note : str
        Why there is one level only, or empty.
    frame : Frame or None
        None where no picture was decoded.
    resized : int
        Pictures that are not of the size of the frame.
    packs : list of Path
    """

    outcomes: list[Outcome]
    note: str
    frame: Frame | None
    resized: int
    packs: list[Path]

    @property
    def frame_sentence(self) -> str:
        """How the pictures came to one frame, in words."""
        if not self.resized:
            return f"All pictures are {self.frame} and were taken as they are."
        return (
            f"All pictures were brought to {self.frame}: the largest centred part of that shape, made "
            f"smaller by averaging or larger linearly ({self.resized:,} were of another size)."
        )


def open_study(
    study: PathLike,
    manifest: PathLike,
    packs: Sequence[PathLike],
    *,
    options: Mapping[str, Any],
) -> PictureStudy:
    """Read whose failures are studied and find the frame of their pictures.

    Parameters
    ----------
    study : path-like
        `study.parquet`.
    manifest : path-like
        `manifest.parquet`.
    packs : sequence of path-like
        Pictures of the shards.
    options : mapping
        Of the study: `backend` and `variant` say whose failures, `pictures` and `seed` of how many pictures at most,
        `side` is the longest side of the frame in pixels, and other keys are left for who asks.

    Returns
    -------
    PictureStudy
    """
    files = StudyFiles(study, manifest, options)
    outcomes, note = levels_to_study(files.outcomes())
    listed = files.listed((*MANIFEST_COLUMNS, *_SIZES))
    known = listed.set_index("image_id").loc[outcomes[0].image_ids]
    frame, resized = None, 0
    if len(known):
        heights, widths = (known[name].to_numpy(dtype=np.int64) for name in ("height", "width"))
        frame = frame_of(heights, widths, largest=options["side"])
        resized = int(np.sum((heights != frame.height) | (widths != frame.width)))
    return PictureStudy(outcomes, note, frame, resized, [Path(p) for p in packs])


def pictures_of(
    study: PictureStudy,
    outcome: Outcome,
    frame: Frame,
    *,
    read: Callable[..., PictureSample],
    most: int,
    seed: int,
) -> PictureSample:
    """Read the pictures of a level of a study.

    Parameters
    ----------
    study : PictureStudy
    outcome : Outcome
        Whose failures and successes.
    frame : Frame
    read : callable
        `read_sample` or `read_chosen` of `modular_faces.failures.picture_sample`.
    most, seed : int
        See there.
    """
    return read(
        study.packs,
        outcome.image_ids,
        outcome.failed,
        frame=frame,
        most=most,
        seed=seed,
    )


def labels_of(outcome: Outcome, image_ids: Sequence[str]) -> list[object] | None:
    """Labels of some pictures of an outcome, None where the dataset has none."""
    if outcome.label is None:
        return None
    label_of = dict(zip(outcome.image_ids, outcome.label.tolist(), strict=True))
    return [label_of[image_id] for image_id in image_ids]


def without_colour(sample: PictureSample) -> npt.NDArray[np.bool_]:
    """Find the grey pictures: red, green and blue are the same at every pixel.

    Returns
    -------
    (n,) ndarray of bool
    """
    first = sample.pictures[..., :1]
    return np.asarray((sample.pictures[..., 1:3] == first).all(axis=(1, 2, 3)), dtype=np.bool_)
