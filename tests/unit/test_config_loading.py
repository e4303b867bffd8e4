"""One line for every fault of the config, with key, value and cure."""

from pathlib import Path
from typing import Any

import pytest

from modular_faces.config_loading import ConfigError, check_paths, dataset_name, load_config

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


@pytest.mark.parametrize(
    ("folder", "name"),
    [("pictures", "pictures"), ("my pics (2)", "my_pics_2"), ("2024", "d_2024"), ("日本", "d_")],
)
def test_any_folder_gives_a_name_that_the_config_takes(folder: str, name: str) -> None:
    assert dataset_name(folder) == name
    load_config({"dataset": {"name": dataset_name(folder), "root": "r"}})
