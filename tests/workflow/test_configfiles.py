"""Each config file runs on a dataset laid out as it says."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from clones import REPOSITORY, SAMPLE, Clone, read_csv, read_rows, sample_pictures, write_csv

CONFIGS = {path.name for path in (REPOSITORY / "config").glob("*.yaml")}
CHANNELS = [f"{space}_{channel}" for space in ("rgb", "hsv", "lab") for channel in space]
PICTURES = 5
"""Pictures of each dataset: a test image, then four training images."""


def chosen() -> list[Path]:
    pictures = sample_pictures()
    test = [path for path in pictures if "/test/" in path.as_posix()][:1]
    return test + [path for path in pictures if "/train/" in path.as_posix()][: PICTURES - 1]


def split_and_label(picture: Path) -> tuple[str, str]:
    return picture.parts[-3], picture.parts[-2]


def put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def kaggle(root: Path) -> None:
    for split in ("train", "test"):
        rows = [
            {"image": path.name, "label": split_and_label(path)[1]}
            for path in chosen()
            if split_and_label(path)[0] == split
        ]
        (root / "DATASET" / split).mkdir(parents=True)
        write_csv(root / f"{split}_labels.csv", rows)
    for path in chosen():
        put(path, root / path.relative_to(SAMPLE))


def release(root: Path) -> None:
    lines = []
    for number, path in enumerate(chosen()):
        split, label = split_and_label(path)
        put(path, root / "Image" / "aligned" / f"{split}_{number:05d}_aligned.jpg")
        lines.append(f"{split}_{number:05d}.jpg {label}")
        manual = root / "Annotation" / "manual" / f"{split}_{number:05d}_manu_attri.txt"
        manual.parent.mkdir(parents=True, exist_ok=True)
        manual.write_text("30 40\n70 40\n50 60\n35 80\n65 80\n1\n2\n3\n")
    (root / "EmoLabel").mkdir()
    (root / "EmoLabel" / "list_patition_label.txt").write_text("\n".join(lines) + "\n")


def omi_rows(numbers: list[int]) -> list[dict[str, str]]:
    return [
        {"stimulus": str(n), "trustworthy": f"{40 + n}.5", "looks-like-you": "7"} for n in numbers
    ]


def omi(root: Path) -> None:
    for number, path in enumerate(chosen(), 1):
        put(path, root / "images" / f"{number}.jpg")
    write_csv(root / "attribute_means.csv", omi_rows([1, 2, 3, 4, 5]))


def omi_sets(root: Path) -> None:
    for number, path in enumerate(chosen(), 1):
        put(path, root / ("test_set" if number == 1 else "train_set") / f"{number}.jpg")
    write_csv(root / "attribute_ratings.csv", omi_rows([1, 2, 3, 4, 5]))


def plain_folder(root: Path) -> None:
    for number, path in enumerate(chosen()):
        put(path, root / ("deep/er" if number else ".") / f"face {number}.JPG")


def ran(clone: Clone, make: Callable[[Path], None], name: str, *more: str) -> Path:
    """Run a config file on a dataset in the place it names; gives the folder of the results."""
    dataset: dict[str, str] = read_config(clone, name)["dataset"]
    make(clone.folder / dataset["root"])
    clone.run("--cores", "2", *more, "--configfile", f"config/{name}")
    return clone.folder / "results" / dataset["name"]


def read_config(clone: Clone, name: str) -> Any:
    return yaml.safe_load((clone.folder / "config" / name).read_text())


def checked(rows: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    assert len(rows) == PICTURES
    assert sum(row["success"] for row in rows.values()) >= PICTURES - 1
    return sorted(rows.values(), key=lambda row: row["manifest_row"])


def test_there_are_no_other_config_files() -> None:
    assert {"config.yaml", "rafdb.yaml", "omi.yaml", "folder.yaml", "lab.yaml"} == CONFIGS


def test_rafdb_as_kaggle_has_it(clone: Clone) -> None:
    rows = checked(read_rows(ran(clone, kaggle, "rafdb.yaml") / "features.parquet"))
    expected = sorted((*split_and_label(path), path.name) for path in chosen())
    assert sorted((row["split"], row["label"], Path(row["path"]).name) for row in rows) == expected
    study = clone.folder / "results" / "rafdb" / "study" / "mesh"
    assert len(list(study.iterdir())) == 7


def test_rafdb_as_its_authors_release_it(clone: Clone) -> None:
    manifest = ran(clone, release, "rafdb.yaml", "results/rafdb/manifest.parquet")
    rows = list(read_rows(manifest / "manifest.parquet").values())
    expected = sorted(split_and_label(path) for path in chosen())
    assert sorted((row["split"], row["label"]) for row in rows) == expected
    row = rows[0]
    assert (row["gender"], row["race"], row["age_group"]) == ("female", "Asian", "40-69")
    assert (row["manual_nose_x"], row["manual_nose_y"]) == (50.0, 60.0)


def test_omi_in_one_folder(clone: Clone) -> None:
    rows = checked(read_rows(ran(clone, omi, "omi.yaml") / "features.parquet"))
    assert [row["image_id"] for row in rows] == [f"images/{n}.jpg" for n in range(1, 6)]
    assert [row["rating_trustworthy"] for row in rows] == [41.5, 42.5, 43.5, 44.5, 45.5]
    assert {row["rating_looks_like_you"] for row in rows} == {7.0}
    assert not (clone.folder / "results" / "omi" / "study.parquet").exists()


def test_omi_in_two_sets(clone: Clone) -> None:
    manifest = ran(clone, omi_sets, "omi.yaml", "results/omi/manifest.parquet")
    rows = read_rows(manifest / "manifest.parquet")
    assert {key: (row["split"], row["rating_trustworthy"]) for key, row in rows.items()} == {
        "test_set/1.jpg": ("test", 41.5),
        **{f"train_set/{n}.jpg": ("train", 40.5 + n) for n in range(2, 6)},
    }


def test_any_folder(clone: Clone) -> None:
    rows = checked(read_rows(ran(clone, plain_folder, "folder.yaml") / "features.parquet"))
    assert [row["path"] for row in rows] == [
        *(f"deep/er/face {number}.JPG" for number in range(1, 5)),
        "face 0.JPG",
    ]
    assert {row["label"] for row in rows} == {None}
    assert not [name for name in rows[0] if name.startswith("rating_")]


def test_the_labs_way_on_top_of_a_dataset(clone: Clone) -> None:
    kaggle(clone.folder / read_config(clone, "rafdb.yaml")["dataset"]["root"])
    clone.run("--configfile", "config/rafdb.yaml", "config/lab.yaml", "--cores", "2")
    table = read_csv(clone.folder / "results" / "lab" / "rafdb" / "features_core.csv")
    assert len(table) == PICTURES
    renamed = read_config(clone, "lab.yaml")["merge"]["rename"]
    for row in table:
        assert row.keys() >= set(renamed.values())
        assert not row.keys() & set(renamed)
        for channel in CHANNELS:
            bins = [value for name, value in row.items() if name.startswith(f"color_{channel}_")]
            assert len(bins) == 8
            assert sum(map(float, bins)) == 100 * 100
            assert all(float(value).is_integer() for value in bins)
        assert all(row[name] for name in renamed.values())
    assert not [name for name in table[0] if name.startswith("haralick_") and "range" in name]
    assert not [name for name in table[0] if name.endswith("_face_oval")]


@pytest.mark.parametrize("name", sorted(CONFIGS - {"config.yaml", "lab.yaml"}))
def test_a_config_file_whose_pictures_are_not_there_says_so(clone: Clone, name: str) -> None:
    done = clone.snakemake("-n", "--configfile", f"config/{name}")
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("modular-faces:")]
    assert line.startswith("modular-faces: config key 'dataset.root' is 'data/")
