"""A model that predicts failure from descriptors, judged only on pictures it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.failures.gaps import lent_together, without_gaps
from modular_faces.inference.intervals import Interval

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_TREES = {
    "max_iter": 150,
    "learning_rate": 0.06,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
"""Small trees and slow learning: a few thousand pictures are few for boosting."""


@dataclass(frozen=True)
class FailureModelFit:
    """What a model that is asked only of unseen pictures says.

    Attributes
    ----------
    names : list of str
        Features.
    values : (n, k) ndarray of float64
        Features, missing ones drawn from those of other pictures.
    failed : (n,) ndarray of bool
    predicted : (n,) ndarray of float64
        Probability of failure, from the fold that has not seen the picture.
    shap : (n, k) ndarray of float64
        Contributions of the features to the log odds of failure, from the same fold.
    auc : Interval
    brier, brier_of_base_rate : float
        Mean squared error of the probability, and that of always saying the base rate.
    """

    names: list[str]
    values: FloatArray
    failed: BoolArray
    predicted: FloatArray
    shap: FloatArray
    auc: Interval
    brier: float
    brier_of_base_rate: float

    @property
    def better_than_chance(self) -> bool:
        """Whether the interval of the AUC lies above one half."""
        return self.auc.low > 0.5


def fit_failure_model(
    features: pd.DataFrame,
    failed: BoolArray,
    weights: FloatArray,
    *,
    folds: int,
    draws: int,
    confidence: float,
    seed: int,
) -> FailureModelFit:
    """Fit gradient-boosted trees fold by fold and ask each fold what the others taught.

    Parameters
    ----------
    features : pandas.DataFrame, n rows
        Numbers. Columns without variation are left out.
    failed : (n,) ndarray of bool
    weights : (n,) ndarray of float64
    folds, draws : int
        Folds, and bootstrap samples of the interval.
    confidence : float
    seed : int

    Returns
    -------
    FailureModelFit

    Notes
    -----
    That a value is missing must not tell anything, since values can be missing because a picture failed. A missing
    value is therefore drawn from those of similar pictures (`without_gaps`), which stay in the fold of the picture,
    and there is no indicator.
    """
    import shap
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedGroupKFold

    varied = features.loc[:, features.nunique(dropna=True) > 1]
    values, lenders = without_gaps(varied.to_numpy(dtype=np.float64), seed=seed)
    together = lent_together(lenders)
    predicted, contributions = np.full(len(failed), np.nan), np.zeros(values.shape)
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    for learn, ask in splitter.split(values, failed, groups=together):
        model = HistGradientBoostingClassifier(random_state=seed, **_TREES)
        model.fit(values[learn], failed[learn], sample_weight=_unless_alike(weights[learn]))
        predicted[ask] = model.predict_proba(values[ask])[:, 1]
        explained = np.asarray(shap.TreeExplainer(model).shap_values(values[ask]))
        contributions[ask] = explained[..., 1] if explained.ndim == 3 else explained
    base = float(np.average(failed, weights=weights))
    return FailureModelFit(
        names=[str(name) for name in varied.columns],
        values=values,
        failed=failed,
        predicted=predicted,
        shap=contributions,
        auc=auc_interval(predicted, failed, weights, draws=draws, confidence=confidence, seed=seed),
        brier=float(np.average((predicted - failed) ** 2, weights=weights)),
        brier_of_base_rate=base * (1 - base),
    )


def _unless_alike(weights: FloatArray) -> FloatArray | None:
    """Weights that differ; None for those that say nothing, with which features are cut into bins much faster."""
    return None if (weights == weights[0]).all() else weights


def weighted_auc(scores: FloatArray, cases: BoolArray, weights: FloatArray) -> float:
    """Chance that a case has a higher score than a picture that is none, ties counting half; NaN without either.

    Parameters
    ----------
    scores : (n,) ndarray of float64
    cases : (n,) ndarray of bool
    weights : (n,) ndarray of float64

    Examples
    --------
    >>> weighted_auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, False, True, True]), np.ones(4))
    0.875
    """
    _, rank = np.unique(scores, return_inverse=True)
    return _auc_of_ranks(rank, cases, weights)


def _auc_of_ranks(rank: NDArray[np.intp], cases: BoolArray, weights: FloatArray) -> float:
    others = np.bincount(rank, weights=np.where(cases, 0.0, weights))
    hits = np.bincount(rank, weights=np.where(cases, weights, 0.0))
    total = float(others.sum() * hits.sum())
    if total == 0:
        return float("nan")
    below = np.cumsum(others) - others
    return float((hits * (below + others / 2)).sum() / total)


def auc_interval(
    scores: FloatArray,
    cases: BoolArray,
    weights: FloatArray,
    *,
    draws: int,
    confidence: float,
    seed: int,
) -> Interval:
    """Estimate the AUC with a percentile bootstrap over pictures.

    Parameters
    ----------
    scores, cases, weights
        As for `weighted_auc`.
    draws : int
    confidence : float
    seed : int
    """
    n = len(scores)
    _, rank = np.unique(scores, return_inverse=True)
    generator = np.random.default_rng(seed)
    drawn = np.empty(draws)
    for draw in range(draws):
        times = np.bincount(generator.integers(0, n, n), minlength=n)
        drawn[draw] = _auc_of_ranks(rank, cases, weights * times)
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Interval(weighted_auc(scores, cases, weights), float(low), float(high))


def calibration(
    predicted: FloatArray, failed: BoolArray, weights: FloatArray, *, groups: int
) -> pd.DataFrame:
    """Compare predicted with observed failure in groups of equal size.

    Parameters
    ----------
    predicted, failed, weights : (n,) ndarray
    groups : int
        At most so many; fewer where predictions tie.

    Returns
    -------
    pandas.DataFrame
        group, n, predicted, observed: shares of failures, weighted.
    """
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, groups + 1)))
    place = np.clip(np.searchsorted(edges, predicted, side="right") - 1, 0, max(len(edges) - 2, 0))
    rows = []
    for group in np.unique(place):
        chosen = place == group
        share = weights[chosen]
        rows.append(
            {
                "group": int(group) + 1,
                "n": int(chosen.sum()),
                "predicted": float(np.average(predicted[chosen], weights=share)),
                "observed": float(np.average(failed[chosen], weights=share)),
            }
        )
    return pd.DataFrame(rows)


def importance(fit: FailureModelFit) -> pd.DataFrame:
    """Sum up the contributions of each feature.

    Returns
    -------
    pandas.DataFrame
        feature, mean_abs_shap (log odds), direction (Spearman's correlation of value and contribution), largest first.
    """
    rows = [
        {
            "feature": name,
            "mean_abs_shap": float(np.abs(fit.shap[:, place]).mean()),
            "direction": _spearman(fit.values[:, place], fit.shap[:, place]),
        }
        for place, name in enumerate(fit.names)
    ]
    table = pd.DataFrame(rows, columns=["feature", "mean_abs_shap", "direction"])
    return table.sort_values("mean_abs_shap", ascending=False, kind="stable").reset_index(drop=True)


def _spearman(one: FloatArray, other: FloatArray) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    first, second = pd.Series(one).rank(), pd.Series(other).rank()
    return float(np.corrcoef(first, second)[0, 1])
