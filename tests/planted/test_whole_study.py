"""Every planted cause through the real rules and scripts: first in the verdict and in the study that is made for it.

A simulated detector stands for the mesh, in the study and in the interventions.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from modular_faces.failures.report_parts import read_report
from one_process import Dataset, run_failures, write_dataset
from plants import DECOY_SIGNS, PLANTS, with_decoys

pytestmark = pytest.mark.slow

N, LOST, SIDE = 90, 40, 40
SAME = 0.01
"""Effects that differ by less are equal."""


def said(dataset: Dataset, study: str) -> list[str]:
    """Findings on the levels, without the note that both are the same."""
    findings = read_report(dataset.file(f"{study}.json")).findings
    return [text for text in findings if not text.startswith("Every picture")]


def intervened(dataset: Dataset, cause: str) -> None:
    table = pd.read_csv(dataset.file("interventions.csv"))
    first = table.iloc[0]
    assert (first["cause"], first["named"]) == (cause, True)


def darkness(dataset: Dataset) -> None:
    intervened(dataset, "dark")
    assert "darker on the whole" in said(dataset, "means")[0]


def blur(dataset: Dataset) -> None:
    intervened(dataset, "blurred")


def tight_framing(dataset: Dataset) -> None:
    intervened(dataset, "tight_framing")


def covered_half(dataset: Dataset) -> None:
    """The mean pictures differ most on the left."""
    maps = pd.read_csv(dataset.file("means.csv"))
    tested = maps[maps["map"].isin(["mean", "spread"]) & (maps["p_holm"] <= 0.05)]
    assert len(tested)
    assert (tested["x"] < SIDE / 2).all()
    assert "left" in said(dataset, "means")[0]


def low_blue(dataset: Dataset) -> None:
    table = pd.read_csv(dataset.file("entropy.csv"))
    blue, others = (
        table[(table["channel"] == "blue") == own]["delta"].abs() for own in (True, False)
    )
    assert blue.min() > others.max()
    assert (
        "Entropy of failures is lower in blue"
        in (read_report(dataset.file("entropy.json")).findings[0])
    )


def border_edges(dataset: Dataset) -> None:
    """More edges at the border, fewer in the middle."""
    table = pd.read_csv(dataset.file("edges.csv"))
    density = table[(table["map"] == "density") & (table["p_holm"] <= 0.05)]
    assert len(density) == 2
    border = (density[["x", "y"]].min(axis=1) < SIDE / 8) | (
        density[["x", "y"]].max(axis=1) > SIDE - SIDE / 8
    )
    assert ((density["difference"] > 0) == border).all()
    rows = table[(table["map"] == "row") & (table["difference"] > 0)]
    assert rows["y"].map(lambda y: min(y, SIDE - 1 - y) < SIDE / 8).all()


MATCHING: dict[str, Callable[[Dataset], None]] = {
    "darkness": darkness,
    "blur": blur,
    "tight framing": tight_framing,
    "covered half": covered_half,
    "low blue": low_blue,
    "border edges": border_edges,
}


@pytest.mark.parametrize("name", list(PLANTS))
def test_it_is_first_in_the_verdict_and_in_its_study(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = PLANTS[name]
    pictures = with_decoys(plant, n=N, lost=LOST, seed=6)
    labels = ["happy" if place % 2 else "sad" for place in range(N)]
    dataset = write_dataset(tmp_path / name, pictures, labels=labels)
    run_failures(dataset, monkeypatch, rule=plant.rule)
    causes: list[dict[str, Any]] = json.loads(dataset.file("verdict.json").read_text())["causes"]
    assert causes[0]["cause"] in (plant.causes or plant.signs)
    assert causes[0]["sign"] in plant.signs
    named = {one[key] for one in causes for key in ("cause", "sign")}
    assert not DECOY_SIGNS & named
    effects = pd.read_csv(dataset.file("rates_tests.csv")).set_index("grouping")["effect"].abs()
    assert effects[sorted(plant.signs)].min() > effects.max() - SAME
    MATCHING[name](dataset)
    assert causes[0]["words"] in dataset.file("index.html").read_text(encoding="utf-8")
