"""Pictures a second on one core, on two, and on a private SLURM cluster of two nodes of one processor each.

The cluster is that of tests/slurm (root and Debian's slurm packages needed): what it costs on one machine is what
SLURM and the executor cost, not what a network costs.
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

from clones import Clone, make_clone
from cluster import start_cluster
from run import make_pictures

WAYS = {
    "local, 1 core": ("--profile", "profiles/local", "--cores", "1"),
    "local, 2 cores": ("--profile", "profiles/local", "--cores", "2"),
    "SLURM, 2 nodes of 1": ("--profile", "slurm"),
}


def main() -> int:
    """Measure every way of running the same pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=4_000)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="modular-faces-bench-"))
    pictures = make_pictures(ROOT / "build" / "bench", options.pictures)
    cluster = start_cluster(folder / "cluster", n_nodes=2, cpus=1, memory=6000)
    os.environ.update(cluster.environment)
    print("| way | seconds | pictures a second | of one core |\n| --- | ---: | ---: | ---: |")
    first = 0.0
    try:
        for way in options.ways:
            clone = make_clone(folder / "clone")
            clone.configure(pictures, shards=options.shards, study={"variants": []}, color={})
            seconds = timed(clone, WAYS[way])
            first = first or seconds
            rate, share = options.pictures / seconds, first / seconds
            print(f"| {way} | {seconds:.0f} | {rate:.0f} | {share:.2f} |", flush=True)
            shutil.rmtree(clone.folder)
    finally:
        cluster.stop()
        shutil.rmtree(folder)
    return 0


def timed(clone: Clone, arguments: tuple[str, ...]) -> float:
    """Run the workflow from nothing; the seconds it took."""
    started = time.perf_counter()
    clone.run_tiny(*arguments)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
