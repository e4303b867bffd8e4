"""Learn the weights of `modular_faces.ibug68_map` and say what they bring.

    python docs/measurements/landmarks/fit_map.py --data ../shared/data --renders build/renders

Each point is a weighted mean of mesh vertices, its weights adding to one. They are found by ridge
regression towards the vertex that `ibug68` picks, the penalty growing with the distance from it on
the canonical face. Every face counts a second time mirrored, and the left half of the face is the
mirror image of the right. Depth counts too (OpenFace's 3-D points), so that a point stays where it
is on the head when the head turns. Fitted on the group `fit`; strength and reach of the penalty
were chosen on `calibrate`; ``docs/landmarks.md`` quotes the figures of `test`.

Writes the weights with ``--write FILE``.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from mesh_runs import Reading, through_detector, through_frame
from numpy.typing import NDArray
from omi_data import CROPS, crops, full_size, openface_depth, points_of, read_picture

from modular_faces.face_model import CANONICAL_VERTICES, MESH_VERTICES, FaceModel
from modular_faces.geometry import IBUG68_MIRROR
from modular_faces.ibug68 import IBUG68_VERTICES
from modular_faces.ibug68_map import RIGHT_POINTS
from modular_faces.landmark_error import box_size, eye_distance, mean_error
from modular_faces.mesh_symmetry import mesh_partners

Array = NDArray[np.float64]

STRENGTH = 3e-5
REACH = 0.25
DEPTH_WEIGHT = 0.3
DECIMALS = 4
ACCEPT = 0.5
BORDER = 0.5
OUTLIER = 2.5
EYES = (33, 263)


@dataclass(frozen=True)
class Sample:
    """Meshes (n, 468, 3) with the points wanted on them (n, 68, 3); depth NaN where unknown."""

    meshes: Array
    points: Array


def accepted(reading: Reading | None) -> bool:
    """Say whether a mesh is one to learn from."""
    return reading is not None and reading.presence >= ACCEPT


def omi_sample(model: FaceModel, data: Path, group: str) -> Sample:
    """Full-size pictures and both kinds of crops of a group."""
    meshes, points = [], []
    sets = [full_size(data, group), *(crops(data, kind, group) for kind in CROPS)]
    for border, pictures in zip((0.0, BORDER, BORDER), sets, strict=True):
        for stimulus, picture, known in pictures:
            reading = through_detector(model, picture, border=border)
            if reading is None or not accepted(reading):
                continue
            depth = openface_depth(data, stimulus) * eye_distance(known)
            depth += reading.mesh[IBUG68_VERTICES, 2].mean()
            meshes.append(reading.mesh[:CANONICAL_VERTICES])
            points.append(np.column_stack([known, depth]))
    return Sample(np.array(meshes), np.array(points))


def rendered(folder: Path, group: str) -> Iterator[tuple[dict[str, str], NDArray[np.uint8], Array]]:
    """Renders of a group: row of the truth, picture, points."""
    for path in sorted(folder.glob(f"{group}_*.row.csv")):
        with path.open(newline="") as stream:
            row = next(csv.DictReader(stream))
        yield row, read_picture(folder / f"{row['name']}.png"), points_of(row)


def render_sample(model: FaceModel, folder: Path, group: str) -> Sample:
    """Renders of a group with their own points; their depth is not used."""
    meshes, points = [], []
    for _, picture, known in rendered(folder, group):
        reading = through_detector(model, picture, border=0.0)
        if reading is not None and accepted(reading):
            meshes.append(reading.mesh[:CANONICAL_VERTICES])
            points.append(np.column_stack([known, np.full(68, np.nan)]))
    return Sample(np.array(meshes), np.array(points))


def learn(sample: Sample, vertices: Array, *, strength: float, reach: float) -> Array:
    """Learn twice, the second time without the faces that fit badly; see `ridge`."""
    first = ridge(sample, vertices, strength=strength, reach=reach)
    placed = np.einsum("pv,nvd->npd", first, sample.meshes[..., :2])
    known = sample.points[..., :2]
    error = mean_error(placed, known, part="all", unit=eye_distance(known))
    kept = error <= OUTLIER * np.median(error)
    return ridge(
        Sample(sample.meshes[kept], sample.points[kept]), vertices, strength=strength, reach=reach
    )


def ridge(sample: Sample, vertices: Array, *, strength: float, reach: float) -> Array:
    """Weights of the 468 vertices in each point, (68, 468); rows add to one.

    Parameters
    ----------
    sample : Sample
    vertices : (468, 3) ndarray
        The canonical face.
    strength, reach : float
        A weight w at the distance d (in outer eye distances) from the picked vertex costs
        ``strength * (1 + (d / reach) ** 2) * w ** 2``, beside the mean squared error in outer eye
        distances.
    """
    partners = mesh_partners(vertices)[:CANONICAL_VERTICES]
    size = np.linalg.norm(np.subtract(*(sample.meshes[:, k, :2] for k in EYES)), axis=1)
    centre = sample.meshes.mean(axis=1, keepdims=True)
    meshes = (sample.meshes - centre) / size[:, None, None]
    points = (sample.points - centre) / size[:, None, None]
    flip = np.array([-1.0, 1.0, 1.0])
    meshes = np.concatenate([meshes, meshes[:, partners] * flip])
    points = np.concatenate([points, points[:, IBUG68_MIRROR] * flip])
    weighting = np.array([1.0, 1.0, DEPTH_WEIGHT]) / np.sqrt(2 * len(meshes))
    design = (meshes * weighting).transpose(0, 2, 1).reshape(-1, CANONICAL_VERTICES)
    wanted = (points * weighting).transpose(0, 2, 1).reshape(-1, 68)
    known = np.isfinite(wanted[:, 0])
    design, wanted = design[known], wanted[known]
    gram = design.T @ design
    eyes = np.linalg.norm(vertices[EYES[0]] - vertices[EYES[1]])
    weights = np.zeros((68, CANONICAL_VERTICES))
    for point, partner in enumerate(IBUG68_MIRROR):
        if partner < point:
            weights[point] = weights[partner][partners]
            continue
        picked = np.zeros(CANONICAL_VERTICES)
        picked[IBUG68_VERTICES[point]] = 1
        away = np.linalg.norm(vertices - vertices[IBUG68_VERTICES[point]], axis=1) / eyes
        system = gram + np.diag(strength * (1 + (away / reach) ** 2))
        rest = design.T @ (wanted[:, point] - design @ picked)
        change, ones = np.linalg.solve(
            system, np.column_stack([rest, np.ones(CANONICAL_VERTICES)])
        ).T
        found = picked + change - ones * change.sum() / ones.sum()
        weights[point] = (found + found[partners]) / 2 if partner == point else found
    return weights


def rounded(weights: Array) -> Array:
    """Round to `DECIMALS` so that rows still add to one; the picked vertex takes up the rest."""
    result = np.round(weights, DECIMALS)
    result[np.arange(68), IBUG68_VERTICES] += 1 - result.sum(axis=1)
    return np.round(result, DECIMALS)


def write_weights(weights: Array, partners: NDArray[np.intp], path: Path) -> None:
    """Write the table that `ibug68_map.read_weights` reads, a row per vertex."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["vertex", "partner", *(f"point_{point}" for point in RIGHT_POINTS)])
        for vertex, column in enumerate(weights[list(RIGHT_POINTS)].T):
            cells = [f"{w:.{DECIMALS}f}".replace("0.", ".", 1) if w else "" for w in column]
            writer.writerow([vertex, partners[vertex], *cells])


def evaluate(name: str, weights: Array, readings: Iterable[tuple[str, Array, Array]]) -> None:
    """Print a row per set of pictures: found, NME of all points, inner points, jaw."""
    sets: dict[str, list[tuple[Array, Array]]] = {}
    for kind, mesh, known in readings:
        sets.setdefault(kind, []).append((mesh, known))
    for kind, pairs in sets.items():
        known = np.array([pair[1] for pair in pairs])
        points = np.array([weights @ mesh[: weights.shape[1], :2] for mesh, _ in pairs])
        unit = box_size(known) if kind.endswith("turned") else eye_distance(known)
        cells = []
        for part in ("all", "inner", "jaw"):
            error = 100 * mean_error(points, known, part=part, unit=unit)
            cells.append("{:.2f}, {:.2f}".format(*np.percentile(error, [50, 90])))
        print(f"| {name} | {kind} | {len(pairs)} | {' | '.join(cells)} |", flush=True)


def readings_of(
    model: FaceModel, data: Path, renders: Path | None, group: str
) -> list[tuple[str, Array, Array]]:
    """Meshes of a group by set of pictures."""
    result = []
    for _, picture, known in full_size(data, group):
        reading = through_detector(model, picture, border=0.0)
        if reading is not None and accepted(reading):
            result.append(("full size", reading.mesh, known))
    for kind in CROPS:
        for _, picture, known in crops(data, kind, group):
            reading = through_detector(model, picture, border=BORDER)
            if reading is not None and accepted(reading):
                result.append((kind, reading.mesh, known))
            frame = through_frame(model, picture)
            if accepted(frame):
                result.append((f"{kind}, no detector", frame.mesh, known))
    if renders is not None:
        for row, picture, known in rendered(renders, group):
            reading = through_detector(model, picture, border=0.0)
            if reading is not None and accepted(reading):
                turned = abs(float(row["yaw_deg"])) > 30
                result.append(("renders, turned" if turned else "renders", reading.mesh, known))
    return result


def draw_worst(model: FaceModel, data: Path, group: str, weights: Array, path: Path) -> None:
    """Draw the twelve faces with the greatest error at full size; OpenFace's points are green.

    Prints how the errors at full size and in raf100 correlate.
    """
    at_full_size: dict[int, float] = {}
    drawn: list[tuple[float, NDArray[np.uint8]]] = []
    for stimulus, picture, known in full_size(data, group):
        reading = through_detector(model, picture, border=0.0)
        if reading is None:
            continue
        points = weights @ reading.mesh[:CANONICAL_VERTICES, :2]
        error = mean_error(points, known, part="all", unit=eye_distance(known))
        at_full_size[stimulus] = float(error)
        small = np.ascontiguousarray(
            cv2.resize(picture, (300, 300), interpolation=cv2.INTER_AREA), np.uint8
        )
        for some, colour in ((known, (0, 255, 0)), (points, (255, 0, 0))):
            for x, y in np.rint(some * 300 / picture.shape[1]).astype(int).tolist():
                cv2.circle(small, (x, y), 2, colour, -1)
        drawn.append((float(error), small))
    worst = [tile for _, tile in sorted(drawn, key=lambda pair: -pair[0])[:12]]
    sheet = np.vstack([np.hstack(worst[k : k + 4]) for k in (0, 4, 8)])
    cv2.imwrite(str(path), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    pairs = []
    for stimulus, picture, known in crops(data, "raf100", group):
        reading = through_detector(model, picture, border=BORDER)
        if reading is not None and stimulus in at_full_size:
            points = weights @ reading.mesh[:CANONICAL_VERTICES, :2]
            error = mean_error(points, known, part="all", unit=eye_distance(known))
            pairs.append((at_full_size[stimulus], float(error)))
    correlation = np.corrcoef(np.array(pairs).T)[0, 1]
    print(f"errors at full size and in raf100 correlate {correlation:.2f} ({len(pairs)} faces)")


def main() -> None:
    """Learn, print the table of errors, write the weights if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--renders", type=Path, help="also learn on renders, to compare")
    parser.add_argument("--group", default="test", choices=["calibrate", "test"])
    parser.add_argument("--search", action="store_true", help="try other penalties (on calibrate)")
    parser.add_argument("--write", type=Path, help="write the weights learnt on OMI to this file")
    parser.add_argument("--worst", type=Path, help="draw the worst faces; never to be published")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    model = FaceModel.load(None)
    vertices = model.geometry.vertices
    sample = omi_sample(model, options.data, "fit")
    print(f"learnt on {len(sample.meshes)} meshes of the group fit")
    picks = np.zeros((68, MESH_VERTICES))
    picks[np.arange(68), IBUG68_VERTICES] = 1
    maps = {"one vertex each": picks}
    penalties = [(STRENGTH, REACH)]
    if options.search:
        penalties = [(s, r) for s in (1e-3, 1e-4, 3e-5, 1e-5, 1e-6) for r in (0.25, 0.5, 1.0)]
    for strength, reach in penalties:
        weights = rounded(learn(sample, vertices, strength=strength, reach=reach))
        size = np.abs(weights).sum(axis=1).mean()
        maps[f"learnt on OMI ({strength:g}, {reach:g}; |w| {size:.1f})"] = weights
    if options.renders and not options.search:
        own = render_sample(model, options.renders, "fit")
        maps[f"learnt on {len(own.meshes)} renders"] = rounded(
            learn(own, vertices, strength=STRENGTH, reach=REACH)
        )
    print("| map | pictures | n | all: median, 90 % | inner 51 | jaw |\n|---|---|---|---|---|---|")
    readings = readings_of(model, options.data, options.renders, options.group)
    for name, weights in maps.items():
        evaluate(name, weights, readings)
    weights = rounded(learn(sample, vertices, strength=STRENGTH, reach=REACH))
    if options.worst:
        draw_worst(model, options.data, options.group, weights, options.worst)
    if options.write:
        write_weights(weights, mesh_partners(vertices), options.write)


if __name__ == "__main__":
    main()
