"""A lock is stale only when the process that is recorded for it is dead on this host."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from modular_faces import heads

COMMAND = ["snakemake", "--configfile", "my config.yaml"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / heads.LOCKS).mkdir()
    return tmp_path


def lock(folder: Path, head: heads.Head | None) -> None:
    (folder / heads.LOCKS / "0.input.lock").write_text("a")
    if head:
        (folder / heads.RECORD).write_text(json.dumps(asdict(head)))


def dead_process() -> heads.Head:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    head = heads.Head(process.pid, heads.this_process().host, heads._start_ticks(process.pid) or 0)
    process.kill()
    process.wait()
    return head


def test_without_a_lock_the_folder_is_free(folder: Path) -> None:
    assert heads.lock_state(folder)[0] == "free"
    assert heads.lock_message(folder, command=COMMAND) == ""


def test_the_lock_of_a_dead_process_is_stale_and_the_line_that_clears_it_is_given(
    folder: Path,
) -> None:
    head = dead_process()
    lock(folder, head)
    assert heads.lock_state(folder) == ("stale", head)
    message = heads.lock_message(folder, command=COMMAND)
    assert f"process {head.pid} on this host) was killed" in message
    assert message.endswith("snakemake --configfile 'my config.yaml' --unlock")


def test_a_reused_process_number_is_not_the_head(folder: Path) -> None:
    lock(folder, replace(heads.this_process(), started=1))
    assert heads.lock_state(folder)[0] == "stale"


def test_a_living_head_keeps_its_lock_and_its_record(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        ticks = heads._start_ticks(process.pid)
        living = heads.Head(process.pid, heads.this_process().host, ticks or 0)
        lock(folder, living)
        heads.record_head(folder)
        assert heads.lock_state(folder) == ("alive", living)
        assert f"process {process.pid}" in heads.lock_message(folder, command=COMMAND)
        process.kill()


def test_a_head_on_another_host_cannot_be_judged(folder: Path) -> None:
    elsewhere = heads.Head(os.getpid(), "another-host", 1)
    lock(folder, elsewhere)
    heads.record_head(folder)
    assert heads.lock_state(folder) == ("elsewhere", elsewhere)
    assert "on another-host; if it no longer runs there" in heads.lock_message(
        folder, command=COMMAND
    )


@pytest.mark.parametrize("record", ["", "{}", "[1]", '{"pid": 1}'])
def test_a_broken_record_is_unknown(folder: Path, record: str) -> None:
    lock(folder, None)
    (folder / heads.RECORD).write_text(record)
    assert heads.lock_state(folder) == ("unknown", None)


def test_a_free_folder_takes_this_process_as_head(folder: Path) -> None:
    heads.record_head(folder)
    assert json.loads((folder / heads.RECORD).read_text()) == asdict(heads.this_process())


def test_clearing_removes_locks_and_nothing_else(folder: Path) -> None:
    lock(folder, dead_process())
    heads.clear_locks(folder)
    assert heads.lock_state(folder)[0] == "free"
    assert (folder / heads.RECORD).exists()
