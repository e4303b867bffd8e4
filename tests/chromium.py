"""Pages opened in Debian's Chromium, without a network, every message and request kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

DRAWN = 180_000
"""Milliseconds after which a page counts as hanging; it says nothing about speed."""

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


Open = Callable[..., "Opened"]
"""What the fixture `open_page` gives."""


@dataclass
class Opened:
    """A page in the browser, and what it did.

    Attributes
    ----------
    page : playwright page
    problems : list of str
        Errors and warnings of the console, uncaught errors, dialogs that scripts opened.
    requests : list of str
        Addresses asked for; `data:` and `blob:` are none.
    """

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give one browser for all tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """Give a function that opens a file and waits until its charts are drawn."""
    contexts: list[BrowserContext] = []

    def opening(path: Path, **options: Any) -> Opened:
        context = browser.new_context(**{"viewport": {"width": 1300, "height": 900}, **options})
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("console", lambda said: _keep(opened.problems, said.type, said.text))
        opened.page.on("pageerror", lambda error: opened.problems.append(str(error)))
        opened.page.on("dialog", lambda box: _dismiss(opened.problems, box))
        opened.page.on("request", lambda asked: _keep_request(opened.requests, asked.url))
        opened.page.goto(path.as_uri())
        opened.page.wait_for_selector("html[data-charts=drawn]", timeout=DRAWN)
        return opened

    yield opening
    for context in contexts:
        context.close()


def asks_for_nothing_but_itself(opened: Opened, path: Path) -> None:
    """Check that a page of a disk loaded nothing, said nothing and drew all its charts."""
    assert opened.problems == []
    assert opened.requests == [path.as_uri()]
    charts = opened.page.locator("[data-chart]").count()
    assert opened.page.locator("[data-chart]:has(svg)").count() == charts


def choose(page: Page, name: str, value: str) -> None:
    """Choose a value of a filter, and wait until the page shows it."""
    page.select_option(f"[data-filter={name}]", value)
    page.wait_for_selector("html:not([data-filtering=yes])")


def _keep(problems: list[str], kind: str, text: str) -> None:
    if kind in ("error", "warning", "assert"):
        problems.append(f"{kind}: {text}")


def _keep_request(requests: list[str], address: str) -> None:
    if not address.startswith(("data:", "blob:")):
        requests.append(address)


def _dismiss(problems: list[str], box: Any) -> None:
    problems.append(f"dialog: {box.message}")
    box.dismiss()
