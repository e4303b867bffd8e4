"""The scan finds every picture file once, by stated rules, and gives it a stable id."""

import os
from pathlib import Path

import pytest

from modular_faces.scan import (
    Entry,
    file_path,
    hash64,
    image_id,
    natural_key,
    scan_pictures,
    shown_path,
)


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("train/1/a.jpg", "train/1/a.jpg"),
        ("a b'\"é.jpg", "a b'\"é.jpg"),
        ("100%.jpg", "100%25.jpg"),
        ("a%25.jpg", "a%2525.jpg"),
        ("a\nb\t\x7f\x85.jpg", "a%0Ab%09%7F%C2%85.jpg"),
        ("a\u2028b.jpg", "a%E2%80%A8b.jpg"),
        ("\udcff\udc80.jpg", "%FF%80.jpg"),
    ],
)
def test_image_id(path: str, identity: str) -> None:
    assert image_id(path) == identity
    identity.encode()


def test_hash_is_blake2b() -> None:
    assert hash64("a.jpg") == int.from_bytes(bytes.fromhex("fe47f0026e12a789"), "big")


def test_shown_path() -> None:
    assert shown_path("a\n%é.jpg") == "a\n%é.jpg"
    assert shown_path("\udcff%.jpg") == "%FF%25.jpg"


def test_natural_order() -> None:
    names = [
        "a/10.jpg",
        "a/9.jpg",
        "a/1b.jpg",
        "a/1.jpg",
        "10/x.jpg",
        "2/x.jpg",
        "a.jpg",
        "a/01.jpg",
    ]
    assert sorted(names, key=natural_key) == [
        "2/x.jpg",
        "10/x.jpg",
        "a.jpg",
        "a/01.jpg",
        "a/1.jpg",
        "a/1b.jpg",
        "a/9.jpg",
        "a/10.jpg",
    ]


def test_scan_by_suffix_and_dot_rules(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "B.JPG", "c/d.tiff", "c/e.Png", "x.jpg/f.webp")
    make(tmp_path, ".h.jpg", ".cache/i.jpg", "n.txt", "c/m.txt", "Makefile", "q.jpg.part")
    scan = scan_pictures(tmp_path, ("",))
    assert sorted(entry.path for entry in scan.entries) == [
        "B.JPG",
        "a.jpg",
        "c/d.tiff",
        "c/e.Png",
        "x.jpg/f.webp",
    ]
    assert scan.left_out == {
        "(folder named like a picture)": 1,
        "(name begins with a dot)": 2,
        "(no suffix)": 1,
        ".part": 1,
        ".txt": 2,
    }


def test_entry_holds_size_and_time(tmp_path: Path) -> None:
    make(tmp_path, "sub/a%.jpg")
    os.utime(tmp_path / "sub/a%.jpg", ns=(5, 1_234_567_890_123_456_789))
    assert scan_pictures(tmp_path, ("sub",)).entries == [
        Entry("sub/a%25.jpg", "sub/a%.jpg", 10, 1_234_567_890_123_456_789)
    ]


def test_only_the_wanted_folders(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jpg", "b/2.jpg", "c/3.jpg", "4.jpg")
    found = scan_pictures(tmp_path, ("a", "b/")).entries
    assert sorted(entry.path for entry in found) == ["a/1.jpg", "b/2.jpg"]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    make(tmp_path, "root/a.jpg", "outside/b.jpg")
    root = tmp_path / "root"
    (root / "file.jpg").symlink_to(root / "a.jpg")
    (root / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "outside/back").symlink_to(root)
    (root / "self").symlink_to(root)
    (root / "nowhere.jpg").symlink_to(root / "none")
    (root / "circle.jpg").symlink_to(root / "circle.jpg")
    scan = scan_pictures(root, ("",))
    entries = {entry.path: entry for entry in scan.entries}
    assert sorted(entries) == ["a.jpg", "circle.jpg", "file.jpg", "folder/b.jpg", "nowhere.jpg"]
    assert scan.left_out == {"(link back to a folder above)": 2}
    assert entries["file.jpg"].size == len("root/a.jpg")
    assert entries["nowhere.jpg"][2:] == entries["circle.jpg"][2:] == (0, 0)


def test_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a/1.jpg")
    scan = scan_pictures(tmp_path, ("none", "a"))
    assert [entry.path for entry in scan.entries] == ["a/1.jpg"]
    assert scan.closed == ["none/ (no such file or directory)"]


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    with Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg")).open("wb") as file:
        file.write(b"123")
    entry = scan_pictures(tmp_path, ("",)).entries[0]
    assert entry[:3] == ("%FF.jpg", "\udcff.jpg", 3)
    assert file_path(tmp_path, entry.path).read_bytes() == b"123"


def test_folder_without_permission_is_named(tmp_path: Path) -> None:
    make(tmp_path, "closed/a.jpg")
    closed = tmp_path / "closed"
    closed.chmod(0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("a superuser may read every folder")
        assert scan_pictures(tmp_path, ("",)).closed == ["closed/ (permission denied)"]
    finally:
        closed.chmod(0o755)
