"""What a dry run shows: all jobs at first, and after a change exactly those it concerns."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clones import SAMPLE, TINY_CONFIG, Clone, plans_after, tiny_config

SHARDS = ("0000", "0001", "0002")
PER_SHARD = ("preprocess", "landmarks", "color", "texture", "pose", "expression")
SHIPPED = (
    "original",
    "grey_border",
    "narrow_border",
    "upscale_grey_border",
    "sharpen",
    "sharpen_strong",
    "unsharp",
)
OWN_SHARPEN = [{"kernel": {"weights": [[0, -1, 0], [-1, 6, -1], [0, -1, 0]]}}]


def jobs(*rules: str, gathered: tuple[str, ...] = ()) -> Counter[str]:
    """One job of each rule in each of the three shards, and one of each gathering rule."""
    return Counter([f"{rule} {shard}" for rule in rules for shard in SHARDS] + [*gathered])


def test_a_fresh_clone_shows_every_job(clone: Clone) -> None:
    (clone.folder / "resources").mkdir()
    (clone.folder / "resources" / "sample").symlink_to(SAMPLE)
    expected = Counter(f"{rule} 0000" for rule in PER_SHARD)
    expected.update(f"study {variant} 0000" for variant in SHIPPED)
    expected.update(("manifest", "merge", "gather_study"))
    assert clone.planned() == expected


def test_a_fresh_dataset_of_three_shards_shows_every_job(clone: Clone, tiny_root: Path) -> None:
    clone.configure(tiny_root)
    assert clone.planned_tiny() == jobs(
        *PER_SHARD,
        "study wide",
        "study sharpen",
        gathered=("manifest", "merge", "gather_study"),
    )


def test_an_untouched_config_has_nothing_to_do(finished: Clone) -> None:
    assert finished.planned_tiny() == Counter()


def test_a_copied_folder_has_nothing_to_do(finished_copy: Clone) -> None:
    assert finished_copy.planned_tiny() == Counter()


ALL_BUT_PREPROCESS = jobs(
    "landmarks", "color", "texture", "pose", "expression", gathered=("merge",)
)
VARIANTS = tiny_config(Path())["variants"]
CASCADE = [{"variant": "grey_border"}, {"variant": "original"}, {"variant": "narrow_border"}]

CHANGES: dict[str, tuple[dict[str, Any], Counter[str]]] = {
    "a shipped variant in the study": (
        {"study": {"variants": ["wide", "sharpen", "unsharp"]}},
        jobs("study unsharp", gathered=("gather_study",)),
    ),
    "an own variant in the study": (
        {
            "variants": VARIANTS | {"mine": OWN_SHARPEN},
            "study": {"variants": ["wide", "mine", "sharpen"]},
        },
        jobs("study mine", gathered=("gather_study",)),
    ),
    "an own variant that nothing uses": ({"variants": VARIANTS | {"mine": OWN_SHARPEN}}, Counter()),
    "another sharpen": (
        {"variants": VARIANTS | {"sharpen": OWN_SHARPEN}},
        jobs("study sharpen", gathered=("gather_study",)),
    ),
    "a variant in the cascade": (
        {"landmarks": {"cascade": [*CASCADE, {"variant": "sharpen"}]}},
        ALL_BUT_PREPROCESS,
    ),
    "another threshold of trust": (
        {"landmarks": {"accept": 0.6}},
        ALL_BUT_PREPROCESS + jobs("study wide", "study sharpen", gathered=("gather_study",)),
    ),
    "colour bins": (
        {"color": {"spaces": {"rgb": [4, 4, 4]}}},
        jobs("color", gathered=("merge",)),
    ),
    "grey levels": ({"texture": {"levels": 32}}, jobs("texture", gathered=("merge",))),
    "the method of the pose": (
        {"pose": {"method": "perspective"}},
        jobs("pose", gathered=("merge",)),
    ),
    "the least distance of duplicates": (
        {"duplicates": {"max_distance": 4}},
        jobs(gathered=("manifest", "merge")),
    ),
    "a renamed column": (
        {"merge": {"rename": {"color_rgb_r_00_image": "red_0"}}},
        jobs(gathered=("merge",)),
    ),
    "a file on request": ({"merge": {"full_csv": True}}, jobs(gathered=("merge",))),
    "no study": ({"study": {"variants": []}}, Counter()),
}


Plans = dict[str, Callable[[], Counter[str]]]


@pytest.fixture(scope="module")
def plans(finished: Clone, tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Plans:
    changes = {
        name: partial(Clone.configure, root=tiny_root, **keys)
        for name, (keys, _) in CHANGES.items()
    }
    return plans_after(finished, changes, tmp_path_factory.mktemp("plans"))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_config_runs_exactly_its_jobs(plans: Plans, change: str) -> None:
    assert plans[change]() == CHANGES[change][1]


def test_the_order_of_keys_does_not_matter(finished_copy: Clone, tiny_root: Path) -> None:
    config = tiny_config(tiny_root)
    finished_copy.configure(tiny_root, **backwards(config))
    text = (finished_copy.folder / TINY_CONFIG).read_text()
    assert text.index("spaces") < text.index("dataset")
    assert text.index("sharpen:") < text.index("wide:")
    assert text.index("mode") < text.index("fraction")
    assert finished_copy.planned_tiny() == Counter()


def backwards(value: Any) -> Any:
    """Give the same mappings with their keys in opposite order; lists as they are."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value
