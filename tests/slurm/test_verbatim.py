"""The users' everyday command, as typed from the root of a clone."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from clones import FINAL_FILES, REPOSITORY, SAMPLE, Clone, make_clone
from cluster import Cluster


def documented_look() -> list[str]:
    """The command by which profiles/README.md shows jobs by rule and shard."""
    readme = (REPOSITORY / "profiles" / "README.md").read_text()
    (command,) = re.findall(r"^squeue .*$", readme, flags=re.MULTILINE)
    return shlex.split(command, comments=True)


def test_snakemake_profile_slurm_gives_the_bytes_of_the_local_run(
    cluster: Cluster, whole_sample: Clone, tmp_path: Path
) -> None:
    clone = make_clone(tmp_path / "clone")
    (clone.folder / "resources").mkdir()
    (clone.folder / "resources" / "sample").symlink_to(SAMPLE)
    said = clone.run("--profile", "slurm")
    for name in (*FINAL_FILES, "study.parquet"):
        here, there = (one.folder / "results/sample" / name for one in (clone, whole_sample))
        assert here.read_bytes() == there.read_bytes(), name
    assert "on the cluster" in said
    assert "100 %" in said
    assert "sample: 241 pictures, landmarks found in" in said
    assert list((clone.folder / "logs/slurm/rule_landmarks/0000").glob("*.log"))
    names = {(name[:14], comment) for name, comment in cluster.jobs("%j|%k")}
    assert ("modular-faces_", "rule_landmarks_wildcards_0000") in names
    assert re.search(
        r"^\[\d\d:\d\d\] \d+ %  .*landmarks \d/1 .*pictures/s  ETA ", said, flags=re.MULTILINE
    )
    seen = cluster.ask(*documented_look(), "--states=all")
    assert re.search(r" rule_landmarks_wildcards_0000 +COMPLETED", seen), seen
