"""Pipelines of modules learn from training pictures only, and give numbers without gaps."""

import numpy as np
import pytest
from sklearn.base import clone

from modular_faces.face_model import FaceGeometry, load_geometry
from modular_faces.modular.module_steps import BlockScale, Components, module_pipeline


@pytest.fixture(scope="module")
def geometry() -> FaceGeometry:
    return load_geometry(None)


def meshes(geometry: FaceGeometry, number: int) -> np.ndarray:
    face = np.concatenate([geometry.vertices, np.zeros((10, 3))]) * (9.0, -9.0, -9.0) + 50
    noise = np.random.default_rng(5).normal(scale=0.5, size=(number, *face.shape))
    return (face + noise).transpose(0, 2, 1).reshape(number, -1)


def values_of(name: str, geometry: FaceGeometry) -> tuple[np.ndarray, list[str]]:
    random = np.random.default_rng(3)
    if name.startswith("shape"):
        rows = meshes(geometry, 14)
        rows = rows if name == "shape_frontal" else rows[:, :956]
        return rows, [f"mesh_{column}" for column in range(rows.shape[1])]
    names = [*(f"x_{k}" for k in range(3)), "color_rgb_r_00_image", "haralick_contrast_mean_image"]
    return random.uniform(size=(14, 5)) * (100, 1, 1, 1, 5), names


@pytest.mark.parametrize("name", ["lab", "pose", "shape_2d", "shape_frontal", "aligned"])
@pytest.mark.parametrize("components", [None, 4])
def test_nothing_is_learnt_from_test_pictures(
    name: str, components: int | None, geometry: FaceGeometry
) -> None:
    values, columns = values_of(name, geometry)
    made = module_pipeline(name, columns, components=components, geometry=geometry, seed=0)
    pipeline = clone(made).fit(values[:10])
    together = pipeline.transform(values[10:])
    changed = values.copy()
    changed[11:] = changed[11:] * 2 + 1
    again = clone(made).fit(changed[:10]).transform(changed[10:11])
    np.testing.assert_allclose(again, together[:1], atol=1e-9)
    assert np.isfinite(together).all()
    assert together.shape == (4, components or len(columns))


@pytest.mark.parametrize("name", ["lab", "shape_2d"])
def test_every_module_varies_by_one_in_all(name: str, geometry: FaceGeometry) -> None:
    values, columns = values_of(name, geometry)
    pipeline = module_pipeline(name, columns, components=None, geometry=geometry, seed=0)
    assert pipeline.fit_transform(values).var(axis=0).sum() == pytest.approx(1)


def test_columns_keep_their_order(geometry: FaceGeometry) -> None:
    values, columns = values_of("lab", geometry)
    pipeline = module_pipeline("lab", columns, components=None, geometry=geometry, seed=0)
    ours = pipeline.fit_transform(values)
    expected = values.copy()
    expected[:, 3] = np.sqrt(expected[:, 3])
    for column in range(5):
        assert np.corrcoef(ours[:, column], expected[:, column])[0, 1] == pytest.approx(1)
    assert pipeline.get_feature_names_out(columns).tolist() == columns


def test_constant_and_missing_columns_do_no_harm(geometry: FaceGeometry) -> None:
    values, columns = values_of("lab", geometry)
    values[:, 0], values[:, 1], values[2, 4] = 7.0, np.nan, np.nan
    pipeline = module_pipeline("lab", columns, components=None, geometry=geometry, seed=0)
    ours = pipeline.fit_transform(values)
    assert np.isfinite(ours).all()
    assert not ours[:, :2].any()
    assert ours[2, 4] == pytest.approx(0)


def test_a_module_without_variance_stays_as_it_is() -> None:
    rows = np.full((4, 2), 3.0)
    np.testing.assert_array_equal(BlockScale().fit_transform(rows), rows)


def test_there_are_no_more_components_than_pictures() -> None:
    rows = np.random.default_rng(0).normal(size=(5, 30))
    assert clone(Components(most=12, seed=0)).fit_transform(rows).shape == (5, 5)


def test_an_unknown_module_is_refused(geometry: FaceGeometry) -> None:
    with pytest.raises(ValueError, match="there is no module 'hair'; choose from lab, color"):
        module_pipeline("hair", [], components=None, geometry=geometry, seed=0)
