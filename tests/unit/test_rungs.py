"""Three rungs: a worse instrument, fewer pictures, and lost ones counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from test_models_job import options

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.modular.module_blocks import ModularData, Module
from modular_faces.modular.rung_landmarks import read_other_landmarks
from modular_faces.modular.rung_weights import MEASURED
from modular_faces.modular.rungs import RUNGS, run_rung_models
from modular_faces.tables import write_table
from planted import data_of

FACE = np.random.default_rng(0).uniform(0, 100, (2, 68))


def faces(n: int, *, noise: float, seed: int) -> tuple[ModularData, np.ndarray, np.ndarray]:
    """Faces whose 20th point rises with the class, and the same with more noise as another instrument."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, n)
    points = np.repeat(FACE.ravel()[None], n, axis=0)
    points[:, 68 + 20] += 8.0 * kind
    mesh = points + rng.normal(size=points.shape)
    other = points + noise * rng.normal(size=points.shape)
    split = ["train"] * (n // 2) + ["test"] * (n - n // 2)
    data = data_of(
        {"landmarks": mesh},
        label=[str(one + 1) for one in kind],
        ratings={"warm": 10.0 * kind + rng.normal(size=n)},
        split=split,
    )
    module = Module("landmarks", "face", LANDMARK_COLUMNS, mesh.astype(np.float32))
    lost = np.arange(n) % 4 == 0
    return replace(data, modules={"landmarks": module}), other.astype(np.float32), lost


def rungs(kind: str) -> tuple[Any, Any]:
    data, other, lost = faces(240, noise=6.0, seed=1)
    other[lost] = np.nan
    descriptors = np.random.default_rng(0).normal(size=(240, 2)).astype(np.float32)
    tables, notes = run_rung_models(data, kind, other, descriptors, options=options())
    (note,) = notes
    assert note.startswith("Weights checked: of 240 pictures that the mesh found OpenFace lost 60.")
    return tables["scores"][0].to_pandas(), tables["comparisons"][0].to_pandas()


def test_the_better_instrument_scores_higher_on_the_same_pictures() -> None:
    scores, comparisons = rungs("emotions")
    accuracy = scores[scores.metric == "accuracy"].set_index(["model", "population"])
    assert set(accuracy.n.loc[:, "found"]) == {90}
    assert set(accuracy.n.loc[:, "lost_wrong"]) == {120}
    found = accuracy.value.loc[:, "found"]
    assert found["rung_mesh_same"] > found["rung_openface"] + 0.05
    whole = accuracy.value.loc[:, "lost_wrong"]
    assert whole["rung_openface"] == pytest.approx(found["rung_openface"] * 0.75, abs=1e-4)
    assert whole["rung_mesh_all"] > whole["rung_openface"] + 0.25
    tested = comparisons[comparisons.metric == "accuracy"]
    assert set(zip(tested.population, tested.model, tested.other, strict=True)) == {
        ("found", RUNGS[1], RUNGS[0]),
        ("found", RUNGS[2], RUNGS[1]),
        ("lost_wrong", RUNGS[2], RUNGS[0]),
        ("found", RUNGS[1], MEASURED),
        ("weighted", RUNGS[1], MEASURED),
    }
    assert tested.set_index("population").loc["lost_wrong"].p_holm < 1e-4


def test_ratings_of_lost_pictures_are_the_mean() -> None:
    scores, _ = rungs("ratings")
    r2 = scores[scores.metric == "r2"].set_index(["model", "population"]).value
    assert 0 < r2["rung_openface", "lost_wrong"] < r2["rung_openface", "found"]
    assert r2["rung_mesh_all", "lost_wrong"] == pytest.approx(r2["rung_mesh_all", "found"], abs=0.1)


def test_the_mean_over_ratings_leaves_out_what_raters_do_not_agree_on(tmp_path: Path) -> None:
    data, other, lost = faces(240, noise=6.0, seed=1)
    other[lost] = np.nan
    noise = np.random.default_rng(3).normal(size=(2, 240))
    others = {"cool": noise[0] - data.ratings["warm"], "vague": noise[1]}
    data = replace(data, ratings={**data.ratings, **others})
    table = tmp_path / "reliability.csv"
    table.write_text("name,reliability\nwarm,.9\ncool,.9\nvague,.3\n")
    descriptors = np.random.default_rng(0).normal(size=(240, 2)).astype(np.float32)
    tables, (note,) = run_rung_models(
        data, "ratings", other, descriptors, options=options(reliability=str(table))
    )
    scores = tables["scores"][0].to_pandas()
    r2 = scores[(scores.metric == "r2") & (scores.population == "found")]
    value = r2.set_index(["model", "target"]).value
    for rung in RUNGS:
        assert value[rung, "mean_of_ratings"] == pytest.approx(
            (value[rung, "warm"] + value[rung, "cool"]) / 2, abs=1e-4
        )
    gaps = tables["comparisons"][0].to_pandas().set_index(["target", "population", "other"])
    mean = gaps[gaps.metric == "r2"].loc[("mean_of_ratings", "weighted", MEASURED)]
    assert f"by {mean.difference:+.3f} [{mean.low:+.3f}, {mean.high:+.3f}] when these" in note
    assert "its mean R2 on all of them" in note


def test_too_few_found_faces_are_told() -> None:
    data, other, _ = faces(40, noise=1.0, seed=2)
    other[2:] = np.nan
    nothing = np.zeros((40, 1), np.float32)
    tables, notes = run_rung_models(data, "emotions", other, nothing, options=options())
    assert notes == ["OpenFace found 2 of 40 faces, too few to learn from them."]
    assert tables == {"scores": [], "comparisons": []}


def test_landmarks_are_read_of_the_trusted_faces_of_one_part(tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "image_id": ["b", "a", "a", "c", "gone"],
        "backend": ["openface"] * 2 + ["mesh", "openface", "openface"],
        "variant": ["original"] * 5,
        "success": [True, True, True, False, True],
    }
    numbers = {name: np.arange(5.0) for name in LANDMARK_COLUMNS}
    path = str(tmp_path / "study.parquet")
    write_table(pa.table(columns | numbers), path, metadata={})
    ids = np.array(["a", "b", "c"], dtype=object)
    values = read_other_landmarks(Path(path), ids, backend="openface", variant="original")
    np.testing.assert_array_equal(values[:, 0], [1.0, 0.0, np.nan])


def test_weights_bring_back_what_was_measured_on_pictures_that_openface_lost() -> None:
    data, other, _ = faces(1600, noise=1.0, seed=4)
    rng = np.random.default_rng(5)
    light = rng.normal(size=1600)
    points = data.modules["landmarks"].values + (
        np.exp(0.8 * light)[:, None] * rng.normal(size=(1600, 136)) * 2
    ).astype(np.float32)
    module = replace(data.modules["landmarks"], values=points)
    data = replace(data, modules={"landmarks": module})
    other[rng.random(1600) < 1 / (1 + np.exp(-1.5 * light))] = np.nan
    tables, _ = run_rung_models(
        data, "emotions", other, light[:, None].astype(np.float32), options=options()
    )
    scores = tables["scores"][0].to_pandas()
    own = scores[(scores.model == RUNGS[1]) & (scores.metric == "log_loss")]
    value = own.set_index("population").value
    assert value["all"] > value["found"] + 0.1
    assert abs(value["weighted"] - value["all"]) < 0.5 * (value["all"] - value["found"])
    comparisons = tables["comparisons"][0].to_pandas()
    gap = comparisons[
        (comparisons.other == MEASURED)
        & (comparisons.metric == "log_loss")
        & (comparisons.population == "found")
    ]
    assert gap.difference.item() == pytest.approx(value["found"] - value["all"], abs=1e-4)
    assert gap.high.item() < 0


def test_few_lost_pictures_check_nothing() -> None:
    data, other, _ = faces(120, noise=1.0, seed=6)
    other[:2] = np.nan
    nothing = np.zeros((120, 1), np.float32)
    tables, notes = run_rung_models(data, "ratings", other, nothing, options=options())
    assert notes == [
        "OpenFace lost too few pictures that the mesh found to check weights that make up for lost pictures."
    ]
    assert "weighted" not in set(tables["scores"][0].to_pandas().population)
