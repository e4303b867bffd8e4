"""The front page of the results."""

import json
from pathlib import Path

from modular_faces.front_page import PRIVATE, front_page
from modular_faces.pages.parts import Links, Page, Text

SUMMARY = {
    "pictures": 200,
    "success": 150,
    "failures": {"not_trusted": 50},
    "label_report": {"layout": "rafdb", "left_out": {"hidden": 2}, "unlabelled_pictures": 3, "unmatched_labels": 4},
    "warnings": ["One planted warning."],
}  # fmt: skip


def made(folder: Path, *, share: bool, pages: list[str]) -> Page:
    (folder / "summary.json").write_text(json.dumps(SUMMARY))
    return front_page(folder, pages=pages, dataset="planted", provenance=[], share=share)


def test_the_front_page_links_the_pages_there_are_and_counts_every_picture(tmp_path: Path) -> None:
    page = made(tmp_path, share=True, pages=["modular"])
    links = page.sections[0].blocks[0]
    assert isinstance(links, Links)
    assert [address for _, address, _ in links.items] == ["modular/index.html"]
    assert [number.value for number in page.numbers] == ["200", "150", "25.0 %"]
    text = page.sections[1].blocks[0]
    assert isinstance(text, Text)
    assert "50 pictures lost: not trusted." in text.sentences
    assert "One planted warning." in text.sentences


def test_files_that_are_not_there_are_not_linked(tmp_path: Path) -> None:
    links = made(tmp_path, share=True, pages=[]).sections[2].blocks[0]
    assert isinstance(links, Links)
    names = [name for name, _, _ in links.items]
    assert "summary.json" in names
    assert "study.parquet" not in names


def test_it_says_where_pictures_of_people_are(tmp_path: Path) -> None:
    for share in (True, False):
        words = made(tmp_path, share=share, pages=["failures"]).sections[0].blocks[1]
        assert isinstance(words, Text)
        assert (PRIVATE in words.sentences) is not share
