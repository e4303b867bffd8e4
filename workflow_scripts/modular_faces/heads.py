"""Who runs the workflow in this folder: tells a stale lock from the lock of a living run.

Snakemake locks the folder while it runs. After `kill -9` or a power cut the lock stays. The head
process leaves its number, host and start time here, so that the next one can say which it is.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from modular_faces.tables import whole_file

RECORD = "modular-faces-head.json"
LOCKS = "locks"

LockState = Literal["free", "alive", "stale", "elsewhere", "unknown"]


@dataclass(frozen=True)
class Head:
    """A head process.

    Attributes
    ----------
    pid : int
    host : str
    started : int
        Start of the process in clock ticks since boot: process numbers are used again.
    """

    pid: int
    host: str
    started: int


def this_process() -> Head:
    """Describe the running process."""
    return Head(os.getpid(), socket.gethostname(), _start_ticks(os.getpid()) or 0)


def lock_state(folder: Path) -> tuple[LockState, Head | None]:
    """Say what the lock of a folder means.

    Parameters
    ----------
    folder : Path
        `.snakemake` of the working directory.

    Returns
    -------
    state : {'free', 'alive', 'stale', 'elsewhere', 'unknown'}
        `stale`: the recorded head ran on this host and is dead. `elsewhere`: it ran on another host,
        which cannot be seen from here. `unknown`: there is a lock, but no record, or one that is older
        than the lock, so that another process holds it.
    head : Head or None
        As recorded.
    """
    locked = _time_of_lock(folder)
    if locked is None:
        return "free", None
    head = _recorded_head(folder)
    if head is None or (folder / RECORD).stat().st_mtime_ns < locked:
        return "unknown", None
    if head.host != socket.gethostname():
        return "elsewhere", head
    return ("alive" if _start_ticks(head.pid) == head.started else "stale"), head


def record_head(folder: Path) -> None:
    """Record this process as the head, unless a lock belongs to one that may still be alive.

    To be called by a run that has just locked the folder: a dry run locks nothing and must not take the
    place of a run that is starting at the same time.
    """
    state, _ = lock_state(folder)
    if state not in ("alive", "elsewhere"):
        with whole_file(folder / RECORD) as temporary:
            temporary.write_text(json.dumps(asdict(this_process())))


def lock_message(folder: Path, *, command: Sequence[str]) -> str:
    """Explain a lock in one line, with the line that clears it.

    Empty when there is nothing to say, or the command clears the lock anyway.

    Parameters
    ----------
    folder : Path
        `.snakemake` of the working directory.
    command : sequence of str
        The command that was given, to be repeated with `--unlock`.
    """
    if "--unlock" in command:
        return ""
    state, head = lock_state(folder)
    cure = f"clear it with: {shlex.join([*command, '--unlock'])}"
    if state == "stale" and head is not None:
        return f"the run before (process {head.pid} on this host) was killed and its lock is stale; {cure}"
    if state == "alive" and head is not None and head != this_process():
        return f"process {head.pid} on this host is running the workflow in this folder"
    if state == "elsewhere" and head is not None:
        return f"the lock belongs to process {head.pid} on {head.host}; if it no longer runs there, {cure}"
    if state == "unknown":
        return f"the folder is locked, by whom is not known; if no run is going on, {cure}"
    return ""


def _time_of_lock(folder: Path) -> int | None:
    times = []
    for lock in (folder / LOCKS).glob("*"):
        with suppress(FileNotFoundError):  # a run that ends just now
            times.append(lock.stat().st_mtime_ns)
    return max(times, default=None)


def _recorded_head(folder: Path) -> Head | None:
    try:
        return Head(**json.loads((folder / RECORD).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _start_ticks(pid: int) -> int | None:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    is_zombie = after_name[0] == "Z"
    return None if is_zombie else int(after_name[19])


def clear_locks(folder: Path) -> None:
    """Remove the locks of a folder, as `snakemake --unlock` does."""
    for lock in (folder / LOCKS).iterdir():
        lock.unlink()
