r"""Fit the coefficients of `modular_faces.landmark_quality`; `quality_report` says how good they are.

    python docs/measurements/landmarks/fit_quality.py --readings build/readings_*.npz build/alone_*.npz \
        --renders build/renders --data ../shared/data \
        --write workflow_scripts/modular_faces/landmark_quality.json

Logistic regression with a small ridge penalty on the people of the group `calibrate`, without the
kinds of stress in `stress.HELD_OUT`; a non-face is never right. People whose known points are
doubtful (`readings.doubtful_people`) count neither here nor in the figures, but for one row. The
printed figures are those of the people of the group given with `--judged`: `test`, or `fresh`, who were made when
every choice had been made.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from quality_report import report
from readings import Readings, load
from stress import HELD_OUT

from modular_faces.face_model import FaceModel
from modular_faces.landmark_quality import FIRST_LOOK, SECOND_LOOK

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

PENALTY = 10.0
"""Chosen with `choose_quality.py`, by the people of the group `calibrate` alone."""
DOUBTFUL = (0.02, 0.97)
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
        intercept, slopes = logistic(features[:, : len(names)], right, weights, penalty=PENALTY)
        result[part] = {
            "intercept": round(intercept, DIGITS),
            "weights": {
                name: round(float(slope), DIGITS) for name, slope in zip(names, slopes, strict=True)
            },
        }
    return result


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readings", type=Path, nargs="+", required=True)
    parser.add_argument("--data", type=Path, help="OMI and OpenFace")
    parser.add_argument("--renders", type=Path, required=True)
    parser.add_argument("--judged", choices=["test", "fresh"], default="test")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    readings = load(FaceModel.load(None), options.readings, options.renders, options.data)
    coefficients = fit(readings)
    report(readings, probabilities(readings, coefficients), DOUBTFUL, options.judged)
    if options.write:
        options.write.write_text(json.dumps(coefficients, indent=1) + "\n")


if __name__ == "__main__":
    main()
