"""The page of the failure study: the verdict first, then every study, the gallery, and the methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from modular_faces.failures.descriptor_words import words_of
from modular_faces.failures.gallery_file import read_gallery
from modular_faces.failures.report_parts import StudyReport, read_report, share_in_words
from modular_faces.failures.verdict_section import (
    first_cause,
    read_verdict,
    verdict_section,
    words_of_causes,
)
from modular_faces.pages.parts import Block, Gallery, Number, Page, Section, Table, Text
from modular_faces.pages.report_section import report_section

ORDER: Final = (
    *("interventions", "rates", "groups", "means", "entropy", "edges", "model", "shap"),
    *("shap_pixels", "gallery"),
)
"""Studies in the order a reader wants them: what was decided, what shows it, then the rest."""

FILTERS: Final = ("backend", "variant", "level", "label", "cause")
OF_NAMES: Final = frozenset({"column", "feature", "grouping"})
"""Columns of tables whose cells are names of descriptors, ratings or groupings."""
TITLE: Final = "Why pictures failed"
NO_GALLERY: Final = (
    "The gallery shows pictures of people and is left out of this page, which may be shared. "
    "With `share: false` in the config it is there."
)


@dataclass(frozen=True)
class FailureFiles:
    """What the page is made of; all files lie in one folder, and the page beside them.

    Attributes
    ----------
    reports : sequence of Path
        `NAME.json` of every study, that of the gallery among them where there is one.
    verdict : Path or None
        `verdict.json`.
    gallery : Path or None
        Groups of pictures, from `modular_faces.failures.gallery_file`; None for a page to share.
    methods : Path or None
        `methods.md`.
    """

    reports: Sequence[Path]
    verdict: Path | None
    gallery: Path | None
    methods: Path | None


def failures_page(
    files: FailureFiles,
    *,
    dataset: str,
    provenance: Sequence[tuple[str, str]],
    share: bool,
    confidence: float,
    causes: Mapping[str, str],
) -> Page:
    """Put the page together.

    Parameters
    ----------
    files : FailureFiles
    dataset : str
    provenance : sequence of (str, str)
    share : bool
    confidence : float
        Of the intervals of the verdict.
    causes : mapping of str to str
        Words of every cause that was tried, named or not.

    Returns
    -------
    Page
    """
    verdict = read_verdict(files.verdict) if files.verdict else {}
    reports = [(read_report(path), path.parent) for path in files.reports]
    reports.sort(key=lambda item: _place(item[0].study))
    sections = [
        *([verdict_section(verdict, confidence=confidence)] if verdict else []),
        *(_section(report, folder, files, share) for report, folder in reports),
        *_without_gallery(reports, share),
        *_methods(files.methods),
    ]
    return Page(
        title=TITLE,
        subtitle=_subtitle(dataset, sections),
        sections=sections,
        numbers=list(_numbers([report for report, _ in reports], verdict)),
        filters=FILTERS,
        words={"cause": {**causes, **_words(sections), **words_of_causes(verdict)}},
        provenance=provenance,
        links=[("All pages", "../index.html")],
        share=share,
    )


def _subtitle(dataset: str, sections: Sequence[Section]) -> str:
    """Say once whose failures these are, as the titles of verdict and studies say after their colon."""
    whose = [words for words in (section.title.partition(": ")[2] for section in sections) if words]
    return f"Dataset {dataset}: {whose[0]}" if whose else f"Dataset {dataset}"


def _words(sections: Sequence[Section]) -> dict[str, str]:
    """What the gallery calls its causes."""
    galleries = [b for section in sections for b in section.blocks if isinstance(b, Gallery)]
    return {group.name: group.title for gallery in galleries for group in gallery.groups}


def _place(study: str) -> tuple[int, str]:
    return (ORDER.index(study) if study in ORDER else len(ORDER), study)


def _section(report: StudyReport, folder: Path, files: FailureFiles, share: bool) -> Section:
    section = report_section(report, folder, share=share)
    blocks = [_in_words(block) for block in section.blocks]
    if report.study == "gallery" and files.gallery is not None:
        blocks.append(read_gallery(files.gallery))
    return Section(section.anchor, section.title, section.question, blocks)


def _in_words(block: Block) -> Block:
    """Call descriptors and ratings by their words in tables of the page; its files keep the names of columns."""
    if not isinstance(block, Table):
        return block
    named = {place for place, name in enumerate(block.columns) if name in OF_NAMES}
    rows = [
        [words_of(cell) if place in named else cell for place, cell in enumerate(row)]
        for row in block.rows
    ]
    return replace(block, rows=rows)


def _without_gallery(reports: Sequence[tuple[StudyReport, Path]], share: bool) -> Iterator[Section]:
    if share and all(report.study != "gallery" for report, _ in reports):
        question = "What do the lost pictures look like?"
        yield Section("gallery", "Gallery", question, [Text([NO_GALLERY])])


def _methods(path: Path | None) -> Iterator[Section]:
    if path is None:
        return
    parts = path.read_text(encoding="utf-8").split("\n\n")
    blocks = [_as_text(part) for part in parts if part.strip() and not part.startswith("#")]
    question = "What may stand in the methods of a paper."
    yield Section("methods", "Methods", question, blocks)


def _as_text(part: str) -> Text:
    """Make a paragraph of Markdown text of the page; one whose lines begin with a hyphen is a list."""
    if not part.lstrip().startswith("- "):
        return Text([" ".join(part.split())])
    items = f"\n{part.strip()}".split("\n- ")[1:]
    return Text([" ".join(item.split()) for item in items], listed=True)


def _numbers(reports: Sequence[StudyReport], verdict: Mapping[str, Any]) -> Iterator[Number]:
    counts = [verdict.get("n", {}), *(report.n for report in reports)]
    counted = next((n for n in counts if {"pictures", "failures"} <= n.keys()), None)
    if counted is None:
        return
    pictures, failures = counted["pictures"], counted["failures"]
    whole = verdict.get("n", {}).get("drawn_from")
    yield Number(f"{pictures:,}", f"pictures, drawn from {whole:,}" if whole else "pictures")
    yield Number(f"{failures:,}", "of them failed")
    yield Number(share_in_words(failures / max(pictures, 1)), "failure rate")
    cause = first_cause(verdict)
    if cause is not None:
        words, share = cause
        yield Number(share_in_words(share), f"of the failures: {words}")
