"""Studies of which little can be said: a sentence, and no figure with nothing in it; and what every study keeps.

The real rules and scripts run in this process, see `one_process`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from modular_faces.failures.report_parts import read_report
from modular_faces.variants import Steps, apply_variant
from one_process import Dataset, forget, run_failures, study_files, write_dataset
from plants import shows_both_halves
from simulated_detector import Picture, face_likes

STUDIES = ("rates", "entropy", "groups", "means", "edges", "interventions", "shap", "shap_pixels")
N, SIDE = 50, 24
SETTINGS: dict[str, Any] = {
    "study": {"variants": ["original", "sharpen"]},
    "failures": {
        "permutations": 2000,
        "bootstrap": 200,
        "model": {"least_failures": 10, "folds": 2},
        "interventions": {
            "without": [
                *("small_face", "few_pixels", "low_contrast", "high_contrast", "blurred"),
                *("noisy", "turned", "bright", "detector"),
            ]
        },
    },
}


@dataclass(frozen=True)
class Situation:
    """What is special, and what must be said."""

    lost: int
    sentence: str
    """Of every study that compares failures with successes; empty where they all can."""
    labels: int = 2
    grey: bool = False
    mixed: bool = False


SITUATIONS: Mapping[str, Situation] = {
    "no failure": Situation(0, "None of the 50 pictures failed, so there is nothing to explain."),
    "all failures": Situation(50, "All 50 pictures failed, so there is no success to compare"),
    "few failures": Situation(9, "Only 9 of 50 pictures failed; fewer than 10 are not compared."),
    "few successes": Situation(41, "Only 9 of 50 pictures succeeded; fewer than 10 are not"),
    "one class": Situation(22, "", labels=1),
    "mixed sizes": Situation(22, "", mixed=True),
    "all grey": Situation(22, "", grey=True),
}


COMPARED = Situation(22, "")
"""Everything can be compared."""


def pictures_of(situation: Situation) -> dict[str, Picture]:
    covered: Steps = [{"cover": {"side": "left"}}]
    pictures: dict[str, Picture] = {}
    for place, name in enumerate(f"{k:04d}.png" for k in range(N)):
        side = SIDE + 6 * (place % 2) if situation.mixed else SIDE
        picture = next(iter(face_likes(1, seed=100 + place, spoil={}, side=side).values()))
        if situation.grey:
            picture = np.repeat(picture[..., 1:2], 3, axis=2)
        lost = place < situation.lost
        pictures[name] = apply_variant(picture, covered).picture if lost else picture
    return pictures


def made(situation: Situation, folder: Path, *, shards: int = 1) -> Dataset:
    labels = [("happy", "sad")[place % situation.labels] for place in range(N)]
    settings = SETTINGS | {"shards": shards}
    return write_dataset(folder, pictures_of(situation), labels=labels, **settings)


def rows_of(node: Any) -> Iterator[list[Any]]:
    """Data that a specification carries."""
    if isinstance(node, dict):
        values = node.get("data", {}).get("values") if isinstance(node.get("data"), dict) else None
        if isinstance(values, list):
            yield values
        yield from node.get("datasets", {}).values()
        for value in node.values():
            yield from rows_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from rows_of(value)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SITUATIONS))
def test_every_study_has_a_sentence_and_no_empty_figure(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    situation = SITUATIONS[name]
    dataset = made(situation, tmp_path / "data")
    run_failures(dataset, monkeypatch, rule=shows_both_halves)
    page = dataset.file("index.html").read_text(encoding="utf-8")
    for study in STUDIES:
        report = read_report(dataset.file(f"{study}.json"))
        said = " ".join([report.skipped or "", *report.findings])
        assert re.search(r"\w+ .*\.", said), study
        if situation.sentence:
            assert situation.sentence in said, study
            assert study == "rates" or (report.skipped and not report.figures), study
        elif study == "groups" and situation.labels == 1:
            assert report.skipped == "No column has two to 40 groups."
        elif study not in ("shap", "shap_pixels"):
            assert report.skipped is None, study
            assert report.figures, study
        for figure in report.figures:
            spec = json.loads(dataset.file(f"{figure.stem}.vl.json").read_text())
            carried = list(rows_of(spec))
            assert carried, figure.stem
            assert all(carried), figure.stem
        assert report.title.partition(":")[0] in page
    verdict = json.loads(dataset.file("verdict.json").read_text())
    expected = situation.sentence or "half of the picture is covered or empty"
    assert expected in verdict["text_trusted"]
    if name == "mixed sizes":
        assert "All pictures were brought to 27 x 27 pixels: the largest centred part" in page
    if name == "all grey":
        assert "Colour pictures are not compared: there are 0 failures and 0 successes" in page


P_VALUE = re.compile(r"p|p_.*|.*_p")
COUNTS = re.compile(r"n|n_.*|failures|successes|doses")
EFFECTS = re.compile(r"effect.*|delta|cliffs_delta|difference|auc|share")


def whole(column: pd.Series) -> bool:
    """Whether a column counts: whole numbers, and not the share of something."""
    numbers = column.dropna()
    return bool((numbers == numbers.round()).all() and (numbers > 1).any())


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """Give a study in which everything can be compared, in three shards."""
    dataset = made(COMPARED, tmp_path_factory.mktemp("compared") / "d", shards=3)
    with pytest.MonkeyPatch.context() as monkeypatch:
        run_failures(dataset, monkeypatch, rule=shows_both_halves)
    yield dataset


def test_beside_every_p_value_stand_an_effect_size_and_n(compared: Dataset) -> None:
    with_p = set()
    for path in sorted(compared.file("").glob("*.csv")):
        columns = pd.read_csv(path, nrows=0).columns
        named = [name for name in columns if P_VALUE.fullmatch(name)]
        table = pd.read_csv(path)
        tested = table[table[named].notna().any(axis=1)]
        if tested.empty:
            continue
        with_p.add(path.stem)
        assert (tested[named].min() > 0).all(), (path.name, "a p-value was rounded to 0")
        counts = [name for name in columns if COUNTS.fullmatch(name) and whole(tested[name])]
        effects = [name for name in columns if EFFECTS.fullmatch(name)]
        for kind in (counts, effects):
            assert kind, (path.name, list(columns))
            assert tested[kind].notna().any(axis=1).all(), (path.name, kind)
    assert with_p >= {
        *("rates", "rates_tests", "entropy", "groups", "groups_tests", "means", "means_unusual"),
        *("edges", "edges_profiles", "verdict"),
        *("shap_pixels_comparisons", "shap_pixels_maps"),
    }


@pytest.mark.slow
def test_every_study_has_the_same_bytes_whatever_the_shards(
    compared: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = study_files(compared)
    dataset = made(COMPARED, tmp_path / "one", shards=1)
    for _ in range(2):
        run_failures(dataset, monkeypatch, rule=shows_both_halves)
        after = study_files(dataset)
        differing = {
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        }
        assert not differing - {"index.html"}
        forget(dataset)
