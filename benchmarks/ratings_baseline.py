"""What a plain ridge regression on gradients, colour and Haralick texture of whole pictures reaches for ratings.

The baseline that the modular model is held against, on the same pictures and folds: gradients (HOG, cells of 8
pixels, 9 directions) of the picture at 224 pixels, unaligned; columns of `color` and `texture`; every column
standardised on training pictures; one penalty for each rating, chosen in the training pictures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces.config_landmarks import Landmarks
from modular_faces.config_models import Models
from modular_faces.face_model import load_geometry
from modular_faces.jobs import as_path
from modular_faces.modular.folds import Fold, outer_folds
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.module_data import load_modular_data
from modular_faces.tables import read_table

Values = NDArray[np.float32]
SIDE = 224
PENALTIES = tuple(10.0**power for power in range(1, 8))


def main() -> int:
    """Print mean R2 over ratings of gradients, of colour and texture, and of all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="results/<dataset>, after snakemake modular")
    parser.add_argument("root", type=Path, help="folder of the dataset")
    options = parser.parse_args()
    geometry = load_geometry(as_path(Landmarks().model))
    data = load_modular_data(options.results, region="image", face="face_oval", geometry=geometry)
    targets = kept_ratings(data, options.results)
    settings = Models()
    folds = outer_folds(
        data.split,
        None,
        data.cluster,
        folds=settings.folds,
        repeats=settings.repeats,
        seed=settings.seed,
    )
    paths = read_table(options.results / "features.parquet").column("path").to_pylist()
    plain = np.hstack([np.sqrt(data.modules["color"].values), data.modules["texture"].values])
    hog = gradients([options.root / path for path in paths])
    for name, values in (
        ("gradients", hog),
        ("colour and texture", plain),
        ("gradients, colour and texture", np.hstack([hog, plain])),
    ):
        r2 = score(values, targets, folds)
        print(f"{name}: mean R2 {r2.mean():.3f} over {len(r2)} ratings, {len(values)} pictures")
    return 0


def kept_ratings(data: ModularData, results: Path) -> NDArray[np.float64]:
    """Ratings that enter the mean over ratings in scores.csv, (n, K)."""
    import pandas as pd

    scores = pd.read_csv(results / "modular" / "scores.csv")
    raters = scores[scores["metric"] == "reliability"].set_index("target")["value"]
    least = Models().least_reliability
    kept = [name for name in data.ratings if np.min(raters.get(name, 1.0)) >= least]
    return np.column_stack([data.ratings[name] for name in kept])


def gradients(paths: list[Path]) -> Values:
    """Gradients of pictures, (n, 26244)."""
    hog = cv2.HOGDescriptor((SIDE, SIDE), (16, 16), (8, 8), (8, 8), 9)
    found = []
    for path in paths:
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert picture is not None, path
        small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        found.append(np.asarray(hog.compute(small)).ravel())
    return np.array(found, dtype=np.float32)


def score(values: Values, targets: NDArray[np.float64], folds: list[Fold]) -> NDArray[np.float64]:
    """R2 of each rating, pooled over folds against the means of training pictures, (K,)."""
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    errors = np.zeros((2, targets.shape[1]))
    for fold in folds:
        model = make_pipeline(StandardScaler(), RidgeCV(PENALTIES, alpha_per_target=True))
        model.fit(values[fold.train].astype(np.float64), targets[fold.train])
        predicted = model.predict(values[fold.test].astype(np.float64))
        means = targets[fold.train].mean(axis=0)
        errors += [
            ((targets[fold.test] - one) ** 2).sum(axis=0)
            for one in (predicted, np.broadcast_to(means, predicted.shape))
        ]
    return np.asarray(1.0 - errors[0] / errors[1])


if __name__ == "__main__":
    sys.exit(main())
