"""The plan of the interventions, made once from the outcome: which pictures are drawn, and at which doses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from modular_faces.config_causes import Cause, Steps, percentages_of, with_doses
from modular_faces.failures.conditions import Condition, InterventionPlan, Kind
from modular_faces.failures.hash_order import hash_order
from modular_faces.failures.outcome import Level, Outcome

CANNOT_RUN = (
    "The outcome comes from outputs that existed already or from a service that charges for every picture, and "
    "is not asked again for changed pictures: nothing could be intervened on, and everything is only associated "
    "with failing."
)
"""Why nothing is tried on the failures of a program that is not there."""

RANGE = (1, 99)
"""Percentiles of the successes' measures that a changed picture must stay between."""


def plan_interventions(
    outcomes: Iterable[Outcome],
    measures: Mapping[str, NDArray[np.float64]],
    *,
    causes: Mapping[str, Cause],
    placebos: Mapping[str, Steps],
    sample: int,
    seed: int,
) -> InterventionPlan:
    """Draw the pictures and set the doses.

    Parameters
    ----------
    outcomes : iterable of Outcome
        One for each level that is studied, over the same pictures.
    measures : mapping of str to (n,) ndarray of float64
        Measures of these pictures, before any change.
    causes, placebos : mapping
        From the config.
    sample : int
        Most pictures of each kind and level.
    seed : int

    Returns
    -------
    InterventionPlan
        One draw of pictures with landmarks serves both levels, unless fewer than half of it are trusted.
        Doses that are percentiles are taken at the level with the most failures. Where more than a quarter of `sample`
        successes are drawn, each dose is given to so many of them; placebos are given to all, so that every dose is
        compared with the placebos of its own pictures.
    """
    levels = {outcome.level: outcome for outcome in outcomes}
    strictest = max(levels.values(), key=lambda outcome: int(outcome.failed.sum()))
    if strictest.too_few:
        return InterventionPlan(skipped=strictest.too_few)
    drawn = {level: one for level, one in levels.items() if not one.too_few}
    return InterventionPlan(
        conditions=list(_conditions(causes, placebos, strictest, measures)),
        failures={level: _sample(one, one.failed, sample, seed) for level, one in drawn.items()},
        successes=_successes(drawn, sample, seed),
        ranges={
            name: _range(values[~strictest.failed])
            for name, values in measures.items()
            if any(cause.measure == name for cause in causes.values())
        },
        most_of_a_dose=sample // 4,
    )


def without_changes(plan: InterventionPlan, sentence: str) -> InterventionPlan:
    """Keep the drawn pictures and try nothing on them; the sentence says why."""
    return replace(plan, conditions=[], ranges={}, skipped=plan.skipped or sentence)


def _sample(outcome: Outcome, chosen: NDArray[np.bool_], most: int, seed: int) -> list[str]:
    image_ids = [outcome.image_ids[place] for place in np.flatnonzero(chosen)]
    return [image_ids[place] for place in hash_order(image_ids, seed=seed)[:most]]


def _successes(outcomes: Mapping[Level, Outcome], sample: int, seed: int) -> dict[str, list[str]]:
    drawn: dict[str, list[str]] = {
        level: _sample(one, ~one.failed, sample, seed) for level, one in outcomes.items()
    }
    if len(drawn) > 1:
        trusted = outcomes["trusted"]
        lost = {trusted.image_ids[place] for place in np.flatnonzero(trusted.failed)}
        shared = [image_id for image_id in drawn["found"] if image_id not in lost]
        if 2 * len(shared) >= sample:
            drawn["trusted"] = shared
    return drawn


def _range(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.nanpercentile(values, RANGE)
    return round(float(low), 4), round(float(high), 4)


def _conditions(
    causes: Mapping[str, Cause],
    placebos: Mapping[str, Steps],
    outcome: Outcome,
    measures: Mapping[str, NDArray[np.float64]],
) -> Iterator[Condition]:
    both: tuple[Kind, ...] = ("failure", "success")
    yield Condition("unchanged", "unchanged", "", "", [], "detector", None, both)
    for name, steps in placebos.items():
        yield Condition(f"placebo_{name}", "placebo", "", name, steps, "detector", None, both)
    for name, cause in causes.items():
        of_successes = _quantiles(cause, cause.undo, outcome, measures, failed=False)
        for dose, steps in cause.undo.items():
            strongest = dose == list(cause.undo)[-1]
            yield Condition(
                name=f"undo_{name}_{dose}",
                role="undo",
                cause=name,
                dose=dose,
                steps=with_doses(steps, of_successes),
                box=cause.box,
                measure=cause.measure,
                on=both if strongest else ("failure",),
                deal=(0, 1),
            )
        of_failures = _quantiles(cause, cause.put_in, outcome, measures, failed=True)
        for number, (dose, steps) in enumerate(cause.put_in.items()):
            yield Condition(
                name=f"put_in_{name}_{dose}",
                role="put_in",
                cause=name,
                dose=dose,
                steps=with_doses(steps, of_failures),
                box=cause.box,
                measure=None,
                on=("success",),
                deal=(number, len(cause.put_in)),
            )


_LIMITS = {"brightness": (1.0, 254.0), "contrast": (1.0, 127.0), "sharpness": (0.1, 20.0)}
"""What the steps accept."""


def _quantiles(
    cause: Cause,
    doses: Mapping[str, Steps],
    outcome: Outcome,
    measures: Mapping[str, NDArray[np.float64]],
    *,
    failed: bool,
) -> dict[int, float]:
    asked = percentages_of(doses)
    if not asked or cause.measure is None:
        return {}
    values = measures[cause.measure][outcome.failed == failed]
    low, high = _LIMITS[cause.measure]
    return {
        percentage: round(min(max(float(np.nanpercentile(values, percentage)), low), high), 2)
        for percentage in asked
    }
