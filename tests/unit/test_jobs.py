"""What every job does first and last: its log, its end by a signal, what it says it used."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

START = "from modular_faces.jobs import start_job\nstart_job({log!r})\n"
PATIENCE = 120


def run(code: str, log: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START.format(log=str(log)) + code],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_everything_goes_to_the_log_and_the_last_line_says_what_was_used(tmp_path: Path) -> None:
    log = tmp_path / "new" / "a.log"
    code = "import os\nprint('to output')\nos.system('echo from below')\nheld = bytearray(b'x') * 300_000_000"
    done = run(code, log)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    lines = log.read_text().splitlines()
    assert set(lines[:-1]) == {"to output", "from below"}
    used = re.search(
        r"INFO used ([\d.]+) s of processor time, at most (\d+) MB of memory$", lines[-1]
    )
    assert used
    assert float(used[1]) > 0
    assert 300 < int(used[2]) < 700


def test_memory_is_that_of_the_job_and_not_of_what_started_it(tmp_path: Path) -> None:
    large = bytearray(b"x") * 600_000_000
    run("", tmp_path / "a.log")
    used = re.search(r"at most (\d+) MB", (tmp_path / "a.log").read_text())
    assert used and int(used[1]) < len(large) // 2_000_000


def test_an_error_stands_in_the_log_with_its_traceback(tmp_path: Path) -> None:
    done = run("raise ValueError('the cause')", tmp_path / "a.log")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Traceback" in (tmp_path / "a.log").read_text()
    assert "ValueError: the cause" in (tmp_path / "a.log").read_text()


def test_an_error_is_said_where_the_job_wrote_before_when_the_disk_of_the_log_is_full() -> None:
    done = run("raise ValueError('the cause')", Path("/dev/full"))
    assert done.returncode == 1
    assert "ValueError: the cause" in done.stderr


def test_a_job_that_is_ended_leaves_no_half_written_file(tmp_path: Path) -> None:
    code = (
        "import time\nfrom modular_faces.tables import whole_file\n"
        f"with whole_file({str(tmp_path / 'out')!r}) as temporary:\n"
        "    temporary.write_text('half')\n    time.sleep(600)\n"
    )
    log = tmp_path / "a.log"
    job = subprocess.Popen([sys.executable, "-c", START.format(log=str(log)) + code])
    end = time.monotonic() + PATIENCE
    while not list(tmp_path.glob(".out.*")):
        assert time.monotonic() < end and job.poll() is None
        time.sleep(0.02)
    job.send_signal(signal.SIGTERM)
    assert job.wait(PATIENCE) != 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.log"]
    assert "ended by a signal" in log.read_text()
