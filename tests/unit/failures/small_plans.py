"""Small plans of interventions, for tests of plans, runs and tables."""

from __future__ import annotations

import numpy as np

from modular_faces.config_causes import CAUSES, PLACEBOS, Cause
from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.intervention_plan import plan_interventions
from modular_faces.failures.outcome import Level, Outcome
from modular_faces.failures.picture_measures import MEASURES
from modular_faces.variants import Steps

DARK: Steps = [{"darken": {"to": 20}}]
FEW: dict[str, Cause] = {name: CAUSES[name] for name in ("dark", "tight_framing", "grey")}
N = 40


def lost_first(lost: int, n: int = N, level: Level = "trusted") -> Outcome:
    """Give the outcome of pictures of which the first ones are lost."""
    failed = np.arange(n) < lost
    ids = [f"{place:04d}.png" for place in range(n)]
    return Outcome("mesh", "original", level, ids, failed, np.ones(n), None, None)


def measures(n: int = N) -> dict[str, np.ndarray]:
    """Give measures that rise by one from picture to picture."""
    return {name: np.arange(n, dtype=np.float64) + 50 for name in MEASURES}


def plan_of(one: Outcome, *, sample: int = 1000, seed: int = 1) -> InterventionPlan:
    """Plan the changes of few causes."""
    n = len(one.failed)
    return plan_interventions(
        [one], measures(n), causes=FEW, placebos=PLACEBOS, sample=sample, seed=seed
    )
