"""The shell of every page in a real browser: nothing loaded, nothing run that is not the page's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chromium import Open, Opened, asks_for_nothing_but_itself, choose
from example_pages import EVIL_LABEL, EVIL_NAME, example_page
from modular_faces.pages.shell import write_page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    paths = {"private": folder / "index.html", "shared": folder / "shared.html"}
    for name, path in paths.items():
        write_page(example_page(share=name == "shared"), path)
    return paths


@pytest.fixture
def opened(open_page: Open, pages: dict[str, Path]) -> Opened:
    return open_page(pages["private"])


def marks(page: Page) -> int:
    """Points that the first chart shows."""
    return page.locator("#rates-by-variant .mark-symbol.role-mark path").count()


@pytest.mark.parametrize("name", ["private", "shared"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_opens_without_a_message_and_asks_for_nothing_but_itself(
    open_page: Open, pages: dict[str, Path], name: str, scheme: str
) -> None:
    opened = open_page(pages[name], color_scheme=scheme)
    assert opened.page.locator("[data-chart] svg").count() == 2
    opened.page.mouse.wheel(0, 5000)
    opened.page.wait_for_timeout(100)
    asks_for_nothing_but_itself(opened, pages[name])


def test_names_and_labels_written_like_code_stay_text(opened: Opened) -> None:
    page = opened.page
    expect(page.locator(".subtitle")).to_have_text(f"sample {EVIL_LABEL}")
    expect(page.locator("td", has_text="onerror")).to_have_text(EVIL_NAME)
    page.click("[data-record=record-0]")
    expect(page.locator("#record-title")).to_have_text(EVIL_NAME)
    choose_later = page.locator("[data-close]")
    choose_later.click()
    choose(page, "label", EVIL_LABEL)
    page.locator("#rates-by-variant .mark-symbol.role-mark path").first.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("alert(2)")
    assert page.locator("img[onerror], img[src=x]").count() == 0
    assert opened.problems == []


def test_the_policy_stops_a_script_that_got_into_the_page(opened: Opened) -> None:
    page = opened.page
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran=1\">')"
    )
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran=1'}))"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in problem for problem in opened.problems)


def test_filters_change_charts_tables_and_pictures(opened: Opened) -> None:
    page = opened.page
    assert marks(page) == 18
    choose(page, "backend", "mesh")
    assert marks(page) == 9
    choose(page, "label", "fear")
    assert marks(page) == 3
    assert page.locator(".table tbody tr:visible").count() == 2
    assert page.locator(".gallery li:visible").count() == 3
    choose(page, "cause", "dark")
    assert page.locator(".gallery li:visible").count() == 1
    page.click("button[type=reset]")
    expect(page.locator("#filter-note")).to_have_text("")
    assert marks(page) == 18
    assert page.locator(".gallery li:visible").count() == 9
    assert opened.problems == []


def test_a_chart_says_when_a_filter_does_not_touch_it_or_leaves_nothing(opened: Opened) -> None:
    page = opened.page
    choose(page, "backend", "mesh")
    expect(page.locator("#pixels-maps .unaffected")).to_have_text(
        "Not divided by backend: the same whatever is chosen."
    )
    expect(page.locator("#rates-by-variant .unaffected")).to_be_hidden()
    choose(page, "level", "found")
    expect(page.locator("#rates-by-variant")).to_be_hidden()
    expect(page.locator("#pixels-maps")).to_be_visible()


def test_a_record_opens_and_closes_by_keyboard(opened: Opened) -> None:
    page = opened.page
    page.focus("[data-record=record-1]")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog#record")
    expect(dialog).to_be_visible()
    expect(page.locator("#record-title")).to_have_text("train_01.jpg")
    expect(dialog.locator("dd").first).to_have_text("tight framing")
    dots = dialog.locator("path.dots").get_attribute("d")
    assert dots is not None
    assert dots.count("M") == 17
    page.keyboard.press("ArrowRight")
    expect(page.locator("#record-title")).to_have_text("train_02.jpg")
    expect(dialog.locator("path.dots")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.record") == "record-2"
    assert opened.problems == []


def test_the_whole_page_can_be_reached_by_keyboard(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "document.activeElement.dataset.filter || document.activeElement.dataset.record"
            )
        )
    assert {"backend", "variant", "level", "label", "cause", "record-0", "record-8"} <= set(reached)


def test_a_heading_sorts_numbers_as_numbers_with_empty_cells_last(opened: Opened) -> None:
    page = opened.page
    cells = page.locator(".table tbody td:nth-child(3)")
    page.click("th[data-name=n] button")
    assert cells.all_text_contents() == ["9", "120", "1000"]
    expect(page.locator("th[data-name=n]")).to_have_attribute("aria-sort", "ascending")
    page.click("th[data-name=n] button")
    assert cells.all_text_contents() == ["1000", "120", "9"]
    page.click("th[data-name=rate] button")
    assert page.locator(".table tbody td:nth-child(4)").all_text_contents() == [
        "0.031",
        "0.145",
        "",
    ]


def ink(page: Page) -> str:
    text = page.locator("#rates-by-variant .role-axis-label text").first
    color: str = text.evaluate("node => getComputedStyle(node).fill")
    return color


def test_the_switch_changes_the_theme_of_page_and_charts(
    open_page: Open, pages: dict[str, Path]
) -> None:
    page = open_page(pages["private"], color_scheme="light").page
    paper = "getComputedStyle(document.body).backgroundColor"
    assert (page.evaluate(paper), ink(page)) == ("rgb(251, 250, 248)", "rgb(59, 64, 73)")
    page.click("#theme")
    assert (page.evaluate(paper), ink(page)) == ("rgb(22, 24, 29)", "rgb(201, 204, 210)")
    page.reload()
    expect(page.locator("#theme")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(paper) == "rgb(22, 24, 29)"


def test_a_dark_page_is_printed_dark_on_white(open_page: Open, pages: dict[str, Path]) -> None:
    page = open_page(pages["private"], color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert ink(page) == "rgb(34, 34, 34)"
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".banner").first).to_be_visible()


def test_of_a_long_table_fifteen_rows_are_printed(opened: Opened) -> None:
    page = opened.page
    page.evaluate(
        "() => { const b = document.querySelector('.table tbody'); "
        "for (let k = 0; k < 40; k++) b.append(b.rows[k % 3].cloneNode(true)); b.rows[0].hidden = true; }"
    )
    assert page.locator(".table tbody tr:visible").count() == 42
    page.emulate_media(media="print")
    assert page.locator(".table tbody tr:visible").count() == 15


def test_a_narrow_window_does_not_scroll_sideways(open_page: Open, pages: dict[str, Path]) -> None:
    page = open_page(pages["private"], viewport={"width": 360, "height": 700}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_chart_is_saved_as_it_is_shown(opened: Opened, kind: str, start: bytes) -> None:
    with opened.page.expect_download() as saved:
        opened.page.click(f"#rates-by-variant [data-save={kind}]")
    assert saved.value.suggested_filename == f"rates-by-variant.{kind}"
    assert Path(saved.value.path()).read_bytes().startswith(start)


def test_every_chart_and_picture_says_what_it_shows(opened: Opened) -> None:
    page = opened.page
    chart = page.locator("#rates-by-variant .chart")
    words = "Points: failure rates of three variants, grey_border lowest"
    expect(chart).to_have_attribute("aria-label", words)
    assert page.locator("img:not([alt]), img[alt='']").count() == 0


def test_the_page_to_share_shows_no_picture_and_no_banner(
    open_page: Open, pages: dict[str, Path]
) -> None:
    page = open_page(pages["shared"]).page
    assert page.locator(".banner:visible").count() == 0
    assert page.locator("img").count() == 0
    assert "data:image/jpeg" not in page.content()
