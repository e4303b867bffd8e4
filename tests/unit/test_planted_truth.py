"""The models find what was planted, nothing where nothing is, and see no test picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest
from sklearn.base import BaseEstimator, TransformerMixin

from modular_faces.modular.analysis import Analysis, AnalysisOptions, analyse
from modular_faces.modular.encoder import Transformer
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.patterns import weight_tables
from modular_faces.modular.protocol import ModelPlan, encode_fold
from modular_faces.modular.tasks import EmotionTask, RatingTask, emotion_task, rating_tasks
from planted import data_of, fit_options, plain_pipeline

OPTIONS = AnalysisOptions(
    fit=fit_options(),
    components=50,
    folds=4,
    repeats=1,
    draws=200,
    level=0.95,
    shuffles=40,
    refits=60,
    weight_quantile=0.99,
    weight_strength=1e-3,
    least_lost=0.02,
    least_lost_pictures=4,
    weight_draws=20,
    least_reliability=0.6,
)
PLAN = ModelPlan(
    {"modular": ("color", "texture", "pose")},
    "modular",
    {"color": ("color",), "texture": ("texture",), "pose": ("pose",)},
    50,
)


def blocks_of(n: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = {"color": 4, "texture": 3, "pose": 3}
    return {name: rng.normal(size=(n, width)) for name, width in sizes.items()}


def rating_data(n: int, seed: int, noise: float) -> tuple[ModularData, dict[str, np.ndarray]]:
    blocks = blocks_of(n, seed)
    rng = np.random.default_rng(seed + 1000)
    truth = {"color": np.array([1.0, -2.0, 0.5, 1.0]), "texture": np.array([0.5, 0.0, -1.0])}
    clean = sum(blocks[name] @ weights for name, weights in truth.items())
    return data_of(blocks, ratings={"warm": clean + noise * rng.normal(size=n)}), truth


def emotion_data(n: int, seed: int, strength: float) -> tuple[ModularData, np.ndarray]:
    blocks = blocks_of(n, seed)
    rng = np.random.default_rng(seed + 1000)
    truth = strength * np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0], [0.5, 0.5, -1.0], [0, 0, 0]])
    scores = blocks["color"] @ truth
    label = (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)
    split = ["train"] * (n - n // 4) + ["test"] * (n // 4)
    return data_of(blocks, label=[str(one) for one in label], split=split), truth


def rating_task(data: ModularData, **others: Any) -> RatingTask:
    tasks, _ = rating_tasks(data.ratings, data.cluster, fit_options(**others))
    return tasks[0]


def emotion(data: ModularData, **others: Any) -> EmotionTask:
    return emotion_task(
        data.label, data.classes, list(data.classes), data.cluster, fit_options(**others)
    )


def run(
    data: ModularData,
    task: EmotionTask | RatingTask,
    *,
    plan: ModelPlan = PLAN,
    pipeline: Any = plain_pipeline,
    **others: Any,
) -> Analysis:
    return analyse(
        data,
        task,
        plan,
        pipeline=pipeline,
        descriptors=None,
        reliabilities={},
        options=replace(OPTIONS, fit=task.options, **others),
    )


def weights_of(result: Analysis) -> list[pa.Table]:
    assert result.weights is not None
    return result.weights.columns


def score(result: Analysis, model: str, metric: str, population: str = "found") -> Any:
    (one,) = [
        row
        for row in result.scores
        if (row.model, row.metric, row.population) == (model, metric, population)
        and row.split != "test_without_duplicates"
    ]
    return one


def credit(result: Analysis, metric: str) -> dict[str, float]:
    return {row.modules: row.value for row in result.scores if row.metric == f"shapley_{metric}"}


def test_intervals_cover_the_planted_weights_of_ratings() -> None:
    covered = []
    for seed in range(8):
        data, truth = rating_data(1500, seed, noise=2.0)
        result = run(data, rating_task(data, strengths=(1e-6,)), shuffles=2, draws=100)
        table = weights_of(result)[0].to_pandas()
        spread = data.modules["color"].values.std(axis=0)
        expected = truth["color"] * spread
        covered += ((table.weight_low <= expected) & (expected <= table.weight_high)).tolist()
    assert np.mean(covered) >= 0.9


def test_intervals_cover_the_planted_weights_of_categories() -> None:
    covered = []
    for seed in range(5):
        data, truth = emotion_data(1600, seed, strength=1.0)
        task = emotion(data)
        rows = np.flatnonzero(data.split == "train")
        encoded = encode_fold(
            data.modules,
            ["color"],
            train=rows,
            test=np.empty(0, np.intp),
            pipeline=plain_pipeline,
            components=50,
        )
        model = task.fit(encoded.train_blocks, rows, np.array([1e-6]), None)
        found = weight_tables(
            data.modules, task, encoded, model, refits=100, level=0.95, seed=1
        ).columns[0]
        table = found.to_pandas()
        centred = truth - truth.mean(axis=1, keepdims=True)
        spread = data.modules["color"].values[rows].std(axis=0)
        expected = (centred * spread[:, None]).T.ravel()
        covered += ((table.weight_low <= expected) & (expected <= table.weight_high)).tolist()
    assert np.mean(covered) >= 0.9


def test_with_a_penalty_signs_and_predictions_and_shares_are_found() -> None:
    data, truth = rating_data(400, 5, noise=1.0)
    result = run(data, rating_task(data))
    r2 = score(result, "modular", "r2")
    assert r2.low < 7.5 / 8.5 < r2.high
    table = weights_of(result)[0].to_pandas()
    assert np.sign(table.weight).tolist() == np.sign(truth["color"]).tolist()
    assert table.weight_same_sign.min() == 1.0
    shares = credit(result, "r2")
    assert shares["color"] == pytest.approx(6.25 / 8.5, abs=0.06)
    assert shares["texture"] == pytest.approx(1.25 / 8.5, abs=0.05)
    assert abs(shares["pose"]) < 0.02
    assert score(result, "without_color", "r2").value < 0.3
    assert score(result, "only_pose", "r2").value < 0.02


def test_categories_are_found_in_the_module_that_holds_them() -> None:
    data, _ = emotion_data(800, 6, strength=2.0)
    result = run(data, emotion(data), refits=2)
    assert score(result, "modular", "accuracy").low > 0.6
    assert score(result, "modular", "accuracy").value > score(result, "baseline", "accuracy").high
    shares = credit(result, "log_loss")
    assert shares["color"] > 0.3
    assert abs(shares["texture"]) < 0.02


def test_shuffled_labels_score_at_chance() -> None:
    data, _ = emotion_data(800, 7, strength=2.0)
    shuffled = score(run(data, emotion(data), refits=2), "shuffled", "balanced_accuracy")
    assert shuffled.low < 1 / 3 < shuffled.high
    ratings, _ = rating_data(300, 7, noise=1.0)
    chance = score(run(ratings, rating_task(ratings)), "shuffled", "r2")
    assert -0.2 < chance.low < chance.high < 0.05


def test_labels_that_say_nothing_score_within_the_band_of_shuffled_ones() -> None:
    data, _ = emotion_data(800, 8, strength=0.0)
    result = run(data, emotion(data), refits=2)
    chance = score(result, "shuffled", "accuracy")
    assert chance.low - 0.03 <= score(result, "modular", "accuracy").value <= chance.high + 0.03


def test_a_suppressor_has_a_weight_and_no_pattern() -> None:
    rng = np.random.default_rng(9)
    signal, disturbance = rng.normal(size=(2, 1500))
    seen = np.column_stack([signal + disturbance, disturbance])
    data = data_of(
        {"color": seen, "texture": rng.normal(size=(1500, 2)), "pose": rng.normal(size=(1500, 2))},
        ratings={"warm": signal + 0.1 * rng.normal(size=1500)},
    )
    table = weights_of(run(data, rating_task(data)))[0].to_pandas()
    assert table.weight[1] < -0.8
    assert table.weight_high[1] < 0
    assert abs(table.pattern[1]) < 0.06
    assert table.pattern_low[1] < 0 < table.pattern_high[1]
    assert table.pattern[0] == pytest.approx(np.sqrt(0.5), abs=0.05)


class Watching(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Notes every row that it is fitted on."""

    seen: ClassVar[list[np.ndarray]] = []

    def fit(self, values: np.ndarray, y: Any = None) -> Watching:
        Watching.seen.append(np.asarray(values)[:, 0])
        return self

    def transform(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(values)


def test_nothing_is_fitted_on_test_pictures() -> None:
    data, _ = emotion_data(200, 10, strength=1.0)
    Watching.seen = []

    def watch(name: str, columns: Any) -> Transformer:
        made: Transformer = Watching()
        return made

    run(data, emotion(data), pipeline=watch, shuffles=2, refits=2, draws=100)
    trained = {
        float(value)
        for module in data.modules.values()
        for value in module.values[data.split == "train", 0]
    }
    assert Watching.seen
    assert {float(value) for seen in Watching.seen for value in seen} <= trained


@pytest.mark.parametrize("what", ["pictures", "labels"])
def test_test_pictures_and_labels_cannot_change_a_model(what: str) -> None:
    data, _ = emotion_data(240, 11, strength=1.0)
    tested = data.split == "test"
    if what == "labels":
        label = data.label.copy()
        label[tested] = label[tested][::-1]
        changed = replace(data, label=label)
    else:
        modules = {
            name: replace(module, values=np.where(tested[:, None], 1e3, module.values))
            for name, module in data.modules.items()
        }
        changed = replace(data, modules=modules)
    few: dict[str, Any] = {"shuffles": 2, "refits": 5, "draws": 100}
    ours, theirs = (run(one, emotion(one), **few) for one in (data, changed))
    for before, after in zip(weights_of(ours), weights_of(theirs), strict=True):
        assert before.equals(after)


def test_a_column_that_gives_test_labels_away_is_worth_nothing_unless_training_has_it() -> None:
    data, _ = emotion_data(400, 12, strength=0.0)
    leak = np.where(data.split == "test", data.label.astype(float), 0.0)
    color = np.column_stack([data.modules["color"].values, leak]).astype(np.float32)
    module = replace(
        data.modules["color"],
        values=color,
        columns=(*data.modules["color"].columns, "leak"),
    )
    leaky = replace(data, modules={**data.modules, "color": module})
    accuracy = score(run(leaky, emotion(leaky), shuffles=2, refits=2), "modular", "accuracy")
    assert accuracy.low < 0.4


def test_the_same_seed_gives_the_same_results() -> None:
    data, _ = rating_data(120, 13, noise=1.0)
    few: dict[str, Any] = {"shuffles": 3, "refits": 5, "draws": 100}
    ours, theirs = (run(data, rating_task(data), **few) for _ in range(2))
    assert repr(ours.scores) == repr(theirs.scores)
    assert weights_of(ours)[0].equals(weights_of(theirs)[0])


def test_duplicates_do_not_flatter() -> None:
    rng = np.random.default_rng(14)
    once = {name: values[:60] for name, values in blocks_of(60, 14).items()}
    blocks = {
        name: np.repeat(np.hstack([values, rng.normal(size=(60, 40))]), 2, axis=0)
        for name, values in once.items()
    }
    rating = np.repeat(rng.normal(size=60), 2)
    honest = data_of(blocks, ratings={"warm": rating}, cluster=np.repeat(np.arange(60), 2))
    blind = replace(honest, cluster=np.arange(120))
    few: dict[str, Any] = {"shuffles": 2, "refits": 2, "draws": 100}
    assert score(run(honest, rating_task(honest), **few), "modular", "r2").value < 0.1
    assert score(run(blind, rating_task(blind), **few), "modular", "r2").value > 0.3


def test_many_columns_do_not_win_by_their_number() -> None:
    rng = np.random.default_rng(15)
    data, _ = rating_data(200, 15, noise=0.5)
    wide: dict[str, Any] = {
        "color": data.modules["color"].values,
        "texture": rng.normal(size=(200, 400)),
    }
    other = data_of({**wide, "pose": data.modules["pose"].values}, ratings=data.ratings)
    result = run(other, rating_task(other), shuffles=2, refits=2)
    shares = credit(result, "r2")
    assert shares["color"] > 0.5
    assert abs(shares["texture"]) < 0.1
