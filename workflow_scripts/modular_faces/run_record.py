"""What made the results: the record of a run, with date and machine, which no result file holds."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from modular_faces import __version__
from modular_faces.model_pin import MODEL_SHA256
from modular_faces.provenance import library_versions
from modular_faces.run_file import file_sha256

LOCK = Path("requirements", "run.lock")
PLUGINS = (
    "snakemake",
    "snakemake-executor-plugin-slurm",
    "snakemake-executor-plugin-slurm-jobstep",
)


def describe_run(
    configuration: Mapping[str, Any],
    *,
    repository: Path,
    command: Sequence[str],
    graph: Sequence[tuple[str, str]],
    requested: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Describe a run that begins now.

    Parameters
    ----------
    configuration : mapping
        All keys of the config with their values, defaults included.
    repository : Path
        Folder of the workflow.
    command : sequence of str
    graph : sequence of (str, str)
        Rules of which the second needs what the first writes.
    requested : mapping of str to mapping
        What each rule asks for: ``mem_mb``, ``runtime``, ``threads``.

    Returns
    -------
    dict
        Plain JSON values.
    """
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(command),
        "code": {"modular_faces": __version__, "commit": _commit(repository)},
        "lock_sha256": file_sha256(repository / LOCK) if (repository / LOCK).exists() else None,
        "model_sha256": MODEL_SHA256,
        "python": platform.python_version(),
        "snakemake": _versions(PLUGINS),
        "libraries": library_versions(),
        "backend": configuration["landmarks"]["backend"],
        "machine": {
            "host": platform.node(),
            "system": platform.platform(),
            "processor": _processor(),
            "cores": os.cpu_count(),
        },
        "config": dict(configuration),
        "graph": sorted([first, second] for first, second in graph),
        "requested": {rule: dict(asked) for rule, asked in sorted(requested.items())},
    }


def _commit(repository: Path) -> str | None:
    """Commit of the workflow, with a plus sign when files differ from it; None outside of git."""
    git = ["git", "-c", f"safe.directory={repository}", "-C", str(repository)]
    try:
        head = subprocess.run(
            [*git, "rev-parse", "HEAD"], capture_output=True, check=True, text=True
        )
        status = [*git, "status", "--porcelain", "--untracked-files=no"]
        changed = subprocess.run(status, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip() + ("+" if changed.strip() else "")


def _versions(packages: Sequence[str]) -> dict[str, str]:
    versions = {}
    for name in packages:
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or sys.platform
