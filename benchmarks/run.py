"""Measure speed and memory of the workflow on this machine and print a table.

Pictures are those of the bundled sample, each copy shifted, brightened and encoded anew, so that no two
files are the same. Nothing is written outside of the folder given with --folder.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import cv2
import numpy as np

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "resources" / "sample" / "DATASET"
LARGEST_JOB_MB = 700
STUDIES = (1, 2, 4, 6)
VARIANTS = (
    "original",
    "grey_border",
    "narrow_border",
    "sharpen",
    "unsharp",
    "upscale_grey_border",
)


def main() -> int:
    """Run the benchmarks that were asked for."""
    options = _parser().parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chosen = options.only or list(BENCHMARKS)
    for name in chosen:
        print(f"\n## {name}\n", flush=True)
        for line in BENCHMARKS[name](options):
            print(line, flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "only", nargs="*", help=f"benchmarks: {', '.join(BENCHMARKS)} (default: all)"
    )
    parser.add_argument("--pictures", type=int, default=15_000, help="number of pictures")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1, help="runs; the median is shown")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    return parser


def make_pictures(folder: Path, count: int) -> Path:
    """Make `count` different pictures from the sample, the same ones at every call."""
    target = folder / f"pictures_{count}"
    if (target / "complete").exists():
        return target
    originals = [cv2.imread(str(path)) for path in sorted(SAMPLE.rglob("*.jpg"))]
    for number in range(count):
        rng = np.random.default_rng(number)
        picture = originals[number % len(originals)]
        assert picture is not None
        shift = np.array([[1, 0, rng.uniform(-3, 3)], [0, 1, rng.uniform(-3, 3)]])
        moved = cv2.warpAffine(picture, shift, (100, 100), borderMode=cv2.BORDER_REFLECT)
        changed = cv2.convertScaleAbs(moved, alpha=rng.uniform(0.8, 1.2))
        path = target / f"{number // 1000:03d}" / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), changed, [cv2.IMWRITE_JPEG_QUALITY, 90])
    (target / "complete").touch()
    return target


def run_workflow(
    options: argparse.Namespace,
    dataset: dict[str, str],
    *more: str,
    target: str = "all",
    variants: Sequence[str] = (),
    keep: bool = False,
) -> float:
    """Run the workflow up to a target, from nothing unless results are to be kept; the seconds it took."""
    results, name = options.folder / "results", dataset["name"]
    if not keep:
        shutil.rmtree(results / name, ignore_errors=True)
        shutil.rmtree(options.folder / ".snakemake", ignore_errors=True)
    config = {"dataset": dataset, "results": str(results), "study": {"variants": [*variants]}}
    overlay = options.folder / f"{name}.json"
    overlay.write_text(json.dumps(config))
    command = [str(Path(sys.executable).parent / "snakemake"), "--cores", str(options.cores)]
    command += ["--directory", str(options.folder), "--snakefile", str(ROOT / "Snakefile")]
    command += [target, "--configfile", str(overlay), "--quiet", "all", *more]
    started = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - started


def in_folder(name: str, pictures: Path) -> dict[str, str]:
    """The dataset of a benchmark: a folder of pictures."""
    return {"name": name, "root": str(pictures), "layout": "folder"}


def jobs_of(options: argparse.Namespace, name: str) -> dict[str, list[dict[str, str]]]:
    """Read the benchmark files that the jobs of a run left, by rule."""
    folder = options.folder / "results" / name / "benchmarks"
    jobs: dict[str, list[dict[str, str]]] = defaultdict(list)
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(newline="") as file:
            jobs[path.relative_to(folder).parts[0].removesuffix(".tsv")] += csv.DictReader(
                file, delimiter="\t"
            )
    return jobs


def bench_workflow(options: argparse.Namespace) -> list[str]:
    """Whole workflow: pictures per second, seconds and memory by rule."""
    pictures = make_pictures(options.folder, options.pictures)
    seconds = [run_workflow(options, in_folder("bench", pictures)) for _ in range(options.repeats)]
    took = median(seconds)
    lines = [
        f"{options.pictures} pictures, {options.cores} cores: {took:.1f} s, "
        f"{options.pictures / took:.0f} pictures/s to features.parquet",
        "",
        "| rule | jobs | job seconds, all | ms per picture and core | largest job, MB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for rule, jobs in jobs_of(options, "bench").items():
        total = sum(float(job["s"]) for job in jobs)
        memory = max(float(job["max_rss"]) if job["max_rss"] != "NA" else 0 for job in jobs)
        per_picture = 1000 * total / options.pictures
        lines.append(f"| {rule} | {len(jobs)} | {total:.1f} | {per_picture:.2f} | {memory:.0f} |")
    return lines


def bench_overhead(options: argparse.Namespace) -> list[str]:
    """The workflow against the bare library with as many processes and the same outputs."""
    pictures = make_pictures(options.folder, options.pictures)
    workflow, bare = [], []
    for _ in range(options.repeats):
        bare.append(run_bare(options, pictures))
        workflow.append(run_workflow(options, in_folder("bench", pictures)))
    ratio = median(w / b for w, b in zip(workflow, bare, strict=True))
    return [
        f"bare library, {options.cores} processes: {median(bare):.1f} s",
        f"workflow, {options.cores} cores: {median(workflow):.1f} s, {100 * (ratio - 1):+.1f} %",
    ]


def run_bare(options: argparse.Namespace, pictures: Path) -> float:
    """Do what the workflow does in a pool of processes, without Snakemake."""
    from bare_loop import finish, measure_shard, plan

    started = time.perf_counter()
    folder = options.folder / "bare"
    shutil.rmtree(folder, ignore_errors=True)
    shards = plan(pictures, folder)
    with ProcessPoolExecutor(options.cores) as pool:
        list(pool.map(partial(measure_shard, folder=folder), shards))
    finish(pictures, folder, len(shards))
    return time.perf_counter() - started


def bench_scaling(options: argparse.Namespace) -> list[str]:
    """Marginal time per picture as the dataset grows."""
    lines = ["| pictures | seconds | ms per further picture |", "| ---: | ---: | ---: |"]
    before = (0, 0.0)
    for count in (5_000, 10_000, 20_000, 40_000):
        took = run_workflow(options, in_folder("scaling", make_pictures(options.folder, count)))
        marginal = 1000 * (took - before[1]) / (count - before[0])
        lines.append(f"| {count} | {took:.1f} | {marginal:.2f} |")
        before = (count, took)
    return lines


def bench_stages(options: argparse.Namespace) -> list[str]:
    """Processor time of each stage and of the parts of the default cascade."""
    from by_stage import by_stage

    count = min(options.pictures, 1_000)
    return by_stage(make_pictures(options.folder, count), options.folder / "stages", count)


def bench_study(options: argparse.Namespace) -> list[str]:
    """Processor time of a study of more and more variants, all processes together."""
    count = min(options.pictures, 300)
    pictures = make_pictures(options.folder, count)
    lines = [
        "| variants | CPU s, all processes | ms per picture and further variant |",
        "| ---: | ---: | ---: |",
    ]
    before = None
    for number in STUDIES:
        start = os.times()
        table = str(options.folder / "results" / "study" / "study.parquet")
        run_workflow(
            options, in_folder("study", pictures), target=table, variants=VARIANTS[:number]
        )
        end = os.times()
        took = end.children_user + end.children_system - start.children_user - start.children_system
        further = ""
        if before is not None:
            further = f"{1000 * (took - before[1]) / (number - before[0]) / count:.2f}"
        lines.append(f"| {number} | {took:.1f} | {further} |")
        before = (number, took)
    return lines


def bench_listing(options: argparse.Namespace) -> list[str]:
    """Dry run over a million (empty) files."""
    count = 1_000_000
    folder = options.folder / "million"
    if not (folder / "complete").exists():
        for number in range(count):
            if number % 1000 == 0:
                (folder / f"{number // 1000:04d}").mkdir(parents=True, exist_ok=True)
            os.close(os.open(folder / f"{number // 1000:04d}" / f"{number}.jpg", os.O_CREAT))
        (folder / "complete").touch()
    took = run_workflow(options, in_folder("million", folder), "--dry-run")
    again = run_workflow_again(options, "million")
    return [f"{count} files: dry run {took:.1f} s, again with the listing known {again:.1f} s"]


def run_workflow_again(options: argparse.Namespace, name: str) -> float:
    """Dry run of what was listed before."""
    command = [str(Path(sys.executable).parent / "snakemake"), "--cores", str(options.cores)]
    command += ["--directory", str(options.folder), "--snakefile", str(ROOT / "Snakefile")]
    command += ["--configfile", str(options.folder / f"{name}.json"), "--quiet", "all", "--dry-run"]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)
    return time.perf_counter() - started


def bench_lab(options: argparse.Namespace) -> list[str]:
    """The way of the scripts this replaces: one picture at a time, 256 grey levels, one process."""
    import yaml

    from modular_faces.extraction import Extractor

    pictures = sorted(make_pictures(options.folder, options.pictures).rglob("*.jpg"))[:500]
    lab = yaml.safe_load((ROOT / "config" / "lab.yaml").read_text())
    chosen = {key: lab[key] for key in ("color", "texture")}
    lines = []
    for title, config in (("lab's way (lab.yaml)", chosen), ("default config", {})):
        cv2.setNumThreads(1)
        extractor = Extractor(config)
        extractor.row(pictures[0])
        started = time.perf_counter()
        for picture in pictures:
            extractor.row(picture)
        rate = len(pictures) / (time.perf_counter() - started)
        lines.append(f"{title}, one picture at a time, one process: {rate:.0f} pictures/s")
    return lines


BENCHMARKS: dict[str, Callable[[argparse.Namespace], list[str]]] = {
    "workflow": bench_workflow,
    "overhead": bench_overhead,
    "stages": bench_stages,
    "study": bench_study,
    "scaling": bench_scaling,
    "listing": bench_listing,
    "lab": bench_lab,
}

if __name__ == "__main__":
    sys.exit(main())
