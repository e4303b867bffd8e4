"""The cluster profile where there is no cluster: a dry run shows everything and submits nothing."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from clones import BIN, TINY_CONFIG, Clone

COMMANDS = ("sbatch", "squeue", "sacct", "scancel", "sinfo", "scontrol", "srun")
SHARDS = ("0000", "0001", "0002")
PER_SHARD = (
    *("preprocess", "landmarks", "color", "texture", "pose", "expression"),
    *("study wide", "study sharpen"),
)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put in the place of SLURM's commands some that note that they were called, and fail."""
    folder, calls = tmp_path / "bin", tmp_path / "calls"
    folder.mkdir()
    calls.touch()
    for name in COMMANDS:
        command = folder / name
        command.write_text(f'#!/bin/sh\necho "{name} $*" >> {calls}\nexit 1\n')
        command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return calls


def test_a_dry_run_shows_all_jobs_and_submits_none(
    clone: Clone, tiny_root: Path, asked: Path
) -> None:
    clone.configure(tiny_root)
    command = clone.command(
        *("env", f"PATH={os.environ['PATH']}", BIN / "snakemake", "-n", "--profile", "slurm"),
        *("--configfile", TINY_CONFIG),
    )
    assert command.returncode == 0, command.stderr
    expected = Counter(f"{rule} {shard}" for rule in PER_SHARD for shard in SHARDS)
    expected.update(["manifest", "merge", "gather_study"])
    assert clone.planned("--profile", "slurm", "--configfile", TINY_CONFIG) == expected
    # The executor's own help text asks for SLURM's settings whenever Snakemake starts.
    assert set(asked.read_text().splitlines()) <= {"scontrol show config"}
    assert not clone.results("listing/listing.json").exists()


def test_the_link_in_the_root_is_the_profile(clone: Clone) -> None:
    assert (clone.folder / "slurm" / "config.yaml").read_bytes() == (
        clone.folder / "profiles" / "slurm" / "config.yaml"
    ).read_bytes()


def test_the_profile_avoids_what_is_known_to_lose_results() -> None:
    text = (Path(__file__).parents[2] / "profiles" / "slurm" / "config.yaml").read_text()
    profile = yaml.safe_load(text)
    assert profile["slurm-status-command"] == "squeue"
    assert "slurm-array-jobs" not in profile
    assert profile["rerun-incomplete"] is True
    assert profile["keep-going"] is True
    assert profile["retries"] == 2


def test_each_attempt_asks_for_more(clone: Clone) -> None:
    rules = "".join(path.read_text() for path in (clone.folder / "rules").glob("*.smk"))
    assert rules.count("mem_mb=memory_of(") == rules.count("runtime=minutes_of(")
    assert rules.count("mem_mb=") == rules.count("mem_mb=memory_of(")
    assert rules.count("    script:\n") == rules.count("mem_mb=memory_of(")
