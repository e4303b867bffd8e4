"""The page of the models of modules in a browser: nothing loaded, choices change charts, themes, keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.chromium import Opened, browser, open_page
from tests.example_models import example_models_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

from modular_faces.pages.shell import write_page

pytestmark = pytest.mark.browser if hasattr(pytest.mark, "never") else []
__all__ = ["browser", "open_page"]
