"""A config that cannot be used is refused in one line, before any job starts."""

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from clones import TINY_CONFIG, Clone, make_clone, read_csv, write_csv

BAD_KEYS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": (
        {"textures": {"levels": 8}},
        r"config key 'textures' is unknown \(did you mean 'texture'\?\); known here: dataset, .*",
    ),
    "an unknown key of a section": (
        {"texture": {"level": 8}},
        r"config key 'texture\.level' is unknown \(did you mean 'levels'\?\); known here: .*",
    ),
    "a wrong type": (
        {"texture": {"levels": "many"}},
        r"config key 'texture\.levels' is 'many': input should be a valid integer.*",
    ),
    "a number out of range": (
        {"landmarks": {"accept": 1.5}},
        r"config key 'landmarks\.accept' is 1\.5: input should be less than or equal to 1",
    ),
    "an unknown variant in the study": (
        {"study": {"variants": ["sharpn"]}},
        r".*study\.variants: there is no variant 'sharpn' \(did you mean 'sharpen'\?\); known: .*",
    ),
    "an unknown variant in the cascade": (
        {"landmarks": {"cascade": [{"variant": "grey_boarder"}]}},
        r".*landmarks\.cascade: there is no variant 'grey_boarder' \(did you mean 'grey_border'\?\).*",
    ),
    "an unknown region": (
        {"color": {"regions": ["chins"]}},
        r".*color\.regions: there is no region 'chins' \(did you mean 'chin'\?\); known: .*",
    ),
    "an unknown step": (
        {"variants": {"mine": [{"sharpen": {}}]}},
        r"config key 'variants': variant 'mine': .*sharpen.*",
    ),
    "a bad option of a step": (
        {"variants": {"mine": [{"pad": {"fraction": -1, "mode": "constant", "value": 0}}]}},
        r"config key 'variants': variant 'mine': .*fraction.*-1.*",
    ),
    "a name that is none": (
        {"variants": {"1st": []}},
        r"config key 'variants.*1st.*",
    ),
    "no shards": ({"shards": 0}, r"config key 'shards.*' is 0: .*"),
}


def refusal(clone: Clone, config: str = TINY_CONFIG) -> str:
    """What the workflow says when it refuses to start; nothing may have been started or written."""
    done = clone.snakemake("--configfile", config)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "Error" not in said
    assert not re.search(r"^(Job|rule|localrule) ", said, flags=re.MULTILINE)
    assert not clone.results("shards").exists()
    assert not clone.results("listing/listing.json").exists()
    lines = [line for line in done.stderr.splitlines() if line.startswith("modular-faces:")]
    assert len(lines) == 1, done.stderr
    assert done.stderr.splitlines()[-1] == lines[0]
    return lines[0].removeprefix("modular-faces: ")


@pytest.fixture(scope="module")
def module_clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return make_clone(tmp_path_factory.mktemp("refused") / "clone")


@pytest.fixture
def bare(module_clone: Clone) -> Clone:
    """Give a copy of the repository without results."""
    shutil.rmtree(module_clone.results(), ignore_errors=True)
    return module_clone


Refusals = dict[str, Callable[[], str]]


@pytest.fixture(scope="module")
def refusals(module_clone: Clone, tiny_root: Path) -> Refusals:
    """Give what the workflow says to each bad key, found out two at a time."""
    configs = {}
    for number, (fault, (keys, _)) in enumerate(BAD_KEYS.items()):
        module_clone.configure(tiny_root, **keys)
        name = f"bad_{number}.yaml"
        configs[fault] = str((module_clone.folder / TINY_CONFIG).rename(module_clone.folder / name))
    with ThreadPoolExecutor(max_workers=2) as pool:
        return {
            fault: pool.submit(refusal, module_clone, config).result
            for fault, config in configs.items()
        }


@pytest.mark.parametrize("fault", BAD_KEYS)
def test_a_bad_key_is_named(refusals: Refusals, fault: str) -> None:
    assert re.fullmatch(BAD_KEYS[fault][1], refusals[fault]())


def configured(clone: Clone, root: Path, **dataset: Any) -> Clone:
    clone.configure(root, dataset={"name": "tiny", "root": str(root), **dataset})
    return clone


def test_a_missing_folder_is_named(bare: Clone, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert refusal(configured(bare, gone)) == (
        f"config key 'dataset.root' is '{gone}', which does not exist (seen from "
        f"{bare.folder}); correct it, or say where it is with --config"
    )


def test_a_file_in_place_of_a_folder_is_named(bare: Clone, tiny_root: Path) -> None:
    file = tiny_root / "ratings.csv"
    assert refusal(configured(bare, file)) == (
        f"config key 'dataset.root' is '{file}', a file; give the folder it is in"
    )


def test_a_layout_that_is_not_there_is_named(bare: Clone, tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "notes.txt").write_text("none")
    line = refusal(configured(bare, tmp_path / "faces", layout="rafdb"))
    assert line == (
        f"dataset.root {tmp_path / 'faces'} is not laid out as 'rafdb': expected DATASET/train and "
        "DATASET/test with folders 1 to 7, or Image/aligned beside "
        "EmoLabel/list_patition_label.txt; seen 'notes.txt'; set dataset.root or dataset.layout"
    )


def test_an_empty_folder_is_named(bare: Clone, tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    line = refusal(configured(bare, tmp_path / "faces"))
    assert line.startswith(f"dataset.root: no picture in {tmp_path / 'faces'}; expected .jpg")
    assert line.endswith("seen no file at all; set dataset.root")


@pytest.mark.parametrize("table", ["train_labels.csv", "ratings.csv"])
def test_labels_that_match_nothing_are_named_at_every_start(
    bare: Clone, tiny_root: Path, tmp_path: Path, table: str
) -> None:
    root = shutil.copytree(tiny_root, tmp_path / "faces")
    rows = read_csv(root / table)
    write_csv(root / table, [row | {"image": f"other_{row['image']}"} for row in rows])
    clone = configured(bare, root)
    expected = (
        f"{root / table}: its names match no picture; expected names like '.*; seen 'other_.*"
    )
    assert re.fullmatch(expected, refusal(clone))
    assert re.fullmatch(expected, refusal(clone))


def test_the_model_that_is_not_there_is_named(bare: Clone, tiny_root: Path) -> None:
    bare.configure(tiny_root, landmarks={"model": "gone.task"})
    assert refusal(bare).startswith(
        "config key 'landmarks.model' is 'gone.task', which does not exist"
    )


def test_the_csv_table_without_its_column_is_named(bare: Clone, tiny_root: Path) -> None:
    table = tiny_root / "ratings.csv"
    clone = configured(bare, tiny_root, layout="csv", table=str(table))
    assert refusal(clone).startswith(
        f"{table}: no column 'path' (dataset.path_column); seen image, "
    )
