"""A sheet that shows a person what every variant makes of some pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from modular_faces.geometry import FloatArray, transform
from modular_faces.steps import MAX_PIXELS, Picture
from modular_faces.variants import Applied, Steps, apply_variant, describe_variant

SMALLEST_TILE: Final = 96
LARGEST_TILE: Final = 2048
PAPER: Final = (255, 255, 255)
INK: Final = (0, 0, 0)
FAINT_INK: Final = (90, 90, 90)
ORIGINAL_EDGE: Final = (255, 110, 0)
MARGIN: Final = 14
HEADING: Final = 16
TEXT: Final = 13
LINES: Final = 7
LEGEND: Final = (
    "Black frame: the whole picture after the variant, fitted to its tile; its true size stands "
    "below. Orange line: the edge of the original picture in it."
)


def contact_sheet(
    pictures: Mapping[str, Picture], variants: Mapping[str, Steps], *, tile: int
) -> Picture:
    """Draw a row per picture and a column per variant.

    Parameters
    ----------
    pictures : mapping of str to (H, W, 3) ndarray of uint8
        RGB pictures by the name to write above their row.
    variants : mapping of str to steps
        Steps as in `modular_faces.variants`, by the name to write above their column.
    tile : int
        Side of the square each result is fitted into, pixels, from 96 to 2048.

    Returns
    -------
    (H, W, 3) ndarray of uint8
        RGB.

    Raises
    ------
    ValueError
        When there are no pictures or no variants, the tile is out of range, the sheet would be
        too large, or a variant cannot be applied.
    """
    if not pictures or not variants:
        raise ValueError("a contact sheet needs at least one picture and one variant; name some")
    if not SMALLEST_TILE <= tile <= LARGEST_TILE:
        raise ValueError(f"tile = {tile}: expected from {SMALLEST_TILE} to {LARGEST_TILE} pixels")
    if len(pictures) * len(variants) * tile**2 > MAX_PIXELS:
        raise ValueError(
            f"{len(pictures)} pictures x {len(variants)} variants at tile = {tile} make a sheet "
            f"of more than {MAX_PIXELS:,} pixels; take fewer or a smaller tile"
        )
    width = len(variants) * (tile + MARGIN) - MARGIN
    effects = [
        describe_variant(name, steps).removeprefix(f"{name}: ") for name, steps in variants.items()
    ]
    parts = [
        _text(LEGEND, TEXT, FAINT_INK, width),
        _beside([_text(name, HEADING, INK, tile) for name in variants]),
        _beside([_text(effect, TEXT, FAINT_INK, tile) for effect in effects]),
    ]
    for name, picture in pictures.items():
        parts.append(_text(f"{name} ({_size(picture)})", HEADING, INK, width))
        parts.append(
            _beside([_tile(picture, done, tile) for done in _apply_all(name, picture, variants)])
        )
    sheet = Image.new(
        "RGB",
        (width + 2 * MARGIN, sum(part.height + MARGIN for part in parts) + MARGIN),
        PAPER,
    )
    top = MARGIN
    for part in parts:
        sheet.paste(part, (MARGIN, top))
        top += part.height + MARGIN
    return np.array(sheet, dtype=np.uint8)


def _apply_all(name: str, picture: Picture, variants: Mapping[str, Steps]) -> Iterator[Applied]:
    for variant, steps in variants.items():
        try:
            yield apply_variant(picture, steps)
        except ValueError as error:
            raise ValueError(f"variant {variant} on picture {name}: {error}") from error


def _tile(original: Picture, applied: Applied, tile: int) -> Image.Image:
    height, width = applied.picture.shape[:2]
    scale = (tile - 2) / max(height, width)
    shown_size = max(1, round(width * scale)), max(1, round(height * scale))
    shown = Image.fromarray(applied.picture).resize(shown_size, Image.Resampling.LANCZOS)
    edge = transform(applied.affine, _corners(original))
    if not _fills(edge, _corners(applied.picture)):
        line = (edge + 0.5) * scale - 0.5
        ImageDraw.Draw(shown).line(
            [(float(x), float(y)) for x, y in line[[0, 1, 2, 3, 0]]], fill=ORIGINAL_EDGE
        )
    caption = _text(_size(applied.picture), TEXT, FAINT_INK, tile)
    whole = Image.new("RGB", (tile, tile + 2 + caption.height), PAPER)
    ImageDraw.Draw(whole).rectangle([0, 0, shown_size[0] + 1, shown_size[1] + 1], outline=INK)
    whole.paste(shown, (1, 1))
    whole.paste(caption, (0, shown_size[1] + 4))
    return whole


def _corners(picture: Picture) -> FloatArray:
    right, bottom = picture.shape[1] - 0.5, picture.shape[0] - 0.5
    return np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]])


def _fills(edge: FloatArray, corners: FloatArray) -> bool:
    """Whether each corner of one picture lies on a corner of the other."""
    distances = np.linalg.norm(edge[:, None] - corners[None], axis=2)
    return bool((distances.min(axis=1) < 0.5).all())


def _size(picture: Picture) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]} px"


def _beside(images: Sequence[Image.Image]) -> Image.Image:
    row = Image.new(
        "RGB",
        (
            sum(image.width + MARGIN for image in images) - MARGIN,
            max(image.height for image in images),
        ),
        PAPER,
    )
    left = 0
    for image in images:
        row.paste(image, (left, 0))
        left += image.width + MARGIN
    return row


def _text(text: str, size: int, ink: tuple[int, int, int], width: int) -> Image.Image:
    font = ImageFont.load_default(size=size)
    lines = _wrap(text, font, width)
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], "..."]
    line_height = round(1.3 * size)
    block = Image.new("RGB", (width, line_height * len(lines)), PAPER)
    draw = ImageDraw.Draw(block)
    for number, line in enumerate(lines):
        draw.text((0, number * line_height), line, font=font, fill=ink)
    return block


def _wrap(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    """Break a text at spaces, at underscores where a word is wider than the line, then anywhere."""
    lines = [""]
    for piece in re.findall(r"[^_\s]+_*|_+|\s+", text):
        if font.getlength(lines[-1] + piece) > width and not piece.isspace():
            lines.append("")
        for character in piece:
            if font.getlength(lines[-1] + character) > width and not character.isspace():
                lines.append("")
            lines[-1] += character
    return [line.strip() for line in lines]
