"""The page of the failure study: what comes first, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from example_pages import gallery
from modular_faces.failures.gallery_file import write_gallery
from modular_faces.failures.page import NO_GALLERY, FailureFiles, failures_page
from modular_faces.failures.report_parts import StudyReport
from modular_faces.pages.parts import Gallery, Number, Page, Text
from modular_faces.pages.parts import Table as TableBlock

VERDICT = {
    "sentences": ["Half of the failures are cured by a border."],
    "causes": [
        {"cause": "tight", "words": "the face fills the frame", "share": 0.52, "named": True},
        {"cause": "dark", "words": "the picture is dark", "share": 0.1, "named": False},
    ],
}


def written(folder: Path, *studies: str, **options: Any) -> list[Path]:
    paths = []
    for study in studies:
        path = folder / f"{study}.json"
        n = {"pictures": 15339, "failures": 2200}
        report = StudyReport(study=study, title=study.title(), question="Why?", n=n, **options)
        report.write(path)
        paths.append(path)
    return paths


def made(folder: Path, *studies: str, share: bool = False) -> Page:
    (folder / "verdict.json").write_text(json.dumps(VERDICT), encoding="utf-8")
    (folder / "methods.md").write_text(
        "# Methods\n\nFaces were found\nby a mesh.\n", encoding="utf-8"
    )
    pictures = folder / "gallery_pictures.json"
    write_gallery(gallery().groups, pictures)
    files = FailureFiles(
        reports=written(folder, *studies),
        verdict=folder / "verdict.json",
        gallery=None if share else pictures,
        methods=folder / "methods.md",
    )
    return failures_page(files, dataset="sample", provenance=[("Dataset", "sample")], share=share)


def test_the_verdict_comes_first_and_the_methods_last(tmp_path: Path) -> None:
    page = made(tmp_path, "zebra", "gallery", "entropy", "rates")
    anchors = [section.anchor for section in page.sections]
    assert anchors == ["verdict", "rates", "entropy", "gallery", "zebra", "methods"]
    text, table = page.sections[0].blocks
    assert text == Text(["Half of the failures are cured by a border."], listed=True)
    assert isinstance(table, TableBlock)
    assert page.sections[-1].blocks == [Text(["Faces were found by a mesh."])]


def test_the_numbers_at_the_top(tmp_path: Path) -> None:
    assert made(tmp_path, "rates").numbers == [
        Number("15,339", "pictures"),
        Number("2,200", "of them failed"),
        Number("14 %", "failure rate"),
        Number("52 %", "of the failures: the face fills the frame"),
    ]


def test_the_gallery_stands_in_its_section(tmp_path: Path) -> None:
    (section,) = (s for s in made(tmp_path, "gallery").sections if s.anchor == "gallery")
    assert [type(block) for block in section.blocks] == [Gallery]


def test_a_page_to_share_says_why_there_is_no_gallery(tmp_path: Path) -> None:
    page = made(tmp_path, "rates", share=True)
    (section,) = (s for s in page.sections if s.anchor == "gallery")
    assert section.blocks == [Text([NO_GALLERY])]
    assert page.share


@pytest.mark.parametrize("study", ["rates", "gallery"])
def test_a_skipped_study_shows_its_sentence_and_nothing_else(tmp_path: Path, study: str) -> None:
    files = FailureFiles(
        reports=written(tmp_path, study, skipped="None of the 12 pictures failed."),
        verdict=None,
        gallery=None,
        methods=None,
    )
    page = failures_page(files, dataset="sample", provenance=[], share=False)
    assert [section.blocks for section in page.sections] == [
        [Text(["None of the 12 pictures failed."])]
    ]
