"""What every job does first: one thread per library, and a log that tells what went wrong."""

from __future__ import annotations

import atexit
import logging
import os
import re
import resource
import signal
import sys
import traceback
from functools import partial
from pathlib import Path
from types import TracebackType

import cv2
import pyarrow as pa


def start_job(log: str) -> None:
    """Keep to one thread and write messages and errors to the job's log.

    Parameters
    ----------
    log : str
        Path of the log; its folder is made when missing. Whatever the job or a library under it writes
        to standard output or error goes there, an uncaught error with its traceback too.

    Notes
    -----
    The workflow runs as many jobs as there are cores, so that threads inside a job would only fight.
    Snakemake sets the thread counts of OpenMP and BLAS; OpenCV and Arrow are set here.
    """
    cv2.setNumThreads(1)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    before = os.dup(2)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    sys.excepthook = partial(_report_error, before)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    atexit.register(_say_what_was_used)
    signal.signal(signal.SIGTERM, _end)


def _report_error(
    before: int, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write an uncaught error to the log, or where the job wrote before when the log's disk is full."""
    text = "".join(traceback.format_exception(kind, error, trace)).encode(errors="replace")
    try:
        _write(2, text)
    except OSError:
        _write(before, text)


def _write(file: int, text: bytes) -> None:
    while text:
        text = text[os.write(file, text) :]


def _end(number: int, frame: object) -> None:
    """End as after an error, so that no half-written file stays: a cluster ends jobs with this signal."""
    sys.exit("ended by a signal: cancelled, or over its time")


def _say_what_was_used() -> None:
    """Write processor time and largest memory of the job, with what it started, as the last line of its log.

    Notes
    -----
    The process's own ``ru_maxrss`` would begin with that of the process that started it.
    """
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    seconds = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    kilobytes = max(int(peak[1]) if peak else 0, children.ru_maxrss)
    logging.info(
        "used %.2f s of processor time, at most %d MB of memory", seconds, kilobytes // 1024
    )


def as_path(value: str | None) -> Path | None:
    """Turn a path of the config, which may be absent, into a Path."""
    return None if value is None else Path(value)
