"""Where the lines go: text that stays, and on a terminal one status line under it."""

from __future__ import annotations

import logging
import logging.handlers
import queue
import shutil
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, TextIO

_ERASE = "\r\x1b[K"
_COLOURS = {logging.WARNING: "\x1b[33m", logging.ERROR: "\x1b[31m"}
_RESET = "\x1b[0m"
_PATIENCE = 1.0


class Screen:
    """A stream with at most one status line, which is always the last line.

    Parameters
    ----------
    stream : text stream
    live : bool
        Whether the stream is a terminal that can redraw a line; otherwise no status is drawn.
    colour : bool
        Whether errors and warnings are coloured.
    """

    def __init__(self, stream: TextIO, *, live: bool, colour: bool) -> None:
        self.live = live
        self._stream = stream
        self._colour = colour
        self._status = ""
        self._at_line_start = True

    @property
    def width(self) -> int:
        """Columns of a status line; the last one stays free, since some terminals wrap there."""
        return shutil.get_terminal_size().columns - 1

    def write(self, text: str, *, level: int = logging.INFO) -> None:
        """Write text that stays, above the status line."""
        colour = _COLOURS.get(min(level, logging.ERROR), "") if self._colour else ""
        self.pass_through(f"{colour}{text}{_RESET if colour else ''}\n")

    def pass_through(self, text: str) -> None:
        """Write text as it is, above the status line, which comes back once a line is complete."""
        status, self._status = self._status, ""
        self._stream.write((_ERASE if status else "") + text)
        self._at_line_start = text.endswith("\n") if text else self._at_line_start
        self.show(status)
        self._stream.flush()

    def show(self, status: str) -> None:
        """Draw the status line in place of the one before; an empty one goes away."""
        if not self.live or not (status or self._status) or not self._at_line_start:
            return
        self._stream.write(_ERASE + status)
        self._stream.flush()
        self._status = status


class Guard:
    """Stand in for `sys.stderr`, so that whatever else is printed does not run into the status line.

    Parameters
    ----------
    stream : text stream
        The stream proper.
    screen : Screen
        Writes to that stream.
    lock : context manager
        Held while the screen is written to.
    listener : callable
        Gives the number of the thread that feeds the screen, which must not wait for itself.
    """

    def __init__(
        self,
        stream: TextIO,
        screen: Screen,
        *,
        lock: AbstractContextManager[Any],
        listener: Callable[[], int | None],
    ) -> None:
        self._stream = stream
        self._screen = screen
        self._lock = lock
        self._listener = listener

    def write(self, text: str) -> int:
        """Write text after all that was logged before it."""
        if threading.get_ident() != self._listener():
            wait_for_records()
        with self._lock:
            self._screen.pass_through(text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def wait_for_records() -> None:
    """Wait until Snakemake's queue of log records is worked off, a second at most."""
    for handler in logging.getLogger("snakemake.logging").handlers:
        records = getattr(handler, "queue", None)
        if isinstance(handler, logging.handlers.QueueHandler) and isinstance(records, queue.Queue):
            with records.all_tasks_done:
                records.all_tasks_done.wait_for(partial(_worked_off, records), timeout=_PATIENCE)


def _worked_off(records: queue.Queue[Any]) -> bool:
    return records.unfinished_tasks == 0
