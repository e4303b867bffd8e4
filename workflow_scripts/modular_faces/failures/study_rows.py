"""The rows of a study that count: one picture of each cluster of copies, seen by the detector, and its weight."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class NotAStudyError(ValueError):
    """The table does not hold every variant on every picture; the message is one sentence."""


class NoSuccessesError(NotAStudyError):
    """A part of the study saw only pictures that the largest part lost, as the later variants of a cascade do."""


def copies_of(manifest: pd.DataFrame) -> list[str]:
    """Pictures that could be decoded and are copies of one that stands for them: identical, near, or mirrored."""
    if "duplicate_of" not in manifest.columns:
        return []
    copied = manifest["duplicate_of"].fillna("").ne("") & manifest["decodable"].fillna(
        False
    ).astype(bool)
    names: list[str] = manifest["image_id"][copied].tolist()
    return names


def without_copies(study: pd.DataFrame, manifest: pd.DataFrame) -> pd.DataFrame:
    """The study of one picture of each cluster of copies; the same table where there are no copies."""
    copies = copies_of(manifest)
    return study[~study["image_id"].isin(copies)] if copies else study


def part_and_largest(study: pd.DataFrame, *, backend: str, variant: str) -> pd.DataFrame:
    """The rows of one part of a study, with those of the largest where the part is a sample; none if there is none."""
    sizes = study.groupby(["backend", "variant"], observed=True, sort=False).size()
    kept = (study["backend"] == backend) & (study["variant"] == variant)
    if 0 < int(kept.sum()) < sizes.max():
        first, second = sizes.index[int(sizes.to_numpy().argmax())]
        kept |= (study["backend"] == first) & (study["variant"] == second)
    return study[kept]


def passed_over(part: pd.DataFrame) -> NDArray[np.bool_]:
    """Which pictures a variant would have made too large, so that no detector has seen them, (n,)."""
    if "failure_reason" not in part.columns:
        return np.zeros(len(part), dtype=bool)
    return np.asarray(part["failure_reason"].eq("too_large"), dtype=bool)


def part_weights(study: pd.DataFrame, part: pd.DataFrame) -> NDArray[np.float64]:
    """Weight of each picture in one part of a study.

    A part that holds fewer pictures than the largest one is a sample: every failure of that one, and some of
    its successes, which then stand for all of them.

    Parameters
    ----------
    study : pandas.DataFrame
    part : pandas.DataFrame
        The rows of one backend and variant.

    Returns
    -------
    (n,) ndarray of float64

    Raises
    ------
    NoSuccessesError
        If no success of the largest part is there, as in the data of a cascade or in a very small sample.
    NotAStudyError
        If a failure of the largest part is missing.
    """
    sizes = study.groupby(["backend", "variant"], observed=True, sort=False).size()
    if len(part) == sizes.max():
        return np.ones(len(part))
    backend, variant = sizes.index[int(sizes.to_numpy().argmax())]
    whole = study[(study["backend"] == backend) & (study["variant"] == variant)]
    trusted = pd.Series(whole["trusted"].to_numpy(dtype=bool), index=whole["image_id"].to_numpy())
    succeeded = trusted.reindex(part["image_id"]).to_numpy()
    if pd.isna(succeeded).any():
        raise NotAStudyError(
            "a part of the study holds pictures that its largest part does not hold"
        )
    failures, sampled = int((~trusted).sum()), int(succeeded.astype(bool).sum())
    if len(part) - sampled != failures:
        raise NotAStudyError(
            "a part of the study misses pictures that the largest part lost, so that it is no study of every variant "
            "on every picture; run it again, without tables of the cascade"
        )
    if not sampled:
        raise NoSuccessesError(
            "a part of the study holds only pictures that the largest part lost, so that nobody knows what it does to "
            "the others; run it again, without tables of the cascade or with a larger study.successes"
        )
    return np.where(succeeded.astype(bool), (len(trusted) - failures) / sampled, 1.0)
