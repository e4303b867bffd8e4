"""The door for Snakemake: takes its log records, runs the clock, never breaks a run."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from typing import Any, TextIO, cast

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_modular_faces.reporter import CHATTER, Reporter
from snakemake_logger_plugin_modular_faces.screen import Guard, Screen

TICK_SECONDS = 0.5


class LogHandler(LogHandlerBase):
    """Progress while jobs run; everything else as Snakemake itself shows it.

    Notes
    -----
    Dry runs, `--verbose`, `--debug-dag` and whatever comes before a run starts (also all of `--dag`,
    `--summary`, `--lint`) go through Snakemake's default handler. So does the rest of a run in which
    this display failed. Records come in one thread; a second one ticks, both under the handler's lock.
    """

    def __post_init__(self) -> None:
        """Prepare, write nothing yet."""
        settings = self.common_settings
        self._stream: TextIO = sys.stdout if settings.stdout else sys.stderr
        self._quiet = {
            getattr(choice, "name", str(choice)).lower() for choice in settings.quiet or ()
        }
        self._plain_only = settings.dryrun or settings.verbose or settings.debug_dag
        self._plain: logging.Handler | None = None
        self._reporter: Reporter | None = None
        self._guard: Guard | None = None
        self._listener: int | None = None
        self._stop = threading.Event()

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own display."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Snakemake's log file is its own."""
        return False

    @property
    def has_filter(self) -> bool:
        """Snakemake adds its default filter, which is used where its default display is."""
        return False

    @property
    def has_formatter(self) -> bool:
        """Snakemake adds its default formatter, which is used where its default display is."""
        return False

    @property
    def needs_rulegraph(self) -> bool:
        """The table of jobs is enough."""
        return False

    def filter(self, record: logging.LogRecord) -> Any:
        """Let every record in: what is counted differs from what is shown."""
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Show or count a record; an error in here ends the display, never the run."""
        self._listener = threading.get_ident()
        try:
            if self._plain_only:
                self._show_plainly(record)
                return
            if (
                self._reporter is None
                and getattr(record, "event", None) == LogEvent.WORKFLOW_STARTED
            ):
                self._reporter = self._open_reporter()
            if self._reporter is None:
                if not CHATTER.match(record.getMessage()):
                    self._show_plainly(record)
            elif "all" not in self._quiet:
                self._reporter.handle(record)
        except Exception as error:
            self._give_up(error)
            with contextlib.suppress(Exception):
                self._show_plainly(record)

    def close(self) -> None:
        """End the display; called when Snakemake ends, however it ends."""
        self._stop.set()
        with contextlib.suppress(Exception), self.lock or contextlib.nullcontext():
            if self._reporter is not None and "all" not in self._quiet:
                self._reporter.close()
        self._release_stderr()
        super().close()

    def _open_reporter(self) -> Reporter:
        live = self._stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        screen = Screen(self._stream, live=live, colour=live and not self.common_settings.nocolor)
        if self._stream is sys.stderr and self.lock is not None:
            self._guard = Guard(
                self._stream, screen, lock=self.lock, listener=lambda: self._listener
            )
            sys.stderr = cast("TextIO", self._guard)
        threading.Thread(target=self._tick, name="progress", daemon=True).start()
        return Reporter(
            screen,
            clock=time.monotonic,
            progress="progress" not in self._quiet,
            commands=self.common_settings.printshellcmds,
        )

    def _tick(self) -> None:
        while not self._stop.wait(TICK_SECONDS):
            try:
                with self.lock or contextlib.nullcontext():
                    if self._reporter is not None and not self._stop.is_set():
                        self._reporter.tick()
            except Exception as error:
                self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._plain_only = True
        self._stop.set()
        self._reporter = None
        self._release_stderr()
        with contextlib.suppress(Exception):
            self._stream.write(
                f"\nprogress is no longer shown ({type(error).__name__}: {error}); the run goes on\n"
            )

    def _release_stderr(self) -> None:
        if self._guard is not None and sys.stderr is cast("TextIO", self._guard):
            sys.stderr = self._stream

    def _show_plainly(self, record: logging.LogRecord) -> None:
        if self._plain is None:
            from snakemake.logging import ColorizingTextHandler

            self._plain = ColorizingTextHandler(
                nocolor=self.common_settings.nocolor, stream=self._stream, formatter=self.formatter
            )
        if super().filter(record):
            cast("logging.Handler", self._plain).emit(record)
