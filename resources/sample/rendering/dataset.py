"""The sample as a dataset: which pictures there are, their labels, truth and ratings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .camera import Pose
from .degrade import DEGRADATIONS, degrade
from .expression import LABEL_NAMES, PROTOTYPES, expression_weights
from .identity import Identity
from .people import PEOPLE
from .render import Studio, Truth
from .scene import Scene

SIZE = 100
JPEG_QUALITY = 92
RATER_NOISE = 4.0
DEGRADED_PER_KIND = 8
ACTIONS = sorted(
    {
        action.replace("*", side)
        for table in PROTOTYPES.values()
        for action in table
        for side in ("Left", "Right")
    }
    | {"mouthSmileLeft", "mouthSmileRight"}
)
BACKGROUNDS = (
    ((0.30, 0.36, 0.42), (0.62, 0.66, 0.66)),
    ((0.16, 0.17, 0.19), (0.36, 0.36, 0.38)),
    ((0.40, 0.46, 0.33), (0.66, 0.70, 0.56)),
    ((0.55, 0.46, 0.36), (0.80, 0.74, 0.64)),
    ((0.78, 0.80, 0.82), (0.93, 0.93, 0.91)),
    ((0.34, 0.22, 0.17), (0.60, 0.45, 0.33)),
    ((0.20, 0.28, 0.42), (0.52, 0.62, 0.76)),
    ((0.10, 0.10, 0.11), (0.24, 0.20, 0.18)),
)


@dataclass(frozen=True)
class Shot:
    """One picture to be taken."""

    image: str
    split: str
    label: int
    identity: Identity
    intensity: float
    expression: dict[str, float]
    pose: Pose
    scene: Scene
    degradation: str
    seed: int


def _three(values: NDArray[np.float64]) -> tuple[float, float, float]:
    first, second, third = values.tolist()
    return first, second, third


def random_scene(rng: np.random.Generator, pose: Pose) -> Scene:
    """A plausible photograph: light from somewhere above, eyes near the camera."""
    warm = rng.normal(0, 1)
    tint = np.array([1 + 0.05 * warm, 1.0, 1 - 0.07 * warm])
    cool = np.array([1 - 0.03 * warm, 1.0, 1 + 0.05 * warm])
    away = rng.random() < 0.2
    light = float(rng.uniform(0.45, 0.95))
    return Scene(
        light_azimuth=float(rng.uniform(-65, 65)),
        light_height=float(rng.uniform(8, 50)),
        light=light,
        ambient=float(rng.uniform(0.85, 1.1) - 0.55 * light),
        light_colour=_three(tint),
        ambient_colour=_three(cool),
        softness=float(rng.uniform(0.04, 0.16)),
        exposure=float(rng.uniform(0.92, 1.3)),
        distance=float(rng.uniform(7, 16)),
        fill=float(rng.uniform(0.72, 0.80)),
        chin=float(rng.uniform(0.95, 0.985)),
        shift=float(rng.normal(0, 0.012)),
        gaze_yaw=float(pose.yaw * 0.8 if away else rng.normal(0, 5)),
        gaze_pitch=float(pose.pitch * 0.8 if away else rng.normal(0, 3)),
        background=str(rng.choice(["gradient", "blur", "bokeh", "plain"])),
        background_colours=BACKGROUNDS[int(rng.integers(len(BACKGROUNDS)))],
        shirt=_three(rng.uniform(0.1, 0.85, 3)),
        grain=float(rng.uniform(0.8, 2.5)),
        blur=float(rng.uniform(0.0, 0.45)),
        seed=int(rng.integers(2**31)),
    )


def random_pose(rng: np.random.Generator, view: int) -> Pose:
    """View 0 faces the camera within 15 degrees, view 1 is turned 12 to 45 degrees."""
    yaw = rng.uniform(-15, 15) if view == 0 else rng.choice([-1, 1]) * rng.uniform(12, 45)
    return Pose(
        float(yaw),
        float(np.clip(rng.normal(0, 7), -18, 18)),
        float(np.clip(rng.normal(0, 6), -15, 15)),
    )


def plan(seed: int) -> list[Shot]:
    """All pictures of the sample, in the order of their numbers."""
    shots: list[Shot] = []
    for split, people in PEOPLE.items():
        wanted: list[tuple[int, Identity, int, str]] = [
            (label, identity, view, "none")
            for identity in people
            for label in LABEL_NAMES
            for view in (0, 1)
        ]
        share = DEGRADED_PER_KIND * len(people) // 14 + 1
        for kind_number, kind in enumerate(DEGRADATIONS):
            for k in range(share if split == "test" else DEGRADED_PER_KIND - 2):
                identity = people[(3 * kind_number + k) % len(people)]
                wanted.append((1 + (2 * kind_number + 3 * k) % 7, identity, k % 2, kind))
        for number, (label, identity, view, kind) in enumerate(wanted, start=1):
            shot_seed = int(np.random.default_rng([seed, split == "test", number]).integers(2**31))
            rng = np.random.default_rng(shot_seed)
            pose = random_pose(rng, view)
            if kind == "profile":
                side = 1 if number % 2 else -1
                pose = replace(pose, yaw=float(side * rng.uniform(60, 75)), pitch=pose.pitch / 2)
            intensity = float(rng.uniform(0.65, 1.1)) if LABEL_NAMES[label] != "neutral" else 0.0
            shots.append(
                Shot(
                    image=f"{split}_{number:04d}_aligned.jpg",
                    split=split,
                    label=label,
                    identity=identity,
                    intensity=intensity,
                    expression=expression_weights(LABEL_NAMES[label], intensity, rng),
                    pose=pose,
                    scene=random_scene(rng, pose),
                    degradation=kind,
                    seed=shot_seed,
                )
            )
    return shots


def take(studio: Studio, shot: Shot, size: int) -> tuple[NDArray[np.uint8], Truth]:
    """Render and, where the plan says so, degrade one picture."""
    picture, truth = studio.render_face(shot.identity, shot.expression, shot.pose, shot.scene, size)
    if shot.degradation != "none":
        picture = degrade(picture, shot.degradation, np.random.default_rng([shot.seed, 5]))
    return picture, truth


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    """Encode as RAF-DB's pictures are: baseline JPEG, chroma halved."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=JPEG_QUALITY, subsampling=2)
    return stream.getvalue()


def truth_row(shot: Shot, truth: Truth) -> dict[str, object]:
    """A row of truth.csv."""
    identity, scene = shot.identity, shot.scene
    row: dict[str, object] = {
        "image": shot.image,
        "identity": identity.name,
        "split": shot.split,
        "label": shot.label,
        "label_name": LABEL_NAMES[shot.label],
        "yaw_deg": round(shot.pose.yaw, 3),
        "pitch_deg": round(shot.pose.pitch, 3),
        "roll_deg": round(shot.pose.roll, 3),
        "degradation": shot.degradation,
        "intensity": round(shot.intensity, 3),
        "age": identity.age,
        "masculinity": identity.masculinity,
        "weight": identity.weight,
        "african": identity.african,
        "asian": identity.asian,
        "caucasian": identity.caucasian,
        "melanin": identity.melanin,
        "redness": identity.redness,
        "freckles": identity.freckles,
        "stubble": identity.stubble,
        "beard": identity.beard,
        "hair_style": identity.hair_style,
        "glasses": int(identity.glasses),
        "light_azimuth_deg": round(scene.light_azimuth, 2),
        "light_height_deg": round(scene.light_height, 2),
        "camera_distance_dm": round(scene.distance, 3),
    }
    row |= {f"action_{name}": shot.expression.get(name, 0.0) for name in ACTIONS}
    for axis, letter in enumerate("xy"):
        row |= {f"{letter}_{k}": round(float(truth.points[k, axis]), 3) for k in range(68)}
    return row


def rating_row(shot: Shot) -> dict[str, object]:
    """A row of ratings.csv: known quantities on 0 to 100, plus a little rater noise."""
    identity, scene, action = shot.identity, shot.scene, shot.expression

    def both(name: str) -> float:
        return (action.get(f"{name}Left", 0.0) + action.get(f"{name}Right", 0.0)) / 2

    azimuth, height = np.radians([scene.light_azimuth, scene.light_height])
    known = {
        "age": identity.age,
        "femininity": 100 * (1 - identity.masculinity),
        "heaviness": 100 * identity.weight,
        "smile": 100 * both("mouthSmile"),
        "mouth_opening": 100 * action.get("jawOpen", 0.0) / 0.75,
        "brow_raise": 100 * (0.6 * action.get("browInnerUp", 0.0) + 0.4 * both("browOuterUp")),
        "frown": 100 * both("browDown"),
        "skin_lightness": 100 * (1 - identity.melanin),
        "hair_darkness": 100 * (1 - float(np.mean(identity.hair_colour))),
        "light_from_left": 50 - 50 * float(np.sin(azimuth) * np.cos(height)),
        "turned_to_viewers_right": 50 + 50 * shot.pose.yaw / 75,
    }
    noise = np.random.default_rng([shot.seed, 77]).normal(0, RATER_NOISE, len(known))
    rated = np.clip(np.array(list(known.values())) + noise, 0, 100)
    return {"image": shot.image} | dict(zip(known, np.round(rated, 1).tolist(), strict=True))


def write_csv(path: Path, rows: Sequence[dict[str, object]]) -> None:
    """Write dictionaries with the same keys as CSV with Unix line ends."""
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_sample(studio: Studio, shots: Sequence[Shot], folder: Path) -> Iterator[Shot]:
    """Render everything below `folder` in RAF-DB's Kaggle layout; yields each finished shot."""
    truths, ratings = [], []
    for shot in shots:
        picture, truth = take(studio, shot, SIZE)
        path = folder / "DATASET" / shot.split / str(shot.label) / shot.image
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(picture))
        truths.append(truth_row(shot, truth))
        ratings.append(rating_row(shot))
        yield shot
    write_csv(folder / "truth.csv", truths)
    write_csv(folder / "ratings.csv", ratings)
    people = [{"image": row["image"], "person": row["identity"]} for row in truths]
    write_csv(folder / "people.csv", people)
    for split in PEOPLE:
        labels = [{"image": s.image, "label": s.label} for s in shots if s.split == split]
        write_csv(folder / f"{split}_labels.csv", labels)
