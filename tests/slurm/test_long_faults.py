"""Faults that take minutes by SLURM's nature: a time limit, a node that dies, a head process that is requeued."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from runs import QUICK, head_of, make_faulty, order, release, wait_for_job

from clones import RESULTS, TINY_CONFIG, Clone
from cluster import Cluster, wait_until

pytestmark = pytest.mark.long

MANIFEST = RESULTS / "manifest.parquet"
HELD = "preprocess-0001"
COMMENT = "rule_preprocess_wildcards_0001"
MINUTES = 60.0


@pytest.fixture
def faulty(cluster_clone: Clone) -> Clone:
    """Give a copy whose jobs can be told to misbehave."""
    make_faulty(cluster_clone)
    return cluster_clone


def wait_long(condition: Callable[[], bool], problem: str) -> None:
    wait_until(condition, problem, 10 * MINUTES)


def same_manifest(clone: Clone, finished: Clone) -> bool:
    names = ["manifest.parquet", *(f"shards/{k:04d}/pictures.arrow" for k in range(3))]
    return all(clone.results(n).read_bytes() == finished.results(n).read_bytes() for n in names)


def test_a_job_over_its_time_gets_more_the_next_time(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, HELD, "hold")
    limit = ("--set-resources", "preprocess:runtime=1+3*(attempt-1)")
    with head_of(faulty, MANIFEST, *limit) as head:
        number = wait_for_job(faulty, HELD)
        wait_long(lambda: cluster.state_of(number) == "TIMEOUT", "no limit of time was kept")
        release(faulty, HELD)
        assert head.wait() == 0, head.said()
        jobs = cluster.jobs("%k|%l|%T", head.only_its_jobs())
    asked = [(limit, state) for comment, limit, state in jobs if comment == COMMENT]
    assert sorted(asked) == [("1:00", "TIMEOUT"), ("4:00", "COMPLETED")]
    assert "preprocess, shard 0001: trying again" in head.said()
    assert same_manifest(faulty, finished)


def test_a_node_that_dies_takes_its_job_along_and_nothing_else(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, HELD, "hold")
    with head_of(faulty, MANIFEST) as head:
        number = wait_for_job(faulty, HELD)
        node = cluster.by("%i", "%N")[number]
        cluster.stop_daemon(f"slurmd.{node}", signal.SIGKILL)
        try:
            wait_long(lambda: cluster.node_states()[node] == "down", "the node is not missed")
            release(faulty, HELD)
            assert head.wait() == 0, head.said()
        finally:
            cluster.start_node(node)
            wait_long(lambda: cluster.node_states()[node] == "idle", "the node did not come back")
    assert same_manifest(faulty, finished)


def test_the_head_process_as_a_job_goes_on_after_it_was_put_back_into_the_queue(
    cluster: Cluster, faulty: Clone, finished: Clone
) -> None:
    order(faulty, HELD, "hold")
    (faulty.folder / "logs" / "slurm").mkdir(parents=True)
    arguments = [str(MANIFEST), *QUICK, "--configfile", TINY_CONFIG]
    script = Path("profiles/slurm/main.sbatch")
    done = faulty.command("sbatch", "--parsable", script, *arguments)
    assert done.returncode == 0, done.stderr
    job = done.stdout.strip()
    log = faulty.folder / "logs" / "slurm" / f"head-{job}.log"
    wait_for_job(faulty, HELD)
    cluster.ask("scontrol", "requeue", job)
    release(faulty, HELD)
    wait_long(
        lambda: cluster.state_of(job) in ("COMPLETED", "FAILED"), "the head did not come back"
    )
    assert cluster.state_of(job) == "COMPLETED", log.read_text()
    assert same_manifest(faulty, finished)
