"""The verdict: causes of the failures in order, with shares, intervals and evidence; what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from modular_faces.config_causes import Cause
from modular_faces.failures.associations import Association
from modular_faces.failures.intervention_tables import SEVERAL
from modular_faces.failures.marks import find_signs, too_few_left
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.signs import DIRECTIONS, UNDONE_BY, sign_words
from modular_faces.inference.intervals import Interval, weighted_share

_LITTLE = 0.1
"""A sign that makes a smaller share of the successes fail, within chance, does no harm."""

Evidence = Literal["intervened", "associated", "placebo", "none"]


@dataclass(frozen=True)
class NamedCause:
    """A cause that the verdict names.

    Attributes
    ----------
    cause : str
        Name of the cause, or of the sign.
    words, remedy : str
        As in the config; a sign has no remedy.
    evidence : str
        `intervened`: undoing it brought failures back. `associated`: it goes along with failing and could not be
        undone, so that it may or may not be the cause.
    share : Interval
        Of all failures that were looked at: brought back beyond placebo, or showing the sign beyond successes.
    n : int
        Failures that were looked at.
    cured : int or None
        Failures that the remedy brought back.
    sign, sign_words : str
        What most tells these failures from successes: the sign itself, or what marks those that the remedy brought
        back; empty where nothing does.
    delta : Interval or None
        Cliff's delta of the sign.
    p : float or None
        Of the sign, corrected.
    measured : int
        Failures on which the sign was measured: the half that had no say in choosing it.
    """

    cause: str
    words: str
    remedy: str
    evidence: Evidence
    share: Interval
    n: int
    cured: int | None = None
    sign: str = ""
    sign_words: str = ""
    delta: Interval | None = None
    p: float | None = None
    measured: int = 0


@dataclass(frozen=True)
class LevelVerdict:
    """What is known about the failures of one level.

    Attributes
    ----------
    outcome : Outcome
    failed : Interval
        Share of the pictures that failed.
    examined : int
        Failures that were changed, or compared where nothing could be changed.
    causes : list of NamedCause
        By share.
    set_aside : list of NamedCause
        What goes along with failing but did no harm to successes when it was put in.
    remedies : pandas.DataFrame
        From the study of interventions.
    pictures : pandas.DataFrame
        image_id, cause, evidence: the probable cause of each failure that was examined.
    skipped : str or None
    notes : list of str
    """

    outcome: Outcome
    failed: Interval
    examined: int = 0
    causes: list[NamedCause] = field(default_factory=list)
    set_aside: list[NamedCause] = field(default_factory=list)
    remedies: pd.DataFrame = field(default_factory=pd.DataFrame)
    pictures: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"image_id": [], "cause": [], "evidence": []}, dtype=str
        )
    )
    skipped: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Evidences:
    """What the study of interventions found at one level.

    Attributes
    ----------
    shares, reverse, remedies : pandas.DataFrame
        Rows of this level of its tables.
    pictures : pandas.DataFrame
        image_id, cured_by, by_placebo of the failures that were changed.
    successes : list of str
        Successes that failures are compared with.
    """

    shares: pd.DataFrame
    reverse: pd.DataFrame
    remedies: pd.DataFrame
    pictures: pd.DataFrame
    successes: list[str]


def reach_verdict(
    outcome: Outcome,
    found: Evidences,
    signs: pd.DataFrame,
    *,
    causes: Mapping[str, Cause],
    confidence: float,
    least_association: float,
    seed: int,
    notes: Sequence[str] = (),
) -> LevelVerdict:
    """Weigh up what the studies found.

    Parameters
    ----------
    outcome : Outcome
    found : Evidences
    signs : pandas.DataFrame
        Indexed by image_id, a column per sign, in order of preference; NaN where a sign is not known.
    causes : mapping of str to Cause
    confidence, least_association : float
    seed : int
    notes : sequence of str, optional
        Sentences that come last.

    Returns
    -------
    LevelVerdict
    """
    verdict = LevelVerdict(
        outcome,
        weighted_share(outcome.failed, outcome.weights, confidence=confidence),
        notes=list(notes),
    )
    if outcome.too_few:
        return replace(verdict, skipped=outcome.too_few)
    named = [_intervened(row, causes) for row in found.shares.itertuples() if row.named]
    cured_by = [set(text.split(SEVERAL)) for text in found.pictures["cured_by"]]
    order = [one.cause for one in named]
    cured = np.array([not hits.isdisjoint(order) for hits in cured_by], dtype=bool)
    failures = found.pictures["image_id"].tolist()
    unexplained = [image_id for image_id, hit in zip(failures, cured, strict=True) if not hit]
    refuted = _refuted(found.reverse)
    search = partial(
        find_signs,
        successes=found.successes,
        confidence=confidence,
        least=least_association,
        seed=seed,
    )
    harmful = search(
        unexplained,
        signs=signs[[name for name in signs.columns if not _meanings(name) <= refuted]],
        directions=DIRECTIONS | {sign: not high for sign, high in refuted},
    )
    common = search(unexplained, signs=signs, directions=DIRECTIONS)
    harmless = [one for one in common if (one.sign, one.high) in refuted]
    back = {
        name: [i for i, by in zip(failures, cured_by, strict=True) if name in by] for name in order
    }
    marks = {name: search(back[name], signs=signs, directions=DIRECTIONS)[:1] for name in order}
    note = too_few_left(unexplained, found.successes)
    part = len(unexplained) / max(len(failures), 1)
    shown = signs.reindex(failures)
    return replace(
        verdict,
        examined=len(failures),
        causes=sorted(
            [
                *(_marked(one, marks[one.cause]) for one in named),
                *(_associated(one, part, len(failures)) for one in harmful),
            ],
            key=lambda one: -one.share.estimate,
        ),
        set_aside=[_associated(one, part, len(failures)) for one in harmless],
        remedies=found.remedies,
        pictures=_probable(failures, cured_by, order, harmful, shown, found.pictures),
        notes=[*([note] if note else []), *notes],
    )


def _intervened(row: object, causes: Mapping[str, Cause]) -> NamedCause:
    values = row._asdict()  # type: ignore[attr-defined]
    cause = causes[values["cause"]]
    return NamedCause(
        cause=values["cause"],
        words=cause.words,
        remedy=cause.remedy,
        evidence="intervened",
        share=Interval(values["share"], values["share_low"], values["share_high"]),
        n=int(values["n"]),
        cured=int(values["cured"]),
    )


def _marked(one: NamedCause, marks: Sequence[Association]) -> NamedCause:
    """Say what tells the failures that a remedy brought back from successes."""
    for mark in marks:
        words = sign_words(mark.sign, high=mark.high)
        return replace(
            one,
            sign=mark.sign,
            sign_words=words,
            delta=mark.delta,
            p=mark.p,
            measured=mark.n_failures,
        )
    return one


def _associated(one: Association, part: float, n: int) -> NamedCause:
    return NamedCause(
        cause=one.sign,
        words=sign_words(one.sign, high=one.high),
        remedy="",
        evidence="associated",
        share=Interval(*(part * value for value in one.excess)),
        n=n,
        sign=one.sign,
        sign_words=sign_words(one.sign, high=one.high),
        delta=one.delta,
        p=one.p,
        measured=one.n_failures,
    )


def _meanings(sign: str) -> set[tuple[str, bool]]:
    """The directions in which a sign says something."""
    return {(sign, high) for high in (False, True) if DIRECTIONS.get(sign, high) == high}


def _refuted(reverse: pd.DataFrame) -> set[tuple[str, bool]]:
    """Signs that were put into successes and did not make them fail."""
    if reverse.empty:
        return set()
    tried = reverse[reverse["change"] == "put_in"]
    harm = (tried["corrected_low"] > 0) | (tried["share"] >= _LITTLE)
    harm = harm.groupby(tried["cause"]).any()
    harmless = set(harm.index[~harm.to_numpy(dtype=bool)])
    return {sign for sign, cause in UNDONE_BY.items() if cause in harmless}


def _probable(
    failures: Sequence[str],
    cured_by: Sequence[set[str]],
    order: Sequence[str],
    associations: Sequence[Association],
    signs: pd.DataFrame,
    pictures: pd.DataFrame,
) -> pd.DataFrame:
    """Give each failure the first named cause that brought it back, else the first sign that it shows."""
    shown = {
        one.sign: one.shown_by(signs[one.sign].to_numpy(dtype=np.float64)) for one in associations
    }
    by_placebo = pictures["by_placebo"].to_numpy(dtype=bool)
    rows: list[tuple[str, str, Evidence]] = []
    for place, image_id in enumerate(failures):
        cure = next((name for name in order if name in cured_by[place]), None)
        sign = next((name for name, hits in shown.items() if hits[place]), None)
        if cure is not None:
            rows.append((image_id, cure, "intervened"))
        elif sign is not None:
            rows.append((image_id, sign, "associated"))
        elif by_placebo[place]:
            rows.append((image_id, "on_the_edge", "placebo"))
        else:
            rows.append((image_id, "unexplained", "none"))
    return pd.DataFrame(rows, columns=["image_id", "cause", "evidence"])
