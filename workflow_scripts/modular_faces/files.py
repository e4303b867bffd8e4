"""Read a file whole, or say in plain words why it cannot be read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_BYTES_PER_PIXEL = 8
_HEADER_BYTES = 1 << 20


class UnreadableError(Exception):
    """A file that gives no usable picture.

    Parameters
    ----------
    reason : str
        Value for `failure_reason`: ``unreadable``, ``too_small`` or ``too_large``.
    problem : str
        Short plain text for `decode_problem`, the same whatever the version of Pillow.
    """

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(f"{reason}: {problem}")
        self.reason = reason
        self.problem = problem


def largest_file(max_pixels: int) -> int:
    """Most bytes a picture file may have: 8 for each allowed pixel, and a mebibyte of header."""
    return _BYTES_PER_PIXEL * max_pixels + _HEADER_BYTES


def read_file(path: Path, *, max_bytes: int) -> bytes:
    """Read a regular file whole, never hanging on pipes and never more than `max_bytes`.

    Parameters
    ----------
    path : Path
        File, followed through symbolic links.
    max_bytes : int
        Files larger than this are refused unread.

    Returns
    -------
    bytes

    Raises
    ------
    UnreadableError
        Missing file, dangling or looping link, no permission, not a regular file, too many
        bytes, or an input error of the disk.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnreadableError("unreadable", _open_problem(path, error)) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("unreadable", "not a regular file")
        if status.st_size > max_bytes:
            raise UnreadableError("too_large", f"file of {status.st_size} bytes")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise UnreadableError("unreadable", _os_problem(error)) from None
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:
        raise UnreadableError("too_large", f"file of more than {max_bytes} bytes")
    return data


def _open_problem(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "dangling link" if path.is_symlink() else "no such file"
    if isinstance(error, PermissionError):
        return "no permission"
    return _os_problem(error)


def _os_problem(error: OSError) -> str:
    return (os.strerror(error.errno) if error.errno else "input error").lower()
