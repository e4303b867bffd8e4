"""The report of the model: found causes are drawn, chance is not, and too few are a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from studies import described, outcome_of

from modular_faces.failures.outcome import Outcome
from modular_faces.failures.report_parts import read_report
from modular_faces.failures.shap_models import models_of
from modular_faces.failures.shap_report import Model, write_models

N = 300
OPTIONS = {"pictures": 1000, "folds": 3, "least_failures": 30}


def study_with_rescue(outcome: Outcome, seen: int) -> pd.DataFrame:
    """A study whose other part sees a face in the first pictures; x_16 - x_0 is half of the width."""
    ids = outcome.image_ids
    generator = np.random.default_rng(3)
    fixed: dict[str, Any] = {"backend": "mesh", "x_0": 20.0, "x_16": 70.0, "n_faces": 1}
    original = pd.DataFrame(
        {"image_id": ids, "variant": "original", "found": ~outcome.failed, **fixed}
    )
    border = pd.DataFrame(
        {"image_id": ids, "variant": "border", "found": np.arange(N) < seen, **fixed}
    )
    both = pd.concat([original, border], ignore_index=True)
    return both.assign(
        yaw_deg=generator.normal(0, 10, 2 * N), roll_deg=generator.normal(0, 5, 2 * N)
    )


def fitted(
    failed: np.ndarray, descriptors: pd.DataFrame, *, seen: int = N, installed: bool = True
) -> list[Model]:
    outcome = outcome_of(failed)
    return list(
        models_of(
            outcome,
            descriptors,
            study_with_rescue(outcome, seen),
            OPTIONS,
            draws=200,
            confidence=0.95,
            seed=1,
            installed=installed,
        )
    )


@pytest.fixture(scope="module")
def planted() -> tuple[list[Model], pd.DataFrame]:
    descriptors = described(N, np.random.default_rng(1))
    failed = (descriptors["brightness"] < 6.7).to_numpy()
    return fitted(failed, descriptors), descriptors


def test_the_planted_descriptor_comes_first_in_words_tables_and_figures(
    planted: tuple[list[Model], pd.DataFrame], tmp_path: Path
) -> None:
    report = write_models(planted[0], folder=tmp_path, seed=1, note="A note.")
    report.write(tmp_path / "shap.json")
    assert read_report(tmp_path / "shap.json").findings == report.findings
    assert report.skipped is None
    assert "It rests most on brightness" in report.findings[0]
    assert report.findings[-1] == "A note."
    table = pd.read_csv(tmp_path / "shap.csv")
    assert table.groupby("model").first()["feature"].tolist() == ["brightness", "brightness"]
    assert {"yaw_deg", "turned_away", "face_scale"} & set(table["feature"]) == {"turned_away"}
    assert {figure.stem for figure in report.figures} == {
        f"figures/shap/{kind}_{model}_trusted"
        for kind in ("calibration", "summary")
        for model in ("descriptors", "with_pose")
    }
    for figure in report.figures:
        assert (tmp_path / f"{figure.stem}.png").is_file()


def test_both_levels_are_counted(planted: tuple[list[Model], pd.DataFrame], tmp_path: Path) -> None:
    """Fewer pictures have no landmarks than have none that are trusted."""
    found = [
        replace(one, outcome=outcome_of(np.arange(N) < 31, level="found")) for one in planted[0]
    ]
    report = write_models([*found, *planted[0]], folder=tmp_path, seed=1, note="")
    failures = int(planted[0][0].outcome.failed.sum())
    assert report.n == {"pictures": N, "failures": failures, "failures_found": 31}


def test_chance_is_told_and_not_drawn(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    models = fitted(generator.random(N) < 0.4, described(N, generator))
    report = write_models(models, folder=tmp_path, seed=1, note="")
    assert "no better than chance" in report.findings[0]
    assert not any("summary" in figure.stem for figure in report.figures)


def test_the_second_model_sees_only_pictures_with_a_rescue() -> None:
    descriptors = described(N, np.random.default_rng(4))
    failed = (descriptors["contrast"] < 6.9).to_numpy()
    first, second = fitted(failed, descriptors, seen=200)
    assert first.fit is not None
    assert second.fit is not None
    assert len(first.fit.failed) == N
    assert len(second.fit.failed) == 200


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        (5, "Only 5 of 300 pictures failed"),
        (N - 5, "Only 5 of 300 pictures succeeded"),
        (0, "None of the 300 pictures failed"),
        (29, "Only 29 failures among 300 pictures; fewer than 30 are not modelled."),
    ],
)
def test_too_few_are_a_sentence(lost: int, sentence: str, tmp_path: Path) -> None:
    models = fitted(np.arange(N) < lost, described(N, np.random.default_rng(5)))
    report = write_models(models, folder=tmp_path, seed=1, note="")
    assert report.skipped is not None
    assert sentence in report.skipped
    assert report.figures == []
    assert (tmp_path / "shap_models.csv").read_text() == "model\n"


def test_without_the_library_there_is_a_sentence(tmp_path: Path) -> None:
    models = fitted(np.arange(N) < 100, described(N, np.random.default_rng(6)), installed=False)
    report = write_models(models, folder=tmp_path, seed=1, note="")
    assert report.skipped is not None
    assert "shap is not installed" in report.skipped
