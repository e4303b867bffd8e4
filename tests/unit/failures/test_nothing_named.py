"""What is said where no cause is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modular_faces.config_causes import CAUSES, Interventions
from modular_faces.failures.intervention_report import write_interventions
from modular_faces.inference.intervals import Interval
from modular_faces.variants import Steps
from simulated_detector import bright_enough, face_likes, simulate

DARK: Steps = [{"darken": {"to": 20}}]
FEW = {name: CAUSES[name] for name in ("dark", "tight_framing", "grey")}


@pytest.mark.parametrize(
    ("low", "end"),
    [
        (-0.01, "after correction for 1 cause."),
        (
            0.01,
            "for 1 cause; nearest to it came brightening, 3.0 % (1.0 to 5.0 %) beyond placebo by itself.",
        ),
    ],
)
def test_that_nothing_is_named_says_the_correction(low: float, end: str, tmp_path: Path) -> None:
    pictures = face_likes(60, seed=5, spoil=dict.fromkeys(range(25), DARK))
    options = Interventions(without=[name for name in CAUSES if name not in FEW])
    done = simulate(pictures, bright_enough, options=options)
    assert done.result is not None
    dark = next(share for share in done.result.shares if share.cause == "dark")
    near = replace(
        dark, named=False, share=Interval(0.03, low, 0.05), corrected=Interval(0.03, -0.02, 0.07)
    )
    result = replace(done.result, shares=[near])
    report = write_interventions(
        [(done.outcome, result)], causes=FEW, folder=tmp_path, notes=[], confidence=0.95
    )
    assert report.findings[1].endswith(end)
