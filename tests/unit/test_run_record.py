"""The record of a run names code, lock, model, versions and machine."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import datetime
from pathlib import Path

import modular_faces
from modular_faces.model_pin import MODEL_SHA256
from modular_faces.run_file import read_run, write_run
from modular_faces.run_record import describe_run

CONFIG = {"landmarks": {"backend": "mesh"}, "shards": 3}


def git(folder: Path, *command: str) -> str:
    name = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", f"safe.directory={folder}")
    done = subprocess.run(
        ["git", "-C", folder, *name, *command], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def record(repository: Path) -> dict[str, object]:
    return describe_run(
        CONFIG,
        repository=repository,
        command=["snakemake"],
        graph=[("b", "c"), ("a", "b")],
        requested={"b": {"mem_mb": 700}, "a": {"mem_mb": 500}},
    )


def test_what_is_known_without_git_and_lock(tmp_path: Path) -> None:
    made = record(tmp_path)
    assert made["code"] == {"modular_faces": modular_faces.__version__, "commit": None}
    assert made["lock_sha256"] is None
    assert made["model_sha256"] == MODEL_SHA256
    assert made["graph"] == [["a", "b"], ["b", "c"]]
    assert made["requested"] == {"a": {"mem_mb": 500}, "b": {"mem_mb": 700}}
    assert made["config"] == CONFIG
    assert datetime.fromisoformat(str(made["date"])).tzinfo is not None
    write_run(tmp_path, made)
    assert read_run(tmp_path) == json.loads(json.dumps(made))


def test_commit_and_lock_of_a_clone(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.lock").write_text("a==1\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    made = record(tmp_path)
    head = git(tmp_path, "rev-parse", "HEAD")
    assert made["code"] == {"modular_faces": modular_faces.__version__, "commit": head}
    assert made["lock_sha256"] == hashlib.sha256(b"a==1\n").hexdigest()
    (tmp_path / "requirements" / "run.lock").write_text("a==2\n")
    assert record(tmp_path)["code"] == {
        "modular_faces": modular_faces.__version__,
        "commit": f"{head}+",
    }
