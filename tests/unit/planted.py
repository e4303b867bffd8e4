"""Pictures with a planted truth, for the tests of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import FunctionTransformer

from modular_faces.modular.encoder import Transformer
from modular_faces.modular.linear_model import FitOptions
from modular_faces.modular.module_blocks import ModularData, Module

Array = NDArray[np.float64]


def plain_pipeline(name: str, columns: Sequence[str]) -> Transformer:
    made: Transformer = FunctionTransformer(feature_names_out="one-to-one")
    return made


def fit_options(**others: Any) -> FitOptions:
    values: dict[str, Any] = {
        "strengths": (1e-4, 1e-2, 1.0),
        "inner_folds": 3,
        "scale_candidates": 6,
        "search_width": 200,
        "class_weights": "none",
        "tolerance": 1e-4,
        "iterations": 500,
        "seed": 7,
    }
    return FitOptions(**(values | others))


def modules_of(blocks: Mapping[str, Any]) -> dict[str, Module]:
    return {
        name: Module(
            name,
            "face",
            tuple(f"{name}_{k}" for k in range(values.shape[1])),
            values.astype(np.float32),
        )
        for name, values in blocks.items()
    }


def data_of(
    blocks: Mapping[str, Any],
    *,
    label: Sequence[str | None] | None = None,
    ratings: Mapping[str, Array] | None = None,
    split: Sequence[str | None] | None = None,
    cluster: NDArray[np.int64] | None = None,
) -> ModularData:
    modules = modules_of(blocks)
    n = len(next(iter(modules.values())).values)
    labels = np.array([None] * n if label is None else list(label), dtype=object)
    splits = np.array([None] * n if split is None else list(split), dtype=object)
    whole = np.ones(n, dtype=bool)
    return ModularData(
        dataset="planted",
        region="face",
        image_ids=np.array([f"{k}.png" for k in range(n)], dtype=object),
        modules=modules,
        label=labels,
        classes={code: f"name_{code}" for code in sorted({one for one in labels if one})},
        ratings=dict(ratings or {}),
        split=splits,
        cluster=np.arange(n) if cluster is None else cluster,
        across_split=np.zeros(n, dtype=bool),
        decodable=whole,
        found=whole,
        trusted=whole,
    )
