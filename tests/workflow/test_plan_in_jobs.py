"""Processes of single jobs read the plan of the main process and touch no picture."""

import json
import shutil
from pathlib import Path

import pytest

from clones import TINY_CONFIG, Clone, make_kaggle, sample_pictures
from modular_faces.config_loading import load_config
from modular_faces.plan import plan_run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_kaggle(tmp_path / "faces", sample_pictures()[:14:2])


def test_the_plan_of_a_job_is_that_of_the_main_process_without_the_pictures(
    root: Path, tmp_path: Path
) -> None:
    config = load_config(
        {
            "dataset": {"name": "tiny", "root": str(root)},
            "results": str(tmp_path / "results"),
            "shards": 3,
        }
    )
    plan = plan_run(config, main_process=True)
    listing = tmp_path / "results" / "tiny" / "listing"
    files = {path: path.stat().st_mtime_ns for path in listing.rglob("*")}
    shutil.rmtree(root)
    assert plan_run(config, main_process=False) == plan
    assert {path: path.stat().st_mtime_ns for path in listing.rglob("*")} == files
    assert plan.root == str(root)
    assert plan.shards == ("0000", "0001", "0002")


def test_a_job_without_a_listing_fails(root: Path, tmp_path: Path) -> None:
    config = load_config(
        {"dataset": {"name": "tiny", "root": str(root)}, "results": str(tmp_path / "results")}
    )
    with pytest.raises(FileNotFoundError, match=r"listing\.json"):
        plan_run(config, main_process=False)


def test_a_job_started_as_a_cluster_does_needs_no_pictures(clone: Clone, root: Path) -> None:
    """The command is the one that Snakemake's cluster executors send, of which a part is given here."""
    clone.configure(root)
    clone.run_tiny("--cores", "2", "--until", "landmarks")
    summary = json.loads(clone.results("listing/listing.json").read_text())
    assert sum(summary["counts"]) == 7
    root.rename(root.with_name("gone"))
    job = ("--mode", "subprocess", "--nolock", "--no-hooks", "--allowed-rules", "pose", "--cores")
    target = clone.results("shards/0001/pose.parquet").relative_to(clone.folder)
    done = clone.snakemake(target, "--configfile", TINY_CONFIG, *job, "1")
    assert done.returncode == 0, done.stderr
    assert (clone.folder / target).exists()
    assert clone.snakemake("-n", "--configfile", TINY_CONFIG).returncode != 0
