r"""Run the cascade over every set of pictures once and keep all readings, for the scripts beside it.

    python docs/measurements/landmarks/collect.py --data ../shared/data --no-faces --out build/readings_omi.npz
    python docs/measurements/landmarks/collect.py --renders build/renders --out build/readings_renders.npz
    python docs/measurements/landmarks/collect.py --group fresh --data ../shared/data --no-faces \
        --renders build/renders --out build/readings_fresh.npz

The people of `fresh` are not for choosing anything (see ``renders.py``). With ``--alone NAME`` a single attempt of the
cascade is made, for ``choose_quality.py`` and ``fit_quality.py``.
A record per picture: where it comes from (`source`: omi, render, none), its person's group, the kind
and level of stress, the known points and angles, what each attempt of the cascade gave, the mesh that
was accepted (or the surest one) and the second reading of it. Every second person of OMI is put under
stress; all are read as they are in the crops. With `--group fresh` OMI gives its test people under new kinds
of stress, and patches without a face from the people of `fit`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from fit_map import rendered
from nonfaces import non_faces
from numpy.typing import NDArray
from omi_data import CROPS, crops, full_size, openface_row
from renders import JUDGED
from stress import (
    CHANGES,
    NEW_CHANGES,
    ROLLS,
    Change,
    View,
    grey,
    shrunk_and_back,
    tight_crop,
)

from modular_faces import geometry
from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection, region_of_frame
from modular_faces.face_model import FaceModel
from modular_faces.landmark_quality import look_again
from modular_faces.variants import Applied, Steps, apply_variant

Array = NDArray[np.float64]

ACCEPT = 0.5
THRESHOLD = 0.3
OVERLAP = 0.3
FRONTAL = 32
NO_POINTS = np.full((68, 2), np.nan)

Changes = Mapping[str, tuple[Change, tuple[float, ...]]]


def border(fraction: float, value: int | str = 127, mode: str = "constant") -> Steps:
    """Steps of a border."""
    options = {"fraction": fraction, "mode": mode}
    return [{"pad": options | ({"value": value} if mode == "constant" else {})}]


Cascade = tuple[tuple[str, Steps, str], ...]

CASCADE: Cascade = (
    ("grey_border", border(0.5), "detector"),
    ("original", [], "detector"),
    ("narrow_border", border(0.3), "detector"),
    ("frame", [], "frame"),
)


@dataclass(frozen=True)
class Item:
    """A picture with what is known of it."""

    source: str
    group: str
    person: str
    kind: str
    level: float
    view: View
    yaw: float
    pitch: float
    roll: float


def stressed(
    source: str, group: str, person: str, base: View, pose: Array, changes: Changes
) -> Iterator[Item]:
    """A tight crop as it is and under every kind and level of stress but roll."""
    yaw, pitch, roll = (float(angle) for angle in pose)
    yield Item(source, group, person, "none", 0, base, yaw, pitch, roll)
    for kind, (change, levels) in changes.items():
        for level in levels:
            seed = [*person.encode(), *kind.encode(), int(100 * level)]
            view = change(base, level, np.random.default_rng(seed))
            yield Item(source, group, person, kind, level, view, yaw, pitch, roll)


def omi_items(data: Path, group: str) -> Iterator[Item]:
    """The crops as they are, in grey, shrunk and back; every second person under stress."""
    rng = np.random.default_rng(0)
    unknown = np.full(3, np.nan)
    for kind in CROPS:
        for stimulus, picture, points in crops(data, kind, group):
            base, person = View(picture, points), f"omi/{stimulus}"
            yaw = -float(np.degrees(float(openface_row(data, stimulus)["pose_Ry"])))
            views = {
                "": base,
                " in grey": grey(base, 1, rng),
                " 48 px and back": shrunk_and_back(base, 48, rng),
            }
            for name, view in views.items():
                yield Item("omi", group, person, kind + name, 0, view, yaw, np.nan, np.nan)
    for stimulus, picture, points in full_size(data, group)[::2]:
        person = f"omi/{stimulus}"
        unknown[0] = -np.degrees(float(openface_row(data, stimulus)["pose_Ry"]))
        yield from stressed("omi", group, person, tight_crop(picture, points), unknown, CHANGES)
        for roll in ROLLS:
            view = tight_crop(picture, points, roll=roll)
            yield Item("omi", group, person, "roll", roll, view, float(unknown[0]), np.nan, np.nan)


def omi_new_items(data: Path) -> Iterator[Item]:
    """Every second person of `test` under the new kinds of stress."""
    for stimulus, picture, points in full_size(data, "test")[::2]:
        yaw = -np.degrees(float(openface_row(data, stimulus)["pose_Ry"]))
        pose = np.array([yaw, np.nan, np.nan])
        base = tight_crop(picture, points)
        items = stressed("omi", "fresh", f"omi/{stimulus}", base, pose, NEW_CHANGES)
        yield from (item for item in items if item.kind != "none")


def render_items(folder: Path, group: str) -> Iterator[Item]:
    """Every pose as a tight crop; those seen from the front under stress and rolled."""
    changes = CHANGES | NEW_CHANGES if group == "fresh" else CHANGES
    for row, picture, points in rendered(folder, group):
        pose = np.array([float(row["yaw_deg"]), float(row["pitch_deg"]), 0.0])
        base = tight_crop(picture, points)
        series = row["series"]
        level = pose[0] if series == "yaw" else pose[1] if series == "pitch" else 0.0
        person = row["identity"]
        yield Item("render", group, person, series, float(level), base, *pose)
        if abs(pose[0]) <= FRONTAL and (series == "yaw" or group not in JUDGED):
            yield from stressed("render", group, person, base, pose, changes)
            for roll in ROLLS:
                view = tight_crop(picture, points, roll=roll)
                yield Item("render", group, person, "roll", roll, view, pose[0], pose[1], roll)


def non_face_items(data: Path | None, group: str) -> Iterator[Item]:
    """Pictures without a face; there is nobody in them, so they are grouped by number."""
    counts = {"calibrate": 200, "test": 600, "fresh": 600}
    seeds = {"calibrate": 1, "test": 2, "fresh": 3}
    people = "fit" if group == "fresh" else group
    patches = non_faces(data, people, synthetic=counts[group], seed=seeds[group])
    for k, (kind, picture) in enumerate(patches):
        view = View(picture, NO_POINTS)
        yield Item("none", group, str(k), kind, 0, view, np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Reading:
    """A mesh in pixels of the variant it was read from."""

    applied: Applied
    mesh: Array
    presence: float
    score: float


def read(
    model: FaceModel, item: Item, cascade: Cascade
) -> tuple[list[tuple[float, float]], int, Reading | None]:
    """Run a cascade.

    Returns
    -------
    attempts : list of (presence, score)
        Of every attempt made; NaN where nothing was seen.
    stage : int
        From 1 the attempt whose mesh was accepted; 0 when none was.
    reading : Reading or None
        The accepted one, or the surest.
    """
    attempts: list[tuple[float, float]] = []
    best: Reading | None = None
    for number, (_, steps, box) in enumerate(cascade, start=1):
        applied = apply_variant(item.view.picture, steps)
        score = np.nan
        if box == "frame":
            region = region_of_frame(applied.picture.shape)
        else:
            found = detect(model, applied.picture, threshold=THRESHOLD, overlap=OVERLAP)
            if not found:
                attempts.append((np.nan, np.nan))
                continue
            region, score = region_from_detection(found[0]), found[0].score
        face = mesh_from_region(model, applied.picture, region)
        attempts.append((face.presence, score))
        reading = Reading(applied, face.mesh.astype(np.float64), face.presence, score)
        if face.presence >= ACCEPT:
            return attempts, number, reading
        if best is None or face.presence > best.presence:
            best = reading
    return attempts, 0, best


def to_original(applied: Applied, mesh: Array) -> NDArray[np.float32]:
    """Bring a mesh back to the pixels of the picture itself; the border only shifts it."""
    result = mesh.copy()
    result[:, :2] = geometry.transform(geometry.invert(applied.affine), mesh[:, :2])
    return result.astype(np.float32)


def main() -> None:
    """Read everything and write one file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="OMI, OpenFace and crops; left out where missing")
    parser.add_argument("--renders", type=Path, help="what renders.py wrote")
    parser.add_argument("--no-faces", action="store_true", help="also the pictures without a face")
    parser.add_argument("--group", nargs="+", default=["calibrate", "test"])
    parser.add_argument("--alone", choices=[name for name, *_ in CASCADE], help="one attempt only")
    parser.add_argument("--every", type=int, default=1, help="every so many pictures of a source")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    model = FaceModel.load(None)
    cascade = tuple(one for one in CASCADE if options.alone in (None, one[0]))
    columns: dict[str, list[object]] = {}
    start = time.monotonic()
    for group in options.group:
        sources = []
        if options.renders is not None:
            sources.append(render_items(options.renders, group))
        if options.no_faces:
            sources.append(non_face_items(options.data, group))
        if options.data is not None:
            omi = omi_new_items(options.data) if group == "fresh" else None
            sources.append(omi or omi_items(options.data, group))
        for source in sources:
            for item in islice(source, 0, None, options.every):
                begun = time.perf_counter()
                attempts, stage, reading = read(model, item, cascade)
                taken = time.perf_counter() - begun
                mesh = second = np.full((478, 3), np.nan, np.float32)
                presence = score = again_presence = np.nan
                if reading is not None:
                    presence, score = reading.presence, reading.score
                    again = look_again(model, reading.applied.picture, reading.mesh)
                    again_presence = again.presence
                    mesh = to_original(reading.applied, reading.mesh)
                    second = to_original(reading.applied, again.mesh.astype(np.float64))
                row: dict[str, object] = {
                    "source": item.source,
                    "group": item.group,
                    "person": item.person,
                    "kind": item.kind,
                    "level": item.level,
                    "height": item.view.picture.shape[0],
                    "width": item.view.picture.shape[1],
                    "points": item.view.points.astype(np.float32),
                    "pose": np.array([item.yaw, item.pitch, item.roll]),
                    "attempts": np.array(
                        attempts + [(np.nan, np.nan)] * (len(CASCADE) - len(attempts))
                    ),
                    "stage": stage,
                    "seconds": taken,
                    "presence": presence,
                    "score": score,
                    "mesh": mesh,
                    "again": second,
                    "again_presence": again_presence,
                }
                for name, value in row.items():
                    columns.setdefault(name, []).append(value)
                count = len(columns["stage"])
                if count % 200 == 0:
                    print(
                        f"\r{count} read, {time.monotonic() - start:.0f} s ",
                        end="",
                        file=sys.stderr,
                        flush=True,
                    )
    np.savez(options.out, **{name: np.array(values) for name, values in columns.items()})


if __name__ == "__main__":
    main()
