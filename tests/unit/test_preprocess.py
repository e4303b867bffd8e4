"""Inspection: what stands in a row, and that each decodable file reaches the pack once."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from modular_faces.fingerprint import grey_thumbnail, perceptual_hashes
from modular_faces.packs import PackWriter, read_pictures
from modular_faces.preprocess import INSPECTION_SCHEMA, inspect_picture, preprocess_shard
from modular_faces.scan import Entry

PIXELS = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def entry(path: str) -> Entry:
    return Entry(path, path, 0, 0)


def inspected(root: Path, path: str) -> dict[str, Any]:
    row, content = inspect_picture(entry(path), root, max_pixels=1000, min_side=4)
    assert (content is not None) == row["decodable"]
    return row


def test_row_of_a_good_picture(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(PIXELS).save(tmp_path / "a.png", exif=exif)
    content = (tmp_path / "a.png").read_bytes()
    upright = np.rot90(PIXELS, -1)
    direct, mirrored = perceptual_hashes(upright.copy())
    assert inspected(tmp_path, "a.png") == {
        "image_id": "a.png",
        "path": "a.png",
        "bytes": len(content),
        "sha256": sha256(content).hexdigest(),
        "format": "PNG",
        "mode": "RGB",
        "n_frames": 1,
        "width": 20,
        "height": 30,
        "exif_orientation": 6,
        "grey": False,
        "decodable": True,
        "failure_reason": "",
        "decode_problem": "",
        "phash": direct,
        "phash_mirrored": mirrored,
        "thumbnail": grey_thumbnail(upright.copy()).tobytes(),
    }


@pytest.mark.parametrize(
    ("pixels", "grey"),
    [(np.full((9, 9, 3), 7), True), (np.full((9, 9, 3), [7, 7, 8]), False)],
)
def test_grey_means_equal_channels(tmp_path: Path, pixels: np.ndarray, grey: bool) -> None:
    Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "a.png")
    assert inspected(tmp_path, "a.png")["grey"] is grey


def test_row_of_a_picture_that_cannot_be_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no")
    assert inspected(tmp_path, "a.jpg") == {
        "image_id": "a.jpg",
        "path": "a.jpg",
        "bytes": 2,
        "sha256": sha256(b"no").hexdigest(),
        "decodable": False,
        "failure_reason": "unreadable",
        "decode_problem": "not a picture",
    }


def test_row_of_a_file_that_is_gone(tmp_path: Path) -> None:
    assert inspected(tmp_path, "a.jpg") == {
        "image_id": "a.jpg",
        "path": "a.jpg",
        "decodable": False,
        "failure_reason": "unreadable",
        "decode_problem": "no such file",
    }


def test_sizes_that_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (3, 9)).save(tmp_path / "small.png")
    Image.new("RGB", (40, 26)).save(tmp_path / "large.png")
    for name, problem in (("small", "3 x 9 pixels"), ("large", "40 x 26 pixels")):
        row = inspected(tmp_path, f"{name}.png")
        assert (row["failure_reason"], row["decode_problem"]) == (f"too_{name}", problem)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_an_input_error_is_a_row() -> None:
    row = inspected(Path("/proc/self"), "mem")
    assert (row["failure_reason"], row["decode_problem"]) == ("unreadable", "input/output error")


def test_shard_has_a_row_per_entry_and_a_picture_per_good_one(tmp_path: Path) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "b.png")
    Image.fromarray(PIXELS[::-1]).save(tmp_path / "a.png")
    entries = [entry(name) for name in ("b.png", "missing.jpg", "a.png")]
    with PackWriter(tmp_path / "pack") as pack:
        table = preprocess_shard(entries, tmp_path, pack, max_pixels=1000, min_side=4)
    assert table.schema == INSPECTION_SCHEMA
    assert table.column("image_id").to_pylist() == ["b.png", "missing.jpg", "a.png"]
    assert table.column("width").to_pylist() == [30, None, 30]
    pictures = list(read_pictures(tmp_path / "pack"))
    assert [name for name, _ in pictures] == ["b.png", "a.png"]
    np.testing.assert_array_equal(pictures[1][1], PIXELS[::-1])


def test_shard_without_pictures(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "pack") as pack:
        table = preprocess_shard([], tmp_path, pack, max_pixels=1000, min_side=4)
    assert table.schema == INSPECTION_SCHEMA
    assert table.num_rows == 0
