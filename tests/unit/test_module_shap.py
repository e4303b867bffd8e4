"""SHAP values of modules against the library shap, and their parts."""

import numpy as np
import pytest

from modular_faces.modular.encoder import fit_encoder
from modular_faces.modular.folds import Fold
from modular_faces.modular.linear_model import LinearModel
from modular_faces.modular.module_shap import ExplainedPictures, group_shap, parts_of
from modular_faces.modular.protocol import EncodedFold
from modular_faces.modular.tasks import rating_tasks
from planted import data_of, fit_options, plain_pipeline

COLUMNS = ("color_rgb_r_00_nose", "color_rgb_r_01_nose", "color_rgb_r_00_face_oval")


def test_parts_are_told_by_the_end_of_the_name_in_colour_and_texture_only() -> None:
    parts = parts_of("color", COLUMNS)
    assert {name: places.tolist() for name, places in parts.items()} == {
        "": [0, 1, 2],
        "nose": [0, 1],
        "face_oval": [2],
    }
    assert list(parts_of("measures", ["measure_mouth"])) == [""]


def test_shap_values_are_those_of_the_library_and_add_up() -> None:
    shap = pytest.importorskip("shap")
    rng = np.random.default_rng(0)
    train, test = rng.normal(2.0, 3.0, (60, 3)), rng.normal(2.0, 3.0, (7, 3))
    encoder = fit_encoder(
        "color",
        COLUMNS,
        train.astype(np.float32),
        lambda: plain_pipeline("color", COLUMNS),
        components=3,
    )
    coefficients = rng.normal(size=(3, 2))
    places = parts_of("color", COLUMNS)
    weights = encoder.axes @ coefficients
    for target in range(2):
        model = (weights[:, target], 0.0)
        background = shap.maskers.Independent(train, max_samples=len(train))
        expected = shap.LinearExplainer(model, background).shap_values(test)
        for part in places.values():
            found = group_shap(encoder, coefficients, test.astype(np.float32), part)
            np.testing.assert_allclose(found[:, target], expected[:, part].sum(axis=1), atol=1e-4)


def test_every_test_picture_is_explained_in_units_that_ratings_share() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(20, 1))
    data = data_of({"pose": values}, ratings={"small": values[:, 0], "large": 100 * values[:, 0]})
    (task,), _ = rating_tasks(data.ratings, data.cluster, fit_options())
    train, test = np.arange(15), np.arange(15, 20)
    block = data.modules["pose"].values
    encoder = fit_encoder(
        "pose", ("pose_0",), block[train], lambda: plain_pipeline("pose", ("pose_0",)), components=1
    )
    scale = 1 / encoder.axes[0, 0]
    model = LinearModel(
        "ratings", {"pose": np.array([[scale, 100 * scale]])}, np.zeros(2), np.ones((1, 2)), True
    )
    explained = ExplainedPictures(task, data.modules, data.image_ids, "face")
    encoded = EncodedFold(train, test, {"pose": encoder}, {}, {})
    explained(encoded, model, Fold(repeat=0, number=0, train=train, test=test))
    explained(encoded, model, Fold(repeat=1, number=0, train=train, test=test))
    (table,) = explained.tables
    assert table.column("image_id").to_pylist() == data.image_ids[test].tolist()
    apart = np.abs(values[test, 0] - values[train, 0].mean()) / values[train, 0].std()
    np.testing.assert_allclose(table.column("mean_abs_shap").to_numpy(), apart, rtol=1e-4)
