"""New pictures in shards of their own: nothing moves, nothing is lost, the order is told."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from modular_faces.appended import new_ones_behind
from modular_faces.config_loading import ConfigError, load_config
from modular_faces.listing import ListingSummary, hash_ranges, read_shard, write_shards
from modular_faces.plan import Plan, plan_run
from modular_faces.scan import Entry

OLD = [Entry(f"{k}.jpg", f"{k}.jpg", 10, 20) for k in range(40)]
NEW = [Entry(f"new{k}.jpg", f"new{k}.jpg", 10, 20) for k in range(7)]
N_SHARDS = 4


def written(folder: Path, lists: list[list[Entry]]) -> ListingSummary:
    return write_shards(
        folder,
        lists,
        N_SHARDS,
        dataset="d",
        root="/r",
        left_out={},
        label_digest="",
        chosen_shards=None,
    )


@pytest.fixture
def before(tmp_path: Path) -> ListingSummary:
    return written(tmp_path, hash_ranges(OLD, N_SHARDS))


def appended(folder: Path, entries: list[Entry], before: ListingSummary) -> ListingSummary:
    lists = new_ones_behind(hash_ranges(entries, N_SHARDS), before, folder / "shards")
    return written(folder, lists)


def names_in(folder: Path, summary: ListingSummary) -> list[set[str]]:
    return [{e.image_id for e in read_shard(folder / "shards" / n)} for n in summary.shards]


def test_new_pictures_leave_every_shard_as_it_was(tmp_path: Path, before: ListingSummary) -> None:
    after = appended(tmp_path, OLD + NEW, before)
    assert after.shards[:N_SHARDS] == before.shards
    assert after.n_shards == N_SHARDS
    assert names_in(tmp_path, after)[N_SHARDS:] == [{entry.image_id for entry in NEW}]
    assert after.count == len(OLD) + len(NEW)
    assert after.shards[-1].startswith("0004-")


def test_nothing_new_is_the_listing_as_it_was(tmp_path: Path, before: ListingSummary) -> None:
    after = appended(tmp_path, OLD + NEW, before)
    assert appended(tmp_path, OLD, before) == before
    assert appended(tmp_path, OLD + NEW, after) == after


def test_each_time_adds_a_shard_in_the_order_of_the_hash(
    tmp_path: Path, before: ListingSummary
) -> None:
    first = appended(tmp_path, OLD + NEW[:3], before)
    second = appended(tmp_path, OLD + NEW, first)
    assert second.shards[: N_SHARDS + 1] == first.shards
    in_hash_order = list(hash_ranges(NEW[3:], 1)[0])
    assert read_shard(tmp_path / "shards" / second.shards[-1]) == in_hash_order


def test_many_new_pictures_make_shards_no_larger_than_the_largest(
    tmp_path: Path, before: ListingSummary
) -> None:
    many = [Entry(f"many{k}.jpg", f"many{k}.jpg", 1, 2) for k in range(40)]
    after = appended(tmp_path, OLD + many, before)
    largest = max(before.counts)
    assert max(after.counts[N_SHARDS:]) == largest
    assert len(after.shards) == N_SHARDS - (-len(many) // largest)
    assert after.count == 80


def test_removed_and_changed_pictures_touch_their_own_shards(
    tmp_path: Path, before: ListingSummary
) -> None:
    first = appended(tmp_path, OLD + NEW, before)
    changed = [*OLD[1:], NEW[0]._replace(size=99), *NEW[2:]]
    after = appended(tmp_path, changed, first)
    touched = [k for k, name in enumerate(after.shards) if name != first.shards[k]]
    place = next(k for k, names in enumerate(names_in(tmp_path, before)) if "0.jpg" in names)
    assert touched == [place, N_SHARDS]
    assert names_in(tmp_path, after)[N_SHARDS] == {e.image_id for e in NEW} - {NEW[1].image_id}
    back = appended(tmp_path, OLD + NEW, after)
    assert names_in(tmp_path, back)[-1] == {"0.jpg", NEW[1].image_id}


def test_a_list_that_is_gone_is_refused(tmp_path: Path, before: ListingSummary) -> None:
    for name in before.shards:
        (tmp_path / "shards" / name).unlink()
    with pytest.raises(ValueError, match=r"set dataset\.append to false for one run"):
        appended(tmp_path, OLD + NEW, before)


def planned(pictures: Path, append: bool, **keys: Any) -> Plan:
    dataset = {"name": "d", "root": str(pictures), "append": append}
    config = {"dataset": dataset, "results": str(pictures.parent / "results"), **keys}
    plan = plan_run(load_config(config), main_process=True)
    plan.publish()
    return plan


def draw(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        Image.fromarray(np.full((20, 20, 3), 9, np.uint8)).save(folder / name)


def test_the_config_says_whether_to_append(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    draw(pictures, "a.png", "b.png")
    assert planned(pictures, True, shards=2).shards == ("0000", "0001")
    draw(pictures, "c.png")
    assert planned(pictures, True, shards=2).shards == ("0000", "0001", "0002")
    assert planned(pictures, False, shards=2).shards == ("0000", "0001")
    draw(pictures, "d.png")
    assert planned(pictures, True, shards=3).shards == ("0000", "0001", "0002")


def test_a_lost_list_ends_in_one_line(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    draw(pictures, "a.png")
    plan = planned(pictures, True)
    Path(plan.listings[0]).unlink()
    draw(pictures, "b.png")
    with pytest.raises(ConfigError, match="it is not known which pictures are new"):
        planned(pictures, True)
