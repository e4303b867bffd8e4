"""RAF-DB as found on Kaggle: ``DATASET/{train,test}/{1..7}`` with two CSV files of labels.

References
----------
Li, S., & Deng, W. (2019). Reliable crowdsourcing and deep locality-preserving learning for
unconstrained facial expression recognition. IEEE Transactions on Image Processing, 28(1).
https://doi.org/10.1109/TIP.2018.2868382
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path, PurePosixPath

from modular_faces.layouts.base import Layout, Sheet
from modular_faces.layouts.label_files import as_text, read_label_file
from modular_faces.layouts.sheet import LayoutError

EXPRESSIONS = {
    "1": "surprise",
    "2": "fear",
    "3": "disgust",
    "4": "happiness",
    "5": "sadness",
    "6": "anger",
    "7": "neutral",
}
SPLITS = ("train", "test")
EXPECTED = "DATASET/train and DATASET/test with folders 1 to 7"
_FOLDER = "DATASET"


def recognise(root: Path) -> Layout | None:
    """Give the layout where `root` is the folder DATASET or holds it, None where it does not."""
    for prefix in (f"{_FOLDER}/", ""):
        splits = [split for split in SPLITS if _has_classes(root / prefix / split)]
        if splits:
            places = [root] if prefix else [root, root.parent]
            if prefix:
                places.append(root / _FOLDER)
            files = {split: _label_file(split, places) for split in splits}
            return Layout(
                name="rafdb",
                root=root,
                folders=tuple(f"{prefix}{split}" for split in splits),
                list_sources=partial(_sources, files),
                readers=(partial(_read, files, prefix),),
            )
    return None


def recognise_surely(root: Path) -> Layout | None:
    """Give the layout only where more than the names of folders speaks for it.

    Folders called train/1 alone can be anybody's: a label file, or a picture called ``*_aligned``, must be there.
    """
    layout = recognise(root)
    if layout is None or layout.sources:
        return layout
    places = (root / folder / label for folder in layout.folders for label in EXPRESSIONS)
    return layout if any(any(place.glob("*_aligned.*")) for place in places) else None


def _has_classes(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in EXPRESSIONS)


def _label_file(split: str, places: list[Path]) -> Path | None:
    names = (place / f"{split}_labels.csv" for place in places)
    return next((path for path in names if path.is_file()), None)


def _sources(files: dict[str, Path | None]) -> list[Path]:
    return [path for path in files.values() if path is not None]


def _read(files: dict[str, Path | None], prefix: str, sheet: Sheet) -> None:
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    classes: dict[int, str] = {}
    for row, path in enumerate(sheet.paths):
        parts = PurePosixPath(path.removeprefix(prefix)).parts
        by_name[parts[0], parts[-1]].append(row)
        sheet.put(row, split=parts[0])
        if len(parts) > 2 and parts[1] in EXPRESSIONS:
            classes[row] = parts[1]
            sheet.put(row, label=parts[1], label_name=EXPRESSIONS[parts[1]])
    for split, path_of_labels in files.items():
        if path_of_labels is not None:
            _read_labels(path_of_labels, split, by_name, classes, sheet)


def _read_labels(
    path: Path,
    split: str,
    by_name: dict[tuple[str, str], list[int]],
    classes: dict[int, str],
    sheet: Sheet,
) -> None:
    file = read_label_file(path)
    names, labels = (file.column(name, "layout rafdb") for name in ("image", "label"))
    matched = 0
    said: dict[str, str] = {}
    for line, name, value in zip(file.lines, names, labels, strict=True):
        label = as_text(value) or ""
        if said.setdefault(name, label) != label:
            raise LayoutError(
                f"{path} line {line} says label {label} for '{name}', a line before says {said[name]}; "
                "leave one of them"
            )
        if label not in EXPRESSIONS:
            raise LayoutError(f"{path} line {line}: expected a label from 1 to 7; seen '{label}'")
        rows = by_name.get((split, name), [])
        if not rows:
            sheet.unmatched.append(name)
        for row in rows:
            if classes.get(row, label) != label:
                raise LayoutError(
                    f"{path} line {line} says label {label} for '{name}', but the picture is "
                    f"{sheet.paths[row]}; remove the file or move the picture"
                )
            sheet.put(row, label=label, label_name=EXPRESSIONS[label])
        matched += bool(rows)
    sheet.expect_some(matched, path, names)
