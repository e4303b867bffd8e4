"""Which pixels a model of failure looks at: SHAP values of small grey pictures, out of fold.

A model learns on some pictures from their grey values alone which ones fail, and is asked about others,
so that nothing it says of a picture was learnt from it or from a copy of it. SHAP values cut each answer
into what every pixel added to it or took away. A map is made only where the model knows more than chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from modular_faces.failures.map_comparison import MapComparison, compare_maps, correct_together
from modular_faces.inference.effect_sizes import cliffs_delta
from modular_faces.inference.intervals import Interval

Floats = npt.NDArray[np.float64]
Members = npt.NDArray[np.bool_]
Model = Literal["linear", "boosted"]
Answer = tuple[Floats, Floats]

_CHANCE = 0.5
_PENALTY = 0.001
_LEAST_SD = 1.0


@dataclass(frozen=True)
class PixelModel:
    """How pixels are modelled.

    Attributes
    ----------
    model : {'linear', 'boosted'}
        Logistic regression with a ridge penalty, or gradient-boosted trees.
    side : int
        Longer side of the small pictures, in pixels.
    folds : int
    permutations : int
    confidence : float
        Of the interval of the AUC.
    seed : int
    """

    model: Model
    side: int
    folds: int
    permutations: int
    confidence: float
    seed: int


@dataclass(frozen=True)
class PixelShap:
    """What pixels say about failure.

    Attributes
    ----------
    auc : Interval
        Chance that a failure gets the higher score than a success, out of fold.
    absolute : (n, h, w) ndarray of float64
        Share of each pixel in what was said of a picture: absolute SHAP values that sum to 1 per picture.
    signed : (n, h, w) ndarray of float64
        SHAP values in log odds; above 0 the pixel spoke for failure.
    comparisons : list of MapComparison
        Failures against successes, `absolute`; empty where the model knows nothing. `signed` is not compared: the
        model was trained to part the groups, so that its signed values differ wherever it knows anything, and a test
        of that would only repeat the AUC.
    """

    auc: Interval
    absolute: Floats
    signed: Floats
    comparisons: list[MapComparison]

    @property
    def informative(self) -> bool:
        """Whether the model does better than chance."""
        return self.auc.low > _CHANCE


def pixel_shap(
    greys: npt.NDArray[np.uint8],
    failed: Members,
    *,
    strata: npt.NDArray[np.integer] | None,
    settings: PixelModel,
) -> PixelShap:
    """Model failure from pixels and say which of them count.

    Parameters
    ----------
    greys : (n, H, W) ndarray of uint8
        Grey pictures in one frame.
    failed : (n,) ndarray of bool
    strata : (n,) ndarray of int or None
        Within which pictures are exchanged in a second comparison.
    settings : PixelModel

    Returns
    -------
    PixelShap

    Raises
    ------
    ValueError
        If there are not two failures and two successes to learn from.
    """
    small = shrink(greys, settings.side)
    scores, values = out_of_fold(small.reshape(len(small), -1).astype(np.float64), failed, settings)
    delta = cliffs_delta(scores[failed], scores[~failed], confidence=settings.confidence)
    auc = Interval(*((limit + 1) / 2 for limit in delta))
    signed = values.reshape(small.shape)
    totals = np.abs(signed).sum(axis=(1, 2), keepdims=True)
    absolute = np.divide(np.abs(signed), totals, out=np.zeros_like(signed), where=totals > 0)
    comparisons: list[MapComparison] = []
    if auc.low > _CHANCE:
        comparisons = compare_maps(
            absolute,
            failed,
            name="absolute",
            channel="grey",
            strata=strata,
            permutations=settings.permutations,
            seed=settings.seed,
        )
    return PixelShap(auc, absolute, signed, correct_together(comparisons))


def shrink(greys: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """Shrink pictures until the longer side has `side` pixels; smaller ones stay.

    Parameters
    ----------
    greys : (n, H, W) ndarray of uint8
    side : int

    Returns
    -------
    (n, h, w) ndarray of uint8
    """
    height, width = greys.shape[1:]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.empty((len(greys), size[1], size[0]), dtype=np.uint8)
    for place, grey in enumerate(greys):
        small[place] = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return small


def out_of_fold(pixels: Floats, failed: Members, settings: PixelModel) -> Answer:
    """Score every picture by a model that has not seen it.

    Parameters
    ----------
    pixels : (n, p) ndarray of float64
    failed : (n,) ndarray of bool
    settings : PixelModel

    Returns
    -------
    scores : (n,) ndarray of float64
        Log odds of failure.
    values : (n, p) ndarray of float64
        SHAP values, in log odds.
    """
    from sklearn.model_selection import StratifiedKFold

    folds = min(settings.folds, int(failed.sum()), int((~failed).sum()))
    if folds < 2:
        raise ValueError("there are not two failures and two successes to learn from")
    splitter = StratifiedKFold(folds, shuffle=True, random_state=settings.seed)
    explain = _MODELS[settings.model]
    scores, values = np.zeros(len(pixels)), np.zeros(pixels.shape)
    for train, test in splitter.split(pixels, failed):
        scores[test], values[test] = explain(
            pixels[train], failed[train], pixels[test], settings.seed
        )
    return scores, values


def _explain_linear(train: Floats, failed: Members, test: Floats, seed: int) -> Answer:
    """Ridge logistic regression; a linear model's SHAP value is coefficient times distance from the mean."""
    from sklearn.linear_model import LogisticRegression

    mean, sd = train.mean(axis=0), np.maximum(train.std(axis=0), _LEAST_SD)
    model = LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=1000)
    model.fit((train - mean) / sd, failed)
    values = (test - mean) / sd * model.coef_[0]
    return model.intercept_[0] + values.sum(axis=1), values


def _explain_boosted(train: Floats, failed: Members, test: Floats, seed: int) -> Answer:
    """Gradient-boosted trees, explained along the paths of the trees."""
    from shap import TreeExplainer
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.1,
        max_leaf_nodes=8,
        min_samples_leaf=10,
        l2_regularization=1.0,
        max_features=0.3,
        early_stopping=False,
        class_weight="balanced",
        random_state=seed,
    )
    model.fit(train, failed)
    explainer = TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(test, check_additivity=False), dtype=np.float64)
    return np.asarray(model.decision_function(test), dtype=np.float64), values


_MODELS: dict[Model, Callable[[Floats, Members, Floats, int], Answer]] = {
    "linear": _explain_linear,
    "boosted": _explain_boosted,
}
