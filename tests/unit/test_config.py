"""One line for every fault of the config, and options that do not depend on the order of keys."""

from pathlib import Path
from typing import Any

import pytest

from modular_faces.config import SHIPPED_VARIANTS
from modular_faces.config_loading import ConfigError, check_paths, load_config
from modular_faces.stage_options import layout_options, options_digest, stage_options, study_options

DATASET = {"dataset": {"name": "d", "root": "pictures"}}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"colour": {}}, r"'colour' is unknown \(did you mean 'color'\?\)"),
        (
            {"color": {"region": ["image"]}},
            r"'color.region' is unknown \(did you mean 'regions'\?\)",
        ),
        (
            {"landmarks": {"cascade": [{"variant": "original", "bx": "frame"}]}},
            r"'landmarks.cascade.0.bx' is unknown \(did you mean 'box'\?\)",
        ),
        ({"texture": {"levels": "many"}}, r"'texture.levels' is 'many'.*integer"),
        ({"texture": {"levels": 1}}, r"'texture.levels' is 1.*greater than or equal to 2"),
        ({"landmarks": {"accept": 1.5}}, r"'landmarks.accept' is 1.5.*less than or equal to 1"),
        ({"shards": 0}, r"'shards.*' is 0"),
        ({"color": {"regions": ["ears"]}}, "color.regions: there is no region 'ears'"),
        ({"study": {"variants": ["sharp"]}}, r"no variant 'sharp' \(did you mean '.*sharp.*'\?\)"),
        (
            {"landmarks": {"cascade": [{"variant": "border"}]}},
            "landmarks.cascade: there is no variant 'border'",
        ),
        ({"variants": {"mine": [{"blur": {}}]}}, "variant 'mine': .*blur"),
        ({"variants": {"my variant": []}}, "my variant"),
        (
            {"texture": {"canonical_regions": ["image"]}},
            "canonical_regions: there is no region 'image'",
        ),
        (
            {"variants": {"flip": [{"mirror": {}}]}, "color": {"variant": "flip"}},
            "color.variant: 'flip' mirrors the picture",
        ),
        ({"dataset": {"name": "d"}}, "'dataset.root' is missing"),
        ({"dataset": {"name": "../up", "root": "x"}}, "'dataset.name' is '../up'"),
    ],
)
def test_faults_are_one_line_with_key_value_and_cure(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        load_config(DATASET | keys)
    assert "\n" not in str(error.value)


def test_a_missing_folder_is_named_with_its_key(tmp_path: Path) -> None:
    config = load_config({"dataset": {"name": "d", "root": str(tmp_path / "gone")}})
    with pytest.raises(ConfigError, match=r"'dataset.root' is '.*gone', which does not exist"):
        check_paths(config)


def test_a_file_is_no_root(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    config = load_config({"dataset": {"name": "d", "root": str(tmp_path / "a.jpg")}})
    with pytest.raises(ConfigError, match="a file; give the folder"):
        check_paths(config)


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
        for stage in ("preprocess", "manifest", "landmarks", "color", "texture", "pose", "merge")
        if options_digest(stage_options(before, stage))
        != options_digest(stage_options(after, stage))
    }
    assert changed == {"landmarks"}


def test_a_study_looks_at_one_variant_where_the_detector_sees_a_face() -> None:
    options = study_options(load_config(DATASET), "sharpen")
    assert options["cascade"] == [
        {"name": "sharpen", "steps": SHIPPED_VARIANTS["sharpen"], "box": "detector"}
    ]


def test_all_variants_of_the_study_come_sorted() -> None:
    config = load_config(DATASET | {"study": {"variants": "all"}, "variants": {"aaa": []}})
    assert config.study_variants() == sorted({*SHIPPED_VARIANTS, "aaa"})


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
