"""The page of a finished failure study in a real browser, private and to share."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chromium import Open, asks_for_nothing_but_itself
from clones import Clone


@pytest.fixture(scope="module")
def studied(finished: Clone, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give the pages of the tiny dataset: private, and of a copy of the results to share."""
    clone = finished.copy_to(tmp_path_factory.mktemp("studied") / "clone")
    pages = {}
    for name, share in (("private", "false"), ("shared", "true")):
        clone.run_tiny("--cores", "2", "failures", "--config", f"share={share}")
        made = next(clone.folder.glob("results/*/failures/index.html"))
        pages[name] = made.with_name(f"{name}.html")
        pages[name].write_bytes(made.read_bytes())
    return pages


@pytest.mark.parametrize("name", ["private", "shared"])
def test_the_page_opens_without_a_message_and_asks_for_nothing_but_itself(
    open_page: Open, studied: dict[str, Path], name: str
) -> None:
    asks_for_nothing_but_itself(open_page(studied[name]), studied[name])


def test_the_link_to_all_pages_leads_to_the_front_page(
    open_page: Open, studied: dict[str, Path]
) -> None:
    opened = open_page(studied["private"])
    opened.page.get_by_role("link", name="All pages").click()
    assert opened.page.locator("h1").text_content() == "Results"
    opened.page.get_by_role("link", name="Why pictures failed").click()
    assert opened.page.locator("h1").text_content() == "Why pictures failed"
    assert opened.problems == []


def test_lost_pictures_open_their_record(open_page: Open, studied: dict[str, Path]) -> None:
    page = open_page(studied["private"]).page
    page.locator("[data-record]").first.press("Enter")
    assert page.locator("dialog[open] dt").all_text_contents()[0] == "Probable cause"
    assert page.locator("dialog[open] tbody tr").count() == 2
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_the_page_to_share_holds_no_picture_and_no_path(studied: dict[str, Path]) -> None:
    html = studied["shared"].read_text(encoding="utf-8")
    assert "data:image/jpeg" in studied["private"].read_text(encoding="utf-8")
    assert "data:image/jpeg" not in html
    assert re.findall(r"[\w-]+\.jpe?g", re.sub(r"<script>.*?</script>", "", html, flags=re.S)) == []
    assert str(studied["shared"].parents[3]) not in html
    assert not re.search(r"/(?:home|root|tmp|Users)/", html)
    data = re.search(r'id="page-data">(.*?)</script>', html, re.S)
    assert data is not None
    assert json.loads(data[1])["records"] == {}
