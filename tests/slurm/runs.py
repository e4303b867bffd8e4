"""Runs on the cluster that a test watches, and jobs that do on the cluster what jobs should not."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from clones import BIN, TIMEOUT, TINY_CONFIG, Clone
from cluster import wait_until

QUICK = ("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "10")
"""What a test cluster needs less patience for than a real one."""

FAULTS = Path("faults")

_FAULTY = '''

_start_without_faults = start_job


def start_job(log: str) -> None:
    """Do at the start of a job what the file `faults/<rule>-<shard>` asks for."""
    import time

    _start_without_faults(log)
    order = Path("faults", "-".join(Path(log).with_suffix("").parts[-2:]))
    if not order.exists():
        return
    order.with_suffix(".seen").write_text(os.environ.get("SLURM_JOB_ID", ""))
    action, _, number = order.read_text().partition(" ")
    if action == "hold":
        while order.exists():
            time.sleep(0.05)
    elif action == "fail":
        raise RuntimeError("this shard always fails")
    elif action == "sleep":
        time.sleep(float(number))
    elif action == "eat":
        eaten = bytearray(b"x") * (int(number) << 20)
        time.sleep(6)
        del eaten
'''


@dataclass(frozen=True)
class Head:
    """A head process in the background.

    Attributes
    ----------
    process : subprocess.Popen
    log : Path
        What it says.
    """

    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> int:
        """Wait until it ends; its exit status."""
        return self.process.wait(TIMEOUT)

    def said(self) -> str:
        """What it said so far."""
        return self.log.read_text()

    def only_its_jobs(self) -> str:
        """Option of `squeue` for the jobs of this head, which all carry one name."""
        name: str = self.said().partition("SLURM run ID: ")[2].split()[0]
        return f"--name={name}"


@contextmanager
def head_of(clone: Clone, *arguments: str | Path, name: str = "head") -> Iterator[Head]:
    """Start `snakemake --profile slurm` in the background; it is ended with the block."""
    log = clone.folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [
                BIN / "snakemake",
                *arguments,
                "--profile",
                "slurm",
                *QUICK,
                "--configfile",
                TINY_CONFIG,
            ],
            cwd=clone.folder,
            env=clone.environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Head(process, log)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(TIMEOUT)


def make_faulty(clone: Clone) -> None:
    """Let the jobs of a copy heed what `order` asks of them."""
    jobs = clone.folder / "workflow_scripts" / "modular_faces" / "jobs.py"
    jobs.write_text(jobs.read_text() + _FAULTY)
    (clone.folder / FAULTS).mkdir()


def order(clone: Clone, job: str, action: str) -> None:
    """Ask a job, such as `preprocess-0001`, to `hold`, `fail`, `sleep 60` or `eat 900` (megabytes)."""
    (clone.folder / FAULTS / job).write_text(action)


def release(clone: Clone, job: str) -> None:
    """Let a job that holds go on."""
    (clone.folder / FAULTS / job).unlink()


def wait_for_job(clone: Clone, job: str) -> str:
    """Wait until a job does what it was asked to; the number of its SLURM job."""
    seen = clone.folder / FAULTS / f"{job}.seen"
    wait_until(lambda: seen.exists() and bool(seen.read_text()), f"{job} did not begin", 120)
    number = seen.read_text()
    seen.unlink()
    return number
