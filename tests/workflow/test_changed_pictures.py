"""Changed pictures run their own shard again and nothing else."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from clones import (
    SAMPLE,
    Clone,
    make_clone,
    make_kaggle,
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
    rules = ("preprocess", "landmarks", "color", "texture", "pose", "study sharpen")
    return Counter([f"{rule} {shard}" for rule in rules for shard in shards] + [*GATHERED])


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clone, Path]:
    """A finished run on seven pictures of its own; the number of shards is kept, not asked for."""
    folder = tmp_path_factory.mktemp("changed")
    root = make_kaggle(folder / "faces", sample_pictures()[:14:2])
    clone = make_clone(folder / "clone")
    clone.configure(root, shards=SHARDS, study={"variants": ["sharpen"]})
    clone.run_tiny("--cores", "2")
    clone.configure(root, shards="auto", study={"variants": ["sharpen"]})
    return clone, root


@pytest.fixture
def changed(ran: tuple[Clone, Path], tmp_path: Path) -> Iterator[tuple[Clone, Path]]:
    """The run and its pictures; what a test changes is taken back after it."""
    clone, root = ran
    results = clone.results()
    for original in (root, results):
        shutil.copytree(original, tmp_path / original.name)
    yield clone, root
    for original in (root, results):
        shutil.rmtree(original)
        shutil.copytree(tmp_path / original.name, original)


def first_picture(root: Path) -> str:
    return min(path.relative_to(root).as_posix() for path in root.rglob("*_aligned.jpg"))


def test_nothing_to_do_with_the_number_of_shards_left_to_the_workflow(
    ran: tuple[Clone, Path],
) -> None:
    assert ran[0].planned_tiny() == Counter()


def test_an_added_picture_runs_its_shard(changed: tuple[Clone, Path]) -> None:
    clone, root = changed
    added = sample_pictures()[1].relative_to(SAMPLE)
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
    other = sample_pictures()[3]
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
    assert len(newer) == 8


def shard_times(clone: Clone) -> dict[Path, int]:
    """Time of change of every file of every shard."""
    shards = clone.results("shards")
    return {
        path.relative_to(shards): path.stat().st_mtime_ns
        for path in shards.rglob("*")
        if path.is_file()
    }


def test_two_roots_under_one_name_are_refused(ran: tuple[Clone, Path], tmp_path: Path) -> None:
    clone, root = ran
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
