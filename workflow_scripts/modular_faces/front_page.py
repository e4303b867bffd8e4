"""The front page of a dataset's results: what came of the run, the other pages, how to cite.

A rule makes it when every page was asked for. Every other page links it, so that the job of a page writes it anew
as well (`write_page_and_front`): it says what there is so far, and the link leads somewhere whatever was asked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from modular_faces import __version__
from modular_faces.pages.parts import Block, Code, Links, Number, Page, Section, Text
from modular_faces.pages.share_mark import is_page_to_share
from modular_faces.pages.shell import write_page
from modular_faces.summary_text import summary_is_of


class _OtherPage(NamedTuple):
    title: str
    words: str
    target: str


PAGES: Final = {
    "failures": _OtherPage(
        "Why pictures failed",
        "what was lost, what brings it back, and what lost pictures have in common",
        "snakemake failures",
    ),
    "modular": _OtherPage(
        "How well named modules predict what people see",
        "scores with every picture counted, modules, and weights to explore",
        "snakemake modular",
    ),
    "backends": _OtherPage(
        "The backends side by side",
        "what each finds, what they agree on, and where they disagree most",
        "snakemake backends",
    ),
}
"""Pages by the folder they are in, with what makes them."""
FRONT_PAGE: Final = "index.html"
FILES: Final = (
    ("features.parquet", "one row per picture, every column"),
    ("features_core.csv", "its first part, for R, SPSS and Excel"),
    ("features_dictionary.csv", "what every column is"),
    ("manifest.parquet", "every file, with the reason of each that could not be used"),
    ("study.parquet", "a row per picture, variant and backend of the study"),
    ("summary.json", "the numbers of this page"),
)
ACCOUNT: Final = (
    ("provenance/efficiency.html", "what every job asked for and used"),
    ("datapackage.json", "every file of a whole run, described for machines, with its hash"),
)
"""Made by a whole run, whether or not there was one before this page."""
PRIVATE: Final = (
    "These pages show pictures of people: do not share them. With `share: true` they do not."
)
RATINGS: Final = "Labels and ratings are what raters saw in pictures: perceptions, which say nothing about the person."

NO_TABLE: Final = "The table is not made yet, or pictures came or went since then; the command snakemake makes it."
CALIBRATED: Final = (
    "Landmarks of the embedded mesh are trusted by their landmark quality, which was calibrated on rendered and "
    "synthetic faces, not on photographs of people: there its order should hold, its probabilities need not."
)


def write_page_and_front(
    page: Page, path: str | os.PathLike[str], *, dataset: str, pictures: int
) -> None:
    """Write the page of a study, and the front page with what there is now.

    Parameters
    ----------
    page : Page
    path : path-like
        `results/<dataset>/<study>/index.html`.
    dataset : str
    pictures : int
        As many as are listed.
    """
    write_page(page, path)
    write_front_page(
        Path(path).parents[1], dataset=dataset, pictures=pictures, provenance=page.provenance
    )


def write_front_page(
    folder: Path, *, dataset: str, pictures: int, provenance: Sequence[tuple[str, str]]
) -> None:
    """Write the front page with links to the pages that are there.

    Parameters
    ----------
    folder : Path
        `results/<dataset>`.
    dataset : str
    pictures : int
    provenance : sequence of (str, str)

    Notes
    -----
    Jobs of several pages may end at the same time. Who finds another page after writing writes once more, so that the
    last file names all of them.
    """
    named: list[str] | None = None
    while named != (there := pages_there(folder)):
        front = front_page(
            folder, pages=there, dataset=dataset, pictures=pictures, provenance=provenance
        )
        write_page(front, folder / FRONT_PAGE)
        named = there


def pages_there(folder: Path) -> list[str]:
    """Which of `PAGES` are there."""
    return [name for name in PAGES if (folder / name / FRONT_PAGE).exists()]


def front_page(
    folder: Path,
    *,
    pages: Sequence[str],
    dataset: str,
    pictures: int,
    provenance: Sequence[tuple[str, str]],
) -> Page:
    """Put the page together.

    Parameters
    ----------
    folder : Path
        `results/<dataset>`; the summary of the table may be missing.
    pages : sequence of str
        Which of `PAGES` there are.
    dataset : str
    pictures : int
        As many as are listed: the summary of a table of other pictures is not shown.
    provenance : sequence of (str, str)
    """
    summary = _summary(folder) if summary_is_of(folder, pictures=pictures) else None
    return Page(
        title="Results",
        subtitle=f"Dataset {dataset}",
        numbers=list(_numbers(summary)) if summary else [],
        sections=[
            Section("pages", "Pages", "What was found?", list(_pages(folder, pages))),
            Section(
                "extraction",
                "Extraction",
                "What came of every picture?",
                _extraction(summary) if summary else [Text([NO_TABLE])],
            ),
            Section("files", "Files", "Where are the numbers?", [Links(_files(folder))]),
            Section("cite", "How to cite", "", _cite()),
        ],
        provenance=provenance,
        share=True,
    )


def _summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return summary


def _numbers(summary: Mapping[str, Any]) -> Iterator[Number]:
    pictures, success = summary["pictures"], summary["success"]
    yield Number(f"{pictures:,}", "pictures")
    yield Number(f"{success:,}", "with landmarks that are trusted")
    yield Number(f"{100 * (pictures - success) / max(pictures, 1):.1f} %", "lost")


def _pages(folder: Path, pages: Sequence[str]) -> Iterator[Block]:
    there = {name: page for name, page in PAGES.items() if name in pages}
    yield Links(
        [(page.title, f"{name}/{FRONT_PAGE}", f"– {page.words}.") for name, page in there.items()]
    )
    missing = [f"{p.title} ({p.target} makes it)" for name, p in PAGES.items() if name not in pages]
    if missing:
        yield Text([f"Not made yet: {'; '.join(missing)}."])
    private = not all(is_page_to_share(folder / name / FRONT_PAGE) for name in there)
    yield Text([RATINGS, PRIVATE] if private else [RATINGS])


def _files(folder: Path) -> list[tuple[str, str, str]]:
    present = [(name, words) for name, words in FILES if (folder / name).exists()]
    return [(name, name, f"– {words}.") for name, words in (*present, *ACCOUNT)]


def _extraction(summary: Mapping[str, Any]) -> list[Block]:
    report = summary["label_report"]
    reasons = [
        f"{count:,} pictures lost: {reason.replace('_', ' ')}."
        for reason, count in summary["failures"].items()
    ]
    left_out = [f"{count:,} files left out: {kind}." for kind, count in report["left_out"].items()]
    labels = [
        f"{report['unlabelled_pictures']:,} pictures without a label, "
        f"{report['unmatched_labels']:,} labels without a picture."
    ]
    layout = [f"Layout of the dataset: {report['layout']}."]
    outcome = [*layout, *(reasons or ["No picture was lost."]), *left_out, *labels]
    return [Text([*outcome, *summary["warnings"]], listed=True), Text([CALIBRATED])]


def _cite() -> list[Block]:
    words = "Cite the version, the config's digest below, and the datasets by their own terms (NOTICE.md)."
    text = f"modular-faces, version {__version__}. Landmarks: MediaPipe Face Landmarker (Google, Apache-2.0)."
    return [Text([words]), Code("To copy", text)]
