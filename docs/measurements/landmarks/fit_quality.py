r"""Fit the coefficients of `modular_faces.landmark_quality` and say how good its probabilities are.

    python docs/measurements/landmarks/fit_quality.py --readings build/readings_*.npz \
        --renders build/renders --data ../shared/data \
        --write workflow_scripts/modular_faces/landmark_quality.json

Logistic regression with a small ridge penalty on the people of the group `calibrate`, without the
kinds of stress in `stress.HELD_OUT`; a non-face is never right. People whose known points are
doubtful (`readings.doubtful_people`) count neither here nor in the figures, but for one row. All
printed figures are those of the people of the group `test`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from readings import Readings, load
from stress import HELD_OUT

from modular_faces.face_model import FaceModel
from modular_faces.landmark_quality import FIRST_LOOK, SECOND_LOOK

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

PENALTY = 10.0
"""Chosen with `choose_quality.py`, by the people of the group `calibrate` alone."""
DOUBTFUL = (0.02, 0.97)
BINS = 10
DIGITS = 5


def logistic(
    features: Array, right: Bools, weights: Array, *, penalty: float
) -> tuple[float, Array]:
    """Intercept and slopes by Newton's method; the penalty counts standardised slopes."""
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    design = np.column_stack([np.ones(len(features)), (features - mean) / deviation])
    dear = np.diag([0.0, *[penalty] * features.shape[1]])
    slopes = np.zeros(design.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-np.clip(design @ slopes, -30, 30)))
        gradient = design.T @ (weights * (right - probability)) - dear @ slopes
        curvature = weights * probability * (1 - probability)
        step = np.linalg.solve((design * curvature[:, None]).T @ design + dear, gradient)
        slopes = slopes + step
        if np.abs(step).max() < 1e-8:
            break
    scaled = slopes[1:] / deviation
    return float(slopes[0] - scaled @ mean), scaled


def area_under_curve(score: Array, right: Bools) -> float:
    """Probability that a right face scores above a wrong one; ties count half."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    _, inverse = np.unique(score, return_inverse=True)
    sums = np.bincount(inverse, weights=ranks) / np.bincount(inverse)
    positive = int(right.sum())
    if positive in (0, len(right)):
        return float("nan")
    above = sums[inverse][right].sum() - positive * (positive + 1) / 2
    return float(above / (positive * (len(right) - positive)))


def calibration_error(probability: Array, right: Bools) -> float:
    """Expected calibration error: mean gap of probability and share, over ten bins of equal width."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probability[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in range(BINS)
        if (place == b).any()
    ]
    return float(sum(gaps))


def brier_skill(probability: Array, right: Bools) -> float:
    """One minus the Brier score over that of the base rate; NaN where all are alike."""
    base = right.mean() * (1 - right.mean())
    score = ((probability - right) ** 2).mean()
    return float(1 - score / base) if base > 0 else float("nan")


def probabilities(readings: Readings, model: dict[str, Any]) -> tuple[Array, Array, Array]:
    """Probability by the first look, by both, and as delivered (both where the first leaves doubt)."""
    names = (*FIRST_LOOK, *SECOND_LOOK)
    result = []
    for part in ("first", "both"):
        slopes = np.array([model[part]["weights"].get(name, 0.0) for name in names])
        logit = model[part]["intercept"] + np.nan_to_num(readings.features) @ slopes
        result.append(1 / (1 + np.exp(-np.clip(logit, -50, 50))))
    first, both = result
    low, high = model["doubtful"]
    delivered = np.where((first > low) & (first < high), both, first)
    return first, both, delivered


def source_weights(source: NDArray[np.str_]) -> Array:
    """Weights that make OMI and renders count the same; non-faces count one each."""
    weights = np.ones(len(source))
    for name in ("omi", "render"):
        weights[source == name] = (source != "none").sum() / 2 / max((source == name).sum(), 1)
    return weights


def fit(readings: Readings) -> dict[str, Any]:
    """Coefficients as `landmark_quality` reads them."""
    known = np.isfinite(readings.features[:, 0])
    seen = ~np.isin(readings.text("kind"), sorted(HELD_OUT))
    used = known & seen & ~readings.doubtful & (readings.text("group") == "calibrate")
    weights = source_weights(readings.text("source")[used])
    features, right = readings.features[used], readings.right[used]
    result: dict[str, Any] = {
        "about": "see docs/landmarks.md; made by docs/measurements/landmarks/fit_quality.py",
        "doubtful": list(DOUBTFUL),
    }
    for part, names in (("first", FIRST_LOOK), ("both", (*FIRST_LOOK, *SECOND_LOOK))):
        intercept, slopes = logistic(
            features[:, : len(names)], right, weights, penalty=PENALTY
        )
        result[part] = {
            "intercept": round(intercept, DIGITS),
            "weights": {
                name: round(float(slope), DIGITS) for name, slope in zip(names, slopes, strict=True)
            },
        }
    return result


def report(readings: Readings, model: dict[str, Any]) -> None:
    """Print the figures of the test people."""
    first, both, delivered = probabilities(readings, model)
    kind, source = readings.text("kind"), readings.text("source")
    everybody = (readings.text("group") == "test") & np.isfinite(readings.features[:, 0])
    test = everybody & ~readings.doubtful
    faces = test & (source != "none")
    held = np.isin(kind, sorted(HELD_OUT))
    right = readings.right
    presence = readings.numbers("presence")
    sets = {
        "all faces": faces,
        "accepted faces": faces & readings.accepted,
        "held-out kinds of stress": faces & held,
        "held-out, accepted": faces & held & readings.accepted,
        "other kinds": faces & ~held,
        "accepted faces and non-faces": test & readings.accepted,
        "all faces, doubtful points too": everybody & (source != "none"),
        "held-out kinds, doubtful points too": everybody & (source != "none") & held,
    }
    print(
        "| faces of test people | n | right % | AUROC first, delivered, both; presence | Brier skill | ECE |"
    )
    print("|---|---|---|---|---|---|")
    for name, here in sets.items():
        curves = [
            area_under_curve(p[here], right[here]) for p in (first, delivered, both, presence)
        ]
        print(
            f"| {name} | {here.sum()} | {100 * right[here].mean():.1f} | "
            + "{:.3f}, {:.3f}, {:.3f}; {:.3f}".format(*curves)
            + f" | {brier_skill(delivered[here], right[here]):.3f} | "
            f"{calibration_error(delivered[here], right[here]):.3f} |"
        )
    print("\n| domain | n accepted | right % | mean quality | ECE | AUROC | looked twice % |")
    print("|---|---|---|---|---|---|---|")
    low, high = model["doubtful"]
    for where in ("omi", "render", "none"):
        for name in dict.fromkeys(kind[test & (source == where)].tolist()):
            here = test & readings.accepted & (source == where) & (kind == name)
            everything = test & (source == where) & (kind == name)
            if not here.any():
                print(f"| {where}: {name} | 0 of {everything.sum()} | | | | | |")
                continue
            twice = ((first[here] > low) & (first[here] < high)).mean()
            print(
                f"| {where}: {name}{' (held out)' * bool(held[here].any())} | {here.sum()} of "
                f"{everything.sum()} | {100 * right[here].mean():.1f} | {delivered[here].mean():.3f} | "
                f"{calibration_error(delivered[here], right[here]):.3f} | "
                f"{area_under_curve(delivered[here], right[here]):.3f} | {100 * twice:.0f} |"
            )
    print("\n| kept, surest first | greatest risk | risk (wrong %) of those kept |\n|---|---|---|")
    pool = test & readings.accepted
    order = np.argsort(-delivered[pool], kind="stable")
    wrong = ~right[pool][order]
    for share in (0.5, 0.7, 0.8, 0.9, 0.95, 1.0):
        count = max(1, round(share * len(order)))
        least = delivered[pool][order][count - 1]
        print(
            f"| {100 * share:.0f} % | quality >= {least:.3f} | {100 * wrong[:count].mean():.2f} |"
        )


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readings", type=Path, nargs="+", required=True)
    parser.add_argument("--data", type=Path, help="OMI and OpenFace")
    parser.add_argument("--renders", type=Path, required=True)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    readings = load(FaceModel.load(None), options.readings, options.renders, options.data)
    coefficients = fit(readings)
    report(readings, coefficients)
    if options.write:
        options.write.write_text(json.dumps(coefficients, indent=1) + "\n")


if __name__ == "__main__":
    main()
