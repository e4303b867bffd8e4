"""Memory of the merge as the number of shards grows: one finished shard stands for all of them.

snakemake --profile profiles/local          # the bundled sample, whose shard is taken
python benchmarks/merge_memory.py 10 100 400
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from modular_faces.merge import read_features, write_features
from modular_faces.summary import write_summary
from modular_faces.tables import read_table, write_parts

PICTURES = 4_000


def main() -> int:
    """Measure the numbers of shards that were asked for, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=int, nargs="+")
    parser.add_argument("--results", type=Path, default=Path("results/sample"))
    parser.add_argument("--rows-per-file", type=int)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(merge(options.results, options.shards[0], options.rows_per_file))
        return 0
    print(
        "| shards of 4,000 | rows | largest memory, MB | seconds | table, MB |\n"
        + "| ---: " * 5
        + "|"
    )
    for number in options.shards:
        command = [sys.executable, __file__, str(number), "--inside", "--results", options.results]
        if options.rows_per_file:
            command += ["--rows-per-file", str(options.rows_per_file)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        print(done.stdout.strip(), flush=True)
    return 0


def merge(results: Path, number: int, rows_per_file: int | None) -> str:
    """Merge so many copies of the first shard of a finished run; a row of the table."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shard = copies_of_shard(results, folder)
        rows = read_table(results / "manifest.parquet")
        tiled = [rows.take([k % rows.num_rows for k in range(PICTURES)])]
        write_parts(tiled * number, folder / "manifest.parquet", metadata={})
        features = folder / "features.parquet"
        write_features(
            read_features(str(folder / "manifest.parquet"), [shard] * number),
            features=str(features),
            core=str(folder / "core.csv"),
            full=None,
            rows_per_file=rows_per_file,
            face="face_oval",
            rename={},
            metadata={},
        )
        labels = folder / "labels.json"
        labels.write_text(json.dumps({}))
        write_summary(str(features), str(labels), folder / "summary.json", canonical_texture=True)
        files = [features] if features.is_file() else list(features.iterdir())
        size = sum(file.stat().st_size for file in files) / 1e6
        count = sum(pq.read_metadata(file).num_rows for file in files)
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak
    seconds = time.perf_counter() - started
    return f"| {number} | {count:,} | {int(peak[1]) // 1024} | {seconds:.0f} | {size:.0f} |"


def copies_of_shard(results: Path, folder: Path) -> list[str]:
    """Write the tables of the first shard with 4,000 rows each; their paths."""
    paths = []
    for name in ("landmarks", "pose", "color", "texture"):
        table = read_table(results / "shards" / "0000" / f"{name}.parquet")
        rows = [k % table.num_rows for k in range(PICTURES)]
        write_parts([table.take(rows)], folder / f"{name}.parquet", metadata={})
        paths.append(str(folder / f"{name}.parquet"))
    return paths


if __name__ == "__main__":
    sys.exit(main())
