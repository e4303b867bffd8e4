"""Fixtures that more than one folder of tests uses: copies of the repository and finished runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clones import SAMPLE, Clone, add_lost_pictures, make_clone, make_kaggle, sample_pictures

pytest_plugins = ["chromium", "rekognition_double"]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """Give a fresh copy of the repository without pictures."""
    return make_clone(tmp_path / "clone")


@pytest.fixture(scope="session")
def tiny_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give 14 pictures of the sample, one of each split and class, and two that are lost.

    Never changed by a test.
    """
    root = make_kaggle(tmp_path_factory.mktemp("tiny") / "faces", sample_pictures()[:14])
    add_lost_pictures(root)
    return root


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_root: Path) -> Clone:
    """Give a copy in which the workflow has run on the tiny dataset, in three shards.

    Never changed by a test.
    """
    clone = make_clone(tmp_path_factory.mktemp("finished") / "clone")
    clone.configure(tiny_root)
    clone.run_tiny("--cores", "2")
    return clone


@pytest.fixture
def finished_copy(finished: Clone, tmp_path: Path) -> Iterator[Clone]:
    """Give a copy of the finished run that a test may change."""
    yield finished.copy_to(tmp_path / "clone")
    shutil.rmtree(tmp_path / "clone")


@pytest.fixture(scope="session")
def whole_sample(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Give a copy in which the workflow has run on the whole bundled sample, as `make run` does."""
    clone = make_clone(tmp_path_factory.mktemp("sample") / "clone")
    (clone.folder / "resources").mkdir()
    (clone.folder / "resources" / "sample").symlink_to(SAMPLE)
    clone.run("--profile", "profiles/local", "--cores", "2")
    return clone
