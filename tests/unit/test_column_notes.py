"""Columns that say nothing, are missing or repeat each other are named, and do not stop a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from test_models_job import options

from modular_faces.modular.column_notes import without_constant_modules
from modular_faces.modular.models_job import pipelines, run_models
from modular_faces.modular.module_steps import module_pipeline
from planted import data_of


def faces(color: np.ndarray, **others: np.ndarray) -> Any:
    kind = (color[:, 0] > 0).astype(int) + 1
    return data_of(
        {"lab": color[:, :1], "color": color, **others}, label=[str(one) for one in kind]
    )


def notes_of(data: Any) -> list[str]:
    _, notes = run_models(
        data,
        "emotions",
        pipeline=pipelines(module_pipeline, geometry=None, seed=0),
        descriptors=np.zeros((len(data), 1), np.float32),
        options=options(shuffles=2, refits=2),
    )
    return notes


def test_each_kind_of_column_is_named() -> None:
    rng = np.random.default_rng(0)
    color = np.abs(rng.normal(size=(120, 6))) + 0.1
    color[:, 0] = rng.normal(size=120)
    color[:, 1] = 0.25
    color[:70, 2] = np.nan
    color[:, 4] = 3 * color[:, 3] ** 1.0
    notes = notes_of(faces(color, pose=rng.normal(size=(120, 2))))
    told = [note for note in notes if "column" in note or "picture" in note]
    assert told[-3:] == [
        "Missing in more than half of the training pictures, gaps filled with the mean (face only): color_2 of color.",
        "The same for every training picture and without weight (face only): color_1 of color.",
        "Copies of other columns, which share their weight with them (face only): color_4 of color.",
    ]


def test_ordinary_columns_need_no_sentence() -> None:
    rng = np.random.default_rng(1)
    notes = notes_of(faces(rng.normal(size=(120, 4)), pose=rng.normal(size=(120, 2))))
    assert not [note for note in notes if "of color" in note]


def test_a_constant_module_is_left_out_and_named() -> None:
    rng = np.random.default_rng(2)
    data = faces(rng.normal(size=(60, 3)), pose=np.full((60, 2), 7.0))
    left, notes = without_constant_modules(data)
    assert list(left.modules) == ["lab", "color"]
    assert notes == ["The module pose is the same for every picture, or missing: it is left out."]
    assert any("'modular' goes without pose" in note for note in notes_of(data))
    missing = replace(
        data,
        modules={
            **data.modules,
            "pose": replace(data.modules["pose"], values=np.full((60, 2), np.nan, np.float32)),
        },
    )
    assert list(without_constant_modules(missing)[0].modules) == ["lab", "color"]
    assert without_constant_modules(left) == (left, [])
