"""A folder full of bad files: the workflow gives each its row and leaves good pictures as they are."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bad_pictures import GOOD, LEFT_OUT, Case, make_bad_pictures, open_permissions

from clones import Clone, make_clone, read_csv, read_rows, sample_pictures
from modular_faces.scan import image_id

FACES = 6
MOST_MEGABYTES = 700
OF_THE_FOLDER = ("manifest_row",)
"""Columns that say something about the other files of the folder."""


def add_faces(root: Path) -> None:
    (root / "faces").mkdir(parents=True)
    for number, picture in enumerate(sample_pictures()[:FACES]):
        shutil.copyfile(picture, root / "faces" / f"{number}.jpg")


def run_on(folder: Path, root: Path) -> Clone:
    clone = make_clone(folder)
    clone.configure(root, shards=1, study={"variants": []})
    clone.run_tiny("--cores", "2")
    return clone


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clone, dict[str, Case]]]:
    folder = tmp_path_factory.mktemp("bad")
    cases = make_bad_pictures(folder / "pictures")
    add_faces(folder / "pictures")
    yield run_on(folder / "clone", folder / "pictures"), {image_id(c.path): c for c in cases}
    open_permissions(folder / "pictures")


@pytest.fixture(scope="module")
def rows(bad: tuple[Clone, dict[str, Case]]) -> dict[str, dict[str, Any]]:
    return read_rows(bad[0].results("features.parquet"))


def test_every_file_has_its_row_and_reason(
    bad: tuple[Clone, dict[str, Case]], rows: dict[str, dict[str, Any]]
) -> None:
    clone, cases = bad
    listed = {key: case for key, case in cases.items() if case.outcome != LEFT_OUT}
    assert len(listed) >= 100
    faces = {f"faces/{number}.jpg" for number in range(FACES)}
    assert rows.keys() == listed.keys() | faces
    refused = {key: case.outcome for key, case in listed.items() if case.outcome != GOOD}
    assert {key: rows[key]["failure_reason"] for key in refused} == refused
    for key in listed.keys() - refused.keys():
        assert rows[key]["success"] or rows[key]["failure_reason"] in ("no_face", "not_trusted")
    manifest = read_rows(clone.results("manifest.parquet"))
    assert manifest.keys() == rows.keys()
    problems = {key: row["decode_problem"] for key, row in manifest.items() if key in listed}
    assert problems == {key: case.problem for key, case in listed.items()}


def test_the_core_table_keeps_odd_names(
    bad: tuple[Clone, dict[str, Case]], rows: dict[str, dict[str, Any]]
) -> None:
    table = read_csv(bad[0].results("features_core.csv"))
    assert [row["image_id"] for row in table] == list(rows)
    assert [row["path"] for row in table] == [row["path"] for row in rows.values()]


def test_good_pictures_have_the_values_they_have_alone(
    rows: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    add_faces(tmp_path / "pictures")
    clone = run_on(tmp_path / "clone", tmp_path / "pictures")
    alone = read_rows(clone.results("features.parquet"))
    assert len(alone) == FACES
    assert sum(row["success"] for row in alone.values()) >= FACES - 1
    for key, row in alone.items():
        among_bad = dict(rows[key])
        for name in OF_THE_FOLDER:
            del row[name], among_bad[name]
        assert among_bad == row


def test_memory_stays_bounded(bad: tuple[Clone, dict[str, Case]]) -> None:
    benchmarks = sorted(bad[0].results("benchmarks").rglob("*.tsv"))
    assert len(benchmarks) == 6 + 4
    for path in benchmarks:
        header, values = path.read_text().splitlines()
        peak = dict(zip(header.split("\t"), values.split("\t"), strict=True))["max_rss"]
        assert float(peak) < MOST_MEGABYTES, path
