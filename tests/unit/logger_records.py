"""Log records as Snakemake 9.27 sends them, recorded from real runs, with times set by the test."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_modular_faces.reporter import Reporter
from snakemake_logger_plugin_modular_faces.screen import Screen

STATS = {"preprocess": 2, "landmarks": 2, "merge": 1, "all": 1, "total": 6}


def record(
    message: str, event: LogEvent | None = None, level: int = logging.INFO, **fields: Any
) -> logging.LogRecord:
    made = logging.LogRecord("snakemake.logging", level, "logging.py", 1, message, None, None)
    if event is not None:
        made.event = event
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def started() -> logging.LogRecord:
    names = (
        "datetime workflow_id platform host user snakemake_version python_version cmd "
        "snakefile_main basedir rundir cwd configfiles config_md5"
    )
    header: dict[str, Any] = dict.fromkeys(names.split(), "-")
    return record("Workflow has started!", LogEvent.WORKFLOW_STARTED, **header)


def run_info(stats: dict[str, int] | None = None) -> logging.LogRecord:
    return record("Job stats:\njob    count\n", LogEvent.RUN_INFO, stats=stats or STATS)


def job_info(
    number: int, rule: str, results: Path | str = "r/t", **wildcards: str
) -> logging.LogRecord:
    where = "/".join(wildcards.values()) or rule
    return record(
        f" Rule: {rule}, Jobid: {number}",
        LogEvent.JOB_INFO,
        jobid=number,
        rule_name=rule,
        rule_msg="finding landmarks in shard 0001",
        local=True,
        input=[],
        output=[f"{results}/shards/{where}/{rule}.parquet"],
        log=[f"{results}/logs/{rule}/{where}.log"],
        wildcards=wildcards,
        indent=False,
        shellcmd=None,
    )


def finished(number: int, rule: str) -> logging.LogRecord:
    return record(f"Finished jobid: {number} (Rule: {rule})", LogEvent.JOB_FINISHED, job_id=number)


def job_error(number: int, rule: str, **fields: Any) -> logging.LogRecord:
    given = {"rule_msg": None, "log": [], "aux": {}, "indent": False, "shellcmd": None, **fields}
    return record(
        f"Error in rule {rule}, jobid: {number}",
        LogEvent.JOB_ERROR,
        logging.ERROR,
        jobid=number,
        rule_name=rule,
        **given,
    )


@dataclass
class Run:
    """A reporter on a fake clock and a stream in memory."""

    live: bool = False
    progress: bool = True
    commands: bool = False
    now: float = 1000.0
    stream: io.StringIO = field(default_factory=io.StringIO)
    _read: int = 0

    def __post_init__(self) -> None:
        screen = Screen(self.stream, live=self.live, colour=False)
        self.reporter = Reporter(
            screen, clock=lambda: self.now, progress=self.progress, commands=self.commands
        )

    def send(self, *records: logging.LogRecord, after: float = 0.0) -> str:
        """Let time pass, send records and give back what was written since the last call."""
        self.now += after
        for one in records:
            self.reporter.handle(one)
        return self.written()

    def tick(self, after: float) -> str:
        self.now += after
        self.reporter.tick()
        return self.written()

    def written(self) -> str:
        text = self.stream.getvalue()[self._read :]
        self._read += len(text)
        return text
