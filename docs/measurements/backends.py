"""How each backend of a study does on pictures whose points are known: found %, trusted %, NME, by set of pictures.

    python docs/measurements/backends.py results/crops truth.csv

The study is `results/crops/study.parquet`; the truth has columns crop (folder), stimulus (name without suffix),
x_0, y_0, ... x_67, y_67, and may have openface_detected (0, 1). NME: mean distance of the points that the backend
has over the distance of the outer corners of the eyes, in percent, of trusted faces; lost pictures are counted, not
averaged.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

POINTS = [f"{axis}_{i}" for i in range(68) for axis in "xy"]


def points_of(table: pd.DataFrame) -> np.ndarray:
    """(n, 68, 2) ndarray of float64."""
    return np.asarray(table[POINTS], dtype=np.float64).reshape(-1, 68, 2)


def line_of(crop: str, backend: str, variant: str, part: pd.DataFrame, truth: pd.DataFrame) -> str:
    """One line of the table."""
    known = points_of(truth.reindex(part.index))
    eyes = np.linalg.norm(known[:, 36] - known[:, 45], axis=1)
    errors = np.linalg.norm(points_of(part) - known, axis=2)
    there = np.isfinite(errors).any(axis=1) & part["trusted"].to_numpy(dtype=bool)
    nme = 100 * np.nanmean(errors[there], axis=1) / eyes[there]
    return (
        f"| {crop} | {backend} | {variant} | {len(part)} | {100 * part['found'].mean():.1f} | "
        f"{100 * part['trusted'].mean():.1f} | {np.median(nme):.2f} | {np.percentile(nme, 90):.2f} |"
    )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("truth", type=Path)
    options = parser.parse_args()
    columns = ["image_id", "backend", "variant", "found", "trusted", *POINTS]
    study = pq.read_table(options.results / "study.parquet", columns=columns).to_pandas()
    manifest = pq.read_table(options.results / "manifest.parquet", columns=["image_id", "path"])
    paths = manifest.to_pandas().set_index("image_id")["path"]
    study["key"] = [Path(path).with_suffix("").as_posix() for path in study["image_id"].map(paths)]
    truth = pd.read_csv(options.truth)
    truth.index = pd.Index(truth["crop"] + "/" + truth["stimulus"].astype(str))
    print(
        "| pictures | backend | variant | n | found % | trusted % | median NME % | 90th percentile |"
    )
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |")
    study = study[study["key"].isin(truth.index)].set_index("key")
    for crop in dict.fromkeys(truth["crop"]):
        rows = study[study.index.str.startswith(f"{crop}/")]
        for (backend, variant), part in rows.groupby(["backend", "variant"], sort=False):
            print(line_of(crop, backend, variant, part, truth))
        if "openface_detected" in truth:
            seen = truth.loc[truth["crop"] == crop, "openface_detected"]
            print(f"| {crop} | openface | original | {len(seen)} | {100 * seen.mean():.1f} | | | |")


if __name__ == "__main__":
    main()
