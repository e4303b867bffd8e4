"""Every part of a study side by side: which picture each backend lost on each variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.failures.outcome import LEVELS, Level
from modular_faces.failures.study_rows import (
    NoSuccessesError,
    NotAStudyError,
    copies_of,
    part_weights,
    passed_over,
    without_copies,
)

Part = tuple[str, str]
"""Backend and variant."""

_GEOMETRY = {"pad", "resize", "rotate", "mirror"}
_SHARPENING = {"kernel", "unsharp"}


@dataclass(frozen=True)
class StudyParts:
    """The parts of a study over the same pictures.

    Attributes
    ----------
    image_ids : (n,) ndarray of object
        Pictures that could be decoded, in the order of the outcome's part.
    parts : tuple of (str, str)
    outcome : (str, str)
        The part whose failures are studied.
    lost : mapping of str to (n, k) ndarray of bool
        By level; False where a part did not look at the picture.
    weights : (n, k) ndarray of float64
        0 where a part did not look at the picture, or where the variant would have been too large.
    left_out, copies : int
        Pictures that could not be decoded; copies of pictures that stand for them.
    too_large : (k,) ndarray of int
        Pictures that each part passed over because the variant would have been too large.
    failures_only : (k,) ndarray of bool
        Parts that saw no picture on which the outcome succeeds: what they lose of all pictures is not known.
    """

    image_ids: NDArray[np.object_]
    parts: tuple[Part, ...]
    outcome: Part
    lost: Mapping[Level, NDArray[np.bool_]]
    weights: NDArray[np.float64]
    left_out: int
    copies: int
    too_large: NDArray[np.intp]
    failures_only: NDArray[np.bool_]

    def column(self, part: Part) -> int:
        """Place of a part."""
        return self.parts.index(part)

    @property
    def sampled(self) -> bool:
        """Whether some parts saw a sample of the successes only, or none."""
        return bool((self.weights > 1).any() or self.failures_only.any())

    def reference_of(self, part: Part) -> Part | None:
        """The part that a part is compared with: the same backend on the variant of the outcome.

        That variant itself, sources of existing outputs, and samples are compared with the outcome; the
        outcome with nothing.
        """
        if part == self.outcome:
            return None
        same = (part[0], self.outcome[1])
        if part != same and same in self.parts and not self.sampled:
            return same
        return self.outcome


def study_parts(study: pd.DataFrame, manifest: pd.DataFrame, *, outcome: Part) -> StudyParts:
    """Lay the parts of a study side by side.

    Parameters
    ----------
    study : pandas.DataFrame
        From `modular_faces.failures.study_files.load_study`.
    manifest : pandas.DataFrame
        With image_id and decodable, and where there is such duplicate_of: copies are left out.
    outcome : (str, str)
        Backend and variant of the part whose failures are studied.

    Raises
    ------
    NotAStudyError
        If there is no such part, or a part misses pictures that it may not miss.
    """
    study = without_copies(study, manifest)
    rows_of = _rows_of_parts(study)
    if outcome not in rows_of:
        known = ", ".join(f"{one} on {other}" for one, other in rows_of)
        raise NotAStudyError(
            f"the study has no part '{' on '.join(outcome)}'; set failures.outcome to one of: {known}"
        )
    decodable = manifest.set_index("image_id")["decodable"].fillna(False).astype(bool)
    own = study.iloc[rows_of[outcome]]
    ids = own["image_id"][~passed_over(own)].to_numpy(dtype=object)
    ids = ids[decodable.reindex(ids, fill_value=False).to_numpy(dtype=bool)]
    index = pd.Index(ids)
    lost = {level: np.zeros((len(ids), len(rows_of)), bool) for level in LEVELS}
    weights = np.zeros((len(ids), len(rows_of)))
    too_large = np.zeros(len(rows_of), dtype=np.intp)
    failures_only = np.zeros(len(rows_of), dtype=bool)
    for column, chosen in enumerate(rows_of.values()):
        part = study.iloc[chosen]
        weight, failures_only[column] = _weights(study, part)
        rows, refused = index.get_indexer(part["image_id"]), passed_over(part)
        seen = (rows >= 0) & ~refused
        too_large[column] = int(((rows >= 0) & refused).sum())
        weights[rows[seen], column] = weight[seen]
        for level in LEVELS:
            lost[level][rows[seen], column] = ~part[level].to_numpy(dtype=bool)[seen]
    return StudyParts(
        ids,
        tuple(rows_of),
        outcome,
        lost,
        weights,
        left_out=int((~decodable).sum()),
        copies=len(copies_of(manifest)),
        too_large=too_large,
        failures_only=failures_only,
    )


def _weights(study: pd.DataFrame, part: pd.DataFrame) -> tuple[NDArray[np.float64], bool]:
    """Weights of the pictures of a part, and whether it saw only what another lost."""
    try:
        return part_weights(study, part), False
    except NoSuccessesError:
        return np.ones(len(part)), True


def _rows_of_parts(study: pd.DataFrame) -> dict[Part, NDArray[np.intp]]:
    """Rows of each part, parts in the order of the study."""
    groups = study.groupby(["backend", "variant"], observed=True, sort=False)
    numbers = groups.ngroup().to_numpy()
    names = list(groups.size().index)
    return {
        (str(backend), str(variant)): np.flatnonzero(numbers == number)
        for number, (backend, variant) in enumerate(names)
    }


def kind_of_variant(steps: Sequence[Mapping[str, Any]]) -> str:
    """Say in a word what a variant changes.

    Parameters
    ----------
    steps : sequence of mapping
        As the config has them.

    Returns
    -------
    str
        ``as it is``, ``geometry`` (border, scale, rotation), ``sharpening``, ``light and noise`` (all other
        single kinds), or ``several``.

    Examples
    --------
    >>> kind_of_variant([{"resize": {"scale": 2}}, {"pad": {"fraction": 0.5}}])
    'geometry'
    """
    names = {name for step in steps for name in step}
    kinds = {
        "geometry"
        if name in _GEOMETRY
        else "sharpening"
        if name in _SHARPENING
        else "light and noise"
        for name in names
    }
    if not kinds:
        return "as it is"
    return kinds.pop() if len(kinds) == 1 else "several"


def part_name(part: Part, *, several_backends: bool) -> str:
    """Name of a part on axes and in sentences."""
    return f"{part[1]} ({part[0]})" if several_backends else part[1]
