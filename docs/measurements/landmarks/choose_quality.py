r"""Choose what `landmark_quality` is made of, by the people of the group `calibrate` alone.

    python docs/measurements/landmarks/choose_quality.py --readings build/readings_*.npz build/alone_*.npz \
        --renders build/renders --data ../shared/data

Each kind of stress is left out in turn, the model is fitted to the others, and judged on the one left out,
on the readings of the cascade and of its attempts alone (``collect.py --alone``). Tried are the numbers with and
without the detector's score, how dear slopes are, and when a face is read twice.

The rule: of the candidates that trust so few of the pictures without a face that the upper 95 % bound of their
share is at most `WORST_SHARE`, the one with the greatest Brier skill with the second look where the first leaves
doubt. Reading every face twice would be chosen where that gains more than `WORTH_READING_TWICE`. Neither the
kinds in `stress.HELD_OUT` nor anybody of another group has a say.
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
from report import upper_bound
from stress import HELD_OUT

from modular_faces.face_model import FaceModel
from modular_faces.landmark_quality import FIRST_LOOK, SECOND_LOOK

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
WORST_SHARE = 0.01
WORTH_READING_TWICE = 0.02
TRUST = 0.5
NUMBERS = (*FIRST_LOOK, *SECOND_LOOK)


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


def used_columns(names: tuple[str, ...], without: set[str]) -> list[int]:
    """Columns of the features that a model gets."""
    return [k for k, name in enumerate(NUMBERS) if name in names and name not in without]


def both_looks(
    readings: Readings, fitted: Bools, tried: Bools, *, without: set[str], penalty: float
) -> list[Array]:
    """Fit to some readings and give the probability of others by the first look and by both."""
    weights = source_weights(readings.text("source")[fitted])
    looks = []
    for names in (FIRST_LOOK, NUMBERS):
        features = readings.features[:, used_columns(names, without)]
        intercept, slopes = logistic(
            features[fitted], readings.right[fitted], weights, penalty=penalty
        )
        linear = np.clip(intercept + features[tried] @ slopes, -50, 50)
        looks.append(1 / (1 + np.exp(-linear)))
    return looks


def taught(readings: Readings) -> Bools:
    """Readings that may have a say."""
    known = np.isfinite(readings.features[:, 0]) & ~readings.doubtful
    seen = ~np.isin(readings.text("kind"), sorted(HELD_OUT))
    result: Bools = known & seen & (readings.text("group") == "calibrate")
    return result


def leave_each_kind_out(readings: Readings, *, without: set[str], penalty: float) -> Judged:
    """Fit to all kinds but one and judge that one, for every kind of stress of a face.

    Parameters
    ----------
    readings : Readings
    without : set of str
        Numbers that the model does not get.
    penalty : float
        Of `fit_quality.logistic`.
    """
    kind, known = readings.text("kind"), taught(readings)
    judged = np.zeros(len(kind), bool)
    given = np.zeros((2, len(kind)))
    for one in dict.fromkeys(kind[known & (readings.text("source") != "none")].tolist()):
        tried = known & (kind == one)
        judged |= tried
        given[:, tried] = both_looks(
            readings, known & ~tried, tried, without=without, penalty=penalty
        )
    return Judged(given[0, judged], given[1, judged], readings.right[judged])


def trusted_non_faces(readings: Readings, *, without: set[str], penalty: float) -> float:
    """Upper 95 % bound of the share of pictures without a face that would be trusted."""
    known = taught(readings)
    nobody = (readings.text("group") == "calibrate") & (readings.text("source") == "none")
    tried = known & nobody
    looks = both_looks(readings, known, tried, without=without, penalty=penalty)
    quality = Judged(looks[0], looks[1], readings.right[tried]).delivered
    return upper_bound(int((quality >= TRUST).sum()), int(nobody.sum()))


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
    skill: dict[tuple[str, float], tuple[float, float]] = {}
    head = "| numbers | penalty | n | AUROC first, delivered, both | Brier skill | non-faces, at most % |"
    print(f"{head}\n|---|---|---|---|---|---|")
    for name, without in (("without the score", {"score"}), ("and the score", set[str]())):
        for penalty in PENALTIES:
            judged = leave_each_kind_out(readings, without=without, penalty=penalty)
            share = trusted_non_faces(readings, without=without, penalty=penalty)
            looks = (judged.first, judged.delivered, judged.both)
            curves = [area_under_curve(look, judged.right) for look in looks]
            skills = [brier_skill(look, judged.right) for look in looks]
            if share <= WORST_SHARE:
                skill[name, penalty] = skills[1], skills[2]
            print(
                f"| {name} | {penalty:g} | {len(judged.right)} | "
                + "{:.3f}, {:.3f}, {:.3f}".format(*curves)
                + " | "
                + "{:.3f}, {:.3f}, {:.3f}".format(*skills)
                + f" | {100 * share:.2f} |"
            )
    best = max(skill, key=lambda candidate: skill[candidate][0])
    delivered, both = skill[best]
    look = "always" if both - delivered > WORTH_READING_TWICE else "doubtful"
    print(f"\nchosen: {best[0]}, penalty {best[1]:g}, second look {look}")


if __name__ == "__main__":
    main()
