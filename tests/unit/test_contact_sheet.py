"""The sheet shows every picture under every variant, whole and framed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import ImageFont

from modular_faces.contact_sheet import (
    INK,
    MARGIN,
    ORIGINAL_EDGE,
    TEXT,
    _wrap,
    contact_sheet,
)
from modular_faces.steps import Picture
from modular_faces.variants import Steps

GREEN, BLUE = (0, 200, 0), (0, 0, 200)


def plain(height: int, width: int, colour: tuple[int, int, int]) -> Picture:
    return np.full((height, width, 3), colour, dtype=np.uint8)


def count(sheet: Picture, colour: tuple[int, int, int]) -> int:
    return int((sheet == colour).all(axis=2).sum())


def box(sheet: Picture, colour: tuple[int, int, int]) -> tuple[int, int]:
    """Return height and width of the smallest box around a colour."""
    rows, columns = np.nonzero((sheet == colour).all(axis=2))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def test_every_picture_stands_under_every_variant() -> None:
    pictures = {"a.jpg": plain(50, 50, GREEN), "b.jpg": plain(50, 50, BLUE)}
    sheet = contact_sheet(pictures, {"original": [], "mirrored": [{"mirror": {}}]}, tile=100)
    assert sheet.dtype == np.uint8
    assert sheet.shape[1] == 2 * 100 + 3 * MARGIN
    assert count(sheet, GREEN) == count(sheet, BLUE) == 2 * 98**2
    assert count(sheet, ORIGINAL_EDGE) == 0


def test_a_picture_keeps_its_shape_and_has_a_frame() -> None:
    sheet = contact_sheet({"a": plain(40, 20, GREEN)}, {"original": []}, tile=102)
    assert box(sheet, GREEN) == (100, 50)
    rows, columns = np.nonzero((sheet == GREEN).all(axis=2))
    top, left = rows.min(), columns.min()
    frame = sheet[top - 1 : top + 101, left - 1 : left + 51]
    for side in (frame[0], frame[-1], frame[:, 0], frame[:, -1]):
        assert (side == INK).all()


def test_the_edge_of_the_original_is_drawn_inside_a_border() -> None:
    border: Steps = [{"pad": {"fraction": 0.5, "value": 127}}]
    sheet = contact_sheet({"a": plain(50, 50, GREEN)}, {"border": border}, tile=102)
    assert box(sheet, ORIGINAL_EDGE) == (51, 51)
    assert count(sheet, ORIGINAL_EDGE) == 4 * 50
    assert count(sheet, (127, 127, 127)) > 100**2 * 0.7


def test_the_edge_of_the_original_is_where_its_pixels_end() -> None:
    # Shown ten times as large, the original reaches from pixel 50 to 149 of the result.
    border: Steps = [{"pad": {"fraction": 0.5, "value": 127}}]
    sheet = contact_sheet({"a": plain(10, 10, GREEN)}, {"border": border}, tile=202)
    rows, columns = np.nonzero((sheet == ORIGINAL_EDGE).all(axis=2))
    frame_columns = np.nonzero((sheet == INK).all(axis=2).sum(axis=0) > 150)[0]
    assert columns.min() - frame_columns.min() - 1 == pytest.approx(49.5, abs=0.6)
    assert columns.max() - frame_columns.min() - 1 == pytest.approx(149.5, abs=0.6)
    assert np.ptp(rows) == np.ptp(columns)


def test_long_descriptions_are_cut_short() -> None:
    picture = {"a": plain(50, 50, GREEN)}
    heights = [
        contact_sheet(picture, {"k": [{"kernel": {"weights": [[0.125] * n] * n}}]}, tile=100).shape
        for n in (9, 31)
    ]
    assert heights[0] == heights[1]


def test_text_is_written_and_grows_the_head_instead_of_being_cut() -> None:
    picture = {"a": plain(50, 50, GREEN)}
    short = contact_sheet(picture, {"short": []}, tile=100)
    long = contact_sheet(picture, {"a_name_that_is_far_wider_than_its_tile": []}, tile=100)
    assert count(short, INK) > 4 * 99
    assert long.shape[0] > short.shape[0]
    assert long.shape[1] == short.shape[1]


@pytest.mark.parametrize(
    "text",
    ["", "short", "several words that wrap", "snake_case_names_wrap_too", "W" * 60, "__ __"],
)
def test_wrapped_lines_fit_and_lose_nothing(text: str) -> None:
    font = ImageFont.load_default(size=TEXT)
    lines = _wrap(text, font, 96)
    assert max(font.getlength(line) for line in lines) <= 96
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_break_at_spaces_and_underscores_first() -> None:
    font = ImageFont.load_default(size=TEXT)
    width = int(font.getlength("upscaled_grey_"))
    assert _wrap("upscaled_grey_border", font, width) == ["upscaled_grey_", "border"]
    assert _wrap("an upscaled picture", font, width) == ["an upscaled", "picture"]


@pytest.mark.parametrize(
    ("pictures", "variants", "tile", "message"),
    [
        ({}, {"original": []}, 100, "at least one picture and one variant"),
        ({"a": plain(2, 2, GREEN)}, {}, 100, "at least one picture and one variant"),
        ({"a": plain(2, 2, GREEN)}, {"original": []}, 95, "tile = 95: expected from 96 to 2048"),
        ({"a": plain(2, 2, GREEN)}, {"original": []}, 2049, "tile = 2049: expected from 96"),
        (
            {str(number): plain(2, 2, GREEN) for number in range(16)},
            {"original": []},
            2048,
            "16 pictures x 1 variants at tile = 2048 .* take fewer or a smaller tile",
        ),
        (
            {"a": plain(2, 2, GREEN)},
            {"odd": [{"pad": {"fraction": "half"}}]},
            100,
            r"step 1 \(pad\): fraction = 'half'",
        ),
        (
            {"a.jpg": plain(1, 1000, GREEN)},
            {"long": [{"resize": {"scale": 64}}]},
            100,
            "variant long on picture a.jpg: step resize would make a picture of 64000 x 64",
        ),
    ],
)
def test_refusals(pictures: Any, variants: Any, tile: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        contact_sheet(pictures, variants, tile=tile)
