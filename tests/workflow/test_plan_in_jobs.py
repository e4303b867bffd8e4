"""Processes of single jobs read the plan of the main process and touch no picture."""

import shutil
from pathlib import Path

import pytest

from clones import RESULTS, TINY_CONFIG, Clone, make_kaggle, sample_pictures
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
    plan.publish()
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


def test_a_job_started_as_a_cluster_does_needs_no_pictures(
    finished_copy: Clone, tiny_root: Path
) -> None:
    """The options are some of those that Snakemake's cluster executors give."""
    target = finished_copy.results("shards/0001/pose.parquet")
    before = target.read_bytes()
    target.unlink()
    gone = tiny_root.rename(tiny_root.with_name("gone"))
    try:
        done = finished_copy.snakemake(
            *(RESULTS / "shards/0001/pose.parquet", "--configfile", TINY_CONFIG, "--cores", "1"),
            *("--mode", "subprocess", "--nolock", "--no-hooks", "--allowed-rules", "pose"),
        )
        as_main = finished_copy.snakemake("-n", "--configfile", TINY_CONFIG)
    finally:
        gone.rename(tiny_root)
    assert done.returncode == 0, done.stderr
    assert target.read_bytes() == before
    assert as_main.returncode != 0
