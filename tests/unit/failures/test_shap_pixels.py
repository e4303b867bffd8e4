"""Pixels that speak for failure are found out of fold, and no map is made of chance."""

import numpy as np
import planted_pictures as planted
import pytest

from modular_faces.failures.picture_frame import GREY
from modular_faces.failures.shap_pixels import Model, PixelModel, out_of_fold, pixel_shap, shrink


def settings(model: Model = "linear", side: int = 12) -> PixelModel:
    return PixelModel(model, side, folds=4, permutations=499, confidence=0.95, seed=1)


def test_pictures_are_shrunk_by_their_longer_side() -> None:
    greys = 2 * np.arange(64, dtype=np.uint8).reshape(1, 4, 16)
    small = shrink(greys, 8)
    assert small.shape == (1, 2, 8)
    assert small[0, 0, 0] == np.mean([0, 2, 32, 34])
    assert shrink(greys, 99).tolist() == greys.tolist()


@pytest.mark.parametrize("model", ["linear", "boosted"])
def test_a_covered_half_is_what_the_model_looks_at(model: Model) -> None:
    sample = planted.planted(planted.covered_right_half, n=160, lost=60, seed=1, side=24)
    greys = sample.pictures[..., GREY]
    result = pixel_shap(greys, sample.failed, strata=None, settings=settings(model))
    assert result.informative
    assert result.auc.estimate > 0.95
    np.testing.assert_allclose(result.absolute.sum(axis=(1, 2)), 1)
    assert result.absolute[..., 6:].sum() > 0.6 * len(greys)
    assert result.signed[sample.failed].sum() > 0 > result.signed[~sample.failed].sum()
    gap = result.signed[sample.failed].mean(axis=0) - result.signed[~sample.failed].mean(axis=0)
    assert gap.argmax() % 12 >= 6
    assert {one.name for one in result.comparisons} == {"absolute"}


def test_no_map_is_made_of_chance() -> None:
    sample = planted.planted(planted.nothing, n=160, lost=60, seed=3, side=24)
    greys = sample.pictures[..., GREY]
    result = pixel_shap(greys, sample.failed, strata=None, settings=settings())
    assert not result.informative
    assert result.auc.low < 0.5
    assert result.comparisons == []


def test_linear_values_are_those_of_shap() -> None:
    shap = pytest.importorskip("shap")
    from sklearn.linear_model import LogisticRegression

    from modular_faces.failures.shap_pixels import _explain_linear

    random = np.random.default_rng(1)
    train, test = random.normal(100, 20, (80, 5)), random.normal(100, 20, (9, 5))
    failed = train[:, 1] + random.normal(0, 10, 80) > 100
    scores, values = _explain_linear(train, failed, test, 0)
    mean, sd = train.mean(axis=0), train.std(axis=0)
    model = LogisticRegression(C=0.001, class_weight="balanced", max_iter=1000)
    model.fit((train - mean) / sd, failed)
    background = shap.maskers.Independent((train - mean) / sd, max_samples=80)
    expected = shap.LinearExplainer(model, background).shap_values((test - mean) / sd)
    np.testing.assert_allclose(values, expected, atol=1e-8)
    np.testing.assert_allclose(scores, model.decision_function((test - mean) / sd))


def test_one_failure_is_refused() -> None:
    with pytest.raises(ValueError, match="not two failures and two successes"):
        out_of_fold(np.zeros((4, 2)), np.array([True, False, False, False]), settings())
