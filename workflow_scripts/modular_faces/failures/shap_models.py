"""The models of one outcome: on every picture, and with pose and size where another attempt found a face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.failures.counting import counted
from modular_faces.failures.failure_model import fit_failure_model
from modular_faces.failures.hash_order import hash_order
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.shap_report import NO_SHAP, Model
from modular_faces.failures.signs import RESCUE_SIGNS, best_rescue, rescue_signs

JAW_COLUMNS: Final = ("x_0", "x_16")
"""Ends of the jaw, whose distance by the width of the picture is the scale of the face."""


def models_of(
    outcome: Outcome,
    descriptors: pd.DataFrame,
    study: pd.DataFrame,
    options: Mapping[str, Any],
    *,
    draws: int,
    confidence: float,
    seed: int,
    installed: bool,
) -> Iterator[Model]:
    """Fit both models of an outcome, or say why not.

    Parameters
    ----------
    outcome : Outcome
    descriptors : pandas.DataFrame
        Indexed by image_id.
    study : pandas.DataFrame
    options : mapping
        pictures, folds, least_failures.
    draws : int
        Bootstrap samples.
    confidence : float
    seed : int
    installed : bool
        Whether the library shap is there.

    Yields
    ------
    Model
    """
    rows = sampled(outcome, options, seed=seed)
    image_ids = [outcome.image_ids[row] for row in rows]
    features = descriptors.reindex(image_ids).astype(float)
    pose = _pose_features(outcome, study, image_ids, features)
    for name, table in (("descriptors", features), ("with_pose", features.join(pose))):
        known = (
            np.ones(len(rows), dtype=bool)
            if name == "descriptors"
            else pose.notna().all(axis=1).to_numpy(dtype=bool)
        )
        failed, weights = outcome.failed[rows][known], outcome.weights[rows][known]
        chosen = [image_id for image_id, here in zip(image_ids, known, strict=True) if here]
        skipped = outcome.too_few or _why_not(
            failed, options["least_failures"], options["folds"], installed
        )
        if skipped:
            yield Model(outcome, name, None, weights, skipped)
            continue
        fit = fit_failure_model(
            table.loc[chosen],
            failed,
            weights,
            folds=options["folds"],
            draws=draws,
            confidence=confidence,
            seed=seed,
        )
        yield Model(outcome, name, fit, weights)


def sampled(outcome: Outcome, options: Mapping[str, Any], *, seed: int) -> NDArray[np.intp]:
    """Places of the pictures that a model learns from, the same ones at both levels, in order."""
    order = hash_order(outcome.image_ids, seed=seed)[: options["pictures"]]
    return np.sort(np.array(order, dtype=np.intp))


def _why_not(failed: NDArray[np.bool_], least: int, folds: int, installed: bool) -> str:
    if not installed:
        return NO_SHAP
    failures, successes = int(failed.sum()), int((~failed).sum())
    fewest = max(least, folds)
    if not len(failed):
        return "No other part of the study found a face, so that pose and scale are not known."
    if min(failures, successes) >= fewest:
        return ""
    rarer, kind = min((failures, ("failure", "failures")), (successes, ("success", "successes")))
    return (
        f"Only {counted(rarer, kind[0], kind[1])} among {counted(len(failed), 'picture')}; fewer than {fewest} are not "
        "modelled."
    )


def _pose_features(
    outcome: Outcome, study: pd.DataFrame, image_ids: list[str], features: pd.DataFrame
) -> pd.DataFrame:
    """Head angles and scale of the face as another part of the study saw them; NaN where it saw none."""
    part = {"backend": outcome.backend, "variant": outcome.variant}
    pose = rescue_signs(study, image_ids, **part)[list(RESCUE_SIGNS)]
    rescue = best_rescue(study, **part)
    if rescue is None or not set(JAW_COLUMNS) <= set(study.columns):
        return pose.assign(face_scale=np.nan)
    jaw = rescue.set_index("image_id").reindex(image_ids)
    return pose.assign(face_scale=(jaw["x_16"] - jaw["x_0"]).abs() / features["width"])
