"""The whole of one part on planted pictures: tables, sentences, refusals, lost pictures and duplicates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest

from modular_faces.config_models import Models, ModuleName
from modular_faces.modular.gather_models import gather_models, gather_notes, gather_tables
from modular_faces.modular.model_plan import available_plan
from modular_faces.modular.models_job import (
    TABLES,
    only_decodable,
    read_descriptors,
    run_models,
    write_part,
)
from modular_faces.modular.module_blocks import MODULES, ModularData
from modular_faces.modular.region_pairs import compare_regions
from modular_faces.tables import read_table, write_table
from planted import data_of, plain_pipeline

SMALL: dict[str, Any] = {
    "models": {"lab": ["lab"], "modular": ["color", "pose"]},
    "groups": {},
    "strengths": [1e-3, 1e-1],
    "inner_folds": 3,
    "scale_candidates": 0,
    "folds": 3,
    "draws": 100,
    "shuffles": 5,
    "refits": 5,
    "weight_draws": 20,
    "least_lost_pictures": 4,
}


def options(**others: Any) -> dict[str, Any]:
    return Models(**(SMALL | others)).model_dump() | {"face": "face_oval"}


def faces(n: int = 160, *, lost: int = 0) -> ModularData:
    rng = np.random.default_rng(0)
    color, pose = rng.normal(size=(n, 3)), rng.normal(size=(n, 2))
    label = (color[:, 0] + 0.3 * rng.normal(size=n) > 0).astype(int) + 1
    gone = np.zeros(n, bool)
    gone[n - lost :] = True
    gone[:lost] = True
    pose[gone] = np.nan
    split = ["train"] * (n // 2) + ["test"] * (n - n // 2)
    return data_of(
        {"lab": color[:, 1:], "color": color, "pose": pose},
        label=[str(one) for one in label],
        ratings={"warm": color[:, 0] * 2, "cool": -color[:, 1], "flat": np.ones(n)},
        split=split,
    )


def run(data: ModularData, kind: str, **others: Any) -> tuple[dict[str, Any], list[str]]:
    descriptors = np.nan_to_num(data.modules["color"].values)
    tables, notes = run_models(
        data, kind, pipeline=plain_pipeline, descriptors=descriptors, options=options(**others)
    )
    frames = {
        name: pa.concat_tables(parts).to_pandas() if parts else None
        for name, parts in tables.items()
    }
    return frames, notes


@pytest.fixture(scope="module")
def emotions() -> tuple[dict[str, Any], list[str]]:
    data = faces(lost=8)
    across = np.zeros(len(data), bool)
    across[[0, 100]] = True
    return run(replace(data, across_split=across), "emotions")


def test_every_way_of_counting_lost_pictures_is_there(emotions: Any) -> None:
    scores = emotions[0]["scores"]
    own = scores[(scores.model == "modular") & (scores.metric == "accuracy")]
    counts = {(row.population, row.split): row.n for row in own.itertuples()}
    assert counts == {
        ("all", "test"): 80,
        ("found", "test"): 72,
        ("lost_wrong", "test"): 80,
        ("weighted", "test"): 72,
        ("all", "test_without_duplicates"): 79,
    }
    value = {row.population: row.value for row in own.itertuples() if row.split == "test"}
    assert value["lost_wrong"] == pytest.approx(value["found"] * 72 / 80, rel=1e-4)
    assert value["lost_wrong"] <= value["all"]
    (ends,) = scores[
        (scores.model == "modular") & (scores.metric == "accuracy_bounds")
    ].itertuples()
    assert ends.low == pytest.approx(value["found"] * 0.9, rel=1e-4)
    assert ends.high == pytest.approx(value["found"] * 0.9 + 0.1, rel=1e-4)


def test_the_bounds_of_a_rating_hold_whatever_the_lost_ones_had_been() -> None:
    frames, _ = run(faces(lost=8), "ratings", shuffles=2, refits=2)
    scores = frames["scores"]
    own = scores[(scores.model == "modular") & (scores.target == "warm")]
    bounds = own[own.metric == "r2_bounds"].iloc[0]
    value = own[own.metric == "r2"].set_index("population").value
    assert bounds.low < value["lost_wrong"] < bounds.high <= 1.0
    assert bounds.low < value["all"] <= bounds.high
    error = own[own.metric == "mse_bounds"].iloc[0]
    found = own[(own.metric == "mse") & (own.population == "found")].value.item()
    assert error.low == pytest.approx(found * 72 / 80, rel=1e-3)


def test_every_model_and_its_parts_are_there(emotions: Any) -> None:
    scores = emotions[0]["scores"]
    assert set(scores.model) == {
        *("lab", "modular", "modular_balanced", "only_color", "only_pose"),
        *("without_color", "without_pose", "baseline", "shuffled"),
    }
    assert (scores.low <= scores.high).sum() > 100
    metrics = set(scores.metric)
    assert {"log_loss", "calibration_error", "recall_name_1", "shapley_accuracy"} <= metrics


def test_lost_pictures_have_predictions(emotions: Any) -> None:
    predictions = emotions[0]["predictions"]
    own = predictions[(predictions.model == "modular") & (predictions.target == "name_1")]
    assert len(own) == 80
    assert (~own.found).sum() == 8
    together = predictions[predictions.model == "modular"].groupby("image_id").predicted.sum()
    np.testing.assert_allclose(together, 1.0, atol=1e-3)


def test_contributions_add_to_the_scores(emotions: Any) -> None:
    frames, _ = emotions
    parts = frames["contributions"].pivot_table(
        index="image_id", columns="target", values="contribution", aggfunc="sum"
    )
    predictions = frames["predictions"]
    own = predictions[(predictions.model == "modular") & predictions.found]
    probability = own.pivot_table(index="image_id", columns="target", values="predicted")
    gap = parts.name_1 - parts.name_2
    odds = np.log(probability.name_1 / probability.name_2).reindex(gap.index)
    assert np.std(odds - gap) < 0.01


def test_comparisons_are_corrected_over_the_target(emotions: Any) -> None:
    comparisons = emotions[0]["comparisons"]
    own = comparisons[comparisons.metric == "accuracy"]
    assert set(own.other) == {"lab", "only_color", "only_pose", "without_color", "without_pose"}
    assert (own.p_holm >= own.p_mcnemar).all()
    pose = own[own.other == "only_pose"].iloc[0]
    assert pose.p_holm < 0.01
    assert pose.low > 0
    net = (pose.model_only - pose.other_only) / pose.n
    assert pose.difference == pytest.approx(net, abs=1e-4)


def test_the_reader_is_told_what_weights_assume(emotions: Any) -> None:
    frames, notes = emotions
    assert any("missing at random" in note and "10.0% of the pictures" in note for note in notes)
    assert frames["overlap"].found.sum() == 72
    assert frames["overlap"].lost.sum() == 8
    assert frames["confusion"]["count"].sum() == 72 * frames["confusion"].model.nunique()


@pytest.mark.parametrize("kind", ["emotions", "ratings"])
def test_regions_are_compared_by_the_scores_that_stand_for_each(kind: str, tmp_path: Path) -> None:
    paths = []
    whole, masked = replace(faces(90, lost=4), region="image"), replace(faces(90), region="face")
    for region, data in (("image", whole), ("face", masked)):
        frames, _ = run(data, kind, shuffles=2, refits=2)
        paths.append([str(tmp_path / f"{name}_{region}") for name in ("predictions", "scores")])
        for name, path in zip(("predictions", "scores"), paths[-1], strict=True):
            write_table(pa.Table.from_pandas(frames[name]), path, metadata={})
    scores = frames["scores"]
    found = scores[(scores.model == "modular") & (scores.population == "found")]
    alone = compare_regions([paths[1][0]] * 2, [], options())
    assert alone.num_columns == 0
    mirrored = frames["predictions"].assign(region="image")
    write_table(pa.Table.from_pandas(mirrored), paths[0][0] + "_same", metadata={})
    same = compare_regions([paths[0][0] + "_same", paths[1][0]], [], options()).to_pandas()
    value = found.set_index(["target", "metric"]).value
    for row in same.itertuples():
        assert row.face == pytest.approx(value[row.target, row.metric], abs=2e-5)
    assert len(same) == (2 if kind == "emotions" else 3)
    apart = compare_regions([one[0] for one in paths], [], options()).to_pandas()
    assert set(apart.n) == {found.n.max() - 4}


def test_few_lost_pictures_are_no_ground_for_weights() -> None:
    frames, notes = run(faces(lost=8), "emotions", least_lost_pictures=9, shuffles=2, refits=2)
    assert any("only 8 of them training pictures: too few to learn" in note for note in notes)
    assert "weighted" not in set(frames["scores"].population)


def test_ratings_have_a_mean_and_a_matrix_of_specificity() -> None:
    frames, notes = run(faces(90), "ratings", shuffles=10)
    scores = frames["scores"]
    main = scores[(scores.model == "modular") & (scores.population == "found")]
    r2 = main[main.metric == "r2"].set_index("target").value
    assert set(r2.index) == {"warm", "cool", "mean_of_ratings"}
    assert r2.mean_of_ratings == pytest.approx((r2.warm + r2.cool) / 2, abs=1e-4)
    assert any("'flat' is 1 for every picture" in note for note in notes)
    assert any("fewer than 2 %" in note for note in notes)
    matrix = frames["specificity"].pivot_table(
        index="predicted_rating", columns="rating", values="r"
    )
    assert matrix.loc["warm", "warm"] > 0.9
    assert abs(matrix.loc["warm", "cool"]) < 0.4


def test_reliability_stands_beside_ratings(tmp_path: Path) -> None:
    table = tmp_path / "reliability.csv"
    table.write_text("name,reliability\nwarm,0.8\ncool,0.5\n")
    frames, notes = run(faces(90), "ratings", reliability=str(table))
    scores = frames["scores"]
    own = scores[(scores.model == "modular") & (scores.population == "found")]
    value = own.set_index(["target", "metric"]).value
    assert value["warm", "r2_over_reliability"] == pytest.approx(
        value["warm", "r2"] / 0.8, rel=1e-3
    )
    assert "mean_of_ratings" not in set(own.target)
    raters = scores[scores.model == "raters"].set_index("target")
    assert raters.value.to_dict() == {"warm": 0.8, "cool": 0.5}
    assert raters.low.isna().all()
    assert set(zip(raters.metric, raters.population, raters.n, strict=True)) == {
        ("reliability", "all", 45)
    }
    assert any("cool (0.50)" in note for note in notes)


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        (
            "emotions",
            {"label": np.array(["1"] * 160, object)},
            r"needs two of them.*seen: 1 \(80\)",
        ),
        ("emotions", {"classes": {}}, "The dataset has no categories"),
        ("ratings", {"ratings": {}}, "The dataset has no ratings"),
    ],
)
def test_where_there_is_nothing_to_predict_a_sentence_says_so(
    kind: str, change: dict[str, Any], sentence: str
) -> None:
    frames, notes = run(replace(faces(), **change), kind)
    assert all(frame is None for frame in frames.values())
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(" ".join(notes))


def test_a_rare_category_is_left_out_and_named() -> None:
    data = faces()
    label = data.label.copy()
    label[[1, 100]] = "9"
    rare = replace(data, label=label, classes={**data.classes, "9": "name_9"})
    frames, notes = run(rare, "emotions", shuffles=2, refits=2)
    assert any("left out: name_9" in note for note in notes)
    assert set(frames["predictions"].target) == {"name_1", "name_2"}


def test_modules_that_a_run_lacks_are_named() -> None:
    wanted = {"modular": ["color", "aligned"], "more": ["color", "aligned", "pose", "expression"]}
    plan, notes = available_plan(
        ["color", "pose"], models=wanted, main="modular", groups={}, components=5
    )
    assert plan.models == {"modular": ("color",), "more": ("color", "pose")}
    assert plan.groups == {"color": ("color",)}
    assert any("'modular' goes without aligned" in note for note in notes)


def test_a_main_model_without_modules_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'modular' has none of its modules \(aligned\)"):
        available_plan(
            ["color"], models={"modular": ["aligned"]}, main="modular", groups={}, components=5
        )


def test_pictures_that_cannot_be_read_are_left_out() -> None:
    data = faces(20)
    readable = np.arange(20) != 3
    left, notes = only_decodable(replace(data, decodable=readable))
    assert len(left) == 19
    assert notes == [
        "1 pictures cannot be read and are left out; they are no failures of a detector."
    ]
    assert only_decodable(data) == (data, [])


def test_descriptors_of_other_pictures_are_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "d.parquet")
    write_table(pa.table({"image_id": ["b"]}), path, metadata={})
    with pytest.raises(ValueError, match="other pictures than features"):
        read_descriptors([path], np.array(["a"], dtype=object))


def test_parts_are_gathered(tmp_path: Path) -> None:
    parts: dict[str, list[str]] = {name: [] for name in (*TABLES, "notes")}
    for part, rows in (("a", [1]), ("b", [])):
        folder = {name: str(tmp_path / f"{part}_{name}") for name in parts}
        tables = {name: [pa.table({"n": pa.array(rows, pa.int64())})] for name in TABLES}
        if not rows:
            tables = {name: [] for name in TABLES}
        write_part(tables, ["one", part], folder, metadata={"stage": "x"})
        for name, path in folder.items():
            parts[name].append(path)
    outputs = {name: str(tmp_path / f"{name}.csv") for name in TABLES}
    outputs |= {"weights": str(tmp_path / "w.parquet"), "notes": str(tmp_path / "n.json")}
    gather_models(parts, outputs, metadata={})
    assert Path(outputs["scores"]).read_text().splitlines() == ['"n"', "1"]
    assert read_table(outputs["weights"]).column("n").to_pylist() == [1]
    assert gather_notes(parts["notes"]) == ["one", "a", "b"]
    assert gather_tables(parts["scores"][1:]).num_columns == 0


def test_the_configuration_knows_every_module() -> None:
    assert set(get_args(ModuleName)) == set(MODULES)


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ({"main": "other"}, "main is 'other', which is no model"),
        ({"groups": {"a": ["lab"]}}, "groups.a names 'lab', which the main model"),
        ({"groups": {"a": ["color"], "b": ["color"]}}, "'color' is in two groups"),
    ],
)
def test_sections_that_contradict_themselves_are_refused(
    section: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Models(**section)
