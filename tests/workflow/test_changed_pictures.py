"""Changed pictures run their own shard again and nothing else."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from clones import (
    SAMPLE,
    Clone,
    read_csv,
    read_rows,
    sample_pictures,
    write_csv,
)
from modular_faces.scan import hash64

SHARDS = 3
GATHERED = ("manifest", "merge", "gather_study")


def shard_of(image_id: str) -> str:
    """Shard of a picture, as the design defines it."""
    return f"{(hash64(image_id) * SHARDS) >> 64:04d}"


def jobs_of(*shards: str) -> Counter[str]:
    """All jobs of some shards, and those that gather them."""
    rules = (
        *("preprocess", "landmarks", "color", "texture", "pose", "expression"),
        *("study wide", "study sharpen"),
    )
    return Counter([f"{rule} {shard}" for rule in rules for shard in shards] + [*GATHERED])


@pytest.fixture
def changed(finished_copy: Clone, tiny_root: Path, tmp_path: Path) -> Iterator[tuple[Clone, Path]]:
    """Give a finished run, its number of shards kept and not asked for, and its pictures.

    What a test changes of the pictures is taken back after it.
    """
    finished_copy.configure(tiny_root, shards="auto")
    listing = finished_copy.results("listing/listing.json")
    known = json.loads(listing.read_text())
    listing.write_text(json.dumps(known | {"chosen_shards": known["n_shards"]}))
    shutil.copytree(tiny_root, tmp_path / "kept")
    yield finished_copy, tiny_root
    shutil.rmtree(tiny_root)
    shutil.copytree(tmp_path / "kept", tiny_root)


def first_picture(root: Path) -> str:
    return min(path.relative_to(root).as_posix() for path in root.rglob("*_aligned.jpg"))


def test_an_added_picture_runs_its_shard(changed: tuple[Clone, Path]) -> None:
    clone, root = changed
    added = sample_pictures()[14].relative_to(SAMPLE)
    (root / added.parent).mkdir(parents=True, exist_ok=True)
    shutil.copy2(SAMPLE / added, root / added)
    assert clone.planned_tiny() == jobs_of(shard_of(added.as_posix()))


def test_a_removed_picture_runs_its_shard(changed: tuple[Clone, Path]) -> None:
    clone, root = changed
    gone = first_picture(root)
    (root / gone).unlink()
    assert clone.planned_tiny() == jobs_of(shard_of(gone))


def test_a_renamed_picture_runs_both_its_shards(changed: tuple[Clone, Path]) -> None:
    clone, root = changed
    before = first_picture(root)
    after = next(
        name
        for name in (f"{before.rpartition('/')[0]}/renamed_{k}.jpg" for k in range(99))
        if shard_of(name) != shard_of(before)
    )
    (root / before).rename(root / after)
    assert clone.planned_tiny() == jobs_of(shard_of(before), shard_of(after))


@pytest.mark.parametrize("table", ["train_labels.csv", "ratings.csv"])
def test_changed_labels_run_manifest_and_merge(changed: tuple[Clone, Path], table: str) -> None:
    clone, root = changed
    write_csv(root / table, read_csv(root / table)[1:])
    assert clone.planned_tiny() == Counter(["manifest", "merge"])


def test_a_new_content_gives_new_rows_and_leaves_other_shards_alone(
    changed: tuple[Clone, Path],
) -> None:
    clone, root = changed
    name = first_picture(root)
    before, times = read_rows(clone.results("features.parquet")), shard_times(clone)
    other = sample_pictures()[15]
    shutil.copyfile(other, root / name)
    os.utime(root / name, ns=(0, (root / name).stat().st_mtime_ns + 1))
    clone.run_tiny("--cores", "2")
    after = read_rows(clone.results("features.parquet"))
    assert {key for key in before if after[key] != before[key]} == {name}
    assert after.keys() == before.keys()
    assert after[name]["sha256"] != before[name]["sha256"]
    assert after[name]["color_rgb_r_00_image"] != before[name]["color_rgb_r_00_image"]
    newer = {path for path, time in shard_times(clone).items() if time != times[path]}
    assert {path.parts[0] for path in newer} == {shard_of(name)}
    assert len(newer) == 9


def shard_times(clone: Clone) -> dict[Path, int]:
    """Time of change of every file of every shard."""
    shards = clone.results("shards")
    return {
        path.relative_to(shards): path.stat().st_mtime_ns
        for path in shards.rglob("*")
        if path.is_file()
    }


def test_two_roots_under_one_name_are_refused(
    finished: Clone, tiny_root: Path, tmp_path: Path
) -> None:
    clone, root = finished, tiny_root
    other = shutil.copytree(root, tmp_path / "other")
    listing = clone.results("listing/listing.json").read_bytes()
    done = clone.snakemake(
        *("--configfile", "tiny.yaml", "--config", f'dataset={{"root": "{other}"}}')
    )
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if line.startswith("modular-faces:")]
    assert lines == [
        f"modular-faces: dataset.name 'tiny' already stands for the pictures in {root}, "
        f"dataset.root is now {other}: give the new pictures another dataset.name, or, if they "
        f"are the same pictures moved, delete results/tiny"
    ]
    assert "Job" not in done.stdout + done.stderr
    assert clone.results("listing/listing.json").read_bytes() == listing
