"""What each stage needs of the config, whatever the order of its keys."""

from pathlib import Path
from typing import Any

import pytest

from modular_faces.config import SHIPPED_VARIANTS
from modular_faces.config_loading import load_config
from modular_faces.stage_options import (
    FAILURE_KEYS,
    failure_options,
    layout_options,
    options_digest,
    page_options,
    stage_options,
    study_options,
)

DATASET = {"dataset": {"name": "d", "root": "pictures"}}


def test_options_do_not_depend_on_the_order_of_keys() -> None:
    spaces = {"rgb": [4, 4, 4], "lab": [2, 2, 2]}
    one = load_config(DATASET | {"color": {"spaces": spaces}})
    other = load_config(DATASET | {"color": {"spaces": dict(reversed(spaces.items()))}})
    assert repr(stage_options(one, "color")) == repr(stage_options(other, "color"))


def test_a_variant_changes_only_the_stages_that_use_it() -> None:
    mine = {"variants": {"grey_border": [{"pad": {"fraction": 0.4}}]}}
    before, after = load_config(DATASET), load_config(DATASET | mine)
    changed = {
        stage
        for stage in (
            *("preprocess", "manifest", "landmarks", "color", "texture", "pose", "merge"),
            *("expression", "aligned"),
        )
        if options_digest(stage_options(before, stage))
        != options_digest(stage_options(after, stage))
    }
    assert changed == {"landmarks"}


def test_a_study_looks_at_one_variant_where_the_detector_sees_a_face() -> None:
    options = study_options(load_config(DATASET), "mesh", "sharpen")
    assert options["cascade"] == [
        {"name": "sharpen", "steps": SHIPPED_VARIANTS["sharpen"], "box": "detector"}
    ]


def test_ratings_beside_the_pictures_are_taken(tmp_path: Path) -> None:
    config = load_config({"dataset": {"name": "d", "root": str(tmp_path)}})
    assert layout_options(config)["ratings"] is None
    (tmp_path / "ratings.csv").touch()
    assert layout_options(config)["ratings"] == str(tmp_path / "ratings.csv")


def test_focal_length_counts_for_perspective_only() -> None:
    pose = {"pose": {"method": "perspective", "focal_length": 2.0}}
    assert stage_options(load_config(DATASET), "pose")["focal_length"] is None
    assert stage_options(load_config(DATASET | pose), "pose")["focal_length"] == 2.0


def test_a_stage_without_options_is_refused() -> None:
    with pytest.raises(ValueError, match="no stage 'shape'"):
        stage_options(load_config(DATASET), "shape")


@pytest.mark.parametrize(
    "changed",
    [
        {"modular": {"models": {"shuffles": 300}}},
        {"modular": {"models": {"regions": ["face"]}}},
        {"modular": {"aligned": {"side": 96}}},
        {"failures": {"permutations": 3000}},
        {"study": {"variants": ["original"]}},
    ],
)
def test_the_pages_change_with_every_section_that_they_show(changed: dict[str, Any]) -> None:
    before, after = (
        options_digest(page_options(load_config(DATASET | one))) for one in ({}, changed)
    )
    assert before != after


@pytest.mark.parametrize("study", list(FAILURE_KEYS))
def test_every_study_of_failures_depends_on_the_draw_of_pictures(study: str) -> None:
    options = failure_options(load_config(DATASET | {"failures": {"pictures": 500}}), study)
    assert options["pictures"] == 500
    assert options["seed"] == 1


def test_the_pages_do_not_change_with_the_place_of_tables(tmp_path: Path) -> None:
    table = tmp_path / "reliability.csv"
    table.touch()
    moved = {"modular": {"models": {"reliability": str(table)}}}
    assert page_options(load_config(DATASET | moved)) == page_options(load_config(DATASET))
