"""The page of the failure study: what comes first, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from example_pages import gallery
from modular_faces.failures.gallery_file import write_gallery
from modular_faces.failures.page import NO_GALLERY, FailureFiles, _numbers, failures_page
from modular_faces.failures.report_parts import StudyReport
from modular_faces.failures.report_parts import Table as ReportTable
from modular_faces.failures.verdict_section import verdict_section
from modular_faces.pages.parts import Chart, Code, Gallery, Number, Page, Text
from modular_faces.pages.parts import Table as TableBlock


def a_cause(words: str, level: str, share: float, evidence: str) -> dict[str, Any]:
    return {
        "backend": "mesh",
        "variant": "original",
        "level": level,
        "cause": words.rsplit(maxsplit=1)[-1],
        "words": words,
        "evidence": evidence,
        "share": share,
        "share_low": share - 0.05,
        "share_high": share + 0.05,
        "n": 1000,
        "remedy": "a border" if evidence == "intervened" else "",
        "cured": 480 if evidence == "intervened" else None,
        "cliffs_delta": None,
        "p": None,
    }


VERDICT: dict[str, Any] = {
    "study": "verdict",
    "title": "Verdict: failures of the mesh detector",
    "question": "Why?",
    "text_trusted": "Half of the failures are cured by a border.",
    "text_found": "",
    "advice": ["Tried one after the other, these remedies bring back 480."],
    "causes": [
        a_cause("the face fills the frame", "trusted", 0.52, "intervened"),
        a_cause("the face is turned", "found", 0.1, "associated"),
    ],
    "set_aside": [],
    "levels": {"trusted": {"config": "variants: {}\n"}, "found": {"config": ""}},
    "n": {"pictures": 15339, "failures": 2200, "examined": 1000},
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
    write_gallery(gallery(), pictures)
    files = FailureFiles(
        reports=written(folder, *studies),
        verdict=folder / "verdict.json",
        gallery=None if share else pictures,
        methods=folder / "methods.md",
    )
    return failures_page(
        files,
        dataset="sample",
        provenance=[("Dataset", "sample")],
        share=share,
        confidence=0.95,
        causes={"dark": "the picture is dark", "bright": "the picture is bright"},
    )


def test_the_verdict_comes_first_and_the_methods_last(tmp_path: Path) -> None:
    page = made(tmp_path, "zebra", "gallery", "entropy", "rates")
    anchors = [section.anchor for section in page.sections]
    assert anchors == ["verdict", "rates", "entropy", "gallery", "zebra", "methods"]
    assert page.sections[-1].blocks == [Text(["Faces were found by a mesh."])]


def test_the_references_of_the_methods_are_a_list(tmp_path: Path) -> None:
    path = tmp_path / "methods.md"
    path.write_text(
        "# Methods\n\nFaces were\nfound - or not.\n\nSoftware.\n\n## References\n\n- Cliff, N.\n  (1996).\n- Cox, D.\n",
        encoding="utf-8",
    )
    files = FailureFiles(reports=[], verdict=None, gallery=None, methods=path)
    page = failures_page(files, dataset="a", provenance=[], share=True, confidence=0.95, causes={})
    assert page.sections[-1].blocks == [
        Text(["Faces were found - or not."]),
        Text(["Software."]),
        Text(["Cliff, N. (1996).", "Cox, D."], listed=True),
    ]


def test_the_verdict_says_causes_evidence_and_what_to_put_in_the_config(tmp_path: Path) -> None:
    section = made(tmp_path, "rates").sections[0]
    assert section.short_title == "Verdict"
    text, chart, table, advice, code = section.blocks
    assert text == Text(["Half of the failures are cured by a border."])
    assert isinstance(chart, Chart)
    assert chart.alt == (
        "Causes with their shares: the face fills the frame 52 %, the face is turned 10 %."
    )
    assert chart.spec is not None
    (rows,) = chart.spec["datasets"].values()
    assert [row["share"] for row in rows] == [0.52, 0.1]
    assert isinstance(table, TableBlock)
    assert list(table.rows)[1] == [
        *(
            "found",
            "turned",
            "the face is turned",
            "10 %",
            "5.0 to 15 %",
            "associated",
            "",
            "1000",
            "",
        ),
    ]
    assert advice == Text(VERDICT["advice"], listed=True)
    assert code == Code("For the config, against failures at the level trusted.", "variants: {}\n")


def test_a_verdict_without_a_cause_is_text_alone(tmp_path: Path) -> None:
    section = verdict_section(VERDICT | {"causes": [], "advice": [], "levels": {}}, confidence=0.95)
    assert section.blocks == [Text(["Half of the failures are cured by a border."])]


def test_the_numbers_at_the_top(tmp_path: Path) -> None:
    assert made(tmp_path, "rates").numbers == [
        Number("15,339", "pictures"),
        Number("2,200", "of them failed"),
        Number("14 %", "failure rate"),
        Number("52 %", "of the failures: the face fills the frame"),
    ]


def test_the_numbers_at_the_top_say_what_was_drawn() -> None:
    n = {"pictures": 195_000, "failures": 19_500, "drawn_from": 1_000_000}
    assert next(_numbers([], VERDICT | {"n": n})) == Number(
        "195,000", "pictures, drawn from 1,000,000"
    )


def test_whose_failures_these_are_is_said_once(tmp_path: Path) -> None:
    page = made(tmp_path, "rates")
    assert page.subtitle == "Dataset sample: failures of the mesh detector"


def test_tables_call_descriptors_by_their_words_and_the_files_by_their_columns(
    tmp_path: Path,
) -> None:
    cells = "grouping,delta\nbrightness_oval,0.2\nlabel,0.1\n"
    (tmp_path / "rates.csv").write_text(cells)
    table = ReportTable("rates.csv", "Whether failures differ.")
    (path,) = written(tmp_path, "rates", findings=["They do."], tables=[table])
    files = FailureFiles(reports=[path], verdict=None, gallery=None, methods=None)
    page = failures_page(
        files, dataset="sample", provenance=[], share=False, confidence=0.95, causes={}
    )
    (shown,) = [b for b in page.sections[0].blocks if isinstance(b, TableBlock)]
    assert [row[0] for row in shown.rows] == ["brightness of the central oval", "label"]
    assert (tmp_path / "rates.csv").read_text() == cells


def test_causes_are_called_by_words_in_the_filter(tmp_path: Path) -> None:
    words = made(tmp_path, "gallery").words["cause"]
    assert words["turned"] == "the face is turned"
    assert words["dark"] == "Probably dark"
    assert words["bright"] == "the picture is bright"


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
    page = failures_page(
        files, dataset="sample", provenance=[], share=False, confidence=0.95, causes={}
    )
    assert [section.blocks for section in page.sections] == [
        [Text(["None of the 12 pictures failed."])]
    ]
