"""Make a folder of bad and odd files, each with what must become of it.

Run ``python tests/faults/bad_pictures.py FOLDER`` to look at them. The files are the same at every
run. The bytes of damaged and odd pictures come from `odd_bytes`, file system oddities from here.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from odd_bytes import LEFT_OUT_FILES, ODD_FILES, jpeg

GOOD, LEFT_OUT = "good", "left out"
SPARSE_BYTES = 3 << 30
_LONG_NAME = 250


@dataclass(frozen=True)
class Case:
    """One file and what must become of it.

    Attributes
    ----------
    path : str
        Relative to the folder; bytes that are not UTF-8 as surrogate escapes.
    outcome : str
        ``good``, ``left out``, or the `failure_reason`.
    problem : str
        The `decode_problem`; empty for good files and those left out.
    """

    path: str
    outcome: str
    problem: str = ""


def make_bad_pictures(folder: Path) -> list[Case]:
    """Fill a folder that does not exist yet.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Case
        One per path below `folder` with a picture suffix, and per file left out.
    """
    folder.mkdir(parents=True)
    makers: tuple[Callable[[Path], Iterator[Case]], ...] = (
        _odd_contents,
        _odd_names,
        _links,
        _special_files,
        _permissions,
        _copies,
    )
    return [case for make in makers for case in make(folder)]


def _write(folder: Path, path: str, content: bytes) -> Path:
    target = folder / os.fsdecode(path.encode("utf-8", "surrogateescape"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def _odd_contents(folder: Path) -> Iterator[Case]:
    for name, (content, outcome, problem) in ODD_FILES.items():
        _write(folder, f"contents/{name}", content())
        yield Case(f"contents/{name}", outcome, problem)
    for name, content in LEFT_OUT_FILES.items():
        _write(folder, f"contents/{name}", content())
        yield Case(f"contents/{name}", LEFT_OUT)


def _odd_names(folder: Path) -> Iterator[Case]:
    good = (
        "with space.jpg",
        " leading and trailing .jpg",
        "Gesicht_äöü_顔_😀.jpg",
        "composed_\u00e9.jpg",
        "decomposed_e\u0301.jpg",
        "right_to_left_\u202egpj.jpg",
        "single'quote.jpg",
        'double"quote.jpg',
        "new\nline.jpg",
        "tab\tand\rreturn.jpg",
        "line\u2028separator.jpg",
        "-leading-dash.jpg",
        "--help.jpg",
        "hundred%.jpg",
        "encoded%20space.jpg",
        "comma,semicolon;.jpg",
        "$(touch x)&|`id`.jpg",
        "glob[0-9]*?.jpg",
        "{wildcard}.jpg",
        "back\\slash.jpg",
        "#hash!.jpg",
        "=1+1.jpg",
        "NA.jpg",
        "CON.jpg",
        "not_utf8_\udcff\udcfe.jpg",
        "UPPER.JPG",
        "Mixed.JpEg",
        "two.dots.jpg",
        "a" * _LONG_NAME + ".jpg",
        "deep/" * 20 + "down.jpg",
    )
    for number, name in enumerate(good):
        path = f"names/{name}"
        _write(folder, path, jpeg(1000 + number))
        yield Case(path, GOOD)
    for number, name in enumerate((".dot.jpg", ".folder/inside.jpg", "._mac.jpg")):
        _write(folder, f"names/{name}", jpeg(1100 + number))
        yield Case(f"names/{name}", LEFT_OUT)


def _links(folder: Path) -> Iterator[Case]:
    real = _write(folder, "links/real/picture.jpg", jpeg(1200))
    here = folder / "links"
    (here / "to_file.jpg").symlink_to(real)
    (here / "to_folder").symlink_to(real.parent)
    (here / "dangling.jpg").symlink_to(here / "nowhere.jpg")
    (here / "loop_a.jpg").symlink_to(here / "loop_b.jpg")
    (here / "loop_b.jpg").symlink_to(here / "loop_a.jpg")
    (here / "to_itself.jpg").symlink_to(here / "to_itself.jpg")
    (here / "real/up").symlink_to(here)
    os.link(real, here / "hard_link.jpg")
    for name in ("real/picture", "to_file", "to_folder/picture", "hard_link"):
        yield Case(f"links/{name}.jpg", GOOD)
    yield Case("links/dangling.jpg", "unreadable", "dangling link")
    for name in ("loop_a", "loop_b", "to_itself"):
        yield Case(f"links/{name}.jpg", "unreadable", "too many levels of symbolic links")
    yield Case("links/real/up/real/picture.jpg", LEFT_OUT)


def _special_files(folder: Path) -> Iterator[Case]:
    here = folder / "special"
    here.mkdir()
    os.mkfifo(here / "pipe.jpg")
    os.mknod(here / "socket.jpg", stat.S_IFSOCK | 0o600)
    for name, problem in (("pipe", "not a regular file"), ("socket", "no such device or address")):
        yield Case(f"special/{name}.jpg", "unreadable", problem)
    (here / "device.jpg").symlink_to("/dev/zero")
    yield Case("special/device.jpg", "unreadable", "not a regular file")
    (here / "folder.jpg").mkdir()
    yield Case("special/folder.jpg", LEFT_OUT)
    _write(folder, "special/folder.png/inside.jpg", jpeg(1300))
    yield Case("special/folder.png/inside.jpg", GOOD)
    with (here / "sparse.jpg").open("wb") as file:
        file.truncate(SPARSE_BYTES)
    yield Case("special/sparse.jpg", "too_large", f"file of {SPARSE_BYTES} bytes")


def _permissions(folder: Path) -> Iterator[Case]:
    """Files without permission, which a superuser can read all the same."""
    file = _write(folder, "permissions/file.jpg", jpeg(1400))
    file.chmod(0)
    _write(folder, "permissions/closed/file.jpg", jpeg(1401)).parent.chmod(0)
    if os.access(file, os.R_OK):
        yield Case("permissions/file.jpg", GOOD)
        yield Case("permissions/closed/file.jpg", GOOD)
    else:
        yield Case("permissions/file.jpg", "unreadable", "no permission")
        yield Case("permissions/closed/file.jpg", LEFT_OUT)


def _copies(folder: Path) -> Iterator[Case]:
    for name in ("copy_1.jpg", "copy_2.jpg", "same_stem.jpg"):
        _write(folder, f"copies/{name}", jpeg(1500))
        yield Case(f"copies/{name}", GOOD)
    png = ODD_FILES["plain.png"][0]
    _write(folder, "copies/same_stem.png", png())
    yield Case("copies/same_stem.png", GOOD)


def open_permissions(folder: Path) -> None:
    """Give back the permissions that were taken away, so that the folder can be removed."""
    (folder / "permissions/closed").chmod(0o755)


if __name__ == "__main__":
    for made in make_bad_pictures(Path(sys.argv[1])):
        sys.stdout.write(f"{made.outcome:10} {made.problem:36} {made.path!r}\n")
