"""From Snakemake's events to what is shown."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_modular_faces.lines import (
    end_text,
    failure_text,
    log_tail,
    progress_line,
    start_line,
)
from snakemake_logger_plugin_modular_faces.pictures import Pictures, count_pictures
from snakemake_logger_plugin_modular_faces.screen import Screen
from snakemake_logger_plugin_modular_faces.tally import Job, Tally

LINE_EVERY = 30.0
SIGN_OF_LIFE_EVERY = 300.0

# Messages without news for a person; Snakemake's own log in .snakemake/log keeps every one.
CHATTER = re.compile(
    r"Select jobs to execute|Using shell:|(Conda environments|Singularity containers): ignored|"
    r"Group jobs: inactive|Assuming unrestricted shared filesystem usage|Elapsed time:|"
    r"Shutting down, this might take|Removing output files of failed job|"
    r"Submitted (group )?job |Job \S+ has been submitted with SLURM jobid"
)
RESTART = re.compile(r"Trying to restart job (\d+)\.")
LOG_HINT = "Complete log(s):"
EXPECTED = "Warning: the following output files of rule front_page were not present when the DAG"
"""The jobs of the other pages write the front page too, so that this is no news."""


class Reporter:
    """Show a run as it goes.

    Parameters
    ----------
    screen : Screen
    clock : callable
        Seconds, never backwards.
    progress : bool
        Whether to show progress; messages and failures are shown in any case.
    commands : bool
        Whether to show shell commands.
    """

    def __init__(
        self, screen: Screen, *, clock: Callable[[], float], progress: bool, commands: bool
    ) -> None:
        self._screen = screen
        self._clock = clock
        self._progress = progress
        self._commands = commands
        self._tally: Tally | None = None
        self._workers = ""
        self._pictures: Pictures | None = None
        self._touched_shards = 0
        self._announced = False
        self._ended = False
        self._line_at = 0.0
        self._line_done = 0
        self._line_percent = 0

    def handle(self, record: logging.LogRecord) -> None:
        """Take an event or a message of Snakemake."""
        match getattr(record, "event", None):
            case LogEvent.RESOURCES_INFO:
                self._workers = _workers(record) or self._workers
            case LogEvent.RUN_INFO:
                self._begin(record)
            case LogEvent.JOB_INFO:
                self._start_job(record)
            case LogEvent.JOB_FINISHED:
                self._finish_job(record)
            case LogEvent.JOB_ERROR:
                self._fail_job(record)
            case LogEvent.GROUP_ERROR:
                self._fail_group(record)
            case LogEvent.SHELLCMD:
                self._show_command(record)
            case (
                LogEvent.WORKFLOW_STARTED
                | LogEvent.JOB_STARTED
                | LogEvent.GROUP_INFO
                | LogEvent.PROGRESS
                | LogEvent.RULEGRAPH
                | LogEvent.DEBUG_DAG
            ):
                pass
            case _:
                self._say(record)

    def tick(self) -> None:
        """Show progress where it is due; called now and then."""
        tally = self._tally
        if tally is None or self._ended or not self._announced or not self._progress:
            return
        now = self._clock()
        if self._screen.live:
            self._screen.show(self._line(tally, now, width=self._screen.width))
        elif (
            tally.percent // 10 > self._line_percent // 10
            or (now - self._line_at >= LINE_EVERY and tally.n_done > self._line_done)
            or now - self._line_at >= SIGN_OF_LIFE_EVERY
        ):
            self._write_line(tally, now)

    def close(self) -> None:
        """Take the status line away; a run that did not finish gets its last words."""
        self._screen.show("")
        if self._tally is not None and not self._ended:
            self._ended = True
            folder = self._pictures.folder if self._pictures else None
            text = end_text(self._tally, now=self._clock(), results=folder)
            self._screen.write(text, level=logging.ERROR if self._tally.failed else logging.INFO)

    def _begin(self, record: logging.LogRecord) -> None:
        now = self._clock()
        self._tally = Tally.of_stats(_get(record, "stats", {}), now=now)
        self._line_at = now

    def _start_job(self, record: logging.LogRecord) -> None:
        if self._tally is None:
            return
        job = _job(record)
        self._tally.start(_get(record, "jobid", -1), job, now=self._clock())
        if "shard" in job.wildcards and self._pictures is None:
            self._pictures = count_pictures(_get(record, "output", []))
        if set(job.wildcards) == {"shard"}:
            self._touched_shards = max(self._touched_shards, self._tally.planned[job.rule])
        if not self._announced and self._progress and self._tally.n_planned:
            self._screen.write(
                start_line(self._tally, pictures=self._pictures, workers=self._workers)
            )
        self._announced = True
        self.tick()

    def _finish_job(self, record: logging.LogRecord) -> None:
        tally = self._tally
        if tally is None or self._ended:
            return
        now = self._clock()
        tally.finish(_get(record, "job_id", -1), now=now)
        if not tally.is_complete:
            self.tick()
            return
        self._ended = True
        self._screen.show("")
        if self._progress and tally.n_planned:
            self._write_line(tally, now)

    def _fail_job(self, record: logging.LogRecord) -> None:
        number = _get(record, "jobid", -1)
        job, elapsed = _job(record), 0.0
        if self._tally is not None:
            now = self._clock()
            job, elapsed = self._tally.fail(number, job, now=now), now - self._tally.began
        text = failure_text(
            job,
            number=number,
            elapsed=elapsed,
            message=_get(record, "rule_msg", "") or "",
            cluster_job=str(_get(record, "aux", {}).get("external_jobid", "")),
            in_group=bool(_get(record, "indent", False)),
        )
        head, _, rest = text.partition("\n")
        self._screen.write(head, level=record.levelno)
        self._screen.write(rest)

    def _fail_group(self, record: logging.LogRecord) -> None:
        cluster_job = _get(record, "external_jobid", "")
        lines = [record.getMessage() + (f" (cluster job {cluster_job})" if cluster_job else "")]
        for path in _get(record, "aux_logs", []):
            lines += log_tail(path)
        self._screen.write("\n".join(lines), level=record.levelno)

    def _show_command(self, record: logging.LogRecord) -> None:
        command = _get(record, "shellcmd", None) or _get(record, "cmd", None)
        if self._commands and command:
            self._screen.write(command)

    def _say(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.levelno <= logging.INFO:
            restarted = RESTART.match(text)
            if restarted and self._tally and int(restarted[1]) in self._tally.failed:
                text = f"{self._tally.failed[int(restarted[1])].name}: trying again"
            if CHATTER.match(text) or (text.startswith(LOG_HINT) and self._ended):
                return
        if text not in ("", "None") and not text.startswith(EXPECTED):
            self._screen.write(text, level=record.levelno)

    def _write_line(self, tally: Tally, now: float) -> None:
        self._screen.write(self._line(tally, now, width=None))
        self._line_at, self._line_done, self._line_percent = now, tally.n_done, tally.percent

    def _line(self, tally: Tally, now: float, *, width: int | None) -> str:
        pictures = None
        if self._pictures is not None and self._touched_shards:
            share = min(self._touched_shards / max(self._pictures.shards, 1), 1.0)
            pictures = self._pictures.pictures * share
        return progress_line(tally, now=now, pictures=pictures, width=width)


def _get(record: logging.LogRecord, name: str, default: Any) -> Any:
    return getattr(record, name, default)


def _job(record: logging.LogRecord) -> Job:
    return Job(
        rule=_get(record, "rule_name", "?"),
        wildcards=dict(_get(record, "wildcards", None) or {}),
        logs=[str(path) for path in _get(record, "log", None) or []],
    )


def _workers(record: logging.LogRecord) -> str:
    cores, nodes = _get(record, "cores", None), _get(record, "nodes", None)
    if cores is not None:
        return f"{cores} core" if cores == 1 else f"{cores} cores"
    if nodes is not None:
        return "the cluster" if nodes == sys.maxsize else f"the cluster, {nodes} at once"
    return ""
