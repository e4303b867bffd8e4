"""The front page of the results."""

import json
from pathlib import Path

import pytest

import modular_faces.front_page as fronts
from modular_faces.front_page import (
    NO_TABLE,
    PRIVATE,
    front_page,
    write_front_page,
    write_page_and_front,
)
from modular_faces.pages.parts import Links, Page, Section, Text
from modular_faces.pages.share_mark import PAGE_TO_SHARE

SUMMARY = {
    "pictures": 200,
    "success": 150,
    "failures": {"not_trusted": 50},
    "label_report": {"layout": "rafdb", "left_out": {"hidden": 2}, "unlabelled_pictures": 3, "unmatched_labels": 4},
    "warnings": ["One planted warning."],
}  # fmt: skip


def made(folder: Path, *, pages: list[str], pictures: int = 200) -> Page:
    (folder / "summary.json").write_text(json.dumps(SUMMARY))
    return front_page(folder, pages=pages, dataset="planted", pictures=pictures, provenance=[])


def example_page(*, share: bool) -> Page:
    sections = [Section("all", "All", "", [Text(["Nothing."])])]
    return Page(title="Planted", subtitle="", sections=sections, share=share)


def test_the_front_page_links_the_pages_there_are_and_counts_every_picture(tmp_path: Path) -> None:
    page = made(tmp_path, pages=["modular"])
    links = page.sections[0].blocks[0]
    assert isinstance(links, Links)
    assert [address for _, address, _ in links.items] == ["modular/index.html"]
    assert [number.value for number in page.numbers] == ["200", "150", "25.0 %"]
    text = page.sections[1].blocks[0]
    assert isinstance(text, Text)
    assert "50 pictures lost: not trusted." in text.sentences
    assert "One planted warning." in text.sentences


def test_files_that_are_not_there_are_not_linked(tmp_path: Path) -> None:
    links = made(tmp_path, pages=[]).sections[2].blocks[0]
    assert isinstance(links, Links)
    names = [name for name, _, _ in links.items]
    assert "summary.json" in names
    assert "study.parquet" not in names


def test_it_says_which_pages_are_not_made_yet_and_what_makes_them(tmp_path: Path) -> None:
    words = made(tmp_path, pages=["failures", "modular"]).sections[0].blocks[1]
    assert words == Text(["Not made yet: The backends side by side (snakemake backends makes it)."])
    every = made(tmp_path, pages=["failures", "modular", "backends"]).sections[0].blocks
    assert "Not made yet" not in str(every)


def test_a_table_of_other_pictures_is_not_summed_up(tmp_path: Path) -> None:
    page = made(tmp_path, pages=[], pictures=201)
    assert page.numbers == []
    assert page.sections[1].blocks == [Text([NO_TABLE])]


def test_it_says_where_pictures_of_people_are(tmp_path: Path) -> None:
    for study, mark in (("failures", PAGE_TO_SHARE), ("modular", "")):
        (tmp_path / study).mkdir()
        (tmp_path / study / "index.html").write_text(f"<head>{mark}<style></style></head>")
    for pages, private in ((["failures"], False), (["failures", "modular"], True)):
        words = made(tmp_path, pages=pages).sections[0].blocks[-1]
        assert isinstance(words, Text)
        assert (PRIVATE in words.sentences) is private


def test_a_page_is_written_with_the_front_page_that_it_links(tmp_path: Path) -> None:
    path = tmp_path / "failures" / "index.html"
    write_page_and_front(example_page(share=False), path, dataset="planted", pictures=200)
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="failures/index.html"' in html
    assert 'href="modular/index.html"' not in html
    assert NO_TABLE in html


def test_a_page_that_comes_meanwhile_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modular").mkdir()
    written: list[Page] = []

    def write_while_another_job_ends(page: Page, path: Path) -> None:
        written.append(page)
        (tmp_path / "modular" / "index.html").touch()

    monkeypatch.setattr(fronts, "write_page", write_while_another_job_ends)
    write_front_page(tmp_path, dataset="planted", pictures=200, provenance=[])
    links = [page.sections[0].blocks[0] for page in written]
    assert [len(block.items) for block in links if isinstance(block, Links)] == [0, 1]
