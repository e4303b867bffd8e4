"""Measure how well each module predicts ratings: the table that docs/modules.md quotes.

Run the workflow on OMI and make the aligned faces first; then, for a whole picture and for the face alone::

    snakemake --configfile config/omi.yaml --config 'dataset={"root": "/data/omi"}' \
        -- results/omi/features.parquet results/omi/aligned.parquet
    python docs/measurements/modules.py results/omi

Ridge in five folds; every module is prepared by its own pipeline, fitted on the training folds, and varies by
one in all; the penalty of each rating is the best by leave-one-out among the training pictures. R2 is pooled
out of fold, against the mean of the training folds. Without a mesh a picture is left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modular_faces.face_model import FaceGeometry, load_geometry
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.module_data import load_modular_data
from modular_faces.modular.module_steps import module_pipeline

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FOLDS = 5
PENALTIES = np.logspace(-5, 2, 22)
MEASURED = ("color", "texture", "shape_2d", "measures", "pose", "aligned")
TOGETHER = (
    ("color", "texture"),
    tuple(name for name in MEASURED if name != "aligned"),
    MEASURED,
    (*MEASURED, "expression"),
)


def kernels(
    data: ModularData, train: Rows, test: Rows, geometry: FaceGeometry
) -> dict[str, tuple[Array, Array]]:
    """Products of training with training and of test with training pictures, for each module."""
    products = {}
    for name, module in data.modules.items():
        pipeline = module_pipeline(name, module.columns, components=None, geometry=geometry, seed=0)
        known = pipeline.fit_transform(module.values[train])
        unknown = pipeline.transform(module.values[test])
        products[name] = known @ known.T, unknown @ known.T
    return products


def ridge(kernel: Array, towards: Array, targets: Array) -> Array:
    """Predict with the penalty that leave-one-out likes best, one for each target."""
    mean = targets.mean(axis=0)
    values, vectors = np.linalg.eigh(kernel)
    rotated = vectors.T @ (targets - mean)
    best = np.full(targets.shape[1], np.inf)
    predicted = np.zeros((len(towards), targets.shape[1]))
    for penalty in PENALTIES * values.max():
        inverse = 1 / (values + penalty)
        dual = vectors @ (inverse[:, None] * rotated)
        # The intercept is not penalised: its share is taken out of the constant direction.
        left = (vectors**2 * inverse).sum(axis=1) - 1 / (len(kernel) * penalty)
        error = ((dual / left[:, None]) ** 2).mean(axis=0)
        better = error < best
        best[better] = error[better]
        predicted[:, better] = (towards @ dual + mean)[:, better]
    return predicted


def scores(data: ModularData, geometry: FaceGeometry) -> dict[str, Array]:
    """R2 of every rating, for each module and some together."""
    targets = np.column_stack(list(data.ratings.values()))
    sets: list[tuple[str, ...]] = [(name,) for name in data.modules]
    sets += [names for names in TOGETHER if set(names) <= set(data.modules)]
    predicted = {names: np.zeros_like(targets) for names in sets}
    mean = np.zeros_like(targets)
    order = np.random.default_rng(0).permutation(len(data))
    for fold in range(FOLDS):
        test = np.sort(order[fold::FOLDS])
        train = np.setdiff1d(order, test)
        mean[test] = targets[train].mean(axis=0)
        products = kernels(data, train, test, geometry)
        for names in sets:
            kernel = np.sum([products[name][0] for name in names], axis=0)
            towards = np.sum([products[name][1] for name in names], axis=0)
            predicted[names][test] = ridge(kernel, towards, targets[train])
    total = ((targets - mean) ** 2).sum(axis=0)
    return {
        " + ".join(names): 1 - ((targets - guess) ** 2).sum(axis=0) / total
        for names, guess in predicted.items()
    }


def main(arguments: Sequence[str]) -> None:
    """Print the table for whole pictures and for faces alone."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("results", type=Path, help="results/<dataset>")
    parser.add_argument("--not-of-the-face", nargs="*", default=["outdoors"])
    options = parser.parse_args(arguments)
    geometry = load_geometry(None)
    for region in ("image", "face"):
        data = load_modular_data(
            options.results,
            region=region,
            face="face_oval",
            geometry=geometry,
        )
        rated = np.isfinite(np.column_stack(list(data.ratings.values()))).all(axis=1)
        data = data.take(data.success & rated)
        of_face = [name not in options.not_of_the_face for name in data.ratings]
        print(f"{region}: {len(data)} pictures; mean R2, of the face, others")
        for names, values in scores(data, geometry).items():
            others = [round(float(value), 3) for value in values[np.logical_not(of_face)]]
            print(f"{names:75s} {values.mean():.3f} {values[of_face].mean():.3f} {others}")


if __name__ == "__main__":
    main(sys.argv[1:])
