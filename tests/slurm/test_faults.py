"""What clusters do to jobs, in short: every fault ends with complete and identical results, or a clear report."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from runs import head_of, make_faulty, order, release, wait_for_job

from clones import REPOSITORY, RESULTS, TIMEOUT, Clone
from cluster import Cluster, wait_until

MANIFEST = RESULTS / "manifest.parquet"
HELD = "preprocess-0001"


@pytest.fixture
def faulty(cluster_clone: Clone) -> Clone:
    """Give a copy whose jobs can be told to misbehave."""
    make_faulty(cluster_clone)
    return cluster_clone


def same_manifest(clone: Clone, finished: Clone) -> bool:
    """Whether the manifest and the packs of all shards have the bytes of the undisturbed local run."""
    names = ["manifest.parquet", *(f"shards/{k:04d}/pictures.arrow" for k in range(3))]
    return all(clone.results(n).read_bytes() == finished.results(n).read_bytes() for n in names)


def leftovers(clone: Clone) -> list[Path]:
    """Files under temporary names."""
    return [path for path in clone.results().rglob(".*") if path.is_file() and path.name[0] == "."]


def test_a_cancelled_job_is_tried_again(cluster: Cluster, faulty: Clone, finished: Clone) -> None:
    order(faulty, HELD, "hold")
    with head_of(faulty, MANIFEST) as head:
        cluster.ask("scancel", wait_for_job(faulty, HELD))
        release(faulty, HELD)
        assert head.wait() == 0, head.said()
    assert "CANCELLED" in head.said()
    assert "preprocess, shard 0001: trying again" in head.said()
    assert same_manifest(faulty, finished)
    assert leftovers(faulty) == []


def test_a_job_over_its_memory_gets_more_the_next_time(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, HELD, "eat 800")
    with head_of(faulty, MANIFEST) as head:
        assert head.wait() == 0, head.said()
        jobs = cluster.jobs("%k|%m|%T", head.only_its_jobs())
    asked = {
        memory: state
        for comment, memory, state in jobs
        if comment.endswith("preprocess_wildcards_0001")
    }
    assert set(asked) == {"700M", "1400M"}
    assert asked["700M"] in ("OUT_OF_MEMORY", "FAILED", "CANCELLED")
    assert asked["1400M"] == "COMPLETED"
    assert "FAILED preprocess, shard 0001" in head.said()
    assert same_manifest(faulty, finished)


def test_a_shard_that_always_fails_stops_nothing_but_what_needs_it(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, "landmarks-0001", "fail")
    targets = [RESULTS / f"shards/{k:04d}/pose.parquet" for k in range(3)]
    with head_of(faulty, *targets) as head:
        assert head.wait() != 0
    for shard in ("0000", "0002"):
        name = f"shards/{shard}/pose.parquet"
        assert faulty.results(name).read_bytes() == finished.results(name).read_bytes()
    end = head.said()[head.said().index("stopped: ") :]
    listing = json.loads(faulty.results("listing/listing.json").read_text())
    assert f"  landmarks, shard 0001: {RESULTS}/logs/landmarks/0001.log" in end
    assert f"    {listing['counts'][1]} pictures (DATASET/" in end
    assert f"listed in {RESULTS}/listing/shards/{listing['shards'][1]}" in end
    assert re.search(
        r"^\[.*\] .* \d (failed|tried again) .*landmarks 2/3 .*ETA ",
        head.said(),
        flags=re.MULTILINE,
    )
    assert "this shard always fails" in faulty.results("logs/landmarks/0001.log").read_text()
    assert not faulty.results("shards/0001/landmarks.parquet").exists()


def test_with_a_job_per_shard_a_failure_is_named_as_well_and_the_rest_has_the_same_bytes(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, "landmarks-0001", "fail")
    targets = [RESULTS / f"shards/{k:04d}/pose.parquet" for k in range(3)]
    with head_of(faulty, *targets, *documented_groups(), "--retries", "0") as head:
        assert head.wait() != 0
        jobs = cluster.jobs("%k|%T|%C", head.only_its_jobs())
    assert len(jobs) == 3, jobs
    assert sorted(state for _, state, _ in jobs) == ["COMPLETED", "COMPLETED", "FAILED"]
    assert {processors for _, _, processors in jobs} == {"1"}
    for shard in ("0000", "0002"):
        name = f"shards/{shard}/pose.parquet"
        assert faulty.results(name).read_bytes() == finished.results(name).read_bytes()
    assert "landmarks, shard 0001" in head.said()[head.said().index("stopped: ") :]
    assert not faulty.results("shards/0001/landmarks.parquet").exists()


def documented_groups() -> list[str]:
    """Give the options by which profiles/README.md puts all rules of a shard into one job."""
    readme = (REPOSITORY / "profiles" / "README.md").read_text()
    (command,) = re.findall(
        r"^ *snakemake --profile slurm (.*--groups .*)$", readme, flags=re.MULTILINE
    )
    return shlex.split(command)


def test_a_killed_head_is_followed_by_another_while_its_jobs_still_run(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, HELD, "hold")
    with head_of(faulty, MANIFEST) as head:
        orphan = wait_for_job(faulty, HELD)
        head.process.kill()
        head.process.wait(TIMEOUT)
    with head_of(faulty, MANIFEST, name="refused") as refused:
        assert refused.wait() != 0
    cure = refused.said().partition("; clear it with: ")[2].splitlines()[0]
    assert cure.endswith("--unlock")
    cleared = faulty.command("bash", "-c", cure)
    assert cleared.returncode == 0, cleared.stderr
    with head_of(faulty, MANIFEST, name="again") as again:
        wait_for_job(faulty, HELD)
        assert cluster.state_of(orphan) == "RUNNING"
        release(faulty, HELD)
        assert again.wait() == 0, again.said()
    wait_until(lambda: cluster.state_of(orphan) != "RUNNING", "the orphan did not end")
    assert same_manifest(faulty, finished)
    assert leftovers(faulty) == []


def test_a_second_head_is_refused_and_a_dry_run_disturbs_nothing(
    cluster: Cluster, faulty: Clone, finished: Clone, tiny_root: Path
) -> None:
    order(faulty, HELD, "hold")
    with head_of(faulty, MANIFEST) as head:
        wait_for_job(faulty, HELD)
        listing = faulty.results("listing/listing.json").read_bytes()
        added = tiny_root / "DATASET" / "train" / "1" / "added_while_running.jpg"
        added.write_bytes(next(tiny_root.rglob("*_aligned.jpg")).read_bytes())
        with head_of(faulty, MANIFEST, name="second") as second:
            assert second.wait() != 0
        assert f"process {head.process.pid} on this host is running the workflow" in second.said()
        with head_of(faulty, MANIFEST, "--dry-run", name="dry") as dry:
            assert dry.wait() == 0, dry.said()
        added.unlink()
        assert faulty.results("listing/listing.json").read_bytes() == listing
        release(faulty, HELD)
        assert head.wait() == 0, head.said()
    assert same_manifest(faulty, finished)


def test_the_controller_is_restarted_in_the_middle(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, HELD, "hold")
    with head_of(faulty, MANIFEST) as head:
        wait_for_job(faulty, HELD)
        cluster.stop_daemon("slurmctld")
        release(faulty, HELD)
        cluster.start_controller()
        assert head.wait() == 0, head.said()
    assert same_manifest(faulty, finished)


def test_a_drained_node_finishes_its_job_and_the_others_take_the_rest(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, HELD, "hold")
    with head_of(faulty, MANIFEST) as head:
        number = wait_for_job(faulty, HELD)
        node = cluster.by("%i", "%N")[number]
        cluster.ask("scontrol", "update", f"nodename={node}", "state=drain", "reason=test")
        try:
            release(faulty, HELD)
            assert head.wait() == 0, head.said()
            places = cluster.by("%k", "%N", head.only_its_jobs())
        finally:
            cluster.ask("scontrol", "update", f"nodename={node}", "state=resume")
    assert places["rule_preprocess_wildcards_0001"] == node
    assert places["rule_manifest"] != node
    assert same_manifest(faulty, finished)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_gives_a_clear_error_and_nothing_half_written(
    cluster: Cluster, faulty: Clone, finished: Clone, small_disk: Path
) -> None:
    faulty.results().parent.mkdir()
    faulty.results().symlink_to(small_disk)
    ballast = small_disk / "ballast"
    order(faulty, HELD, "hold")
    with head_of(faulty, MANIFEST, "--retries", "0") as head:
        wait_for_job(faulty, HELD)
        fill(ballast)
        release(faulty, HELD)
        assert head.wait() != 0
    assert "No space left on device" in head.said()
    assert not faulty.results("shards/0001/pictures.arrow").exists()
    for path in (*faulty.results().rglob("*.parquet"), *faulty.results().rglob("*.arrow")):
        name = path.relative_to(faulty.results()).as_posix()
        assert path.read_bytes() == finished.results(name).read_bytes()
    assert leftovers(faulty) == []
    ballast.unlink()
    with head_of(faulty, MANIFEST, name="again") as again:
        assert again.wait() == 0, again.said()
    assert same_manifest(faulty, finished)


def fill(path: Path) -> None:
    """Write a file that leaves no room on its disk."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
