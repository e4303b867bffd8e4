"""The plan of a run: shards that stay, results that are no pictures, names that can be given."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from modular_faces.config_loading import ConfigError, load_config
from modular_faces.plan import Plan, plan_run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(3):
        Image.fromarray(np.full((20, 20, 3), number, np.uint8)).save(folder / f"{number}.png")
    return folder


def plan(pictures: Path, **keys: Any) -> Plan:
    """Plan a run that goes on to publish its plan."""
    made = dry_plan(pictures, **keys)
    made.publish()
    return made


def dry_plan(pictures: Path, **keys: Any) -> Plan:
    """Plan a run as a dry run does."""
    config = {
        "dataset": {"name": "d", "root": str(pictures)},
        "results": str(pictures.parent / "results"),
    }
    return plan_run(load_config(config | keys), main_process=True)


def test_a_number_given_once_does_not_stay(pictures: Path) -> None:
    assert len(plan(pictures).shards) == 1
    assert len(plan(pictures, shards=5).shards) == 5
    assert len(plan(pictures).shards) == 1


def test_the_number_that_was_chosen_stays(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(pictures)
    monkeypatch.setattr("modular_faces.listing.SHARD_MOST", 1)
    monkeypatch.setattr("modular_faces.listing.SHARD_LEAST", 1)
    assert len(plan(pictures).shards) == 1


def test_jobs_read_what_the_main_process_listed(pictures: Path) -> None:
    made = plan(pictures, shards=2)
    read = plan_run(load_config(_gone(pictures)), main_process=False)
    assert read == made
    assert read.shard_listing("0001") == made.listings[1]


def test_a_dry_run_leaves_the_listing_of_a_run_that_goes_on_alone(pictures: Path) -> None:
    made = plan(pictures, shards=2)
    listing = pictures.parent / "results" / "d" / "listing" / "listing.json"
    before = listing.read_bytes()
    Image.fromarray(np.full((20, 20, 3), 9, np.uint8)).save(pictures / "added.png")
    later = dry_plan(pictures, shards=3)
    assert (later.count, len(later.shards)) == (4, 3)
    assert listing.read_bytes() == before
    assert all(Path(path).exists() for path in (*made.listings, *later.listings))
    later.publish()
    assert plan_run(load_config(_gone(pictures)), main_process=False) == later


def _gone(pictures: Path) -> dict[str, Any]:
    dataset = {"name": "d", "root": "gone"}
    return {"dataset": dataset, "results": str(pictures.parent / "results")}


def test_results_among_the_pictures_are_refused(pictures: Path) -> None:
    with pytest.raises(ConfigError, match=r"inside dataset\.root"):
        plan(pictures, results=str(pictures / "results"))


@pytest.mark.parametrize(
    ("rename", "message"),
    [
        ({"color_rgb_r_00_imag": "red"}, "no column 'color_rgb_r_00_imag'; did you mean"),
        ({"success": "path"}, "cannot be called 'path'"),
        ({"rating_smile": "x_0"}, "cannot be called 'x_0'"),
    ],
)
def test_new_names_that_cannot_be_given_are_refused(
    pictures: Path, rename: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        plan(pictures, merge={"rename": rename})


def test_two_names_can_change_places(pictures: Path) -> None:
    plan(pictures, merge={"rename": {"x_0": "y_0", "y_0": "x_0", "rating_smile": "smile"}})


def test_a_damaged_listing_is_named(pictures: Path) -> None:
    plan(pictures)
    listing = pictures.parent / "results" / "d" / "listing" / "listing.json"
    listing.write_text("")
    with pytest.raises(ConfigError, match=r"listing.json is damaged.*remove it"):
        plan(pictures)
