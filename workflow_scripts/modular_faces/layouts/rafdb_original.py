"""RAF-DB as its authors release it: ``Image/aligned``, ``EmoLabel`` and manual annotation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from modular_faces.layouts.base import Layout, Sheet
from modular_faces.layouts.rafdb import EXPRESSIONS, SPLITS
from modular_faces.layouts.sheet import LayoutError

EXPECTED = "Image/aligned beside EmoLabel/list_patition_label.txt"
MANUAL_POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
"""Five points in the order of the files, left and right as the viewer sees them; coordinates are
pixels of the pictures in ``Image/original``, not of the aligned ones. The release does not name
the points; this is the usual order."""
CODES = {
    "gender": ("male", "female", "unsure"),
    "race": ("Caucasian", "African-American", "Asian"),
    "age_group": ("0-3", "4-19", "20-39", "40-69", "70+"),
}
_LABELS = ("EmoLabel/list_patition_label.txt", "EmoLabel/list_partition_label.txt")
_PREFIXES = ("", "basic/")
_MANUAL = "Annotation/manual"
_TRUTH = tuple(f"manual_{point}_{axis}" for point in MANUAL_POINTS for axis in "xy")


def recognise(root: Path) -> Layout | None:
    """Give the layout where `root` is the release or holds it as ``basic``, None otherwise."""
    for prefix in _PREFIXES:
        labels = next(
            (root / prefix / name for name in _LABELS if (root / prefix / name).is_file()), None
        )
        if labels is not None and (root / prefix / "Image/aligned").is_dir():
            manual = root / prefix / _MANUAL
            return Layout(
                name="rafdb",
                root=root,
                folders=(f"{prefix}Image/aligned",),
                list_sources=partial(_sources, labels, manual),
                readers=(partial(_read, labels, manual),),
            )
    return None


def _sources(labels: Path, manual: Path) -> Iterable[Path]:
    yield labels
    if manual.is_dir():
        yield from sorted(manual.glob("*_manu_attri.txt"))


def _read(labels: Path, manual: Path, sheet: Sheet) -> None:
    rows: dict[str, int] = {}
    for row, path_of_picture in enumerate(sheet.paths):
        first = rows.setdefault(_key(path_of_picture), row)
        if first != row:
            raise LayoutError(
                f"{sheet.paths[first]} and {path_of_picture} are both '{_key(path_of_picture)}' to {labels}; "
                "leave one of them"
            )
    _read_labels(labels, rows, sheet)
    if not manual.is_dir():
        return
    for name in CODES:
        sheet.add_column(name, "label", manual)
    for name in _TRUTH:
        sheet.add_column(name, "truth", manual)
    for path in sorted(manual.glob("*_manu_attri.txt")):
        key = path.name.removesuffix("_manu_attri.txt")
        if key not in rows:
            sheet.unmatched.append(path.name)
            continue
        try:
            sheet.put(rows[key], **parse_manual(path.read_text(encoding="utf-8", errors="replace")))
        except ValueError as error:
            sheet.problems.append(f"{path}: {error}")


def parse_manual(text: str) -> dict[str, str | float | None]:
    """Read one file of manual annotation.

    Parameters
    ----------
    text : str
        Five lines ``x y``, then the codes of gender, race and age.

    Returns
    -------
    dict
        `gender`, `race`, `age_group` and ``manual_<point>_x``, ``manual_<point>_y``.

    Raises
    ------
    ValueError
        Anything else.
    """
    words = text.split()
    if len(words) != len(_TRUTH) + len(CODES):
        raise ValueError(f"expected 5 points and 3 codes; seen {len(words)} values")
    points: dict[str, str | float | None] = {
        name: float(word) for name, word in zip(_TRUTH, words, strict=False)
    }
    codes: dict[str, str | float | None] = {
        name: _meaning(name, meanings, word)
        for (name, meanings), word in zip(CODES.items(), words[len(_TRUTH) :], strict=True)
    }
    return points | codes


def _meaning(name: str, meanings: Sequence[str], word: str) -> str:
    if not word.isascii() or not word.isdigit() or int(word) >= len(meanings):
        raise ValueError(f"expected 0 to {len(meanings) - 1} for {name}; seen '{word}'")
    return meanings[int(word)]


def _key(path: str) -> str:
    """Name that label files use: ``train_00001`` of ``train_00001_aligned.jpg``."""
    return path.rpartition("/")[2].rpartition(".")[0].removesuffix("_aligned")


def _read_labels(path: Path, rows: dict[str, int], sheet: Sheet) -> None:
    matched = 0
    names = []
    said: dict[str, str] = {}
    text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    for line, content in enumerate(text.splitlines(), 1):
        words = content.split()
        if not words:
            continue
        split = words[0].partition("_")[0]
        if len(words) != 2 or words[1] not in EXPRESSIONS or split not in SPLITS:
            raise LayoutError(
                f"{path} line {line}: expected a line like 'train_00001.jpg 5' with a label from "
                f"1 to 7; seen '{content}'"
            )
        name, label = words
        names.append(name)
        if said.setdefault(name, label) != label:
            raise LayoutError(
                f"{path} line {line} says label {label} for '{name}', a line before says {said[name]}; "
                "leave one of them"
            )
        row = rows.get(name.rpartition(".")[0])
        if row is None:
            sheet.unmatched.append(name)
            continue
        matched += 1
        sheet.put(row, split=split, label=label, label_name=EXPRESSIONS[label])
    sheet.expect_some(matched, path, names)
