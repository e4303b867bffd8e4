"""The page of the models in a real browser: nothing loaded, choices change charts, parts highlight arrows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from chromium import Open, asks_for_nothing_but_itself, choose
from example_models import example_models_page
from modular_faces.failures.gallery_file import write_gallery
from modular_faces.modular.mistakes import mistake_groups
from modular_faces.pages.parts import Gallery, RecordGroup
from modular_faces.pages.shell import write_page


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_gallery(Gallery(mistakes()), folder / "gallery.json")
    page = example_models_page(folder, share=False, gallery=folder / "gallery.json")
    write_page(page, folder / "index.html")
    return folder / "index.html"


def mistakes() -> list[RecordGroup]:
    """One picture labelled fear and called joy, none the other way round."""
    predictions = pd.DataFrame(
        {
            "task": "emotions",
            "image_id": "a",
            "found": True,
            "target": ["joy", "fear"],
            "predicted": [0.9, 0.1],
            "truth": [0, 1],
        }
    )
    contributions = pd.DataFrame(
        {"image_id": "a", "module": "shape_2d", "target": ["joy", "fear"], "contribution": 0.5}
    )
    return mistake_groups(predictions, contributions, {"a": np.zeros((4, 4, 3), np.uint8)})


def marks_of(page: Page, chart: str) -> list[str]:
    paths = page.locator(f"#{chart} [aria-label][aria-roledescription]")
    return [label or "" for label in paths.evaluate_all("all => all.map(m => m.ariaLabel)")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_without_a_message_and_asks_for_nothing_but_itself(
    open_page: Open, models: Path, scheme: str
) -> None:
    asks_for_nothing_but_itself(open_page(models, color_scheme=scheme), models)


def test_the_target_and_the_view_change_the_charts(open_page: Open, models: Path) -> None:
    opened = open_page(models)
    page = opened.page
    expect(page.locator("[data-filter=target]")).to_have_value("joy")
    bars = "weights-image-pose-names"
    assert any("value: 0.000" in label for label in marks_of(page, bars))
    choose(page, "view", "weight")
    assert any("value: 1.000" in label for label in marks_of(page, bars))
    joy = page.locator("#weights-image-shape-frontal svg").inner_html()
    choose(page, "target", "fear")
    assert page.locator("#weights-image-shape-frontal svg").inner_html() != joy
    page.click("button[type=reset]")
    expect(page.locator("[data-filter=view]")).to_have_value("pattern")
    assert opened.problems == []


def test_a_click_on_a_part_fades_the_arrows_of_the_others(open_page: Open, models: Path) -> None:
    page = open_page(models).page
    figure = page.locator("#weights-image-shape-frontal")

    def faint() -> int:
        return figure.locator("line[opacity='0.05'], path[opacity='0.05']").count()

    before = faint()
    figure.locator("path[aria-roledescription=bar][aria-label*='part: mouth']").click()
    page.wait_for_timeout(200)
    assert faint() > before


def test_a_suppressor_is_drawn_among_raw_weights_only(open_page: Open, models: Path) -> None:
    page = open_page(models).page
    strong = "#weights-image-shape-frontal path[aria-label*='part: nose'][opacity='0.95']"
    assert page.locator(strong).count() == 0
    choose(page, "view", "weight")
    assert page.locator(strong).count() > 0


@pytest.mark.parametrize(("mark", "share"), [("bar", 0.5), ("rule", 0.5), ("rule", 0.95)])
def test_a_click_on_a_module_or_its_interval_shows_its_columns(
    open_page: Open, models: Path, mark: str, share: float
) -> None:
    page = open_page(models).page
    figure = page.locator("#weights-image-modules")
    assert "mesh x" in figure.inner_text() or "mesh y" in figure.inner_text()
    drawn = figure.locator(f"[aria-roledescription^={mark}][aria-label*='module: pose']").first
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    expect(figure.get_by_text("yaw deg")).to_be_visible()


def test_a_module_and_a_region_can_be_chosen(open_page: Open, models: Path) -> None:
    opened = open_page(models)
    page = opened.page
    choose(page, "module", "pose")
    expect(page.locator("#weights-image-pose-names")).to_be_visible()
    expect(page.locator("#weights-image-shape-frontal")).to_be_hidden()
    page.click("button[type=reset]")
    expect(page.locator("#weights-image-shape-frontal")).to_be_visible()
    assert opened.problems == []


def test_pictures_follow_the_category_that_is_chosen(open_page: Open, models: Path) -> None:
    page = open_page(models).page
    none = page.get_by_text("No picture of what is chosen above.")
    expect(page.get_by_role("heading", name="Called joy")).to_be_visible()
    expect(none).to_be_hidden()
    choose(page, "target", "fear")
    expect(page.get_by_role("heading", name="Called joy")).to_be_hidden()
    expect(none).to_be_visible()


def test_no_table_scrolls_sideways_in_a_usual_window(open_page: Open, models: Path) -> None:
    page = open_page(models, viewport={"width": 1280, "height": 900}).page
    wide = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.ariaLabel)"
    assert page.locator(".scroll").count() > 8
    assert page.locator(".scroll").evaluate_all(wide) == []


def test_estimates_sort_by_their_value(open_page: Open, models: Path) -> None:
    page = open_page(models).page
    table = page.locator("#scores .table").first
    table.locator("th[data-name=accuracy] button").click()
    cells = table.locator("tbody td:nth-child(4)").all_text_contents()
    values = [float(cell.split(" ")[0]) for cell in cells if cell]
    assert values == sorted(values) == [0.3, 0.7, 0.8, 0.92]


def test_words_of_printed_tables_stay_whole(open_page: Open, models: Path) -> None:
    page = open_page(models, viewport={"width": 500, "height": 900}).page
    page.emulate_media(media="print")
    cells = page.locator(".table td, .table th")
    breaking = "all => all.filter(one => getComputedStyle(one).overflowWrap !== 'normal').length"
    assert cells.evaluate_all(breaking) == 0
    numbers = page.locator(".table td.number, .table td.estimate")
    assert numbers.evaluate_all(
        "all => all.every(one => getComputedStyle(one).whiteSpace === 'nowrap')"
    )


def test_a_narrow_window_does_not_scroll_sideways(open_page: Open, models: Path) -> None:
    page = open_page(models, viewport={"width": 360, "height": 700}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
