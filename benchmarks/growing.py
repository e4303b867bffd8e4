"""What a hundred new pictures among a million touch: shards and pictures that are measured again.

Lists of shards are written for simulated pictures, which do not exist, with and without the new ones; a shard whose
list has another name runs again. At last the same with `dataset.append`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from modular_faces.appended import new_ones_behind
from modular_faces.listing import SHARDS, ListingSummary, hash_ranges, plan_shards, write_shards
from modular_faces.scan import Entry

PIXELS = 10_000


def main() -> int:
    """Measure the numbers of shards that were asked for, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--shards", type=int, nargs="*", help="default: as chosen, and 1000, 4000")
    options = parser.parse_args()
    chosen = plan_shards(options.pictures, mean_pixels=PIXELS)
    known = [entry(f"{k:08d}.jpg") for k in range(options.pictures)]
    new = [entry(f"new/{k:08d}.jpg") for k in range(options.new)]
    print(f"{options.new:,} new pictures among {options.pictures:,}\n")
    print("| shards | shards that run again | pictures that are measured again | of all |")
    print("| ---: | ---: | ---: | ---: |")
    for number in options.shards or (chosen, 1000, 4000):
        print(row(known, new, number, append=False), flush=True)
    print(row(known, new, chosen, append=True))
    return 0


def entry(name: str) -> Entry:
    """A picture that does not exist."""
    return Entry(name, name, 2000, 1_700_000_000)


def row(known: list[Entry], new: list[Entry], n_shards: int, *, append: bool) -> str:
    """Compare the lists of shards with and without the new pictures."""
    folder = Path(tempfile.mkdtemp(prefix="modular-faces-growing-"))
    before = written(folder, hash_ranges(known, n_shards), n_shards)
    started = time.perf_counter()
    ranges = hash_ranges([*known, *new], n_shards)
    lists = new_ones_behind(ranges, before, folder / SHARDS) if append else ranges
    after = written(folder, lists, n_shards)
    print(f"listing again: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    shutil.rmtree(folder)
    touched = [
        count
        for name, count in zip(after.shards, after.counts, strict=True)
        if name not in before.shards
    ]
    share = sum(touched) / after.count
    words = f"{n_shards:,}, `dataset.append`" if append else f"{n_shards:,}"
    return f"| {words} | {len(touched):,} | {sum(touched):,} | {100 * share:.2g} % |"


def written(folder: Path, lists: list[list[Entry]], n_shards: int) -> ListingSummary:
    """Write lists of shards."""
    return write_shards(
        folder,
        lists,
        n_shards,
        dataset="growing",
        root="/pictures",
        left_out={},
        label_digest="",
        chosen_shards=None,
    )


if __name__ == "__main__":
    sys.exit(main())
