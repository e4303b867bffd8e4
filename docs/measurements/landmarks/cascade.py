"""The workflow's own default cascade on crops and on pictures without a face: found, errors, ms, wrongly accepted.

    python docs/measurements/landmarks/cascade.py --data ../shared/data

Runs `landmarks.find_faces` with the defaults of the config, people of the group `test`; patches without a face
also from people of `fit`, whom the quality has never seen. Time is that of
the processor in this process, so that a busy machine does not count.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path

import cv2
import numpy as np
from nonfaces import non_faces
from numpy.typing import NDArray
from omi_data import CROPS, crops
from report import upper_bound
from stress import View, grey, shrunk_and_back

from modular_faces.backends.registry import open_backend
from modular_faces.config_loading import load_config
from modular_faces.landmark_error import eye_distance, mean_error
from modular_faces.landmarks import Outcome, cascade_stages, find_faces
from modular_faces.stage_options import stage_options

Picture = NDArray[np.uint8]


def run(pictures: list[Picture]) -> tuple[list[Outcome], float]:
    """Outcomes in the order of the pictures, and milliseconds per picture."""
    config = load_config({"dataset": {"name": "measured", "root": "."}})
    options = stage_options(config, "landmarks")
    backend = open_backend(options)

    def read(wanted: Container[str]) -> Iterator[tuple[str, Picture]]:
        for k, picture in enumerate(pictures):
            if str(k) in wanted:
                yield str(k), picture

    start = time.process_time()
    outcomes = find_faces(
        {str(k): "" for k in range(len(pictures))},
        read,
        backend,
        stages=cascade_stages(options["cascade"]),
        accept=options["accept"],
    )
    taken = time.process_time() - start
    return [outcomes[str(k)] for k in range(len(pictures))], 1000 * taken / len(pictures)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    print("| pictures | n | trusted % | 68: median, 90 % | inner 51 | jaw | by stage | ms |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in CROPS:
        people = crops(data, kind, "test")
        views = {
            kind: [View(p, k) for _, p, k in people],
            f"{kind} in grey": [grey(View(p, k), 1, rng) for _, p, k in people],
            f"{kind}, 48 px and back": [shrunk_and_back(View(p, k), 48, rng) for _, p, k in people],
        }
        for name, seen in views.items():
            outcomes, ms = run([view.picture for view in seen])
            known = np.array([view.points for view in seen])
            found = np.array(
                [
                    o.face.landmarks if o.trusted and o.face else np.full((68, 2), np.nan)
                    for o in outcomes
                ]
            )
            cells = []
            for part in ("all", "inner", "jaw"):
                error = 100 * mean_error(found, known, part=part, unit=eye_distance(known))
                cells.append("{:.2f}, {:.2f}".format(*np.nanpercentile(error, [50, 90])))
            stages = Counter(o.stage for o in outcomes if o.trusted)
            print(
                f"| {name} | {len(seen)} | {100 * np.mean([o.trusted for o in outcomes]):.1f} | "
                f"{' | '.join(cells)} | {' '.join(f'{s}: {n}' for s, n in sorted(stages.items()))} | "
                f"{ms:.1f} |",
                flush=True,
            )
    for group, seed in (("test", 2), ("fit", 3)):
        print(f"\nwithout a face: surroundings and parts of the people of {group}, seed {seed}\n")
        wrongly_accepted(non_faces(data, group, synthetic=600, seed=seed))


def wrongly_accepted(patches: list[tuple[str, Picture]]) -> None:
    """Print how many patches without a face are trusted, by kind."""
    outcomes, ms = run([patch for _, patch in patches])
    print("| without a face | n | trusted | upper 95 % bound | by stage |\n|---|---|---|---|---|")
    for name in [*dict.fromkeys(kind for kind, _ in patches), "all"]:
        here = [o for (kind, _), o in zip(patches, outcomes, strict=True) if name in (kind, "all")]
        count = sum(o.trusted for o in here)
        stages = Counter(o.stage for o in here if o.trusted)
        print(
            f"| {name} | {len(here)} | {count} ({100 * count / len(here):.2f} %) | "
            f"{100 * upper_bound(count, len(here)):.2f} % | "
            f"{' '.join(f'{s}: {n}' for s, n in sorted(stages.items()))} |",
            flush=True,
        )
    print(f"{ms:.1f} ms per picture without a face")


if __name__ == "__main__":
    main()
