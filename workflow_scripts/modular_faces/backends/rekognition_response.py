"""What Amazon Rekognition's DetectFaces answers, read as numbers and as faces."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from modular_faces.backends import Face

TO_IBUG: Mapping[str, int] = {
    **{"upperJawlineLeft": 0, "chinBottom": 8, "upperJawlineRight": 16},
    **{"leftEyeBrowLeft": 17, "leftEyeBrowUp": 19, "leftEyeBrowRight": 21},
    **{"rightEyeBrowLeft": 22, "rightEyeBrowUp": 24, "rightEyeBrowRight": 26},
    **{"nose": 30, "noseLeft": 31, "noseRight": 35},
    **{"leftEyeLeft": 36, "leftEyeRight": 39, "rightEyeLeft": 42, "rightEyeRight": 45},
    **{"mouthLeft": 48, "mouthUp": 51, "mouthRight": 54, "mouthDown": 57},
}
"""Rekognition's landmarks that have a counterpart among the 68. Left and right are the viewer's, as in the 68."""

OTHER_LANDMARKS = (
    *("eyeLeft", "eyeRight", "leftPupil", "rightPupil", "midJawlineLeft", "midJawlineRight"),
    *("leftEyeUp", "leftEyeDown", "rightEyeUp", "rightEyeDown"),
)
"""Those that have none: the 68 have two points on each eyelid and none inside the eye."""

LANDMARKS = (*TO_IBUG, *OTHER_LANDMARKS)
POINTS = tuple((f"{name}_x", f"{name}_y") for name in LANDMARKS)
"""Columns of each of their landmarks."""

EMOTIONS = (
    *("HAPPY", "SAD", "ANGRY", "CONFUSED", "DISGUSTED", "SURPRISED", "CALM", "UNKNOWN", "FEAR"),
)
GUESSES = (
    *("Smile", "Eyeglasses", "Sunglasses", "Beard", "Mustache", "EyesOpen", "MouthOpen"),
    "FaceOccluded",
)
"""Attributes that are yes or no, with a confidence."""

COLUMNS: tuple[str, ...] = (
    "Confidence",
    *(name for pair in POINTS for name in pair),
    *(f"Pose_{angle}" for angle in ("Roll", "Yaw", "Pitch")),
    *(f"Quality_{name}" for name in ("Brightness", "Sharpness")),
    *(f"Emotion_{name}" for name in EMOTIONS),
    *(f"EyeDirection_{name}" for name in ("Yaw", "Pitch", "Confidence")),
    *(f"AgeRange_{end}" for end in ("Low", "High")),
    *("Gender_Female", "Gender_Confidence"),
    *(column for name in GUESSES for column in (name, f"{name}_Confidence")),
)
"""Numbers of a face by Rekognition's names: confidences 0 to 100, yes and no as 1 and 0, angles in degrees."""

BOX_COLUMNS = ("box_x0", "box_y0", "box_x1", "box_y1")
"""In parts of width and height."""

Numbers = Mapping[str, float]


def numbers_of(detail: Mapping[str, Any]) -> dict[str, float]:
    """Read one of the `FaceDetails` of a response.

    Parameters
    ----------
    detail : mapping
        As in the JSON of DetectFaces; with the default attributes only, the rest is not there.

    Returns
    -------
    dict of str to float
        `detector_score` (0 to 1), the box and the landmarks in parts of width and height of the picture, and the
        other `COLUMNS` that are there.

    Raises
    ------
    KeyError, TypeError
        If it is no face of Rekognition.
    """
    box = detail["BoundingBox"]
    numbers = {
        "detector_score": detail["Confidence"] / 100,
        "box_x0": box["Left"],
        "box_y0": box["Top"],
        "box_x1": box["Left"] + box["Width"],
        "box_y1": box["Top"] + box["Height"],
        "Confidence": detail["Confidence"],
    }
    for point in detail.get("Landmarks", ()):
        numbers[f"{point['Type']}_x"], numbers[f"{point['Type']}_y"] = point["X"], point["Y"]
    numbers |= {f"Emotion_{one['Type']}": one["Confidence"] for one in detail.get("Emotions", ())}
    numbers |= dict(_nested(detail))
    known = {"detector_score", *BOX_COLUMNS, *COLUMNS}
    return {name: float(value) for name, value in numbers.items() if name in known}


def _nested(detail: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for part in ("Pose", "Quality", "EyeDirection", "AgeRange"):
        for name, value in detail.get(part, {}).items():
            yield f"{part}_{name}", value
    for name in GUESSES:
        if name in detail:
            yield name, detail[name]["Value"]
            yield f"{name}_Confidence", detail[name]["Confidence"]
    if "Gender" in detail:
        yield "Gender_Female", detail["Gender"]["Value"] == "Female"
        yield "Gender_Confidence", detail["Gender"]["Confidence"]


def face_of_parts(numbers: Numbers, shape: tuple[int, ...]) -> Face:
    """Make a face of numbers in parts of width and height.

    Parameters
    ----------
    numbers : mapping of str to float
        As `numbers_of` gives them; what is missing may be NaN.
    shape : (H, W, ...)
        Of the picture that was looked at, in pixels.

    Returns
    -------
    Face
        In pixels, whose centres lie at integers. Landmarks without a counterpart are NaN. Its `record` holds
        `COLUMNS`, points in pixels.
    """
    size = np.array([shape[1], shape[0]], np.float64)
    record = {name: numbers[name] for name in COLUMNS if math.isfinite(numbers.get(name, math.nan))}
    landmarks = np.full((68, 2), np.nan)
    for name, pair in zip(LANDMARKS, POINTS, strict=True):
        if all(column in record for column in pair):
            point = np.array([record[column] for column in pair]) * size - 0.5
            record |= dict(zip(pair, point.tolist(), strict=True))
            if name in TO_IBUG:
                landmarks[TO_IBUG[name]] = point
    return Face(
        landmarks=landmarks,
        box=np.array([numbers[name] for name in BOX_COLUMNS]) * np.tile(size, 2) - 0.5,
        mesh=None,
        detector_score=numbers["detector_score"],
        mesh_presence=math.nan,
        record=record,
    )
