"""Tiny datasets for the tests of the layouts."""

from pathlib import Path
from typing import Any

from PIL import Image

from modular_faces.layouts import Labels, Layout, open_layout


def picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 20)).save(path)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def layout_of(name: str, root: Path, **options: Any) -> Layout:
    chosen: dict[str, Any] = {
        "table": None,
        "path_column": "path",
        "label_column": None,
        "split_column": None,
        "rating_columns": None,
        "ratings": None,
    }
    return open_layout(name, root, **(chosen | options))


def labels_of(layout: Layout) -> tuple[dict[str, dict[str, Any]], Labels]:
    entries = sorted(layout.entries().entries)
    labels = layout.labels(entries)
    assert labels.table.column("image_id").to_pylist() == [entry.image_id for entry in entries]
    return {row["image_id"]: row for row in labels.table.to_pylist()}, labels


def kaggle(folder: Path, csv: bool = True) -> Path:
    for split, label, number in (("train", 5, 1), ("train", 4, 2), ("test", 7, 1)):
        picture(folder / "DATASET" / split / str(label) / f"{split}_000{number}_aligned.jpg")
    if csv:
        write(
            folder / "train_labels.csv",
            "image,label\ntrain_0001_aligned.jpg,5\ntrain_0002_aligned.jpg,4\n",
        )
        write(folder / "test_labels.csv", "image,label\ntest_0001_aligned.jpg,7\n")
    return folder
