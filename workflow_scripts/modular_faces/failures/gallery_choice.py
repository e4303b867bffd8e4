"""Which lost pictures the gallery shows: a few of every probable cause."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import pyarrow.parquet as pq

from modular_faces.failures.outcome import Outcome

LEAST_OF_A_CAUSE: Final = 8
"""Each cause shows as many pictures as this, where it has them, however rare it is."""


@dataclass(frozen=True)
class Lost:
    """Pictures that will be shown.

    Attributes
    ----------
    causes : mapping of str to sequence of str
        Image ids by probable cause, the most frequent cause first.
    failures : mapping of str to int
        How many failures each cause has.
    words : mapping of str to str
        What each cause is called.
    """

    causes: Mapping[str, Sequence[str]]
    failures: Mapping[str, int]
    words: Mapping[str, str]

    @property
    def image_ids(self) -> list[str]:
        """Every picture that is shown."""
        return [image_id for ids in self.causes.values() for image_id in ids]


def probable_causes(
    paths: Iterable[str | os.PathLike[str]], outcome: Outcome
) -> tuple[dict[str, str], dict[str, str]]:
    """Read what the verdict takes for the cause of each failure.

    Parameters
    ----------
    paths : iterable of path-like
        `probable_causes.parquet`, or nothing; with image_id, level, cause, words.
    outcome : Outcome

    Returns
    -------
    causes : dict of str to str
        By image id, in the order of the outcome; empty where there is no verdict at its level.
    words : dict of str to str
        What each cause is called.
    """
    causes: dict[str, str] = {}
    words: dict[str, str] = {}
    for path in paths:
        table = pq.read_table(path, use_threads=False, partitioning=None).to_pandas()
        rows = table[table["level"] == outcome.level]
        causes |= dict(zip(rows["image_id"], rows["cause"], strict=True))
        words |= dict(zip(rows["cause"], rows["words"], strict=True))
    return {name: causes[name] for name in outcome.image_ids if name in causes}, words


def causes_by_rescue(outcome: Outcome, study: pd.DataFrame) -> dict[str, str]:
    """Say of every failure what brought it back, as the nearest thing to a cause.

    Parameters
    ----------
    outcome : Outcome
    study : pandas.DataFrame
        Of `modular_faces.failures.study_files.load_study`.

    Returns
    -------
    dict of str to str
        By image id, in the order of the outcome. Of several variants that bring a picture back, the one that
        brings back most pictures counts.
    """
    lost = [i for i, failed in zip(outcome.image_ids, outcome.failed, strict=True) if failed]
    saved = study[study["image_id"].isin(lost) & study[outcome.level].astype(bool)]
    attempts = saved.groupby(["backend", "variant"], observed=True, sort=False)["image_id"]
    by_attempt = {name: set(ids) for name, ids in attempts}
    order = sorted(by_attempt, key=lambda name: (-len(by_attempt[name]), name))
    causes = {}
    for image_id in lost:
        found = next((name for name in order if image_id in by_attempt[name]), None)
        causes[image_id] = _saved_by(outcome, found)
    return causes


def _saved_by(outcome: Outcome, attempt: tuple[str, str] | None) -> str:
    if attempt is None:
        return "saved by nothing that was tried"
    backend, variant = attempt
    return (
        f"saved by {variant}" if backend == outcome.backend else f"saved by {backend} on {variant}"
    )


def choose_lost(causes: Mapping[str, str], words: Mapping[str, str], *, most: int) -> Lost:
    """Choose the pictures to show: from each cause as many as it has failures, but a few of each.

    Parameters
    ----------
    causes : mapping of str to str
        Probable cause of each failure, in the order of the table, which is that of a hash.
    words : mapping of str to str
        What causes are called, where that differs.
    most : int
        Most pictures in all.
    """
    by_cause: dict[str, list[str]] = {}
    for image_id, cause in causes.items():
        by_cause.setdefault(cause, []).append(image_id)
    ordered = dict(sorted(by_cause.items(), key=lambda item: (-len(item[1]), item[0])))
    share = most / max(len(causes), 1)
    quotas = {
        cause: min(len(ids), max(LEAST_OF_A_CAUSE, int(share * len(ids))))
        for cause, ids in ordered.items()
    }
    left = most
    chosen: dict[str, list[str]] = {}
    for cause in sorted(ordered, key=lambda name: (quotas[name], name)):
        taken = min(quotas[cause], left)
        chosen[cause] = ordered[cause][:taken]
        left -= taken
    return Lost(
        causes={cause: chosen[cause] for cause in ordered if chosen[cause]},
        failures={cause: len(ids) for cause, ids in ordered.items()},
        words={cause: words.get(cause, cause) for cause in ordered},
    )
