"""The run's account of itself: efficiency, data package, verification, what may be shared."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from clones import BIN, RESULTS, TINY_CONFIG, Clone, read_csv
from modular_faces.verify import verify

JOBS = {
    "preprocess": 3,
    "landmarks": 3,
    "color": 3,
    "texture": 3,
    "pose": 3,
    "study": 6,
    "expression": 3,
}


def test_the_table_has_every_rule_with_its_jobs(finished: Clone) -> None:
    rows = {row["rule"]: row for row in read_csv(finished.results("provenance/efficiency.csv"))}
    once = dict.fromkeys(("manifest", "merge", "gather_study"), 1)
    assert {rule: int(row["jobs"]) for rule, row in rows.items()} == JOBS | once
    assert rows["landmarks"]["requested_mb"] == "700"
    for row in rows.values():
        assert float(row["cpu_seconds_all"]) > 0
        assert 30 < float(row["memory_mb"]) < 2000


def test_the_suggestions_can_be_used_as_they_are(finished_copy: Clone) -> None:
    suggested = yaml.safe_load(finished_copy.results("provenance/set_resources.yaml").read_text())
    profile = finished_copy.folder / "profiles" / "local" / "config.yaml"
    profile.write_text(profile.read_text() + yaml.safe_dump(suggested))
    finished_copy.run_tiny(
        "--profile", "profiles/local", "--cores", "1", "--forcerun", "efficiency"
    )
    requested = json.loads(finished_copy.results("provenance/run.json").read_text())["requested"]
    for rule, asked in suggested["set-resources"].items():
        for key, value in asked.items():
            assert f"{requested[rule][key]} * attempt" == value


def test_the_report_holds_the_table(finished_copy: Clone) -> None:
    finished_copy.run("--configfile", TINY_CONFIG, "--report", "report.zip")
    shutil.unpack_archive(finished_copy.folder / "report.zip", finished_copy.folder / "report")
    pages = [
        path.read_text() for path in (finished_copy.folder / "report").rglob("efficiency.html")
    ]
    assert len(pages) == 1
    assert "<td>landmarks</td>" in pages[0]


def test_the_package_says_what_made_it(finished: Clone) -> None:
    package = json.loads(finished.results("datapackage.json").read_text())
    paths = [resource["path"] for resource in package["resources"]]
    assert {"features.parquet", "features_core.csv", "manifest.parquet", "study.parquet"} <= set(
        paths
    )
    assert paths == sorted(paths)
    run = package["run"]
    assert run["config"]["shards"] == 3
    assert run["config"]["landmarks"]["accept"] == 0.5
    assert run["backend"] == "mesh"
    assert run["snakemake"]["snakemake"]
    assert len(run["model_sha256"]) == 64
    assert ["preprocess", "landmarks"] in run["graph"]
    assert run["machine"]["host"]
    assert "    landmarks --> color\n" in package["graph"]


def test_an_intact_folder_is_found_intact(finished: Clone) -> None:
    done = finished.command(BIN / "modular_faces", "verify", RESULTS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{RESULTS}: no problems" in done.stdout
    assert "16 pictures" in done.stdout


def test_what_changed_is_named(finished_copy: Clone, tiny_root: Path, tmp_path: Path) -> None:
    finished_copy.results("mesh.parquet").unlink()
    with finished_copy.results("features_core.csv").open("a") as table:
        table.write("\n")
    moved = shutil.copytree(tiny_root, tmp_path / "moved")
    with (moved / "DATASET/train/1/no_face.png").open("ab") as picture:
        picture.write(b"x")
    problems, origin = verify(finished_copy.results(), root=moved)
    assert sorted(problems) == [
        "features_core.csv: changed",
        "mesh.parquet: missing",
        "picture DATASET/train/1/no_face.png: changed",
    ]
    assert "landmarks mesh" in origin


def test_what_may_be_shared_names_no_picture_and_no_folder(
    finished: Clone, tiny_root: Path, tmp_path: Path
) -> None:
    target = tmp_path / "shared"
    done = finished.command(BIN / "modular_faces", "share", RESULTS, target)
    assert done.returncode == 0, done.stderr
    files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert files == {
        *("datapackage.json", "summary.json", "features_dictionary.csv"),
        *("provenance/efficiency.csv", "provenance/set_resources.yaml"),
    }
    text = "".join((target / name).read_text() for name in files)
    assert str(tiny_root) not in text
    assert str(finished.folder) not in text
    assert not [path.name for path in tiny_root.rglob("*.jpg") if path.name in text]
    again = finished.command(BIN / "modular_faces", "share", RESULTS, target)
    assert again.returncode == 1
    assert "exists already; give a new folder" in again.stderr


@pytest.mark.parametrize("shared", [False, True])
def test_the_packages_are_valid_for_frictionless(
    finished: Clone, tmp_path: Path, shared: bool
) -> None:
    frictionless = pytest.importorskip(
        "frictionless", reason="frictionless is not installed (pip install frictionless)"
    )
    folder = finished.results()
    if shared:
        folder = tmp_path / "shared"
        finished.command(BIN / "modular_faces", "share", RESULTS, folder)
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])
    assert len(report.tasks) == len(
        json.loads((folder / "datapackage.json").read_text())["resources"]
    )
    core = next(iter(csv.reader((finished.results("features_core.csv")).open())))
    assert core[0] == "image_id"


def test_a_finished_run_has_no_account_to_give(finished: Clone) -> None:
    assert finished.planned_with_account("--configfile", TINY_CONFIG) == Counter()
