"""The account of a run is written once more where something was made after it, and not else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from modular_faces.account import is_behind, renew_account
from modular_faces.run_file import write_run
from modular_faces.tables import write_table

HEAD = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
LINE = "2.5\t0:00:02\t225.1\t0\t0\t0\t0\t0\t90\t0.3\n"
RUN = {
    "date": "2026-01-02T03:04:05+00:00",
    "code": {"modular_faces": "0.1.0"},
    "graph": [],
    "requested": {"merge": {"mem_mb": 1500, "runtime": 60}},
}
MADE = ("manifest.parquet", "summary.json", "failures", "provenance/efficiency.csv")


def made(results: Path, name: str, text: str, *, after: int) -> None:
    """Write a file that is so many seconds younger than the account."""
    path = results / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    now = (results / "datapackage.json").stat().st_mtime + after
    os.utime(path, (now, now))


def paths(results: Path) -> list[str]:
    return [str(results / name) for name in MADE]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Results of a table, with their account."""
    folder = tmp_path / "results"
    rows = {"image_id": ["a"], "path": ["a"], "sha256": ["0"]}
    folder.mkdir()
    write_table(pa.table(rows), folder / "manifest.parquet", metadata={})
    (folder / "summary.json").write_text("{}")
    (folder / "datapackage.json").touch()
    made(folder, "benchmarks/merge.tsv", HEAD + LINE, after=-5)
    (folder / "datapackage.json").unlink()
    write_run(folder, RUN)
    assert renew_account(folder, "D", paths(folder))
    return folder


def described(results: Path) -> set[str]:
    package = json.loads((results / "datapackage.json").read_text())
    return {one["path"] for one in package["resources"]}


def test_an_account_of_everything_stays_as_it_is(results: Path) -> None:
    before = (results / "datapackage.json").stat().st_mtime_ns
    assert not renew_account(results, "D", paths(results))
    assert (results / "datapackage.json").stat().st_mtime_ns == before
    assert described(results) == {"manifest.parquet", "summary.json", "provenance/efficiency.csv"}


def test_a_study_that_ends_later_enters_both(results: Path) -> None:
    made(results, "failures/rates.csv", "a\n1\n", after=5)
    made(results, "benchmarks/failures_rates.tsv", HEAD + LINE, after=5)
    assert renew_account(results, "D", paths(results))
    assert "failures/rates.csv" in described(results)
    suggested = yaml.safe_load((results / "provenance" / "set_resources.yaml").read_text())
    assert set(suggested["set-resources"]) == {"merge", "failures_rates"}


def test_what_was_written_once_more_calls_for_no_rule(results: Path) -> None:
    made(results, "benchmarks/datapackage.tsv", HEAD + LINE, after=-9)
    made(results, "failures/rates.csv", "a\n1\n", after=-1)
    renew_account(results, "D", paths(results))
    written = (results / "provenance" / "efficiency.csv").stat().st_mtime_ns
    assert (results / "benchmarks" / "datapackage.tsv").stat().st_mtime_ns >= written
    assert not (results / "benchmarks" / "efficiency.tsv").exists()


@pytest.mark.parametrize(
    ("name", "behind"),
    [
        ("benchmarks/landmarks/0000.tsv", True),
        ("benchmarks/efficiency.tsv", False),
        ("benchmarks/datapackage.tsv", False),
        ("summary.json", True),
        ("failures/rates.csv", True),
        ("failures/.snakemake_timestamp", False),
        ("drawn.png", False),
    ],
)
def test_what_makes_an_account_old(results: Path, name: str, behind: bool) -> None:
    made(results, name, HEAD + LINE, after=5)
    assert is_behind(results, paths(results)) == behind


def test_a_file_that_went_makes_it_old(results: Path) -> None:
    (results / "summary.json").unlink()
    assert is_behind(results, paths(results))


def test_without_a_manifest_there_is_no_account(tmp_path: Path) -> None:
    assert not renew_account(tmp_path, "D", [])
    assert not (tmp_path / "datapackage.json").exists()
