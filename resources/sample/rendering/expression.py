"""Seven expressions as weights of facial actions (face units)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

LABEL_NAMES = {
    1: "surprise",
    2: "fear",
    3: "disgust",
    4: "happiness",
    5: "sadness",
    6: "anger",
    7: "neutral",
}
BOTH = ("Left", "Right")
PROTOTYPES: dict[str, dict[str, float]] = {
    "surprise": {
        "jawOpen": 0.62,
        "browInnerUp": 0.9,
        "browOuterUp*": 0.9,
        "eyeWide*": 0.85,
        "mouthFunnel": 0.25,
    },
    "fear": {
        "jawOpen": 0.3,
        "browInnerUp": 1.0,
        "browDown*": 0.35,
        "browOuterUp*": 0.3,
        "eyeWide*": 1.0,
        "mouthStretch*": 0.85,
        "mouthLowerDown*": 0.5,
    },
    "disgust": {
        "noseSneer*": 1.0,
        "browDown*": 0.65,
        "mouthUpperUp*": 0.8,
        "cheekSquint*": 0.6,
        "eyeSquint*": 0.6,
        "mouthFrown*": 0.45,
        "jawOpen": 0.1,
    },
    "happiness": {
        "mouthSmile*": 0.95,
        "cheekSquint*": 0.8,
        "eyeSquint*": 0.35,
        "mouthUpperUp*": 0.4,
        "mouthLowerDown*": 0.3,
        "jawOpen": 0.14,
        "mouthDimple*": 0.2,
    },
    "sadness": {
        "browInnerUp": 1.0,
        "browDown*": 0.25,
        "mouthFrown*": 0.95,
        "mouthShrugLower": 0.55,
        "eyeBlink*": 0.25,
        "eyeLookDown*": 0.2,
    },
    "anger": {
        "browDown*": 1.0,
        "eyeSquint*": 0.5,
        "eyeWide*": 0.3,
        "noseSneer*": 0.45,
        "mouthPress*": 0.6,
        "mouthFrown*": 0.4,
        "mouthUpperUp*": 0.15,
        "jawForward": 0.3,
    },
    "neutral": {},
}


def expression_weights(name: str, intensity: float, rng: np.random.Generator) -> dict[str, float]:
    """Weights of single facial actions for an expression.

    Parameters
    ----------
    name : str
        One of `LABEL_NAMES`' values.
    intensity : float
        1 is the full prototype.
    rng : Generator
        Varies each action by some per cent, left and right by a little less.

    Returns
    -------
    dict
        Names as in the face-units pack, for instance ``mouthSmileLeft``.
    """
    weights: dict[str, float] = {}
    for action, weight in PROTOTYPES[name].items():
        amount = weight * intensity * float(rng.uniform(0.82, 1.12))
        if action.endswith("*"):
            for side in BOTH:
                weights[action[:-1] + side] = amount * float(rng.uniform(0.93, 1.05))
        else:
            weights[action] = amount
    if name == "neutral":
        for action in ("mouthSmile", "mouthFrown", "browDown"):
            amount = float(max(0.0, rng.normal(0, 0.08)))
            for side in BOTH:
                weights[action + side] = amount
    return {action: round(float(np.clip(weight, 0, 1)), 4) for action, weight in weights.items()}


def as_targets(weights: Mapping[str, float]) -> dict[str, float]:
    """Facial actions as target names of `BaseMesh.blend`."""
    return {f"faceunits/{action}": weight for action, weight in weights.items()}
