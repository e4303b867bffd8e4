"""Shards are ranges of a hash: stable, complete, in the same order for any number of them."""

from pathlib import Path

import numpy as np
import pytest

from modular_faces import listing as module
from modular_faces.listing import (
    ListingSummary,
    check_root,
    hash_ranges,
    in_order,
    plan_shards,
    read_listing_json,
    read_shard,
    sample_entries,
    write_listing_json,
    write_shards,
)
from modular_faces.scan import Entry, hash64, image_id

NAMES = [f"a/{number}.jpg" for number in range(300)] + [
    "n\nl%.jpg",
    "\udcff.jpg",
    "é].jpg",
    '"],[.jpg',
]
ENTRIES = [Entry(image_id(name), name, 10 + k, 1000 + k) for k, name in enumerate(NAMES)]


def written(folder: Path, entries: list[Entry], n_shards: int, **changes: str) -> ListingSummary:
    options = {"dataset": "d", "root": "/r", "label_digest": "l"} | changes
    lists = hash_ranges(entries, n_shards)
    summary = write_shards(
        folder, lists, n_shards, left_out={".txt": 2}, chosen_shards=None, **options
    )
    write_listing_json(folder, summary)
    return summary


def shards_of(folder: Path, summary: ListingSummary) -> list[list[Entry]]:
    return [read_shard(folder / "shards" / name) for name in summary.shards]


def test_order_is_by_hash() -> None:
    rows, hashes = in_order(ENTRIES)
    assert rows == sorted(ENTRIES, key=lambda entry: (hash64(entry.image_id), entry.image_id))
    assert hashes.tolist() == [hash64(entry.image_id) for entry in rows]
    assert in_order(reversed(ENTRIES))[0] == rows
    assert in_order([])[0] == []


def test_equal_hashes_stand_in_order_of_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    class Same:
        def __init__(self, content: bytes, digest_size: int) -> None:
            self.first = content[:1]

        def digest(self) -> bytes:
            return self.first * 8

    monkeypatch.setattr(module, "blake2b", Same)
    names = ["b2", "a3", "b1", "a1", "a2", "c"]
    rows, _ = in_order(Entry(name, name, 0, 0) for name in names)
    assert [row.image_id for row in rows] == ["a1", "a2", "a3", "b1", "b2", "c"]


@pytest.mark.parametrize("n_shards", [1, 3, 7, 1000])
def test_shards_are_ranges_of_the_hash(tmp_path: Path, n_shards: int) -> None:
    summary = written(tmp_path, ENTRIES, n_shards)
    shards = shards_of(tmp_path, summary)
    assert len(shards) == n_shards
    assert [entry for shard in shards for entry in shard] == in_order(ENTRIES)[0]
    for number, shard in enumerate(shards):
        assert {(hash64(entry.image_id) * n_shards) >> 64 for entry in shard} <= {number}
    assert summary.counts == [len(shard) for shard in shards]


def test_summary_is_what_is_read_back(tmp_path: Path) -> None:
    summary = written(tmp_path / "new" / "listing", ENTRIES, 3)
    assert read_listing_json(tmp_path / "new" / "listing") == summary
    assert (summary.dataset, summary.root, summary.n_shards) == ("d", "/r", 3)
    assert (summary.count, summary.total_bytes) == (304, sum(range(10, 314)))
    assert (summary.left_out, summary.label_digest) == ({".txt": 2}, "l")
    assert [name[:5] for name in summary.shards] == ["0000-", "0001-", "0002-"]
    for name, digest in zip(summary.shards, summary.digests, strict=True):
        assert name[5:] == f"{digest}.jsonl"


def test_unchanged_files_are_left_alone(tmp_path: Path) -> None:
    summary = written(tmp_path, ENTRIES, 3)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    for path in before:
        path.chmod(0o444)
    assert written(tmp_path, ENTRIES[::-1], 3) == summary
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert set(tmp_path.rglob("*")) == {*before, tmp_path / "shards"}


@pytest.mark.parametrize(
    "changed", [ENTRIES[0]._replace(size=99), ENTRIES[0]._replace(mtime_ns=99)]
)
def test_a_changed_picture_changes_the_digest_of_its_shard_alone(
    tmp_path: Path, changed: Entry
) -> None:
    before = written(tmp_path, ENTRIES, 5).digests
    after = written(tmp_path, [changed, *ENTRIES[1:]], 5).digests
    touched = (hash64(ENTRIES[0].image_id) * 5) >> 64
    assert [k for k in range(5) if before[k] != after[k]] == [touched]


def test_an_added_and_a_removed_picture_touch_one_shard_each(tmp_path: Path) -> None:
    before = written(tmp_path, ENTRIES, 5).digests
    after = written(tmp_path, [*ENTRIES, Entry("z", "z", 1, 1)], 5).digests
    assert [before[k] != after[k] for k in range(5)].count(True) == 1
    assert written(tmp_path, ENTRIES, 5).digests == before


def test_another_root_under_the_same_name_is_refused(tmp_path: Path) -> None:
    assert check_root(tmp_path / "listing", dataset="d", root="/r") is None
    summary = written(tmp_path / "listing", ENTRIES, 3)
    assert check_root(tmp_path / "listing", dataset="d", root="/r") == summary
    with pytest.raises(
        ValueError, match=r"dataset.name 'd' .* /r, dataset.root is now /s: .*another"
    ):
        written(tmp_path / "listing", ENTRIES, 3, root="/s")
    assert read_listing_json(tmp_path / "listing") == summary


@pytest.mark.parametrize(
    ("count", "mean", "expected"),
    [
        (0, 0.0, 1),
        (1, 1e4, 1),
        (4_000, 1e4, 1),
        (4_001, 1e4, 2),
        (15_339, 1e4, 4),
        (1_000_000, 1e4, 250),
        (600, 1024.0**2, 7),
        (100, 50e6, 4),
        (9_000, 0.0, 3),
    ],
)
def test_number_of_shards_follows_count_and_pixels(count: int, mean: float, expected: int) -> None:
    assert plan_shards(count, mean_pixels=mean) == expected


def test_sample_does_not_depend_on_order() -> None:
    sample = sample_entries(ENTRIES)
    assert len(sample) == 64
    assert sample == sample_entries(ENTRIES[::-1])
    largest = max(hash64(entry.image_id) for entry in sample)
    assert np.sum([hash64(entry.image_id) <= largest for entry in ENTRIES]) == 64
