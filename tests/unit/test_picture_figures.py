"""Maps and pictures in figures: their shape, and the colour of every pixel."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from modular_faces.figures import DIVERGING, chart_spec, save_figure
from modular_faces.picture_figures import map_chart, picture_chart


def shown_picture(spec: dict[str, Any]) -> Image.Image:
    urls = [row["url"] for rows in spec["datasets"].values() for row in rows if "url" in row]
    assert len(urls) == 1
    head, data = urls[0].split(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def color_at(spec: dict[str, Any], x: int, y: int, *, width: int) -> tuple[int, ...]:
    picture = shown_picture(spec).convert("RGBA")
    factor = picture.width // width
    color = picture.getpixel((factor * x + factor // 2, factor * y + factor // 2))
    assert isinstance(color, tuple)
    return color


def test_a_diverging_map_is_white_at_zero_and_as_far_to_either_side() -> None:
    values = np.array([[0.0, 4.0], [-2.0, np.nan]])
    spec = chart_spec(map_chart(values, title="t", legend="z", diverging=True, limits=None))
    domain = spec["layer"][1]["encoding"]["color"]["scale"]["domain"]
    assert (domain[0], domain[-1]) == (-4, 4)
    assert color_at(spec, 0, 0, width=2) == (0xF7, 0xF7, 0xF7, 255)
    assert color_at(spec, 1, 0, width=2) == (0x67, 0x00, 0x1F, 255)
    halfway = [
        round(0.5 * int(DIVERGING[2][k : k + 2], 16) + 0.5 * int(DIVERGING[3][k : k + 2], 16))
        for k in (1, 3, 5)
    ]
    assert color_at(spec, 0, 1, width=2)[:3] == pytest.approx(halfway, abs=4)
    assert color_at(spec, 1, 1, width=2)[3] == 0


def test_the_first_and_last_color_of_a_map_are_its_limits() -> None:
    values = np.array([[0.0, 0.5, 1.0, 3.0]])
    spec = chart_spec(map_chart(values, title="t", legend="share", diverging=False, limits=(0, 1)))
    assert color_at(spec, 0, 0, width=4)[:3] == (0x44, 0x01, 0x54)
    assert color_at(spec, 2, 0, width=4)[:3] == (0xFD, 0xE7, 0x25)
    assert color_at(spec, 3, 0, width=4)[:3] == (0xFD, 0xE7, 0x25)


@pytest.mark.parametrize("diverging", [True, False])
@pytest.mark.parametrize("value", [0.0, 2.0, np.nan])
def test_a_map_of_one_value_is_drawn(tmp_path: Path, value: float, diverging: bool) -> None:
    flat = np.full((4, 6), value)
    chart = map_chart(flat, title="flat", legend="z", diverging=diverging, limits=None)
    save_figure(chart, tmp_path / "flat")
    scale = chart_spec(chart)["layer"][1]["encoding"]["color"]["scale"]
    assert scale["domain"][-1] > scale["domain"][0]


def test_a_map_keeps_the_shape_of_its_picture() -> None:
    spec = chart_spec(
        map_chart(np.zeros((50, 100)), title="t", legend="z", diverging=True, limits=None)
    )
    assert spec["width"] == 2 * spec["height"]
    x, y = (spec["layer"][0]["encoding"][axis]["scale"]["domain"] for axis in "xy")
    assert (x, y) == ([-0.5, 99.5], [49.5, -0.5])


def test_a_picture_is_shown_unchanged() -> None:
    picture = np.zeros((2, 3, 3), np.uint8)
    picture[1, 2] = (10, 200, 30)
    spec = chart_spec(picture_chart(picture, title="mean"))
    assert color_at(spec, 2, 1, width=3) == (10, 200, 30, 255)
    assert color_at(spec, 0, 0, width=3) == (0, 0, 0, 255)


def test_what_is_no_map_and_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 2, 3\)"):
        map_chart(np.zeros((2, 2, 3)), title="t", legend="z", diverging=True, limits=None)
    with pytest.raises(ValueError, match=r"shape \(2, 2\) and type uint8"):
        picture_chart(np.zeros((2, 2), np.uint8), title="t")
