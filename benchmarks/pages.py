"""Time and memory of the failure study and of the models on as many pictures as RAF-DB has, laid out like it.

The pictures are those of the bundled sample, each turned, scaled, shifted, brightened or darkened and some of them
blurred or enlarged, so that no two are alike and a share of them is lost.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from run import SAMPLE, VARIANTS, jobs_of, run_workflow

ROOT = Path(__file__).parents[1]
RAF_DB = 15_339
USED = re.compile(r"used ([0-9.]+) s of processor time, at most ([0-9]+) MB")
TARGETS = ("all", "failures", "modular", "front_page")


def main() -> int:
    """Run the targets one after the other; what each adds is a row of the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=TARGETS, metavar="target")
    parser.add_argument("--pictures", type=int, default=RAF_DB)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="go on from the results of last time")
    parser.add_argument(
        "--rules", action="store_true", help="seconds, processor time and memory of rules"
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    root = make_labelled_pictures(options.folder / f"labelled_{options.pictures}", options.pictures)
    print("| target | seconds | CPU s, all processes | largest job, MB |")
    print("| --- | ---: | ---: | ---: |", flush=True)
    keep = options.keep
    for target in options.targets:
        known = set(jobs_of(options, "pages")) if keep else set()
        seconds, processor = timed(options, root, target, keep=keep)
        keep = True
        added = {
            rule: jobs for rule, jobs in jobs_of(options, "pages").items() if rule not in known
        }
        memory = max((peak(jobs) for jobs in added.values()), default=0.0)
        print(f"| {target} | {seconds:.0f} | {processor:.0f} | {memory:.0f} |", flush=True)
        if options.rules:
            for rule, jobs in sorted(added.items(), key=lambda item: -total(item[1])):
                used, memory = used_by(options, rule)
                print(
                    f"|   {rule} ({len(jobs)}) | {total(jobs):.1f} | {used:.1f} | {memory} |",
                    flush=True,
                )
    return 0


def timed(
    options: argparse.Namespace, root: Path, target: str, *, keep: bool
) -> tuple[float, float]:
    """Run the workflow up to a target: seconds by the clock and of all processes together."""
    before, started = os.times(), time.perf_counter()
    dataset = {"name": "pages", "root": str(root), "layout": "rafdb"}
    run_workflow(options, dataset, target=target, variants=VARIANTS, keep=keep)
    after = os.times()
    processor = after.children_user + after.children_system
    return (
        time.perf_counter() - started,
        processor - before.children_user - before.children_system,
    )


def total(jobs: list[dict[str, str]]) -> float:
    """Seconds of all jobs of a rule."""
    return sum(float(job["s"]) for job in jobs)


def used_by(options: argparse.Namespace, rule: str) -> tuple[float, int]:
    """Processor time of all jobs of a rule and memory of the largest, as the last lines of their logs say."""
    folder = options.folder / "results" / "pages" / "logs"
    found = [
        match
        for path in [folder / f"{rule}.log", *(folder / rule).rglob("*.log")]
        if path.exists() and (match := USED.search(path.read_text()))
    ]
    return sum(float(one[1]) for one in found), max((int(one[2]) for one in found), default=0)


def peak(jobs: list[dict[str, str]]) -> float:
    """Memory of the largest job of a rule, in MB."""
    return max(float(job["max_rss"]) if job["max_rss"] != "NA" else 0.0 for job in jobs)


def make_labelled_pictures(target: Path, count: int) -> Path:
    """Make pictures in train and test folders of seven emotions, the same ones at every call."""
    if (target / "complete").exists():
        return target
    files = sorted((SAMPLE / "train").rglob("*.jpg")) + sorted((SAMPLE / "test").rglob("*.jpg"))
    originals = {path: cv2.imread(str(path)) for path in files}
    rows: dict[str, list[tuple[str, str]]] = {"train": [], "test": []}
    for number in range(count):
        path = files[number % len(files)]
        emotion, split = path.parent.name, "train" if number % 5 else "test"
        name = f"{split}_{number:05d}_aligned.jpg"
        picture = originals[path]
        assert picture is not None
        changed, quality = changed_picture(picture, np.random.default_rng(number))
        file = target / "DATASET" / split / emotion / name
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(file), changed, [cv2.IMWRITE_JPEG_QUALITY, quality])
        rows[split].append((name, emotion))
    for split, labels in rows.items():
        with (target / f"{split}_labels.csv").open("w", newline="") as file_of_labels:
            csv.writer(file_of_labels).writerows([("image", "label"), *labels])
    (target / "complete").touch()
    return target


def changed_picture(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """One more picture made from a given one, and its JPEG quality."""
    side = picture.shape[0]
    zoom = rng.uniform(1.3, 2.0) if rng.random() < 0.1 else rng.uniform(0.92, 1.12)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-10, 10), zoom)
    turn[:, 2] += rng.uniform(-5, 5, size=2)
    changed = cv2.warpAffine(picture, turn, (side, side), borderMode=cv2.BORDER_REFLECT)
    if rng.random() < 0.5:
        changed = cv2.flip(changed, 1)
    light = rng.uniform(0.08, 0.3) if rng.random() < 0.1 else rng.uniform(0.7, 1.25)
    changed = cv2.convertScaleAbs(changed, alpha=light)
    if rng.random() < 0.1:
        changed = cv2.GaussianBlur(changed, (0, 0), rng.uniform(1.5, 4))
    noisy = changed + rng.normal(0, 3, changed.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), int(rng.integers(60, 95))


if __name__ == "__main__":
    sys.exit(main())
