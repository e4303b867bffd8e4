r"""Choose what `landmark_quality` is made of, by the people of the group `calibrate` alone.

    python docs/measurements/landmarks/choose_quality.py --readings build/readings_*.npz \
        --renders build/renders --data ../shared/data

Each kind of stress is left out in turn, the model is fitted to the others, and judged on the one left out,
on the readings of the cascade and of its attempts alone (``collect.py --alone``). Tried are the numbers with and
without the detector's score, how dear slopes are, and when a face is read twice. The rule: the greatest Brier
skill with the second look where the first leaves doubt; of candidates no more than `AS_GOOD` behind it the one
with the fewest numbers, and then the best. Reading every face twice would be chosen where that gains more than
`WORTH_READING_TWICE`. Neither the kinds in `stress.HELD_OUT` nor anybody of another group has a say.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fit_quality import DOUBTFUL, logistic, source_weights
from numpy.typing import NDArray
from quality_report import area_under_curve, brier_skill
from readings import Readings, load
from stress import HELD_OUT

from modular_faces.face_model import FaceModel
from modular_faces.landmark_quality import FIRST_LOOK, SECOND_LOOK

Array = NDArray[np.float64]

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
AS_GOOD = 0.01
WORTH_READING_TWICE = 0.02
NUMBERS = (*FIRST_LOOK, *SECOND_LOOK)
LARGEST_LOGIT = 20.0


@dataclass(frozen=True)
class Judged:
    """Probabilities of faces whose kind of stress was left out of the fit, and whether they are right."""

    first: Array
    both: Array
    right: NDArray[np.bool_]

    @property
    def delivered(self) -> Array:
        """Both looks where the first leaves doubt."""
        low, high = DOUBTFUL
        return np.where((self.first > low) & (self.first < high), self.both, self.first)


def score_logit(readings: Readings) -> Array:
    """Logit of the detector's score; 0 where the mesh was read from the frame."""
    score = np.clip(readings.numbers("score"), 1e-9, 1 - 1e-9)
    return np.clip(np.nan_to_num(np.log(score / (1 - score))), -LARGEST_LOGIT, LARGEST_LOGIT)


def leave_each_kind_out(readings: Readings, *, with_score: bool, penalty: float) -> Judged:
    """Fit to all kinds but one and judge that one, for every kind of stress of a face.

    Parameters
    ----------
    readings : Readings
    with_score : bool
        Whether the model gets the detector's score, too.
    penalty : float
        Of `fit_quality.logistic`.
    """
    kind, source = readings.text("kind"), readings.text("source")
    taught = np.isfinite(readings.features[:, 0]) & ~readings.doubtful
    taught &= ~np.isin(kind, sorted(HELD_OUT)) & (readings.text("group") == "calibrate")
    more = [score_logit(readings)] if with_score else []
    parts = [
        np.column_stack([readings.features[:, : len(names)], *more])
        for names in (FIRST_LOOK, NUMBERS)
    ]
    judged = np.zeros(len(kind), bool)
    given = np.zeros((2, len(kind)))
    for one in dict.fromkeys(kind[taught & (source != "none")].tolist()):
        fitted, tried = taught & (kind != one), taught & (kind == one)
        judged |= tried
        weights = source_weights(source[fitted])
        for look, features in enumerate(parts):
            intercept, slopes = logistic(
                features[fitted], readings.right[fitted], weights, penalty=penalty
            )
            linear = np.clip(intercept + features[tried] @ slopes, -50, 50)
            given[look, tried] = 1 / (1 + np.exp(-linear))
    return Judged(given[0, judged], given[1, judged], readings.right[judged])


def main() -> None:
    """Print a row per candidate and say which one the rule takes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readings", type=Path, nargs="+", required=True)
    parser.add_argument("--data", type=Path, help="OMI and OpenFace")
    parser.add_argument("--renders", type=Path, required=True)
    options = parser.parse_args()
    readings = load(FaceModel.load(None), options.readings, options.renders, options.data)
    skill: dict[tuple[bool, float], tuple[float, float]] = {}
    print(
        "| numbers | penalty | n | AUROC first, delivered, both | Brier skill |\n|---|---|---|---|---|"
    )
    for with_score, name in ((False, "without the score"), (True, "and the score")):
        for penalty in PENALTIES:
            judged = leave_each_kind_out(readings, with_score=with_score, penalty=penalty)
            looks = (judged.first, judged.delivered, judged.both)
            curves = [area_under_curve(look, judged.right) for look in looks]
            skills = [brier_skill(look, judged.right) for look in looks]
            skill[with_score, penalty] = skills[1], skills[2]
            print(
                f"| {name} | {penalty:g} | {len(judged.right)} | "
                + "{:.3f}, {:.3f}, {:.3f}".format(*curves)
                + " | "
                + "{:.3f}, {:.3f}, {:.3f} |".format(*skills)
            )
    most = max(delivered for delivered, _ in skill.values())
    as_good = [one for one in skill if skill[one][0] >= most - AS_GOOD]
    best = min(as_good, key=lambda one: (one[0], -skill[one][0]))
    delivered, both = skill[best]
    look = "always" if both - delivered > WORTH_READING_TWICE else "doubtful"
    numbers = "with" if best[0] else "without"
    print(f"\nchosen: {numbers} the score, penalty {best[1]:g}, second look {look}")


if __name__ == "__main__":
    main()
