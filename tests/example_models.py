"""A small folder of models' results, with planted scores and weights, for tests of their page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from modular_faces.failures.report_parts import StudyReport
from modular_faces.modular.mean_face import ARROWS, MeanFace
from modular_faces.modular.page import modular_page, read_tables
from modular_faces.modular.weight_sections import WeightInputs
from modular_faces.pages.parts import Page

TARGETS = ("joy", "fear")
OPTIONS: dict[str, Any] = {
    "main": "modular",
    "models": {"lab": ["lab"], "modular": ["color", "pose"]},
    "refits": 100,
    "shuffles": 200,
    "draws": 1000,
    "components": 400,
    "inner_folds": 4,
    "confidence": 0.95,
    "seed": 1,
}


def write_scores(folder: Path) -> None:
    rows = [
        (target, model, modules, population, region, "test", metric, value, value - 0.05, value + 0.05, 100)
        for target, metrics in (("emotion", ("accuracy", "log_loss")), ("mean_of_ratings", ("r2",)),
                                ("age", ("r2",)))
        for metric in metrics
        for region in ("image", "face")
        for population in ("all", "found")
        for model, modules, value in (
            ("modular", "color+pose", 0.8), ("baseline", None, 0.3), ("lab", "lab", 0.7),
            ("only_color", "color", 0.5), ("without_color", "pose", 0.6),
        )
    ]  # fmt: skip
    of_raters = (("raters", None, "all"), "reliability", 0.9)
    of_model = (("modular", "color+pose", "all"), "r2_over_reliability", 0.8 / 0.9)
    rows += [
        (target, *model, region, "test", metric, value, value - 0.05, value + 0.05, 100)
        for target in ("mean_of_ratings", "age") for region in ("image", "face")
        for model, metric, value in (of_raters, of_model)
    ]  # fmt: skip
    names = [
        "target",
        "model",
        "modules",
        "population",
        "region",
        "split",
        "metric",
        "value",
        "low",
    ]
    pd.DataFrame(rows, columns=[*names, "high", "n"]).to_csv(folder / "scores.csv", index=False)
    confusion = [("modular", region, truth, said, 3 if truth == said else 1)
                 for region in ("image", "face") for truth in TARGETS for said in TARGETS]  # fmt: skip
    columns = ["model", "region", "truth", "predicted", "count"]
    pd.DataFrame(confusion, columns=columns).to_csv(folder / "confusion.csv", index=False)
    calibration = {"model": ["lab", "modular"], "region": "image", "bin": 5, "probability": 0.5,
                   "right": 0.6, "low": 0.4, "high": 0.8, "n": 10}  # fmt: skip
    pd.DataFrame(calibration).to_csv(folder / "calibration.csv", index=False)
    reference = {"dataset": ["x"], "target": ["emotion"], "metric": ["accuracy"], "value": [0.92],
                 "chance": ["no"], "model": ["deep"], "protocol": ["its own"], "source": ["a paper"],
                 "origin": ["published"]}  # fmt: skip
    pd.DataFrame(reference).to_csv(folder / "references.csv", index=False)
    write_evidence(folder)
    (folder / "notes.json").write_text(json.dumps(["A planted note."]))


def write_evidence(folder: Path) -> None:
    """Comparisons, specificity, overlap, worst and best case, a score without duplicates, no rescued pictures."""
    comparison = {
        "target": "emotion", "region": ["image", "face"], "split": "test", "population": "found",
        "model": "modular", "other": ["lab", "without_color"], "metric": "accuracy",
        "difference": [0.1, 0.2], "low": [0.05, 0.15], "high": [0.15, 0.25], "n": 100,
        "model_only": [15, 22], "other_only": [5, 2], "p_mcnemar": 0.01, "p_holm": 0.02,
    }  # fmt: skip
    pd.DataFrame(comparison).to_csv(folder / "comparisons.csv", index=False)
    planted_regions().to_csv(folder / "regions.csv", index=False)
    pairs = [(a, b, 0.8 if a == b else 0.3) for a in ("age", "outdoors") for b in ("age", "outdoors")]  # fmt: skip
    specificity = pd.DataFrame(pairs, columns=["predicted_rating", "rating", "r"])
    specificity = specificity.assign(model="modular", region="image", n=100)
    specificity.to_csv(folder / "specificity.csv", index=False)
    overlap = {"task": "emotions", "region": "image", "chance_from": [0.8, 0.9],
               "chance_to": [0.9, 1.0], "found": [30, 60], "lost": [7, 3]}  # fmt: skip
    pd.DataFrame(overlap).to_csv(folder / "overlap.csv", index=False)
    (folder / "rescued.json").unlink(missing_ok=True)
    skipped = StudyReport("rescued", "Rescued pictures", "Another pattern?", skipped="Too few.")
    skipped.write(folder / "rescued.json")
    scores = pd.read_csv(folder / "scores.csv")
    one = scores[(scores["model"] == "modular") & (scores["metric"] == "accuracy")]
    bounds = one[one["population"] == "found"].assign(population="weighted", metric="accuracy_bounds")  # fmt: skip
    without = one[one["population"] == "all"].assign(split="test_without_duplicates", value=0.79)
    pd.concat([scores, bounds, without]).to_csv(folder / "scores.csv", index=False)


def planted_regions() -> pd.DataFrame:
    """Categories are known better from the whole picture, one rating too; the control falls without the background."""
    rows = [
        ("emotion", "accuracy", 0.8, 0.75, 0.01, 0.09, 15, 10, 0.42, 0.42),
        ("emotion", "balanced_accuracy", 0.7, 0.66, -0.01, 0.09, None, None, None, None),
        ("age", "r2", 0.5, 0.52, -0.05, 0.01, None, None, None, None),
        ("outdoors", "r2", 0.6, 0.4, 0.1, 0.3, None, None, None, None),
        ("mean_of_ratings", "r2", 0.55, 0.46, 0.05, 0.13, None, None, None, None),
    ]
    names = ["target", "metric", "image", "face", "low", "high", "image_only", "face_only"]
    made = pd.DataFrame(rows, columns=[*names, "p_mcnemar", "p_holm"])
    made.insert(4, "difference", (made["image"] - made["face"]).round(5))
    return made.assign(model="modular", population="found", n=100)


def planted_weights() -> WeightInputs:
    """Joy moves the mouth and brightens hue 0; fear moves the brows; nose and yaw are suppressors: a weight only."""
    vertices = [v for part in ARROWS.values() for v in part]
    rows = [
        ("shape_frontal", f"mesh_{axis}_{v}", target, _moves(target, v), 0.01)
        for target in TARGETS for axis in "xy" for v in vertices
    ]  # fmt: skip
    rows += [("color", f"color_hsv_h_{k:02d}_image", target, 0.3 * (k == (target == "fear")), 1.0)
             for target in TARGETS for k in range(4)]  # fmt: skip
    rows += [("pose", "yaw_deg", target, 0.0, 1.0) for target in TARGETS]
    made = pd.DataFrame(rows, columns=["module", "column", "target", "pattern", "spread"])
    suppressors = [f"mesh_{axis}_{v}" for axis in "xy" for v in ARROWS["nose"]]
    hidden = (made["module"] == "pose") | made["column"].isin(suppressors)
    made["weight"] = np.where(hidden, 1.0, made["pattern"])
    for view in ("pattern", "weight"):
        made[f"{view}_low"], made[f"{view}_high"] = made[view] - 0.1, made[view] + 0.1
        made[f"{view}_same_sign"] = made[f"{view}_in_top"] = 1.0
    angle = np.linspace(0, 2 * np.pi, 478)
    points = np.column_stack([np.cos(angle), np.sin(angle)])
    return WeightInputs(
        weights=made.assign(model="modular", region="image"),
        face=MeanFace(plane=points, frontal=points, faces=7),
        words={},
        frame={"side": 128, "eye_distance": 0.6, "eye_height": 0.34},
        region_of_face="face_oval",
        main="modular",
        learnt=None,
        refits=100,
        alike=pd.DataFrame(
            {"task": "emotions", "region": "image", "module": "color", "group": 1,
             "column": ["color_hsv_h_00_image", "color_hsv_h_01_image"], "columns": 4}
        ),
        stability=planted_stability(),
        confidence=0.95,
    )  # fmt: skip


def planted_stability() -> pd.DataFrame:
    modules = ("shape_frontal", "color", "pose")
    rows = [
        (target, view, module, 3.0 - place, place + 1)
        for target in TARGETS
        for view in ("pattern", "weight")
        for place, module in enumerate(modules)
    ]
    made = pd.DataFrame(rows, columns=["target", "view", "module", "size", "place"])
    ends = {"low": made["size"] - 0.5, "high": made["size"] + 0.5, "columns": 4, "same_place": 0.9}
    tau = {"tau": 0.8, "tau_low": 0.6, "tau_high": 1.0, "top_kept": 0.7}
    agreement = {"agreement": 0.75, "agreement_low": 0.5, "agreement_high": 0.9}
    return made.assign(task="emotions", region="image", model="modular", **ends, **tau, **agreement)


def _moves(target: str, vertex: int) -> float:
    part = "mouth" if target == "joy" else "brows"
    return 1.0 if vertex in ARROWS[part] else 0.0


def example_models_page(
    folder: Path,
    *,
    share: bool,
    notes: Sequence[str] = ("A planted note.",),
    gallery: Path | None = None,
) -> Page:
    write_scores(folder)
    (folder / "notes.json").write_text(json.dumps(notes))
    return modular_page(
        read_tables(folder, main="modular", confidence=0.95),
        planted_weights(),
        folder=folder,
        options=OPTIONS,
        rescued=folder / "rescued.json",
        gallery=gallery,
        dataset="planted",
        provenance=[("Dataset", "planted")],
        share=share,
    )
