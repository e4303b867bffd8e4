"""The comparison of rescued pictures: planted differences, nulls, copies, labels, and too few."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modular_faces.modular.rescued import Rescued, rescued_pictures, rescued_table
from modular_faces.modular.rescued_report import rescued_report

HOW: dict[str, Any] = {"permutations": 2000, "confidence": 0.95, "seed": 3}


def explained(sizes: dict[str, np.ndarray], task: str = "emotions") -> pd.DataFrame:
    """Rows of modules; a name with a comma is a part."""
    parts = []
    for name, values in sizes.items():
        module, _, part = name.partition(",")
        ids = [f"{k}.png" for k in range(len(values))]
        rows = pd.DataFrame({"task": task, "region": "face", "image_id": ids, "module": module})
        parts.append(rows.assign(part=part, mean_abs_shap=values))
    return pd.concat(parts, ignore_index=True)


def chosen(rescued: np.ndarray, strata: np.ndarray | None = None) -> Rescued:
    n = len(rescued)
    own = np.zeros(n, np.int64) if strata is None else strata
    return Rescued([f"{k}.png" for k in range(n)], rescued, own)


def test_a_planted_difference_is_found_and_others_are_not() -> None:
    rng = np.random.default_rng(0)
    rescued = np.arange(200) < 40
    sizes = {"color": rng.normal(size=200) + rescued, "pose": rng.normal(size=200)}
    sizes["color,nose"] = sizes["color"].copy()
    table = rescued_table(explained(sizes), chosen(rescued), least=10, **HOW)
    table = table.set_index(["module", "part"])
    color, pose = table.loc[("color", "")], table.loc[("pose", "")]
    assert color["p_holm"] < 0.01
    assert color["effect"] == pytest.approx(1.0, abs=0.35)
    assert color["low"] < 1 < color["high"]
    assert color["difference"] == pytest.approx(color["rescued"] - color["at_once"])
    assert pose["p_holm"] > 0.05
    assert (color["n_rescued"], color["n_at_once"]) == (40, 160)


def test_p_values_are_uniform_where_nothing_differs() -> None:
    rng = np.random.default_rng(1)
    rescued = np.arange(60) < 15
    sizes = {f"m{k}": rng.exponential(size=60) for k in range(60)}
    table = rescued_table(explained(sizes), chosen(rescued), least=10, **HOW)
    assert (table["p"] < 0.05).mean() < 0.15
    assert table["p_holm"].min() > 0.05


def test_a_label_that_is_often_rescued_is_no_pattern_of_failure() -> None:
    rng = np.random.default_rng(2)
    label = np.repeat([0, 1], 150)
    rescued = rng.random(300) < np.where(label == 1, 0.5, 0.08)
    sizes = {"color": 3.0 * label + rng.normal(size=300)}
    within = rescued_table(explained(sizes), chosen(rescued, label), least=10, **HOW)
    across = rescued_table(explained(sizes), chosen(rescued), least=10, **HOW)
    assert within["p"].item() > 0.05
    assert across["p"].item() < 0.01


def test_holm_counts_every_module_and_part_of_a_task() -> None:
    rng = np.random.default_rng(3)
    rescued = np.arange(80) < 20
    sizes = {
        "a": rng.normal(size=80) + 0.8 * rescued,
        "b": rng.normal(size=80),
        "b,nose": rng.normal(size=80),
    }
    both = pd.concat([explained(sizes), explained({"a": sizes["a"]}, "ratings")])
    table = rescued_table(both, chosen(rescued), least=10, **HOW)
    smallest = table[table["task"] == "emotions"].nsmallest(1, "p").iloc[0]
    assert smallest["p_holm"] == pytest.approx(min(3 * smallest["p"], 1))
    alone = table[table["task"] == "ratings"].iloc[0]
    assert alone["p_holm"] == alone["p"]


def test_pictures_are_explained_successes_and_of_copies_the_first() -> None:
    features = pd.DataFrame(
        {
            "image_id": list("abcde"),
            "success": [True, True, True, False, True],
            "stage": [1, 2, 3, 2, 2],
            "label": ["1", "1", "2", "2", None],
        }
    )
    found = rescued_pictures(features, np.array([0, 1, 1, 2, 3]), {"a", "b", "c", "d", "e"})
    assert found.image_ids == ["a", "b", "e"]
    assert found.rescued.tolist() == [False, True, True]
    assert len(set(found.strata.tolist())) == 2
    assert rescued_pictures(features, np.arange(5), {"c"}).image_ids == ["c"]


def test_too_few_rescued_pictures_are_a_sentence(tmp_path: Path) -> None:
    rescued = np.arange(50) < 3
    whole = chosen(rescued)
    table = rescued_table(explained({"a": np.ones(50)}), whole, least=10, **HOW)
    report = rescued_report(table, whole, least=10, confidence=0.95, folder=tmp_path)
    assert table.empty
    assert report.skipped is not None
    assert "3 were brought back" in report.skipped
    assert "47 found at once" in report.skipped
    assert not report.figures


@pytest.mark.parametrize(("count", "private"), [(15, True), (20, False)])
def test_averages_of_fewer_than_twenty_pictures_are_private(
    tmp_path: Path, count: int, private: bool
) -> None:
    rng = np.random.default_rng(4)
    rescued = np.arange(70) < count
    sizes = {"color": rng.normal(size=70) + 5 + rescued, "pose": rng.normal(size=70) + 5}
    sizes["color,nose"] = sizes["color"]
    whole = chosen(rescued)
    table = rescued_table(explained(sizes), whole, least=10, **HOW)
    folder = tmp_path / "figures" / "rescued"
    report = rescued_report(table, whole, least=10, confidence=0.9, folder=folder)
    assert [figure.private for figure in report.figures] == [private, private]
    assert [one.private for one in report.tables] == [private]
    assert "90 % intervals" in report.figures[0].caption
    assert any("Holm" in sentence for sentence in report.findings)
    assert (folder / "emotions_modules.svg").exists()
