"""How far landmarks lie from those of a table of known points: found %, NME, by set of pictures.

    python docs/measurements/crops.py results/crops truth.csv

The truth has columns crop (folder), stimulus (name without suffix), x_0, y_0, ... x_67, y_67. NME: mean distance of
the points over the distance of the outer corners of the eyes, in percent; lost pictures are counted, not averaged.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

POINTS = [f"{axis}_{i}" for i in range(68) for axis in "xy"]
PARTS = {"68 points": slice(0, 68), "inner 51": slice(17, 68), "jaw": slice(0, 17)}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("truth", type=Path)
    options = parser.parse_args()
    found = pq.read_table(
        options.results / "features.parquet", columns=["path", "success", *POINTS]
    )
    truth = pa_csv.read_csv(options.truth)
    rows = {
        Path(path).with_suffix("").as_posix(): k for k, path in enumerate(found["path"].to_pylist())
    }
    ours, theirs = (
        np.column_stack([table[name].to_numpy() for name in POINTS]).reshape(-1, 68, 2)
        for table in (found, truth)
    )
    crops, names = truth["crop"].to_pylist(), truth["stimulus"].to_pylist()
    print("| pictures | n | found % | points | median NME % | 90th percentile |")
    print("| --- | ---: | ---: | --- | ---: | ---: |")
    for crop in dict.fromkeys(crops):
        pairs = [
            (rows[f"{crop}/{name}"], k)
            for k, (folder, name) in enumerate(zip(crops, names, strict=True))
            if folder == crop and f"{crop}/{name}" in rows
        ]
        a, b = (np.array(column) for column in zip(*pairs, strict=True))
        error = np.linalg.norm(ours[a] - theirs[b], axis=2)
        eyes = np.linalg.norm(theirs[b][:, 36] - theirs[b][:, 45], axis=1)
        good = np.isfinite(error[:, 0])
        for part, points in PARTS.items():
            nme = 100 * error[good][:, points].mean(axis=1) / eyes[good]
            print(
                f"| {crop} | {len(a)} | {100 * good.mean():.1f} | {part} | {np.median(nme):.2f} | "
                f"{np.percentile(nme, 90):.2f} |"
            )


if __name__ == "__main__":
    main()
