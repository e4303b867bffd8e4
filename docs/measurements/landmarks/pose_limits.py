"""Which corrections of the face angle, learnt on renders, hold for other people, and what stays.

    python docs/measurements/landmarks/pose_limits.py --renders build/renders

Meshes of tight crops (and with ``--wide`` of the whole pictures) of the groups `fit` and `calibrate` teach,
those of `test`, or with ``--judged fresh`` of `fresh`, are judged: mean absolute error of yaw and pitch in
degrees up to 60 degrees of yaw.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from fit_map import rendered
from mesh_runs import through_detector
from numpy.typing import NDArray
from renders import JUDGED
from stress import tight_crop

from modular_faces.face_model import CANONICAL_VERTICES, FaceModel
from modular_faces.pose import angles, procrustes_rotation

Array = NDArray[np.float64]

WIDEST = 60
TAUGHT = 70
RIDGE = 1.0
VERTICES = (
    *(1, 4, 5, 195, 6, 168, 33, 133, 263, 362, 61, 291, 13, 14, 152, 10, 234, 454, 127, 356, 93),
    *(323, 58, 288, 148, 377, 70, 300, 107, 336, 2),
)


def upright(mesh: Array, roll: float) -> Array:
    """Mesh in viewer coordinates without its roll, centred, of unit size, (468, 3)."""
    solid = (mesh[:CANONICAL_VERTICES] - mesh[:CANONICAL_VERTICES].mean(axis=0)) * (1.0, -1, -1)
    cos, sin = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    solid = solid @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]).T
    result: Array = solid / np.sqrt((solid**2).sum(axis=1).mean())
    return result


def main() -> None:
    """Print the errors with no more than a nod, with slopes, and with a ridge regression of the rest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--renders", type=Path, required=True)
    parser.add_argument(
        "--wide", action="store_true", help="read the whole picture, not a tight crop"
    )
    parser.add_argument("--judged", choices=JUDGED, default="test")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    model = FaceModel.load(None)
    partners = model.geometry.partners[:CANONICAL_VERTICES]
    guesses, shapes, truths, people, taught = [], [], [], [], []
    for group in ("fit", "calibrate", options.judged):
        for row, picture, points in rendered(options.renders, group):
            view = picture if options.wide else tight_crop(picture, points).picture
            reading = through_detector(model, view, border=0.0 if options.wide else 0.5)
            if reading is None or reading.presence < 0.5:
                continue
            pose = angles(procrustes_rotation(reading.mesh, model.geometry))
            guesses.append(pose[:2])
            shapes.append(upright(reading.mesh, pose[2]))
            truths.append([float(row["yaw_deg"]), float(row["pitch_deg"])])
            people.append(row["identity"])
            taught.append(group not in JUDGED)
    guess, shape, truth = np.array(guesses), np.array(shapes), np.array(truths)
    person, teach = np.array(people), np.array(taught) & (np.abs(truth[:, 0]) <= TAUGHT)
    judged = ~np.array(taught) & (np.abs(truth[:, 0]) <= WIDEST)

    nod = np.median((guess - truth)[teach, 1])
    slope = guess[teach, 0] @ truth[teach, 0] / (guess[teach, 0] @ guess[teach, 0])
    line = np.polyfit(guess[teach, 1], truth[teach, 1], 1)
    both = np.concatenate([shape[teach], shape[teach][:, partners] * (-1, 1, 1)])
    rest = np.concatenate([(truth - guess)[teach], (truth - guess)[teach] * (-1, 1)])
    design = both[:, VERTICES].reshape(len(both), -1)
    mean, level = design.mean(axis=0), rest.mean(axis=0)
    centred = design - mean
    gram = centred.T @ centred + RIDGE * np.eye(centred.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (rest - level))
    ways = {
        "constant nod": guess - (0, nod),
        f"slopes {slope:.2f}, {line[0]:.2f}": np.column_stack(
            [slope * guess[:, 0], np.polyval(line, guess[:, 1])]
        ),
        "ridge on 31 vertices": guess
        + (shape[:, VERTICES].reshape(len(shape), -1) - mean) @ weights
        + level,
    }
    print(
        f"| {teach.sum()} taught, {judged.sum()} judged | yaw, pitch | within a person | pitch > -35 |"
    )
    print("|---|---|---|---|")
    for name, found in ways.items():
        apart = (found - truth)[judged]
        within = apart.copy()
        for one in set(person[judged]):
            within[person[judged] == one] -= apart[person[judged] == one].mean(axis=0)
        mild = truth[judged][:, 1] > -35
        cells = [
            "{:.2f}, {:.2f}".format(*np.abs(part).mean(axis=0))
            for part in (apart, within, apart[mild])
        ]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
