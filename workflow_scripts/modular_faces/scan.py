"""Find the picture files of a folder and give each its stable id.

Stated rules

* Files with one of `SUFFIXES`, in any case, are pictures; each becomes an `Entry`, also where it
  turns out to be a dangling link, a pipe or unreadable: its row then says so.
* Names that begin with a dot, files and folders alike, are left out.
* Links to files and folders are followed; a folder link that leads back to a folder on the way to
  it is left out.
* A folder is searched whatever its name.
* Everything left out is counted by kind in `Scan.left_out`.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

_JPEG = (".jpg", ".jpeg", ".jpe", ".jfif")
_TIFF = (".tif", ".tiff")
_NETPBM = (".ppm", ".pgm", ".pbm", ".pnm")
SUFFIXES = frozenset((*_JPEG, ".png", ".bmp", ".dib", ".gif", ".webp", *_TIFF, *_NETPBM))

_ODD = re.compile("[\x00-\x1f\x7f-\x9f%\u2028\u2029\ud800-\udfff]")
_NUMBER = re.compile(r"(\d+)")


class Entry(NamedTuple):
    """A picture file of the dataset.

    Attributes
    ----------
    image_id : str
        See `image_id`.
    path : str
        Relative to the dataset root, POSIX slashes; bytes that are not UTF-8 as surrogates.
    size : int
        Bytes; 0 where the file cannot be examined.
    mtime_ns : int
        Time of the last change of content, in nanoseconds; 0 where the file cannot be examined.
    """

    image_id: str
    path: str
    size: int
    mtime_ns: int


class Scan(NamedTuple):
    """What a scan found.

    Attributes
    ----------
    entries : list of Entry
        Pictures in no particular order.
    left_out : dict of str to int
        Left-out files by kind.
    closed : list of str
        Folders that could not be read, relative to the root, with the reason.
    """

    entries: list[Entry]
    left_out: dict[str, int]
    closed: list[str]


def image_id(path: str) -> str:
    """Stable id of a picture from its relative path.

    Parameters
    ----------
    path : str
        Relative POSIX path; bytes that are not UTF-8 as surrogate escapes.

    Returns
    -------
    str
        `path` with bytes that are not UTF-8, control characters, line separators and ``%``
        percent-encoded, so that the id is printable, valid UTF-8 and different for every path.

    Examples
    --------
    >>> image_id("a b/100%.jpg")
    'a b/100%25.jpg'
    """
    return path if _ODD.search(path) is None else _ODD.sub(_percent, path)


def hash64(identity: str) -> int:
    """64-bit BLAKE2b hash of an image_id, big-endian."""
    return int.from_bytes(blake2b(identity.encode(), digest_size=8).digest(), "big")


def file_path(root: str | os.PathLike[str], path: str) -> Path:
    """File of a relative path, the same bytes on disk whatever the locale."""
    return Path(root, os.fsdecode(path.encode("utf-8", "surrogateescape")))


def shown_path(path: str) -> str:
    """`path` itself where it is valid UTF-8, its image_id where it is not."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return image_id(path)
    return path


def natural_key(identity: str) -> list[tuple[int, int, str]]:
    """Sort key of folder order: runs of digits count as numbers, ``2.jpg`` before ``10.jpg``."""
    parts = _NUMBER.split(identity)
    return [(0, int(p), p) if k % 2 else (1, 0, p) for k, p in enumerate(parts) if p]


def scan_pictures(root: str | os.PathLike[str], under: Sequence[str]) -> Scan:
    """Find the pictures below some folders of a dataset.

    Parameters
    ----------
    root : path
        Folder of the dataset.
    under : sequence of str
        Folders relative to `root` to search, ``""`` for all of it.

    Returns
    -------
    Scan
    """
    scan = Scan([], Counter(), [])
    for folder in under:
        prefix = f"{folder.strip('/')}/" if folder.strip("/") else ""
        _scan_folder(os.fsencode(file_path(root, folder)), prefix, scan)
    return scan._replace(left_out=dict(sorted(scan.left_out.items())))


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape"))


def _scan_folder(folder: bytes, prefix: str, scan: Scan) -> None:
    entries, left_out = scan.entries, scan.left_out
    waiting: list[tuple[bytes, str, frozenset[tuple[int, int]]]] = [(folder, prefix, frozenset())]
    while waiting:
        folder, prefix, above = waiting.pop()
        try:
            status = Path(os.fsdecode(folder)).stat()
            with os.scandir(folder) as found:
                inside = list(found)
        except OSError as error:
            scan.closed.append(f"{prefix or '.'} ({(error.strerror or str(error)).lower()})")
            continue
        here = (status.st_dev, status.st_ino)
        if here in above:
            left_out["(link back to a folder above)"] += 1
            continue
        for child in inside:
            raw = child.name
            name = raw.decode("utf-8", "surrogateescape")
            if raw.startswith(b"."):
                left_out["(name begins with a dot)"] += 1
                continue
            suffix = name[name.rfind(".") :].lower() if "." in name else ""
            if _is_folder(child):
                if suffix in SUFFIXES:
                    left_out["(folder named like a picture)"] += 1
                waiting.append((child.path, f"{prefix}{name}/", above | {here}))
            elif suffix in SUFFIXES:
                path = prefix + name
                size, mtime_ns = _size_and_time(child)
                entries.append(Entry(image_id(path), path, size, mtime_ns))
            else:
                left_out[image_id(suffix) or "(no suffix)"] += 1


def _is_folder(child: os.DirEntry[bytes]) -> bool:
    try:
        return child.is_dir()
    except OSError:
        return False


def _size_and_time(child: os.DirEntry[bytes]) -> tuple[int, int]:
    try:
        status = child.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns
