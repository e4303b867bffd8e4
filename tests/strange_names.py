"""A dataset whose pictures and labels are named like code and like formulas of a spreadsheet."""

from __future__ import annotations

import csv
import shutil
from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image

from clones import sample_pictures

EVIL_NAMES = (
    "<img src=x onerror=alert(1)>.jpg",
    "=1+1.jpg",
    "+SUM(A1).jpg",
    "-2+3.jpg",
    "@here.jpg",
    'it\'s "quoted" & <b>bold<b>.jpg',
    "{{ 7 * 7 }} ${alert(3)} `*_|.jpg",
    "__proto__.jpg",
    "constructor.jpg",
    "javascript:alert(4).jpg",
    "two  spaces and\ttab.jpg",
    "x' onmouseover='alert(5).jpg",
)
EVIL_LABELS = (
    "</script><script>alert(2)</script>",
    "=cmd|' /C calc'!A0",
    "+plus",
    "-minus",
    "@at",
)


def make_strange(folder: Path, *, found: int = 24) -> dict[str, str]:
    """Make the dataset: noise under the names above, which is lost, and faces of the sample, half with such names.

    Parameters
    ----------
    folder : Path
        New folder; gets `pictures` and the table `labelled.csv` with their labels.
    found : int
        Faces of the sample.

    Returns
    -------
    dict of str to str
        Keys of the section `dataset` of the config.
    """
    root = folder / "pictures"
    root.mkdir(parents=True)
    labels = cycle(EVIL_LABELS)
    rows = []
    for seed, name in enumerate(EVIL_NAMES):
        pixels = np.random.default_rng(seed).integers(0, 256, (100, 100, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / name, "JPEG")
        rows.append((name, next(labels)))
    for number, picture in enumerate(sample_pictures()[:found]):
        name = f"face {EVIL_NAMES[number]}" if number < len(EVIL_NAMES) else picture.name
        shutil.copy(picture, root / name)
        rows.append((name, next(labels)))
    with (folder / "labelled.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("path", "label"), *rows])
    return {
        "name": "tiny",
        "root": str(root),
        "layout": "csv",
        "table": str(folder / "labelled.csv"),
        "label_column": "label",
    }
