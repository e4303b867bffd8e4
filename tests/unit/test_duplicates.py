"""Duplicates: found where they must be, never between different faces, whatever the order."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from modular_faces import duplicates as module
from modular_faces.duplicates import duplicates_table, find_duplicates
from modular_faces.fingerprint import grey_thumbnail, perceptual_hashes
from modular_faces.scan import hash64

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "crops"
LIMITS: dict[str, Any] = {"max_distance": 6, "min_correlation": 0.99}


def smooth(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (10, 10, 3), dtype=np.uint8)
    return cv2.resize(coarse, (100, 100), interpolation=cv2.INTER_CUBIC)


def again_as_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def resampled(picture: np.ndarray, interpolation: int) -> np.ndarray:
    small = cv2.resize(picture, (96, 96), interpolation=interpolation)
    return cv2.resize(small, (100, 100), interpolation=interpolation)


def brighter(picture: np.ndarray, factor: float) -> np.ndarray:
    return np.clip(np.rint(picture * factor), 0, 255).astype(np.uint8)


COPIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "JPEG 50": lambda picture: again_as_jpeg(picture, 50),
    "JPEG 75": lambda picture: again_as_jpeg(picture, 75),
    "JPEG 95": lambda picture: again_as_jpeg(picture, 95),
    "96 linear": lambda picture: resampled(picture, cv2.INTER_LINEAR),
    "96 cubic": lambda picture: resampled(picture, cv2.INTER_CUBIC),
    "brighter": lambda picture: brighter(picture, 1.1),
    "darker": lambda picture: brighter(picture, 0.9),
    "larger": lambda picture: cv2.resize(picture, (224, 224), interpolation=cv2.INTER_CUBIC),
    "grey": lambda picture: cv2.cvtColor(
        cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB
    ),
}


def inspection(pictures: dict[str, np.ndarray | None]) -> pa.Table:
    rows = []
    for name, picture in pictures.items():
        row: dict[str, Any] = {"image_id": name, "sha256": None}
        if picture is not None:
            direct, mirrored = perceptual_hashes(picture)
            row |= {
                "sha256": picture.tobytes().hex()[:2000],
                "phash": direct,
                "phash_mirrored": mirrored,
                "thumbnail": grey_thumbnail(picture).tobytes(),
            }
        rows.append(row)
    schema = pa.schema(
        [
            ("image_id", pa.string()),
            ("sha256", pa.string()),
            ("phash", pa.uint64()),
            ("phash_mirrored", pa.uint64()),
            ("thumbnail", pa.binary()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def found(
    pictures: dict[str, np.ndarray | None], splits: list[str | None] | None = None
) -> dict[str, tuple[str, str, str, bool]]:
    table = duplicates_table(inspection(pictures), splits=splits, **LIMITS)
    assert table.column_names == [
        "image_id",
        "duplicate_kind",
        "duplicate_cluster",
        "duplicate_of",
        "duplicate_across_split",
    ]
    return {row[0]: row[1:] for row in zip(*(c.to_pylist() for c in table.columns), strict=True)}


ALONE = ("", "", "", False)


def test_each_kind_and_what_it_is_a_copy_of() -> None:
    one, two, three, four = (smooth(seed) for seed in range(4))
    result = found(
        {
            "d": one,
            "b": one,
            "x": two,
            "w": again_as_jpeg(two, 80),
            "n": three,
            "m": np.ascontiguousarray(three[:, ::-1]),
            "alone": four,
            "gone": None,
        }
    )
    cluster = {name: f"{hash64(name):016x}" for name in "bwm"}
    assert result == {
        "b": ("identical", cluster["b"], "", False),
        "d": ("identical", cluster["b"], "b", False),
        "w": ("near", cluster["w"], "", False),
        "x": ("near", cluster["w"], "w", False),
        "m": ("mirrored", cluster["m"], "", False),
        "n": ("mirrored", cluster["m"], "m", False),
        "alone": ALONE,
        "gone": ALONE,
    }


def test_order_of_rows_does_not_matter() -> None:
    pictures: dict[str, np.ndarray | None] = {}
    for seed in range(5):
        for number, copy in enumerate(COPIES.values()):
            pictures[f"{seed}/{number}"] = copy(smooth(seed))
    result = found(pictures)
    assert len({row[1] for row in result.values()}) == 5
    names = sorted(pictures, key=hash64)
    assert found({name: pictures[name] for name in names}) == result


def test_clusters_join_what_is_linked() -> None:
    one = smooth(1)
    mirror = np.ascontiguousarray(one[:, ::-1])
    result = found({"a": one, "b": mirror, "c": mirror, "d": again_as_jpeg(mirror, 90)})
    assert {row[1] for row in result.values()} == {f"{hash64('a'):016x}"}
    assert [result[name][0] for name in "abcd"] == ["mirrored", "identical", "identical", "near"]


@pytest.mark.parametrize(
    ("splits", "across"),
    [
        (["train", "test", "train"], True),
        (["train", "train", "test"], False),
        (["train", None, "test"], False),
        (["train", "", "test"], False),
        (None, False),
    ],
)
def test_across_splits(splits: list[str | None] | None, across: bool) -> None:
    result = found({"a": smooth(1), "b": smooth(1), "c": smooth(2)}, splits)
    assert [result[name][3] for name in "abc"] == [across, across, False]


def test_same_bytes_that_are_no_picture_are_identical() -> None:
    zeros, thumbnails = np.zeros(2, np.uint64), np.zeros((2, 576), np.uint8)
    table = find_duplicates(
        ["a", "b"], ["e3b0", "e3b0"], zeros, zeros, thumbnails, splits=None, **LIMITS
    )
    assert table.column("duplicate_kind").to_pylist() == ["identical", "identical"]


def test_pictures_without_contrast_are_no_near_duplicates() -> None:
    flat = {str(value): np.full((50, 50, 3), value, np.uint8) for value in (0, 1, 128, 255)}
    assert set(found({**flat}).values()) == {ALONE}


def test_both_conditions_count() -> None:
    thumbnails = np.random.default_rng(0).integers(0, 256, (2, 576), dtype=np.uint8)
    thumbnails[1] = thumbnails[0]
    sha = ["1", "2"]

    def kinds(distance: int, limit: float, thumbs: np.ndarray) -> set[str]:
        hashes = np.array([0, (1 << distance) - 1], np.uint64)
        far = np.array([2**64 - 1, 2**63], np.uint64)
        table = find_duplicates(
            ["a", "b"], sha, hashes, far, thumbs, splits=None, max_distance=6, min_correlation=limit
        )
        return set(table.column("duplicate_kind").to_pylist())

    assert kinds(6, 1.0 - 1e-9, thumbnails) == {"near"}
    assert kinds(7, 0.5, thumbnails) == {""}
    other = thumbnails.copy()
    other[1] = 255 - other[1]
    assert kinds(0, 0.5, other) == {""}


@pytest.mark.parametrize("max_distance", [0, 1, 4, 6, 7, 10])
def test_no_pair_within_the_distance_is_missed(max_distance: int) -> None:
    rng = np.random.default_rng(max_distance)
    hashes = rng.integers(0, 2**64, 300, dtype=np.uint64)
    for row in range(150):
        flips = rng.permutation(64)[: row % (max_distance + 3)]
        hashes[150 + row] = hashes[row] ^ np.uint64(sum(1 << int(bit) for bit in flips))
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None])
    expected = set(zip(*np.nonzero(distance <= max_distance), strict=True))
    expected -= {(row, row) for row in range(300)}
    pairs = module._candidates(hashes, hashes, max_distance)
    assert {pair for left, right in pairs for pair in zip(left, right, strict=True)} == expected


def test_crowded_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUCKET_MOST", 8)
    monkeypatch.setattr(module, "_CHUNK_PAIRS", 100)
    hashes = np.arange(1000, dtype=np.uint64)
    pairs = [(len(left), left, right) for left, right in module._candidates(hashes, hashes, 6)]
    assert sum(count for count, _, _ in pairs) <= 1000 * 8 * 4 * 17
    near = {pair for _, left, right in pairs for pair in zip(left, right, strict=True)}
    assert all((row, row + 1) in near for row in range(0, 1000, 2))


needs_faces = pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs cropped OMI faces, which are not distributed"
)


def faces(crop: str) -> dict[str, np.ndarray | None]:
    files = sorted((SHARED / crop).glob("*.jpg"))
    return {f"{crop}/{path.stem}": np.asarray(Image.open(path).convert("RGB")) for path in files}


@needs_faces
def test_different_people_and_different_crops_are_no_duplicates() -> None:
    assert set(found(faces("raf100") | faces("xtight100")).values()) == {ALONE}


@needs_faces
@pytest.mark.parametrize("crop", ["raf100", "xtight100"])
@pytest.mark.parametrize("copy", COPIES)
def test_copies_of_faces_are_found(crop: str, copy: str) -> None:
    originals = {name: face for name, face in faces(crop).items() if face is not None}
    copies = {f"{name}~": COPIES[copy](face) for name, face in originals.items()}
    result = found({**originals, **copies})
    assert {name: row[2] for name, row in result.items()} == {
        **dict.fromkeys(originals, ""),
        **{f"{name}~": name for name in originals},
    }
