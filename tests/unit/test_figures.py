"""Figures: the same bytes each time, readable on white and on dark, maps with their own colours."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from modular_faces.figures import (
    CATEGORIES,
    DIVERGING,
    FAINT,
    INK,
    MOST_ROWS,
    chart_spec,
    grid_chart,
    map_chart,
    picture_chart,
    save_figure,
)

DARK_PAGE = "#16181d"


def bars(rows: int = 3) -> alt.Chart:
    data = pd.DataFrame({"variant": [f"v{k}" for k in range(rows)], "rate": np.arange(rows) / rows})
    chosen = alt.selection_point(fields=["variant"], bind="legend")
    drawn = alt.Chart(data).mark_bar().encode(x="rate:Q", y="variant:N", color="variant:N")
    chart: alt.Chart = drawn.add_params(chosen)
    return chart


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


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


def test_three_files_are_written_with_the_data_inside(tmp_path: Path) -> None:
    save_figure(bars(), tmp_path / "deep" / "rates")
    files = written(tmp_path / "deep")
    assert list(files) == ["rates.png", "rates.svg", "rates.vl.json"]
    spec = json.loads(files["rates.vl.json"])
    (rows,) = spec["datasets"].values()
    assert rows[1] == {"variant": "v1", "rate": pytest.approx(1 / 3)}
    assert files["rates.svg"].startswith(b"<svg")


def test_the_picture_has_two_dots_per_pixel_of_the_drawing(tmp_path: Path) -> None:
    save_figure(bars(), tmp_path / "rates")
    svg = (tmp_path / "rates.svg").read_text()
    with Image.open(tmp_path / "rates.png") as picture:
        size = picture.size
    assert f'width="{size[0] // 2}" height="{size[1] // 2}"' in svg


def test_the_bytes_do_not_depend_on_what_was_drawn_before(tmp_path: Path) -> None:
    ramp = np.linspace(-1, 1, 12).reshape(3, 4)
    a_map = map_chart(ramp, title="map", legend="z", diverging=True, limits=None)
    save_figure(bars(), tmp_path / "one" / "rates")
    for chart in (bars(7), a_map, grid_chart([a_map, a_map], columns=2)):
        save_figure(chart, tmp_path / "between" / "other")
    save_figure(bars(), tmp_path / "two" / "rates")
    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_more_rows_than_a_figure_may_carry_are_refused(tmp_path: Path) -> None:
    chart_spec(bars(MOST_ROWS))
    with pytest.raises(ValueError, match="carries 5001 rows of data, and at most 5000"):
        save_figure(bars(MOST_ROWS + 1), tmp_path / "many")
    assert list(tmp_path.iterdir()) == []


def test_rows_of_all_parts_count() -> None:
    parts = [pd.DataFrame({"x": np.arange(2600) + k}) for k in range(2)]
    one, other = (alt.Chart(part).mark_point().encode(x="x:Q") for part in parts)
    with pytest.raises(ValueError, match="carries 5200 rows"):
        chart_spec(one | other)


def test_data_elsewhere_are_refused() -> None:
    chart = alt.Chart("https://example.org/data.csv").mark_point().encode(x="x:Q")
    with pytest.raises(ValueError, match=r"reads its data from 'https://example\.org/data\.csv'"):
        chart_spec(chart)


@pytest.mark.parametrize("color", [INK, FAINT, *CATEGORIES])
@pytest.mark.parametrize("page", ["#ffffff", DARK_PAGE])
def test_colors_can_be_seen_on_a_light_and_a_dark_page(color: str, page: str) -> None:
    assert contrast(color, page) >= 3


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
