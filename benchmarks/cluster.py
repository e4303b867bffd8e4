"""Pictures a second on one core, on two, and on a private SLURM cluster of two nodes of one processor each.

On the cluster once with a job for each rule and shard, once with the four measuring rules of a shard in one job,
once with one job for each shard: what grouping is worth. The cluster is that of tests/slurm (root and
Debian's slurm packages needed): what it costs on one machine is what SLURM and the executor cost, not what a
network costs. What else kept the machine busy stands under the table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "slurm"), str(ROOT / "benchmarks")]

from clones import make_clone
from cluster import Cluster, start_cluster
from run import make_pictures

MEASURES = ("color", "texture", "pose", "expression")
OF_A_SHARD = ("preprocess", "landmarks", *MEASURES)


def grouped(*rules: str) -> tuple[str, ...]:
    """Options that put the jobs of a shard of these rules into one job of the cluster, one after the other."""
    return ("--profile", "slurm", "--cores", "1", "--groups", *(f"{rule}=shard" for rule in rules))


WAYS = {
    "local, 1 core": (1, ("--profile", "profiles/local", "--cores", "1")),
    "local, 2 cores": (2, ("--profile", "profiles/local", "--cores", "2")),
    "SLURM, a job per rule and shard": (2, ("--profile", "slurm")),
    "SLURM, measuring rules of a shard in one job": (
        2,
        (*grouped(*MEASURES), "--group-components", f"shard={len(MEASURES)}"),
    ),
    "SLURM, a job per shard": (2, grouped(*OF_A_SHARD)),
}
"""Processors and options of each way of running the workflow."""

HEAD = (
    "| way | processors | jobs of SLURM | seconds | pictures a second | efficiency |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: |"
)


def main() -> int:
    """Measure every way of running the same pictures, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=4_000)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="modular-faces-bench-"))
    pictures = make_pictures(ROOT / "build" / "bench", options.pictures)
    cluster = start_cluster(folder / "cluster", n_nodes=2, cpus=1, memory=6000)
    os.environ.update(cluster.environment)
    print(f"{options.pictures:,} pictures of 100 x 100 in {options.shards} shards\n\n{HEAD}")
    load = []
    try:
        for way in options.ways:
            load.append(os.getloadavg()[0])
            print(measured(way, options, folder, pictures, cluster), flush=True)
    finally:
        cluster.stop()
        shutil.rmtree(folder)
    before = ", ".join(f"{value:.1f}" for value in load)
    print(
        f"\nEfficiency: pictures a second and processor, of those of the first line. Processes that wanted one of the "
        f"{os.cpu_count()} processors in the minute before each line (load average): {before}."
    )
    return 0


FIRST: list[float] = []
"""Pictures a second of the first way, on one processor."""


def measured(
    way: str, options: argparse.Namespace, folder: Path, pictures: Path, cluster: Cluster
) -> str:
    """Measure one way; its line of the table."""
    processors, arguments = WAYS[way]
    clone = make_clone(folder / "clone")
    clone.configure(pictures, shards=options.shards, study={"variants": []}, color={}, failures={})
    before = last_job(cluster)
    started = time.perf_counter()
    clone.run_tiny(*arguments)
    seconds = time.perf_counter() - started
    jobs = last_job(cluster) - before
    shutil.rmtree(clone.folder)
    rate = options.pictures / seconds
    FIRST.append(rate / processors)
    return (
        f"| {way} | {processors} | {jobs or ''} | {seconds:.0f} | {rate:.0f} "
        f"| {100 * rate / processors / FIRST[0]:.0f} % |"
    )


def last_job(cluster: Cluster) -> int:
    """Give the number of the last job; the cluster counts them and forgets the oldest."""
    return max((int(job) for (job,) in cluster.jobs("%i")), default=0)


if __name__ == "__main__":
    sys.exit(main())
