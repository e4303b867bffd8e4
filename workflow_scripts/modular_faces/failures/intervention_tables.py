"""The tables of the study of interventions, at one level of one outcome."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from modular_faces.config_causes import Cause
from modular_faces.failures.conditions import Condition, InterventionPlan
from modular_faces.failures.cures import (
    BoolArray,
    CauseShare,
    Overlap,
    any_of,
    beyond_chance,
    chance_of_any,
    overlaps,
    shares_of_causes,
)
from modular_faces.failures.intervention_trials import Trials
from modular_faces.failures.remedies import best_cascade
from modular_faces.inference.intervals import Interval, wilson

SEVERAL = " + "
"""Stands between the causes that cured the same picture."""


@dataclass(frozen=True)
class Interventions:
    """What changes did to failures and successes at one level.

    Attributes
    ----------
    n_failures, n_successes : int
        Pictures that were changed and whose outcome came out the same when it was repeated.
    unrepeated : int
        Failures and successes that came out otherwise when the same thing was done again; left out.
    passed_over : int
        Changes of single pictures that were not tried because the picture would have become too large; they count
        neither as a cure nor as a loss.
    shares : list of CauseShare
    overlap : list of Overlap
        Of the causes that count, see `telling`.
    doses : pandas.DataFrame
        A row per dose of each cause and per placebo, on failures.
    reverse : pandas.DataFrame
        A row per change, on successes.
    pictures : pandas.DataFrame
        A row per failure: image_id, cured_by, by_placebo.
    remedies : pandas.DataFrame
        Changes to try one after the other: cause, dose, steps (JSON), box, n, cured, adds, and by_placebos: how many
        failures as many placebos would bring back as were tried so far.
    """

    n_failures: int
    n_successes: int
    unrepeated: int
    passed_over: int
    shares: list[CauseShare]
    overlap: list[Overlap]
    doses: pd.DataFrame
    reverse: pd.DataFrame
    pictures: pd.DataFrame
    remedies: pd.DataFrame

    @property
    def named(self) -> list[CauseShare]:
        """Causes that count, in order."""
        return [share for share in self.shares if share.named]


def telling(shares: Iterable[CauseShare]) -> list[str]:
    """Causes whose share surely exceeds nothing, whether or not they add to those before them."""
    return [one.cause for one in shares if one.corrected.low > 0]


def interventions_at(
    level: str,
    plan: InterventionPlan,
    runs: pd.DataFrame,
    *,
    causes: Mapping[str, Cause],
    confidence: float,
    least_share: float,
) -> Interventions:
    """Evaluate what was run.

    A failure of either level is brought back when its landmarks are trusted: a changed picture on which a detector
    sees something that is no face cures nothing.

    Parameters
    ----------
    level : str
    plan : InterventionPlan
    runs : pandas.DataFrame
        As `modular_faces.failures.intervention_runs.run_conditions` gives it, of all shards.
    causes : mapping of str to Cause
    confidence, least_share : float
    """
    found, sure = Trials(level, plan, runs), Trials("trusted", plan, runs)
    failures = [i for i in plan.failures[level] if not found.unchanged(i)]
    successes = [i for i in plan.successes[level] if found.unchanged(i)]
    drawn = len(plan.failures[level]) + len(plan.successes[level])
    placebos = sure.cured(failures, _of(plan, "placebo"))
    cures = {
        name: sure.cured(failures, chosen)
        for name in causes
        if (chosen := [c for c in _of(plan, "undo") if c.cause == name])
    }
    shares = shares_of_causes(
        cures,
        placebos,
        confidence=confidence,
        least_share=least_share,
        nameless=[name for name in cures if causes[name].box == "frame"],
    )
    return Interventions(
        n_failures=len(failures),
        n_successes=len(successes),
        unrepeated=drawn - len(failures) - len(successes),
        passed_over=_passed_over(found, level, failures, successes, plan),
        shares=shares,
        overlap=overlaps(cures, placebos, telling(shares)),
        doses=_dose_table(sure, failures, plan, confidence=confidence),
        reverse=_reverse_table(found, level, successes, plan, confidence=confidence),
        pictures=_picture_table(failures, cures, placebos),
        remedies=_remedy_table(sure, failures, plan, placebos, telling(shares)),
    )


def _of(plan: InterventionPlan, role: str) -> list[Condition]:
    return [condition for condition in plan.conditions if condition.role == role]


def _passed_over(
    found: Trials,
    level: str,
    failures: Sequence[str],
    successes: Sequence[str],
    plan: InterventionPlan,
) -> int:
    """Count the changes that were meant for a picture and not tried on it."""
    missing = 0
    for condition in plan.conditions:
        meant: list[str] = []
        if "failure" in condition.on:
            meant += failures
        if "success" in condition.on:
            dealt = plan.dealt(level, condition)
            meant += [image_id for image_id in successes if image_id in dealt]
        missing += len(meant) - len(found.tried(meant, condition))
    return missing


def interval_cells(prefix: str, interval: Interval) -> dict[str, object]:
    """Cells of an estimate and its limits."""
    return {
        prefix: interval.estimate,
        f"{prefix}_low": interval.low,
        f"{prefix}_high": interval.high,
    }


def _dose_table(
    found: Trials, failures: Sequence[str], plan: InterventionPlan, *, confidence: float
) -> pd.DataFrame:
    placebos = _of(plan, "placebo")
    rows: list[dict[str, object]] = []
    for condition in [*placebos, *_of(plan, "undo")]:
        changed = found.tried(failures, condition)
        n = len(changed)
        cured = any_of(found.cured(changed, [condition]))
        chance = chance_of_any(found.cured(changed, placebos), draws=1)
        share = beyond_chance(cured, chance, n=n, confidence=confidence)
        rows.append(
            _named(condition)
            | {"n": n, "cured": int(cured.sum())}
            | interval_cells("rate", wilson(int(cured.sum()), n, confidence=confidence))
            | {"placebo_rate": float(chance.mean()) if n else float("nan")}
            | interval_cells("share", share)
        )
    return pd.DataFrame(rows)


def _reverse_table(
    found: Trials,
    level: str,
    successes: Sequence[str],
    plan: InterventionPlan,
    *,
    confidence: float,
) -> pd.DataFrame:
    placebos = _of(plan, "placebo")
    tried = [c for c in plan.conditions if "success" in c.on and c.role in ("undo", "put_in")]
    corrected = 1 - (1 - confidence) / max(len(tried), 1)
    rows: list[dict[str, object]] = []
    for condition in [*placebos, *tried]:
        dealt = plan.dealt(level, condition)
        meant = [image_id for image_id in successes if image_id in dealt]
        changed = found.tried(meant, condition)
        n = len(changed)
        lost = any_of(found.lost(changed, [condition]))
        chance = chance_of_any(found.lost(changed, placebos), draws=1)
        limits = beyond_chance(lost, chance, n=n, confidence=corrected)
        rows.append(
            _named(condition)
            | {"n": n, "lost": int(lost.sum())}
            | interval_cells("rate", wilson(int(lost.sum()), n, confidence=confidence))
            | {"placebo_rate": float(chance.mean()) if n else float("nan")}
            | interval_cells("share", beyond_chance(lost, chance, n=n, confidence=confidence))
            | {"corrected_low": limits.low, "corrected_high": limits.high}
        )
    return pd.DataFrame(rows)


def _named(condition: Condition) -> dict[str, object]:
    return {"change": condition.role, "cause": condition.cause, "dose": condition.dose}


def _picture_table(
    failures: Sequence[str], cures: Mapping[str, BoolArray], placebos: BoolArray
) -> pd.DataFrame:
    hits = {name: any_of(matrix) for name, matrix in cures.items()}
    return pd.DataFrame(
        {
            "image_id": list(failures),
            "cured_by": [
                SEVERAL.join(name for name, hit in hits.items() if hit[row])
                for row in range(len(failures))
            ],
            "by_placebo": any_of(placebos),
        }
    )


def _remedy_table(
    found: Trials,
    failures: Sequence[str],
    plan: InterventionPlan,
    placebos: BoolArray,
    causes: Sequence[str],
) -> pd.DataFrame:
    tried = {one.name: one for one in _of(plan, "undo") if one.cause in causes}
    cured = {name: any_of(found.cured(failures, [one])) for name, one in tried.items()}
    most = placebos.shape[1]
    rows: list[dict[str, object]] = [
        {
            "cause": tried[remedy.condition].cause,
            "dose": tried[remedy.condition].dose,
            "steps": json.dumps(tried[remedy.condition].steps),
            "box": tried[remedy.condition].box,
            "n": len(failures),
            "cured": remedy.cured,
            "adds": remedy.adds,
            "by_placebos": float(chance_of_any(placebos, draws=min(place, most)).sum())
            if most
            else 0.0,
        }
        for place, remedy in enumerate(best_cascade(cured, placebos), start=1)
    ]
    columns = ["cause", "dose", "steps", "box", "n", "cured", "adds", "by_placebos"]
    return pd.DataFrame(rows, columns=columns)
