"""The pictures on which two instruments disagree most, drawn side by side: private, they show people."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from modular_faces.bridge import Instrument
from modular_faces.bridge_summary import landmarks_apart
from modular_faces.packs import read_pictures
from modular_faces.tiles import INK, LOST, blank_tile, draw_points, lay_out, write_caption

MOST_PICTURES = 12
"""Of a pair: half of them pictures that only one trusts, half those with landmarks farthest apart."""

COLUMNS, TILE = 6, 200

Picture = NDArray[np.uint8]
Pictures = Callable[[Container[str]], Iterable[tuple[str, Picture]]]


def read_packs(packs: Sequence[str], wanted: Container[str]) -> Iterator[tuple[str, Picture]]:
    """Read some pictures from the packs of all shards."""
    for pack in packs:
        yield from read_pictures(pack, wanted)


def worst_pictures(a: Instrument, b: Instrument, *, seen_by_both: Container[str]) -> dict[str, str]:
    """Choose the pictures on which two instruments disagree most.

    Parameters
    ----------
    a, b : Instrument
    seen_by_both : container of str
        Pictures that both looked at.

    Returns
    -------
    dict of str to str
        What to say of each picture, by image_id: first those that only a, then those that only b trusts, evenly
        and in the order of the table, then those with landmarks farthest apart.
    """
    half = MOST_PICTURES // 2
    only = [
        [
            name
            for name in one.image_ids
            if name in seen_by_both and name not in set(other.image_ids)
        ]
        for one, other in ((a, b), (b, a))
    ]
    of_a = only[0][: max(half // 2, half - len(only[1]))]
    of_b = only[1][: half - len(of_a)]
    chosen = dict.fromkeys(of_a, f"only {a.name} trusts") | dict.fromkeys(
        of_b, f"only {b.name} trusts"
    )
    apart = landmarks_apart(a, b)
    order = np.argsort(-np.nan_to_num(apart.errors, nan=-1.0), kind="stable")
    for row in order[: MOST_PICTURES - len(chosen)].tolist():
        if np.isfinite(apart.errors[row]):
            chosen[apart.image_ids[row]] = f"{apart.errors[row]:.1f} % of eye distance apart"
    return chosen


def disagreement_sheet(
    a: Instrument, b: Instrument, pictures: Pictures, *, seen_by_both: Container[str]
) -> Image.Image | None:
    """Draw each picture twice, with the landmarks of either instrument.

    Returns
    -------
    PIL.Image.Image or None
        None where there is nothing to draw.
    """
    said = worst_pictures(a, b, seen_by_both=seen_by_both)
    shown = dict(pictures(said))
    points = [dict(zip(one.image_ids, one.landmarks, strict=True)) for one in (a, b)]
    tiles = [
        _tile(shown[name], known.get(name), f"{one.name}\n{said[name]}")
        for name in said
        if name in shown
        for one, known in zip((a, b), points, strict=True)
    ]
    return lay_out(tiles, columns=COLUMNS) if tiles else None


def _tile(picture: Picture, points: NDArray[np.float64] | None, caption: str) -> Image.Image:
    canvas, scale = blank_tile(picture, tile=TILE)
    if points is not None:
        draw_points(canvas, (points + 0.5) * scale)
    write_caption(canvas, caption, ink=LOST if points is None else INK)
    return canvas
