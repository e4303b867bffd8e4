"""How dlib's landmarks do where the mesh says where the face is, on pictures whose points are known.

    python docs/measurements/dlib_box.py crops truth.csv /usr/share/dlib/shape_predictor_68_face_landmarks.dat

The folder `crops` holds a folder of JPEGs for each set; the truth is that of docs/measurements/backends.py. `--every 3`
takes every third picture.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from modular_faces.backends import Stage
from modular_faces.backends.registry import open_backend
from modular_faces.config_loading import load_config
from modular_faces.landmarks import find_faces
from modular_faces.stage_options import stage_options

POINTS = [f"{axis}_{i}" for i in range(68) for axis in "xy"]
VARIANTS = ("original", "grey_border")


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("crops", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("predictor")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    config = load_config(
        {
            "dataset": {"name": "crops", "root": str(options.crops)},
            "dlib": {"predictor": options.predictor},
            "landmarks": {
                "backend": "dlib",
                "cascade": [{"variant": name, "box": "mesh"} for name in VARIANTS],
            },
        }
    )
    truth = pd.read_csv(options.truth).iloc[:: options.every]
    backend = open_backend(stage_options(config, "landmarks"))
    print("| pictures | backend | variant | n | trusted % | median NME % | 90th percentile |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: |")
    for crop, rows in truth.groupby("crop", sort=False):
        for variant in VARIANTS:
            stage = Stage(variant, config.all_variants()[variant], "mesh")
            errors = []
            for row in rows.to_dict("records"):
                path = options.crops / str(crop) / f"{row['stimulus']}.jpg"
                picture = np.asarray(Image.open(path).convert("RGB"))
                (outcome,) = find_faces(
                    {"it": ""},
                    lambda _, p=picture: [("it", p)],
                    backend,
                    stages=[stage],
                    accept=0.5,
                ).values()
                if outcome.face is not None and outcome.trusted:
                    known = np.array([row[name] for name in POINTS]).reshape(68, 2)
                    eyes = np.linalg.norm(known[36] - known[45])
                    distance = np.linalg.norm(outcome.face.landmarks - known, axis=1)
                    errors.append(100 * distance.mean() / eyes)
            print(
                f"| {crop} | dlib, box mesh | {variant} | {len(rows)} | {100 * len(errors) / len(rows):.1f} | "
                f"{np.median(errors):.2f} | {np.percentile(errors, 90):.2f} |"
            )


if __name__ == "__main__":
    main()
