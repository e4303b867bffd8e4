"""Memory of merge and manifest as the dataset grows: one finished shard stands for all of them.

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

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from modular_faces.manifest import manifest_table
from modular_faces.merge import read_features, write_features
from modular_faces.summary import write_summary
from modular_faces.table_parts import write_parts
from modular_faces.tables import read_table

PICTURES = 4_000


def main() -> int:
    """Measure the numbers of shards that were asked for, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=int, nargs="+")
    parser.add_argument("--results", type=Path, default=Path("results/sample"))
    parser.add_argument("--rows-per-file", type=int)
    parser.add_argument("--manifest", action="store_true", help="the manifest, of so many pictures")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.manifest:
        return manifests(options)
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


def manifests(options: argparse.Namespace) -> int:
    """Measure the manifest of so many pictures, each number in a process of its own."""
    if options.inside:
        print(manifest(options.results, options.shards[0]))
        return 0
    print("| pictures | largest memory, MB | seconds |\n| ---: | ---: | ---: |")
    for number in options.shards:
        command = [sys.executable, __file__, str(number), "--manifest", "--inside"]
        command += ["--results", str(options.results)]
        print(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
    return 0


def manifest(results: Path, number: int) -> str:
    """Make the manifest of so many pictures that all differ; a row of the table."""
    started = time.perf_counter()
    shard = read_table(results / "shards" / "0000" / "inspection.parquet")
    rows = shard.take([k % shard.num_rows for k in range(number)])
    rng = np.random.default_rng(1)
    names = pa.array([f"DATASET/train/{k % 7}/{k:08d}_aligned.jpg" for k in range(number)])
    unlike: dict[str, pa.Array] = dict.fromkeys(("image_id", "path"), names)
    unlike["sha256"] = pa.array([f"{k:064x}" for k in range(number)])
    for name in ("phash", "phash_mirrored"):
        unlike[name] = pa.array(rng.integers(0, 2**63, number), rows.schema.field(name).type)
    for name, values in unlike.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    nothing = dict.fromkeys(("split", "label", "label_name"), pa.nulls(number, pa.string()))
    labels = pa.table({"image_id": names, **nothing})
    made = manifest_table(rows, labels, max_distance=6, min_correlation=0.99)
    with tempfile.TemporaryDirectory() as folder:
        write_parts([made], Path(folder) / "manifest.parquet", metadata={})
    return f"| {number:,} | {largest_memory()} | {time.perf_counter() - started:.0f} |"


def largest_memory() -> int:
    """Largest resident memory of this process so far, in MB."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak
    return int(peak[1]) // 1024


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
    seconds = time.perf_counter() - started
    return f"| {number} | {count:,} | {largest_memory()} | {seconds:.0f} | {size:.0f} |"


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
