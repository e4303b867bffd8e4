"""RAF-DB's two layouts, each built from tiny pictures, each refusal named."""

import re
from pathlib import Path

import pytest
from layout_pictures import kaggle, labels_of, layout_of, picture, write

from modular_faces.layouts import LayoutError
from modular_faces.layouts.rafdb_original import parse_manual


@pytest.mark.parametrize("csv", [True, False])
@pytest.mark.parametrize("name", ["auto", "rafdb"])
def test_kaggle_folders(tmp_path: Path, name: str, csv: bool) -> None:
    layout = layout_of(name, kaggle(tmp_path, csv))
    rows, labels = labels_of(layout)
    assert layout.name == "rafdb"
    assert rows == {
        f"DATASET/{split}/{label}/{split}_{number}_aligned.jpg": {
            "image_id": f"DATASET/{split}/{label}/{split}_{number}_aligned.jpg",
            "split": split,
            "label": label,
            "label_name": name,
        }
        for split, label, number, name in (
            ("train", "5", "0001", "sadness"),
            ("train", "4", "0002", "happiness"),
            ("test", "7", "0001", "neutral"),
        )
    }
    assert labels.unmatched == labels.ambiguous == labels.problems == []
    assert labels.unlabelled == 0
    assert len(layout.sources) == (2 if csv else 0)


def test_kaggle_root_may_be_the_folder_dataset_itself(tmp_path: Path) -> None:
    layout = layout_of("auto", kaggle(tmp_path) / "DATASET")
    rows, _ = labels_of(layout)
    assert rows["train/5/train_0001_aligned.jpg"]["label_name"] == "sadness"
    assert layout.sources == [tmp_path / "train_labels.csv", tmp_path / "test_labels.csv"]


def test_kaggle_label_without_picture_and_picture_without_label_are_reported(
    tmp_path: Path,
) -> None:
    picture(kaggle(tmp_path) / "DATASET/train/loose.jpg")
    write(
        tmp_path / "train_labels.csv",
        "image,label\ntrain_0001_aligned.jpg,5\nabsent_aligned.jpg,1\n",
    )
    rows, labels = labels_of(layout_of("rafdb", tmp_path))
    assert labels.unmatched == ["absent_aligned.jpg"]
    assert labels.unlabelled == 1
    assert rows["DATASET/train/loose.jpg"]["label"] is None
    assert rows["DATASET/train/loose.jpg"]["split"] == "train"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "image,label\ntrain_0001_aligned.jpg,6\n",
            "train_labels.csv line 2 says label 6 for 'train_0001_aligned.jpg', but the picture is "
            "DATASET/train/5/train_0001_aligned.jpg",
        ),
        (
            "image,label\ntrain_0001_aligned.jpg,8\n",
            "line 2: expected a label from 1 to 7; seen '8'",
        ),
        ("file,label\na,1\n", "no column 'image' (layout rafdb); seen file, label"),
        (
            "image,label\nother.jpg,1\n",
            "names match no picture; expected names like 'test_0001_aligned.jpg' (first picture); "
            "seen 'other.jpg'",
        ),
        ("image,label\na\n", "line 2: expected 2 values as in the header; seen 1"),
        ("", "empty file; expected a table with a header"),
    ],
)
def test_kaggle_refusals(tmp_path: Path, text: str, message: str) -> None:
    write(kaggle(tmp_path) / "train_labels.csv", text)
    layout = layout_of("rafdb", tmp_path)
    with pytest.raises(LayoutError, match=re.escape(message)) as error:
        layout.labels(layout.entries().entries)
    assert "\n" not in str(error.value)


def original(folder: Path, prefix: str = "") -> Path:
    base = folder / prefix
    for name in ("train_00001", "test_0001"):
        picture(base / "Image/aligned" / f"{name}_aligned.jpg")
        picture(base / "Image/original" / f"{name}.jpg")
    write(
        base / "EmoLabel/list_patition_label.txt",
        "train_00001.jpg 5\ntest_0001.jpg 7\ntest_0002.jpg 1\n",
    )
    return folder


MANUAL = "10.5\t20\n30 21\n20 30\n12 40\n28 41\n1\n2\n3\n"


@pytest.mark.parametrize("prefix", ["", "basic"])
def test_original_release(tmp_path: Path, prefix: str) -> None:
    base = original(tmp_path, prefix) / prefix
    write(base / "Annotation/manual/train_00001_manu_attri.txt", MANUAL)
    write(base / "Annotation/manual/test_0001_manu_attri.txt", "1 2\n")
    write(base / "Annotation/manual/train_09999_manu_attri.txt", MANUAL)
    layout = layout_of("auto", tmp_path)
    rows, labels = labels_of(layout)
    at = f"{prefix}/" if prefix else ""
    assert list(rows) == [
        f"{at}Image/aligned/test_0001_aligned.jpg",
        f"{at}Image/aligned/train_00001_aligned.jpg",
    ]
    row = rows[f"{at}Image/aligned/train_00001_aligned.jpg"]
    assert (row["split"], row["label"], row["label_name"]) == ("train", "5", "sadness")
    assert (row["gender"], row["race"], row["age_group"]) == ("female", "Asian", "40-69")
    assert [row[f"manual_left_eye_{axis}"] for axis in "xy"] == [10.5, 20.0]
    assert [row[f"manual_right_mouth_{axis}"] for axis in "xy"] == [28.0, 41.0]
    assert rows[f"{at}Image/aligned/test_0001_aligned.jpg"]["gender"] is None
    assert labels.label_columns == ["gender", "race", "age_group"]
    assert len(labels.truth_columns) == 10
    assert labels.rating_columns == []
    assert labels.unmatched == ["test_0002.jpg", "train_09999_manu_attri.txt"]
    assert len(labels.problems) == 1
    assert "test_0001_manu_attri.txt: expected 5 points and 3 codes; seen 2" in labels.problems[0]
    assert len(layout.sources) == 4


def test_manual_annotation_refuses_unknown_codes() -> None:
    with pytest.raises(ValueError, match="expected 0 to 2 for gender; seen '3'"):
        parse_manual("1 1 2 2 3 3 4 4 5 5 3 0 0")
    with pytest.raises(ValueError, match="could not convert"):
        parse_manual("x 1 2 2 3 3 4 4 5 5 0 0 0")


def test_original_release_with_a_broken_line(tmp_path: Path) -> None:
    write(
        original(tmp_path) / "EmoLabel/list_patition_label.txt", "train_00001.jpg 5\nx.jpg nine\n"
    )
    layout = layout_of("rafdb", tmp_path)
    with pytest.raises(LayoutError, match=r"line 2: expected a line like .* seen 'x.jpg nine'"):
        layout.labels(layout.entries().entries)
