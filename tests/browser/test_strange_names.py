"""Names like code and formulas, through the real workflow, in a real browser: they stay text."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chromium import Open, Opened, choose
from clones import TINY_CONFIG, Clone, make_clone
from modular_faces.csv_cells import FORMULA_STARTS
from openface_double import DOUBLE
from strange_names import EVIL_LABELS, EVIL_NAMES, make_strange

LOST = len(EVIL_NAMES)


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Give a finished failure study of pictures with strange names, its page private."""
    folder = tmp_path_factory.mktemp("strange")
    clone = make_clone(folder / "clone")
    clone.configure(
        folder,
        dataset=make_strange(folder),
        shards=1,
        openface={"path": str(DOUBLE)},
        study={"variants": ["original", "wide"], "backends": ["mesh", "openface"]},
        failures={
            "outcome": {"backend": "mesh", "variant": "original"},
            "confidence": 0.9,
            "sample": 100,
        },
    )
    clone.run_tiny("--cores", "2", "failures")
    return clone


@pytest.fixture(scope="module")
def private(strange: Clone) -> Path:
    return strange.results("failures/index.html")


@pytest.fixture(scope="module")
def shared(strange: Clone, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the page to share, made from a copy of the run."""
    copy = strange.copy_to(tmp_path_factory.mktemp("shared") / "clone")
    copy.run_tiny("--cores", "2", "failures", "--config", "share=true")
    return copy.results("failures/index.html")


def nothing_ran(opened: Opened) -> None:
    page = opened.page
    assert opened.problems == []
    assert page.locator("img[onerror], img[src=x], [onmouseover], b").count() == 0
    assert page.locator("script").count() == 3
    assert page.evaluate("document.title").startswith("Why pictures failed")


def test_names_and_labels_stay_text(open_page: Open, private: Path) -> None:
    opened = open_page(private)
    page = opened.page
    nothing_ran(opened)
    assert opened.requests == [private.as_uri()]
    seen = set()
    for tile in page.locator("[data-record]").all():
        tile.press("Enter")
        seen.add(page.locator("#record-title").text_content())
        assert page.locator("dialog .record-facts dd").all_text_contents()[1] in EVIL_LABELS
        page.keyboard.press("Escape")
    assert seen == set(EVIL_NAMES)
    for label in EVIL_LABELS:
        choose(page, "label", label)
        assert 0 < page.locator(".gallery li:visible").count() < LOST
    page.locator("#rates-by-label-trusted .mark-symbol path").first.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text(EVIL_LABELS[-1])
    nothing_ran(opened)
    assert opened.requests == [private.as_uri()]


def test_the_page_to_share_has_no_picture_and_names_none(open_page: Open, shared: Path) -> None:
    opened = open_page(shared)
    nothing_ran(opened)
    assert opened.requests == [shared.as_uri()]
    html = shared.read_text(encoding="utf-8")
    assert "data:image/jpeg" not in html
    assert opened.page.locator("img").count() == 0
    text = opened.page.evaluate("document.body.innerText") + html.partition("page-data")[2]
    assert [name for name in EVIL_NAMES if name in text] == []


def shown(page: Page, figure: str) -> list[str]:
    """Descriptions of the points of a chart."""
    points = page.locator(f"#{figure} .mark-symbol.role-mark path")
    return [str(point.get_attribute("aria-label")) for point in points.all()]


def test_filters_change_charts_and_gallery(open_page: Open, private: Path) -> None:
    opened = open_page(private)
    page = opened.page
    parts, labels = "rates-by-part-trusted", "rates-by-label-trusted"
    assert (len(shown(page, parts)), len(shown(page, labels))) == (4, len(EVIL_LABELS))
    every, by_label = shown(page, parts), shown(page, labels)
    choose(page, "backend", "openface")
    assert len(shown(page, parts)) == 2
    assert shown(page, labels) != by_label
    assert page.locator(".gallery li:visible").count() == LOST
    choose(page, "variant", "wide")
    assert len(shown(page, parts)) == 1
    page.click("button[type=reset]")
    choose(page, "label", "+plus")
    assert len(shown(page, parts)) == 4
    assert shown(page, parts) != every
    assert len(shown(page, labels)) == 1
    page.click("button[type=reset]")
    causes = page.locator("[data-filter=cause] option").evaluate_all("all => all.map(o => o.value)")
    for cause in causes[1:]:
        choose(page, "cause", cause)
        assert page.locator(f".gallery li:not([data-cause='{cause}']):visible").count() == 0
    page.click("button[type=reset]")
    assert shown(page, parts) == every
    assert opened.problems == []


def test_a_cause_narrows_the_charts_of_interventions(open_page: Open, private: Path) -> None:
    page = open_page(private).page
    doses = "interventions-private-doses-trusted"
    every = shown(page, doses)
    choose(page, "cause", "sharpness")
    assert 0 < len(shown(page, doses)) < len(every)
    assert any("placebo" in one for one in shown(page, doses))


def test_a_click_on_a_mark_chooses_and_a_second_takes_it_back(
    open_page: Open, private: Path
) -> None:
    page = open_page(private).page
    page.locator("#rates-by-label-trusted .mark-symbol.role-mark path").first.click()
    label = page.input_value("[data-filter=label]")
    assert label in EVIL_LABELS
    tiles = page.locator(".gallery li:visible")
    assert tiles.count() > 0
    assert {tile.get_attribute("data-label") for tile in tiles.all()} == {label}
    page.locator("#rates-by-label-trusted .mark-symbol.role-mark path").first.click()
    expect(page.locator("[data-filter=label]")).to_have_value("")
    assert tiles.count() == LOST


def test_no_cell_of_a_table_of_the_study_is_a_formula(strange: Clone) -> None:
    tables = sorted(strange.results("failures").glob("*.csv"))
    texts = set()
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            texts |= {cell for row in csv.reader(file) for cell in row if not is_number(cell)}
    assert {cell for cell in texts if cell.startswith(FORMULA_STARTS)} == set()
    assert {"'=1+1.jpg", "'@at"} <= texts


def is_number(cell: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", cell) is not None


def test_captions_say_the_level_of_the_intervals(strange: Clone) -> None:
    figures = [
        figure
        for path in strange.results("failures").glob("*.json")
        for figure in json.loads(path.read_text()).get("figures", [])
        if path.stem in ("rates", "groups", "entropy", "interventions")
    ]
    captions = [figure["caption"] for figure in figures if "interval" in figure["caption"]]
    assert len(captions) >= 6
    assert all("90 %" in caption for caption in captions)


def test_the_report_of_snakemake_holds_every_aggregate_figure_with_its_caption(
    strange: Clone, open_page: Open, tmp_path: Path
) -> None:
    copy = strange.copy_to(tmp_path / "clone")
    copy.run("failures", "--configfile", TINY_CONFIG, "--report", "report.zip")
    shutil.unpack_archive(copy.folder / "report.zip", tmp_path)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    found = re.search(r"var results = (\{.*?\});?\n", page)
    assert found is not None
    results = {Path(path).name: about for path, about in json.loads(found[1]).items()}
    expected = {}
    for path in copy.results("failures").glob("*.json"):
        for figure in json.loads(path.read_text()).get("figures", []):
            expected[Path(figure["stem"]).name] = figure
    drawn = {name.removesuffix(".svg") for name in results if name.endswith(".svg")}
    assert drawn == {name for name, figure in expected.items() if not figure["private"]}
    for name in drawn:
        text = re.sub(r"<[^>]*>", "", results[f"{name}.svg"]["caption"])
        assert expected[name]["caption"] in unescaped(text)
        assert set(results[f"{name}.svg"]["labels"]) == {"figure", "level"}
    assert not any("private_" in name for name in results)


def unescaped(text: str) -> str:
    from html import unescape

    return " ".join(unescape(text).split())
