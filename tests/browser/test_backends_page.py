"""The page of the backends in a real browser: nothing loaded, filters change charts, pictures open."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chromium import Open, asks_for_nothing_but_itself, choose
from example_backends import EVIL, example_backends_page
from modular_faces.pages.shell import write_page


@pytest.fixture(scope="module")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backends")
    page = example_backends_page(folder, ("mesh", "dlib", "precomputed"), share=False)
    path = folder / "backends" / "index.html"
    write_page(page, path)
    return path


def marks_of(page: Page, chart: str) -> list[str]:
    marks = page.locator(f"#{chart} [aria-roledescription=point]")
    return [label or "" for label in marks.evaluate_all("all => all.map(m => m.ariaLabel)")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_without_a_message_and_asks_for_nothing_but_itself(
    open_page: Open, backends: Path, scheme: str
) -> None:
    opened = open_page(backends, color_scheme=scheme)
    asks_for_nothing_but_itself(opened, backends)
    assert opened.page.locator("[data-chart]").count() >= 8


def test_filters_change_charts_and_tables(open_page: Open, backends: Path) -> None:
    opened = open_page(backends)
    page = opened.page
    rows = page.locator("#found tbody tr:visible")
    expect(rows).to_have_count(3)  # of all pictures, one for each backend
    expect(page.locator("[data-filter=label]")).to_have_value("all")
    whole = marks_of(page, "shares")
    choose(page, "label", "joy")
    expect(rows).to_have_count(3)
    assert marks_of(page, "shares") != whole
    choose(page, "backend", "dlib")
    expect(rows).to_have_count(1)
    assert marks_of(page, "shares")
    assert all("dlib" in mark for mark in marks_of(page, "shares"))
    choose(page, "pair", "mesh original and dlib original")
    expect(page.locator("#bridge-mesh-original-dlib-original .empty")).to_be_hidden()
    expect(page.locator("#bridge-mesh-original-precomputed-amazon .empty")).to_be_visible()
    groups = page.locator("#pictures .group li:visible")
    assert 0 < groups.count() < page.locator("#pictures .group li").count()
    page.click("button[type=reset]")
    expect(rows).to_have_count(3)
    assert marks_of(page, "shares") == whole
    assert opened.problems == []


def test_a_picture_opens_with_what_every_backend_says(open_page: Open, backends: Path) -> None:
    opened = open_page(backends)
    page = opened.page
    page.locator("#pictures [data-record]").first.click()
    expect(page.locator("dialog")).to_contain_text(EVIL)
    expect(page.locator("dialog table")).to_contain_text("precomputed")
    assert opened.problems == []


def test_a_narrow_window_does_not_scroll_sideways(open_page: Open, backends: Path) -> None:
    page = open_page(backends, viewport={"width": 360, "height": 700}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
