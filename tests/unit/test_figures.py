"""Figures: the same bytes each time, readable on white and on dark."""

from __future__ import annotations

import json
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from modular_faces.figures import (
    CATEGORIES,
    FAINT,
    INK,
    MOST_ROWS,
    chart_spec,
    grid_chart,
    save_figure,
)
from modular_faces.picture_figures import map_chart

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
