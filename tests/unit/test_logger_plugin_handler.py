"""The plugin inside Snakemake: found by name, silent where Snakemake speaks, harmless when it fails."""

from __future__ import annotations

import io
import logging
import logging.handlers
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import pytest
from logger_records import finished, job_error, job_info, record, run_info, started
from snakemake.logging import DefaultFilter, DefaultFormatter
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry
from snakemake_interface_logger_plugins.tests import MockOutputSettings

from snakemake_logger_plugin_modular_faces import LogHandler
from snakemake_logger_plugin_modular_faces.reporter import Reporter
from snakemake_logger_plugin_modular_faces.screen import Guard, Screen, wait_for_records


@contextmanager
def handler(stderr: io.StringIO, **settings: Any) -> Iterator[LogHandler]:
    """Handler as Snakemake sets it up, with its default filter and formatter, on a stderr of ours."""
    given = MockOutputSettings()
    given.printshellcmds = False
    for name, value in settings.items():
        setattr(given, name, value)
    quiet: set[Quietness] = set(given.quiet or ())
    with redirect_stderr(stderr):
        made = LogHandler(given, None)
        made.addFilter(DefaultFilter(quiet, given.debug_dag, given.verbose, given.dryrun, False))
        made.setFormatter(DefaultFormatter(quiet, given.show_failed_logs))
        try:
            yield made
        finally:
            made.close()
            assert sys.stderr is stderr


def test_snakemake_finds_it_by_name() -> None:
    plugin = LoggerPluginRegistry().get_plugin("modular-faces")
    assert getattr(plugin, "log_handler", None) is LogHandler


def test_run_shows_progress_and_gives_stderr_back() -> None:
    stderr = io.StringIO()
    with handler(stderr) as made:
        for one in (started(), run_info({"merge": 1, "total": 1}), job_info(1, "merge")):
            made.handle(one)
        made.handle(finished(1, "merge"))
        print("summary", file=sys.stderr)
    assert stderr.getvalue() == "1 job: merge 1\n[00:00] 100 %  merge 1/1\nsummary\n"


def test_before_a_run_starts_snakemake_shows_its_messages() -> None:
    stderr = io.StringIO()
    with handler(stderr) as made:
        made.handle(record("Assuming unrestricted shared filesystem usage."))
        made.handle(record("MissingInputException: no such file", level=logging.ERROR))
    assert stderr.getvalue() == "MissingInputException: no such file\n"


@pytest.mark.parametrize("mode", ["dryrun", "verbose"])
def test_dry_and_verbose_runs_look_as_without_the_plugin(mode: str) -> None:
    stderr = io.StringIO()
    with handler(stderr, **{mode: True}) as made:
        made.handle(run_info())
        made.handle(finished(3, "merge"))
    assert "Job stats:\njob    count\n" in stderr.getvalue()
    assert "\nFinished jobid: 3 (Rule: merge)\n" in stderr.getvalue()


def test_dry_run_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with handler(io.StringIO(), dryrun=True, stdout=True) as made:
        made.handle(record("This was a dry-run"))
    assert capsys.readouterr().out == "This was a dry-run\n"


def test_quiet_hides_progress_and_not_failures() -> None:
    stderr = io.StringIO()
    with handler(stderr, quiet={Quietness.PROGRESS, Quietness.RULES}) as made:
        for one in (started(), run_info(), job_info(1, "merge"), job_error(1, "merge")):
            made.handle(one)
    assert stderr.getvalue().splitlines()[0] == "[00:00] FAILED merge (job 1)"


def test_quiet_about_all_is_silent() -> None:
    stderr = io.StringIO()
    with handler(stderr, quiet={Quietness.ALL}) as made:
        for one in (started(), run_info(), job_info(1, "merge"), job_error(1, "merge")):
            made.handle(one)
    assert stderr.getvalue() == ""


def test_an_error_of_the_display_is_told_and_the_run_goes_on_plainly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stderr = io.StringIO()

    def fail(self: Reporter, one: logging.LogRecord) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(Reporter, "handle", fail)
    with handler(stderr) as made:
        made.handle(started())
        made.handle(finished(3, "merge"))
    told = "\nprogress is no longer shown (ZeroDivisionError: oh); the run goes on\n"
    assert stderr.getvalue().startswith(told + "\nSNAKEMAKE\n")
    assert stderr.getvalue().endswith("\nFinished jobid: 3 (Rule: merge)\n")


def test_a_closed_terminal_does_not_break_the_run() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    with handler(Gone()) as made:
        for one in (record("before"), started(), run_info(), job_info(1, "merge")):
            made.handle(one)


def test_errors_are_red_and_warnings_yellow() -> None:
    stream = io.StringIO()
    screen = Screen(stream, live=False, colour=True)
    screen.write("bad", level=logging.ERROR)
    screen.write("odd", level=logging.WARNING)
    screen.write("good")
    assert stream.getvalue() == "\x1b[31mbad\x1b[0m\n\x1b[33modd\x1b[0m\ngood\n"


def test_foreign_text_pushes_the_status_line_down() -> None:
    stream = io.StringIO()
    screen = Screen(stream, live=True, colour=False)
    guard = Guard(stream, screen, lock=threading.RLock(), listener=lambda: None)
    screen.show("50 %")
    print("a", "b", file=guard)
    screen.show("60 %")
    assert stream.getvalue() == "\r\x1b[K50 %\r\x1b[Ka b\n\r\x1b[K60 %"


def test_foreign_text_waits_for_what_was_logged_before() -> None:
    shown: list[str] = []

    class Slow(logging.Handler):
        def emit(self, one: logging.LogRecord) -> None:
            gate.wait(5)
            shown.append(one.getMessage())

    gate = threading.Event()
    records: queue.Queue[Any] = queue.Queue()
    listener = logging.handlers.QueueListener(records, Slow())
    sender = logging.handlers.QueueHandler(records)
    logger = logging.getLogger("snakemake.logging")
    logger.addHandler(sender)
    listener.start()
    try:
        sender.handle(record("100 %"))
        threading.Timer(0.05, gate.set).start()
        wait_for_records()
        shown.append("summary")
    finally:
        logger.removeHandler(sender)
        listener.stop()
    assert shown == ["100 %", "summary"]
