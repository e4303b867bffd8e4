"""`snakemake failures`: its jobs, its files, and a study that sees a sample of the successes only."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from clones import BIN, RESULTS, TINY_CONFIG, Clone, read_csv
from modular_faces.failures.report_parts import read_report

SHARDS = ("0000", "0001", "0002")
STUDIES = ("rates", "entropy", "groups", "interventions", "shap")
SAMPLED = {
    "study": {"variants": ["wide", "sharpen"], "successes": 1},
    "failures": {"outcome": {"backend": "mesh", "variant": "wide"}},
}


@pytest.fixture(scope="module")
def studied(finished: Clone, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    clone = finished.copy_to(tmp_path_factory.mktemp("studied") / "clone")
    clone.run_tiny("--cores", "2", "failures")
    return clone


def test_the_target_adds_descriptors_and_the_studies_alone(finished: Clone) -> None:
    planned = finished.planned_with_account("failures", "--configfile", TINY_CONFIG)
    ours = {job for job in planned if not job.startswith("descriptors")}
    assert {f"failures_{study}" for study in STUDIES} <= ours
    assert {f"descriptors {shard}" for shard in SHARDS} <= set(planned)
    assert not {job for job in planned if job.partition(" ")[0] in {"landmarks", "study", "merge"}}


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_hands_a_report_to_the_page(studied: Clone, study: str) -> None:
    folder = studied.results("failures")
    report = read_report(folder / f"{study}.json")
    assert report.study == study
    assert report.n["pictures"] == 15
    assert report.skipped or report.findings
    for figure in report.figures:
        for suffix in (".svg", ".png", ".vl.json"):
            assert (folder / f"{figure.stem}{suffix}").is_file()
    for table in report.tables:
        assert (folder / table.file).is_file()


def test_the_account_covers_the_studies_and_leaves_nothing_to_do(studied: Clone) -> None:
    package = json.loads(studied.results("datapackage.json").read_text(encoding="utf-8"))
    runs = {one["path"]: one["run"] for one in package["resources"]}
    for name in ("failures/rates.csv", "failures/index.html", "failures/verdict.json"):
        assert runs[name] == package["run"]["date"]
    (earlier,) = package["earlier_runs"]
    assert runs["features.parquet"] == earlier["date"] != package["run"]["date"]
    assert "failures_rates --> failures_page" in package["graph"]
    assert "landmarks --> merge" in package["graph"]
    rules = {row["rule"]: row for row in read_csv(studied.results("provenance/efficiency.csv"))}
    assert {"merge", "landmarks", "descriptors", *(f"failures_{s}" for s in STUDIES)} <= set(rules)
    assert rules["failures_rates"]["requested_mb"] == rules["merge"]["requested_mb"] == "1500"
    suggested = yaml.safe_load(studied.results("provenance/set_resources.yaml").read_text())
    assert set(suggested["set-resources"]) == set(rules)
    done = studied.command(BIN / "modular_faces", "verify", RESULTS)
    assert done.returncode == 0, done.stdout
    for targets in ((), ("failures",)):
        assert studied.planned_with_account(*targets, "--configfile", TINY_CONFIG) == Counter()


def test_the_link_to_all_pages_leads_to_what_there_is(studied: Clone) -> None:
    assert 'href="../index.html"' in studied.results("failures/index.html").read_text()
    front = studied.results("index.html").read_text(encoding="utf-8")
    assert 'href="failures/index.html"' in front
    assert 'href="modular/index.html"' not in front
    planned = studied.run_tiny("-n", "front_page")
    assert "making the front page" in planned
    assert "making the page of the failure study" not in planned


def test_the_packages_with_studies_are_valid_for_frictionless(
    studied: Clone, tmp_path: Path
) -> None:
    frictionless = pytest.importorskip(
        "frictionless", reason="frictionless is not installed (pip install frictionless)"
    )
    done = studied.command(BIN / "modular_faces", "share", RESULTS, tmp_path / "shared")
    assert done.returncode == 0, done.stderr
    for folder in (studied.results(), tmp_path / "shared"):
        report = frictionless.validate(str(folder / "datapackage.json"))
        assert report.valid, report.flatten(["name", "type", "message"])


def test_what_is_shared_of_the_studies_names_no_picture(studied: Clone, tmp_path: Path) -> None:
    names = pq.read_table(studied.results("manifest.parquet"), columns=["path"]).column(0)
    target = tmp_path / "shared"
    studied.command(BIN / "modular_faces", "share", RESULTS, target)
    shared = {path.relative_to(target).as_posix(): path for path in target.rglob("*.*")}
    assert {"failures/rates.csv", "failures/verdict.json", "failures/methods.md"} <= set(shared)
    assert not {"failures/index.html", "failures/rates_pictures.csv"} & set(shared)
    text = "".join(path.read_text() for path in shared.values() if path.suffix != ".png")
    assert [name for name in names.to_pylist() if Path(name).name in text] == []
    assert str(studied.folder) not in text


def test_too_few_failures_end_in_a_sentence(studied: Clone) -> None:
    folder = studied.results("failures")
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    assert verdict["causes"] == []
    assert "fewer than 10 are not compared" in verdict["text_trusted"]
    assert "fewer than 10 are not compared" in (folder / "verdict.md").read_text(encoding="utf-8")
    assert pq.read_table(folder / "probable_causes.parquet").num_rows == 0
    assert (folder / "methods.md").read_text(encoding="utf-8").startswith("# Methods")


def test_without_variants_the_shipped_ones_are_studied(clone: Clone, tiny_root: Path) -> None:
    clone.configure(tiny_root, shards=1, study={"variants": []}, failures={})
    assert not any(job.startswith("study") for job in clone.planned_tiny())
    planned = clone.planned_with_account("failures", "--configfile", TINY_CONFIG)
    assert planned["study original 0000"] == planned["study sharpen 0000"] == 1


def test_other_variants_see_every_failure_and_a_sample(
    finished_copy: Clone, tiny_root: Path
) -> None:
    finished_copy.configure(tiny_root, **SAMPLED)
    finished_copy.run_tiny("--cores", "2", "results/tiny/study.parquet")
    study = pq.read_table(
        finished_copy.results("study.parquet"), columns=["image_id", "variant", "success"]
    ).to_pylist()
    seen = {
        variant: {row["image_id"] for row in study if row["variant"] == variant}
        for variant in ("wide", "sharpen")
    }
    failed = {row["image_id"] for row in study if row["variant"] == "wide" and not row["success"]}
    assert len(seen["wide"]) == 16
    assert failed <= seen["sharpen"] < seen["wide"]
    assert json.dumps(sorted(failed)).count("no_face") == 1
