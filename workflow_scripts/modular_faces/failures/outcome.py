"""The outcome of a failure study: which pictures a backend lost on a variant, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.failures.counting import counted
from modular_faces.failures.drawn import DrawnFrom, Exclusions
from modular_faces.failures.study_rows import (
    NotAStudyError,
    copies_of,
    part_weights,
    passed_over,
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
    drawn_from : DrawnFrom or None
        The whole dataset, where the pictures are a draw of it.
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
    drawn_from: DrawnFrom | None = None

    @property
    def title(self) -> str:
        """Whose failures these are, in words, so that nobody takes one detector for another."""
        whose = _BACKENDS.get(self.backend, self.backend)
        draw = f", in {self.drawn_from}" if self.drawn_from else ""
        if self.backend == "precomputed":
            return f"failures in {whose} ('{self.variant}'){draw}"
        which = (
            "on the pictures as they are" if self.variant == "original" else f"on '{self.variant}'"
        )
        notice = "" if self.backend == "openface" else ", not of OpenFace"
        return f"failures of {whose}{notice}, {which}{draw}"

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
        return str(Exclusions(self.left_out, self.copies, self.too_large))

    @property
    def sampled(self) -> bool:
        """Whether successes stand for others that were not looked at."""
        return bool((self.weights > 1).any())

    @property
    def whole_dataset(self) -> str:
        """Say in a sentence how many of all pictures failed; empty where the study is about all."""
        whole = self.drawn_from
        if whole is None:
            return ""
        failed, share = whole.failed[self.level], ""
        if whole.looked_at and not self.sampled:
            share = f" ({100 * failed / whole.looked_at:.1f} %)"
        text = (
            f"in the whole dataset: {self._kind} in {failed:,} of "
            f"{counted(whole.looked_at, 'picture')}{share}"
        )
        return _sentence(text, str(whole.exclusions))

    def describe(self) -> str:
        """Say how many failed, in a sentence; in two where the pictures are a draw."""
        share = float(self.weights[self.failed].sum() / max(self.weights.sum(), 1e-300))
        text = (
            f"{self.title}: {self._kind} in {int(self.failed.sum()):,} of {counted(len(self.failed), 'picture')} "
            f"({100 * share:.1f} %)"
        )
        if self.sampled:
            text += ", successes being a weighted sample"
        whole = self.whole_dataset
        said = _sentence(text, self.exclusions)
        return f"{said} {whole[0].upper()}{whole[1:]}" if whole else said

    @property
    def _kind(self) -> str:
        return "no landmarks" if self.level == "found" else "no trusted landmarks"


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part) + "."


def outcomes_at_both_levels(
    study: pd.DataFrame,
    manifest: pd.DataFrame,
    *,
    backend: str,
    variant: str,
    drawn_from: DrawnFrom | None = None,
) -> dict[Level, Outcome]:
    """Take the failures of one backend and variant out of a study.

    Parameters
    ----------
    study : pandas.DataFrame
        From `modular_faces.failures.study_files.load_study`.
    manifest : pandas.DataFrame
        With image_id and decodable, and where there are such label_name or label, split, and duplicate_of.
    backend, variant : str
    drawn_from : DrawnFrom, optional
        The whole dataset, where both tables hold a draw of its pictures.

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
        "drawn_from": drawn_from,
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
    """The first of some columns that says anything, each text held once, missing values as None."""
    for name in names:
        if name in table.columns and table[name].notna().any():
            codes, texts = pd.factorize(table[name].astype(object))
            known: NDArray[np.object_] = np.array([*texts, None], dtype=object)[codes]
            return known
    return None
