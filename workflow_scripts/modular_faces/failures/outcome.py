"""The outcome of a failure study: which pictures a backend lost on a variant, and what is known of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from modular_faces.failures.counting import counted, enumerated
from modular_faces.failures.study_rows import (
    NotAStudyError,
    RowsOf,
    copies_of,
    part_weights,
    passed_over,
    read_rows,
    without_copies,
)

Level = Literal["found", "trusted"]
LEVELS: tuple[Level, Level] = ("found", "trusted")

ONE_OF_EACH = (
    "Of copies of a picture (identical, nearly so, or mirrored) the first, by name, stands for all."
)

_ONE_FOR_BOTH = (
    "Every picture with landmarks has trusted ones, so what holds for one level holds for both."
)

FEWEST = 10
"""Fewer failures or successes than this are not compared: a sentence is given instead."""

STUDY_COLUMNS = ("image_id", "backend", "variant", "found", "trusted", "landmark_quality")
MANIFEST_COLUMNS = ("image_id", "decodable", "label_name", "label", "split", "duplicate_of")
_BACKENDS = {
    "mesh": "the mesh detector",
    "openface": "OpenFace",
    "dlib": "dlib",
    "rekognition": "Amazon Rekognition",
    "precomputed": "outputs that existed already",
}


@dataclass(frozen=True)
class Outcome:
    """Failures of a backend on a variant, at one level.

    Attributes
    ----------
    backend, variant : str
        For outputs that existed already, the variant is the name of the source.
    level : str
        `found`: no landmarks were returned. `trusted`: none that reach the threshold.
    image_ids : list of str
        Pictures, in the order of the study.
    failed : (n,) ndarray of bool
    weights : (n,) ndarray of float64
        1, or more for successes that stand for others which were not looked at.
    label, split : (n,) ndarray of object, or None
        Of each picture, None where it is not known; None for all where the dataset has none.
    left_out : int
        Pictures that could not be decoded, which no detector has seen.
    copies : int
        Copies of pictures that are in the study: the first of each cluster, by name, stands for all.
    too_large : int
        Pictures that the variant would have made too large, which the detector has not seen either.
    """

    backend: str
    variant: str
    level: Level
    image_ids: list[str]
    failed: NDArray[np.bool_]
    weights: NDArray[np.float64]
    label: NDArray[np.object_] | None
    split: NDArray[np.object_] | None
    left_out: int = 0
    copies: int = 0
    too_large: int = 0

    @property
    def title(self) -> str:
        """Whose failures these are, in words, so that nobody takes one detector for another."""
        whose = _BACKENDS.get(self.backend, self.backend)
        if self.backend == "precomputed":
            return f"failures in {whose} ('{self.variant}')"
        which = (
            "on the pictures as they are" if self.variant == "original" else f"on '{self.variant}'"
        )
        notice = "" if self.backend == "openface" else ", not of OpenFace"
        return f"failures of {whose}{notice}, {which}"

    @property
    def keys(self) -> dict[str, str]:
        """First columns of every table of a study."""
        return {"backend": self.backend, "variant": self.variant, "level": self.level}

    @property
    def too_few(self) -> str | None:
        """Why failures cannot be compared with successes, in one sentence; None where they can."""
        n, lost = len(self.failed), int(self.failed.sum())
        if not n:
            return "No picture could be decoded, so there is nothing to study."
        pictures = counted(n, "picture")
        if not lost:
            return f"None of the {pictures} failed, so there is nothing to explain."
        if lost == n:
            return f"All {pictures} failed, so there is no success to compare with."
        if lost < FEWEST:
            return f"Only {lost} of {pictures} failed; fewer than {FEWEST} are not compared."
        if n - lost < FEWEST:
            return f"Only {n - lost} of {pictures} succeeded; fewer than {FEWEST} are not compared."
        return None

    @property
    def exclusions(self) -> str:
        """Say which pictures are left out; empty where none are."""
        reasons = [
            (self.left_out, counted(self.left_out, "file") + " that could not be decoded"),
            (self.copies, counted(self.copies, "copy", "copies") + " of other pictures"),
            (self.too_large, counted(self.too_large, "picture") + " too large once changed"),
        ]
        said = [words for number, words in reasons if number]
        if not said:
            return ""
        total = self.left_out + self.copies + self.too_large
        return f"{enumerated(said)} {'is' if total == 1 else 'are'} left out"

    def describe(self) -> str:
        """Say in a sentence how many failed."""
        kind = "no landmarks" if self.level == "found" else "no trusted landmarks"
        share = float(self.weights[self.failed].sum() / max(self.weights.sum(), 1e-300))
        text = (
            f"{self.title}: {kind} in {int(self.failed.sum()):,} of {counted(len(self.failed), 'picture')} "
            f"({100 * share:.1f} %)"
        )
        if (self.weights > 1).any():
            text += ", successes being a weighted sample"
        return "; ".join(part for part in (text, self.exclusions) if part) + "."


def load_study(
    path: str | os.PathLike[str],
    columns: Iterable[str] = STUDY_COLUMNS,
    rows_of: RowsOf | None = None,
) -> pd.DataFrame:
    """Read a study, a row per picture, backend and variant.

    Parameters
    ----------
    path : path-like
        `study.parquet`.
    columns : iterable of str
        Columns to read, those of `STUDY_COLUMNS` first; failure_reason comes with them.
    rows_of : callable, optional
        Takes the rows to keep out of a batch: `modular_faces.failures.study_rows.only_part`.

    Returns
    -------
    pandas.DataFrame
        backend and variant are categories, in the order of the study; every name of a picture is held once,
        however many parts speak of it.

    Raises
    ------
    NotAStudyError
        For any other table, such as that of the cascade.
    """
    names = set(pq.read_schema(path).names)
    missing = [name for name in STUDY_COLUMNS[:5] if name not in names]
    if missing:
        raise NotAStudyError(
            f"{path} is no study: it has no column {', '.join(missing)}. A table of the cascade cannot "
            "be used, because its later variants saw only pictures that earlier ones had lost; use "
            "study.parquet."
        )
    wanted = [name for name in dict.fromkeys((*columns, "failure_reason")) if name in names]
    return read_rows(path, wanted, rows_of=rows_of)


def read_manifest(
    path: str | os.PathLike[str], columns: Iterable[str] = MANIFEST_COLUMNS
) -> pd.DataFrame:
    """Read the columns of the manifest that an outcome needs, those that are there."""
    names = set(pq.read_schema(path).names)
    wanted = [name for name in dict.fromkeys(columns) if name in names]
    table = pq.read_table(path, columns=wanted, use_threads=False, partitioning=None)
    return table.to_pandas(split_blocks=True, self_destruct=True)


def outcomes_at_both_levels(
    study: pd.DataFrame, manifest: pd.DataFrame, *, backend: str, variant: str
) -> dict[Level, Outcome]:
    """Take the failures of one backend and variant out of a study.

    Parameters
    ----------
    study : pandas.DataFrame
        From `load_study`.
    manifest : pandas.DataFrame
        With image_id and decodable, and where there are such label_name or label, split, and duplicate_of.
    backend, variant : str

    Returns
    -------
    dict of str to Outcome
        By level; both hold the same pictures in the same order.

    Raises
    ------
    NotAStudyError
        If the study has no such part, or no picture, or misses pictures that it may not miss.

    Notes
    -----
    Copies of a picture are no further evidence: the first of a cluster, by name, stands for all of them, in every
    number and every sample of the study, so that pictures are independent of each other.
    """
    study = without_copies(study, manifest)
    part = study[(study["backend"] == backend) & (study["variant"] == variant)]
    if part.empty:
        parts = study[["backend", "variant"]].drop_duplicates()
        known = ", ".join(f"{one} on {other}" for one, other in parts.itertuples(index=False))
        raise NotAStudyError(
            f"the study has no part '{backend} on {variant}'; set failures.outcome to one of: {known}"
        )
    known = manifest.set_index("image_id")
    rows = known.reindex(part["image_id"])
    decoded = rows["decodable"].fillna(False).to_numpy(dtype=bool)
    seen = decoded & ~passed_over(part)
    weights = part_weights(study, part)[seen]
    fixed: dict[str, Any] = {
        "image_ids": part["image_id"].to_numpy(dtype=object)[seen].tolist(),
        "weights": weights,
        "label": _texts(rows[seen], ("label_name", "label")),
        "split": _texts(rows[seen], ("split",)),
        "left_out": int((~manifest["decodable"].fillna(False).astype(bool)).sum()),
        "copies": len(copies_of(manifest)),
        "too_large": int((decoded & ~seen).sum()),
    }
    return {
        level: Outcome(
            backend=backend,
            variant=variant,
            level=level,
            failed=~part[level].to_numpy(dtype=bool)[seen],
            **fixed,
        )
        for level in LEVELS
    }


def same_failures(outcomes: Mapping[Level, Outcome]) -> bool:
    """Whether both levels lose the same pictures, so that a study needs to be made only once."""
    return bool(np.array_equal(outcomes["found"].failed, outcomes["trusted"].failed))


def levels_to_study(outcomes: Mapping[Level, Outcome]) -> tuple[list[Outcome], str]:
    """Choose the levels to work at, and say so where one stands for both.

    Returns
    -------
    outcomes : list of Outcome
        That of `trusted` alone where both lose the same pictures.
    note : str
        Sentences for the findings; empty where both levels differ and no picture has copies.
    """
    same = same_failures(outcomes)
    notes = [
        (same, _ONE_FOR_BOTH),
        (outcomes["trusted"].copies, ONE_OF_EACH),
    ]
    studied = [outcomes["trusted"]] if same else [outcomes[level] for level in LEVELS]
    return studied, " ".join(sentence for holds, sentence in notes if holds)


def _texts(table: pd.DataFrame, names: Sequence[str]) -> NDArray[np.object_] | None:
    """The first of some columns that says anything, missing values as None."""
    for name in names:
        if name in table.columns and table[name].notna().any():
            column = table[name].astype(object)
            texts: NDArray[np.object_] = column.where(column.notna(), None).to_numpy(dtype=object)
            return texts
    return None
