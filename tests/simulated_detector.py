"""A detector whose rule is known, and pictures of which it is known why it fails on them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.backends import Answer, Backend, Face, Stage, one_by_one
from modular_faces.config_causes import Cause, Interventions
from modular_faces.config_failures import Failures
from modular_faces.descriptors import DESCRIPTOR_NAMES, describe_picture
from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.intervention_plan import plan_interventions, without_changes
from modular_faces.failures.intervention_rows import share_table
from modular_faces.failures.intervention_runs import run_conditions
from modular_faces.failures.intervention_tables import (
    Interventions as Result,
)
from modular_faces.failures.intervention_tables import interventions_at
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.picture_measures import brightness
from modular_faces.failures.signs import sign_order
from modular_faces.failures.verdict import Evidences, LevelVerdict, reach_verdict
from modular_faces.variants import Applied, Steps, apply_variant

Picture = NDArray[np.uint8]
Rule = Callable[[Picture], bool]


class SimulatedDetector:
    """Finds a face wherever its rule holds."""

    frame_finds = False
    mesh_partners = None

    def __init__(self, rule: Rule, *, name: str = "simulated") -> None:
        self._rule = rule
        self.name = name

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        return one_by_one(pictures, self._faces)

    def certainty(self, face: Face) -> float:
        return face.detector_score

    def _faces(self, picture: Picture) -> Sequence[Face]:
        if not self._rule(picture):
            return []
        points = np.zeros((68, 2))
        return [Face(points, np.array([0.0, 0, 1, 1]), None, detector_score=1.0, mesh_presence=1.0)]


def chance_rule(share: float, seed: int) -> Rule:
    """Find a share of all pictures at random: any changed pixel draws anew, the same picture never does."""

    def rule(picture: Picture) -> bool:
        digest = hashlib.blake2b(
            picture.tobytes(), digest_size=8, key=f"{seed} {picture.shape}".encode()
        ).digest()
        return int.from_bytes(digest) / 2**64 < share

    return rule


def middle(picture: Picture) -> Picture:
    """The central third: what no border and no crop of the frame replaces."""
    height, width = picture.shape[:2]
    inner = picture[height // 3 : height - height // 3, width // 3 : width - width // 3]
    return np.ascontiguousarray(inner)


def bright_enough(picture: Picture) -> bool:
    """Whether the middle of the picture is not dark."""
    return brightness(middle(picture)) > 45


def face_like(seed: int, *, side: int = 40) -> Picture:
    """Draw a textured disc on an even background, of varying light, contrast and colour."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    centre = (side - 1) / 2 + generator.uniform(-1, 1, 2)
    radius = side * generator.uniform(0.27, 0.33)
    inside = np.hypot(x - centre[0], y - centre[1]) < radius
    pattern = generator.normal(0, 1, (side, side))
    light = generator.uniform(95, 150)
    depth = generator.uniform(18, 30)
    grey = np.full((side, side), light) + generator.normal(0, 2, (side, side))
    grey[inside] += depth * (0.6 + pattern[inside])
    tint = generator.uniform(0.85, 1.1, 3)
    noise = generator.normal(0, 2, (side, side, 3))
    return np.clip(np.rint(grey[..., None] * tint + noise), 0, 255).astype(np.uint8)


def face_likes(
    n: int, *, seed: int, spoil: Mapping[int, Steps], side: int = 40
) -> dict[str, Picture]:
    """Draw n pictures; those at the given places are changed by these steps."""
    return {
        f"{place:04d}.png": apply_variant(
            face_like(seed * 100_000 + place, side=side), spoil.get(place, [])
        ).picture
        for place in range(n)
    }


@dataclass(frozen=True)
class Simulation:
    """A whole study on pictures in memory."""

    outcome: Outcome
    plan: InterventionPlan
    result: Result | None
    verdict: LevelVerdict

    @property
    def names(self) -> list[str]:
        return [one.cause for one in self.verdict.causes]

    def share(self, cause: str) -> tuple[float, float, float]:
        return next(one.share for one in self.verdict.causes if one.cause == cause)


def simulate(
    pictures: Mapping[str, Picture],
    rule: Rule,
    *,
    options: Interventions | None = None,
    runnable: bool = True,
    failed: NDArray[np.bool_] | None = None,
) -> Simulation:
    """Run the studies of interventions and the verdict on pictures in memory, with a detector of known rule."""
    lost = np.array([not rule(one) for one in pictures.values()]) if failed is None else failed
    return study_of(pictures, SimulatedDetector(rule), lost, options=options, runnable=runnable)


def study_of(
    pictures: Mapping[str, Picture],
    backend: Backend,
    failed: NDArray[np.bool_],
    *,
    options: Interventions | None,
    runnable: bool = True,
) -> Simulation:
    """Run the studies of interventions and the verdict on pictures in memory."""
    section, seed = Failures(), 1
    tried = options or section.interventions
    causes: dict[str, Cause] = tried.all_causes()
    described = describe(pictures)
    outcome = Outcome(
        backend.name,
        "original",
        "trusted",
        list(pictures),
        failed,
        np.ones(len(failed)),
        None,
        None,
    )
    plan = plan_interventions(
        [outcome],
        {name: described[name].to_numpy() for name in ("brightness", "contrast", "sharpness")},
        causes=causes,
        placebos=tried.placebos,
        sample=1000,
        seed=seed,
    )
    if not runnable:
        plan = without_changes(plan, "Nothing can be run.")
    result = None
    if plan.conditions:
        wanted = plan.pictures("failure") | plan.pictures("success")
        chosen = [item for item in pictures.items() if item[0] in wanted]
        runs = run_conditions(plan, chosen, backend, variant=[], accept=0.5).to_pandas()
        result = interventions_at(
            "trusted", plan, runs, causes=causes, confidence=0.95, least_share=0.0
        )
    verdict = reach_verdict(
        outcome,
        evidences(plan, result),
        described,
        causes=causes,
        confidence=0.95,
        least_association=section.verdict.least_association,
        seed=seed,
    )
    return Simulation(outcome, plan, result, verdict)


def describe(pictures: Mapping[str, Picture]) -> pd.DataFrame:
    """Descriptors of pictures in memory, in the order in which signs are preferred."""
    values = [describe_picture(picture)[0] for picture in pictures.values()]
    table = pd.DataFrame(values, index=list(pictures), columns=list(DESCRIPTOR_NAMES))
    return table[[name for name in sign_order() if name in table.columns]]


def evidences(plan: InterventionPlan, result: Result | None) -> Evidences:
    """Hand the study over to the verdict without files."""
    if result is None:
        failures = list(plan.failures.get("trusted", []))
        none = pd.DataFrame({"image_id": failures, "cured_by": "", "by_placebo": False})
        empty = pd.DataFrame()
        return Evidences(empty, empty, empty, none, list(plan.successes.get("trusted", [])))
    return Evidences(
        shares=share_table(result.shares),
        reverse=result.reverse,
        remedies=result.remedies,
        pictures=result.pictures,
        successes=list(plan.successes["trusted"]),
    )
