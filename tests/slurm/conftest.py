"""A cluster for all tests of this folder, and runs of the workflow on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clones import Clone
from cluster import Cluster, start_cluster, why_not


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Give a cluster of two nodes of two processors each."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    running = start_cluster(
        tmp_path_factory.mktemp("slurm") / "cluster", n_nodes=2, cpus=2, memory=4000
    )
    before = dict(os.environ)
    os.environ.update(running.environment)
    yield running
    running.stop()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def cluster_clone(cluster: Cluster, clone: Clone, tiny_root: Path) -> Clone:
    """Give a copy of the repository that knows the tiny dataset, in three shards without a study."""
    clone.configure(tiny_root, study={"variants": []})
    return clone
