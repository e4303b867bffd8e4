"""Dry runs on simulated listings: jobs, time and memory of the head process for very many pictures.

No picture is read and none has to exist; scanning a real folder comes on top (`run.py listing`).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAD = (
    "| pictures | shards | jobs | largest rule | dry run, s | again, s | memory of the head, MB | listing, MB |\n"
    "| ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |"
)


def main() -> int:
    """Measure the numbers of pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--shards", type=int, help="number of shards (default: as chosen)")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "scale")
    options = parser.parse_args()
    print(HEAD, flush=True)
    for number in options.pictures:
        print(row(number, options.shards, options.folder / str(number)), flush=True)
    return 0


def row(number: int, shards: int | None, folder: Path) -> str:
    """Measure one number of pictures; a row of the table."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    config = {
        "dataset": {"name": "scale", "root": "pictures", "layout": "folder"},
        "number_of_pictures": number,
    }
    overlay = folder / "scale.json"
    overlay.write_text(json.dumps(config | ({"shards": shards} if shards else {})))
    first, _, text = dry_run(folder, overlay)
    again, memory, _ = dry_run(folder, overlay)
    jobs = {
        name: int(count) for name, count in re.findall(r"^(\w+) +(\d+)$", text, flags=re.MULTILINE)
    }
    lists = folder / "results" / "scale" / "listing" / "shards"
    size = sum(path.stat().st_size for path in lists.iterdir()) / 1e6
    n_shards = jobs["preprocess"]
    return (
        f"| {number:,} | {n_shards:,} | {jobs['total']:,} | landmarks {jobs['landmarks']:,} "
        f"| {first:.0f} | {again:.0f} | {memory:.0f} | {size:.0f} |"
    )


def dry_run(folder: Path, overlay: Path) -> tuple[float, float, str]:
    """Run `snakemake -n`; seconds, largest memory in MB and what it said."""
    command = [str(Path(sys.executable).parent / "snakemake"), "all", "-n"]
    command += ["--snakefile", str(ROOT / "benchmarks" / "scale.smk"), "--directory", str(folder)]
    command += ["--configfile", str(overlay)]
    log = folder / "dry_run.log"
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    text = log.read_text()
    if status != 0:
        raise RuntimeError(text)
    return seconds, usage.ru_maxrss / 1024, text


if __name__ == "__main__":
    sys.exit(main())
