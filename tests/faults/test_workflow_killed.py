"""A killed run leaves a lock: the next one says what to do, and ends with the same bytes."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clones import BIN, TIMEOUT, TINY_CONFIG, Clone

ONE_SHARD = {"shards": 1, "study": {"variants": ["wide"]}}
STAGES = ("inspection.parquet", "landmarks.parquet", "color.parquet")
LOCKS, RECORD = Path(".snakemake/locks"), Path(".snakemake/modular-faces-head.json")
CURE = "; clear it with: "


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + TIMEOUT
    while not path.exists():
        assert process.poll() is None, f"the run ended before it wrote {path}"
        assert time.monotonic() < end, f"{path} was not written"
        time.sleep(0.01)


def is_locked(clone: Clone) -> bool:
    return any((clone.folder / LOCKS).glob("*"))


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Lines in which the workflow itself speaks."""
    start = "modular-faces: "
    lines = done.stderr.splitlines()
    return [line.removeprefix(start) for line in lines if line.startswith(start)]


def start_again(clone: Clone) -> subprocess.CompletedProcess[str]:
    return clone.snakemake("--configfile", TINY_CONFIG)


def test_after_three_kills_the_result_has_the_same_bytes(
    clone: Clone, tiny_root: Path, finished: Clone
) -> None:
    clone.configure(tiny_root, **ONE_SHARD)
    for stage in STAGES:
        with clone.running("--configfile", TINY_CONFIG) as head:
            wait_for(clone.results(f"shards/0000/{stage}"), head)
            head.kill()
            head.wait(TIMEOUT)
            for _ in range(2 if stage == STAGES[0] else 1):
                refused = start_again(clone)
                assert refused.returncode != 0
                (line,) = said(refused)
                assert line.startswith(
                    f"the run before (process {head.pid} on this host) was killed and its lock "
                    f"is stale{CURE}"
                )
            cleared = clone.command("bash", "-c", line.partition(CURE)[2])
            assert cleared.returncode == 0, cleared.stderr
            assert said(cleared) == []
            assert not is_locked(clone)
    clone.run_tiny()
    assert clone.final_files() == finished.final_files()


@pytest.fixture
def head(clone: Clone, tiny_root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The head of a run that has written its first file and stands still."""
    clone.configure(tiny_root, **ONE_SHARD)
    with clone.running("--configfile", TINY_CONFIG) as process:
        wait_for(clone.results("shards/0000/inspection.parquet"), process)
        process.send_signal(signal.SIGSTOP)
        yield process


def clear_stale_lock(clone: Clone) -> str:
    done = clone.command(BIN / "modular_faces", "clear-stale-lock")
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_lock_of_a_living_run_stays(
    clone: Clone, tiny_root: Path, head: subprocess.Popen[bytes]
) -> None:
    assert clear_stale_lock(clone) == ""
    assert is_locked(clone)
    refused = start_again(clone)
    assert refused.returncode != 0
    assert said(refused) == [
        f"process {head.pid} on this host is running the workflow in this folder"
    ]
    clone.snakemake("-n", "--configfile", TINY_CONFIG)
    assert clear_stale_lock(clone) == ""
    assert is_locked(clone)

    head.kill()
    head.wait(TIMEOUT)
    assert f"(process {head.pid})" in clear_stale_lock(clone)
    assert not is_locked(clone)
    assert clone.snakemake("-n", "--configfile", TINY_CONFIG).returncode == 0


def test_the_lock_of_another_host_stays(clone: Clone, head: subprocess.Popen[bytes]) -> None:
    head.kill()
    head.wait(TIMEOUT)
    record = clone.folder / RECORD
    record.write_text(json.dumps(json.loads(record.read_text()) | {"host": "another-host"}))
    assert clear_stale_lock(clone) == ""
    assert is_locked(clone)
    (line,) = said(start_again(clone))
    assert line.startswith(
        f"the lock belongs to process {head.pid} on another-host; if it no longer runs there, "
        "clear it with: "
    )


def test_a_lock_that_is_newer_than_the_record_is_nobodys(
    tmp_path_factory: pytest.TempPathFactory, finished: Clone
) -> None:
    """Between a run's lock and its record stands the record of the run before, which is dead."""
    clone = finished.copy_to(tmp_path_factory.mktemp("newer") / "clone")
    (clone.folder / LOCKS).mkdir(exist_ok=True)
    (clone.folder / LOCKS / "0.output.lock").write_text("results/tiny/features.parquet")
    assert clear_stale_lock(clone) == ""
    assert is_locked(clone)
    (line,) = said(start_again(clone))
    assert line.startswith("the folder is locked, by whom is not known; if no run is going on")
