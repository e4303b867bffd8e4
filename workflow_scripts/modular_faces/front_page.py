"""The front page of a dataset's results: what came of the run, the other pages, how to cite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from modular_faces import __version__
from modular_faces.pages.parts import Block, Code, Links, Number, Page, Section, Text

PAGES: Final = {
    "failures": (
        "Why pictures failed",
        "what was lost, what brings it back, and what lost pictures have in common",
    ),
    "modular": (
        "How well named modules predict what people see",
        "scores with every picture counted, modules, and weights to explore",
    ),
    "backends": (
        "The backends side by side",
        "what each finds, what they agree on, and where they disagree most",
    ),
}
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

CALIBRATED = (
    "Landmarks of the embedded mesh are trusted by their landmark quality, which was calibrated on rendered and "
    "synthetic faces, not on photographs of people: there its order should hold, its probabilities need not."
)


def front_page(
    folder: Path,
    *,
    pages: Sequence[str],
    dataset: str,
    provenance: Sequence[tuple[str, str]],
    share: bool,
) -> Page:
    """Put the page together.

    Parameters
    ----------
    folder : Path
        `results/<dataset>`, with summary.json.
    pages : sequence of str
        Which of `PAGES` there are.
    dataset : str
    provenance : sequence of (str, str)
    share : bool
        Whether the other pages are without pictures of people; this one always is.
    """
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return Page(
        title="Results",
        subtitle=f"Dataset {dataset}",
        numbers=list(_numbers(summary)),
        sections=[
            Section(
                "pages",
                "Pages",
                "What was found?",
                [Links(_links(pages)), Text([RATINGS] if share else [RATINGS, PRIVATE])],
            ),
            Section(
                "extraction", "Extraction", "What came of every picture?", _extraction(summary)
            ),
            Section("files", "Files", "Where are the numbers?", [Links(_files(folder))]),
            Section("cite", "How to cite", "", _cite()),
        ],
        provenance=provenance,
        share=True,
    )


def _numbers(summary: Mapping[str, Any]) -> Iterator[Number]:
    pictures, success = summary["pictures"], summary["success"]
    yield Number(f"{pictures:,}", "pictures")
    yield Number(f"{success:,}", "with landmarks that are trusted")
    yield Number(f"{100 * (pictures - success) / max(pictures, 1):.1f} %", "lost")


def _links(pages: Sequence[str]) -> list[tuple[str, str, str]]:
    return [
        (title, f"{name}/index.html", f"– {words}.")
        for name, (title, words) in PAGES.items()
        if name in pages
    ]


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
