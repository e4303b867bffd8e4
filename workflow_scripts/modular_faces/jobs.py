"""What every job does first: one thread per library, and a log that tells what went wrong."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import TracebackType

import cv2
import pyarrow as pa


def start_job(log: str) -> None:
    """Keep to one thread and write messages and errors to the job's log.

    Parameters
    ----------
    log : str
        Path of the log; its folder is made when missing. An uncaught error goes to the log and to the
        terminal.

    Notes
    -----
    The workflow runs as many jobs as there are cores, so that threads inside a job would only fight.
    Snakemake sets the thread counts of OpenMP and BLAS; OpenCV and Arrow are set here.
    """
    cv2.setNumThreads(1)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    Path(log).parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=log,
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        force=True,
    )
    sys.excepthook = _log_and_show


def as_path(value: str | None) -> Path | None:
    """Turn a path of the config, which may be absent, into a Path."""
    return None if value is None else Path(value)


def _log_and_show(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger(__name__).critical("the job failed", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
