"""The page of the backends: what each finds, what they agree on, and where they disagree most."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from modular_faces.bridge import ALL
from modular_faces.bridge_figure import figure_name
from modular_faces.failures.gallery_file import read_gallery
from modular_faces.failures.report_parts import share_in_words
from modular_faces.figure_captions import save_caption
from modular_faces.figures import AnyChart, chart_spec, save_figure
from modular_faces.pages.parts import Block, Chart, Code, Number, Page, Section, Table, Text
from modular_faces.pages.report_section import identifier
from modular_faces.side_by_side import words
from modular_faces.side_by_side.charts import (
    apart_by_label,
    apart_by_part,
    apart_chart,
    seconds_chart,
    shares_by_label,
    shares_chart,
)
from modular_faces.side_by_side.frames import BackendTables, pair_name, read_backend_tables
from modular_faces.side_by_side.tables import (
    angles_table,
    backends_table,
    pairs_table,
    shares_table,
)

TITLE: Final = "The backends side by side"
FILTERS: Final = ("label", "backend", "variant", "level", "pair")
SECONDS: Final = "seconds_per_picture.csv"


@dataclass(frozen=True)
class BackendFiles:
    """What the page is made of.

    Attributes
    ----------
    summary, agreement, tests : Path
        backends.csv, bridge.csv, backends_tests.csv, in the folder above that of the page.
    bridge : Path
        Folder of the bridge's figures, beside them.
    gallery : Path or None
        Pictures, from `failures.gallery_file`; None for a page to share.
    figures : Path
        Folder of the page's own figures, `figures/page` beside the page.
    """

    summary: Path
    agreement: Path
    tests: Path
    bridge: Path
    gallery: Path | None
    figures: Path


def backends_page(
    files: BackendFiles,
    *,
    confidence: float,
    dataset: str,
    provenance: Sequence[tuple[str, str]],
    share: bool,
) -> Page:
    """Put the page together, and save its figures.

    Parameters
    ----------
    files : BackendFiles
    confidence : float
        Of the intervals.
    dataset : str
    provenance : sequence of (str, str)
    share : bool
    """
    tables = read_backend_tables(
        summary=files.summary,
        agreement=files.agreement,
        tests=files.tests,
        seconds=files.bridge / SECONDS,
    )
    drawing = _Drawing(files, tables, percent=f"{100 * confidence:g} %")
    return Page(
        title=TITLE,
        subtitle=f"Dataset {dataset}",
        sections=[
            *drawing.sections(),
            _pictures(files.gallery, share),
            _times(drawing),
            _backends(tables),
        ],
        numbers=list(_numbers(tables)),
        filters=FILTERS,
        words={"label": {ALL: "all pictures"}},
        chosen={"label": ALL},
        provenance=provenance,
        links=[("All pages", "../index.html")],
        share=share,
    )


def _numbers(tables: BackendTables) -> Iterator[Number]:
    yield Number(f"{int(tables.shares['n'].max()):,}", "pictures")
    yield Number(str(len(tables.backends)), "backends")
    common = tables.common[tables.common["label"] == ALL].set_index("measure")
    if len(tables.instruments) > 1 and common["n"].max() > 0:
        for measure, label in (
            ("trusted_by_all", "trusted by all backends and variants"),
            ("trusted_by_none", "trusted by none"),
        ):
            yield Number(share_in_words(float(common.loc[measure, "value"])), label)


@dataclass(frozen=True)
class _Drawing:
    """Figures and the sections they stand in."""

    files: BackendFiles
    tables: BackendTables
    percent: str

    def sections(self) -> Iterator[Section]:
        yield self._found()
        yield self._labels()
        yield self._agreement()
        if self.tables.pairs:
            yield self._landmarks()

    def figure(
        self, name: str, chart: AnyChart, *, file: AnyChart | None = None, title: str, caption: str
    ) -> Chart:
        """Save a chart and give it for the page; its alternative text is the caption.

        Where the page's chart has rows of every label, of which one is chosen, `file` is the one to save.
        """
        save_figure(file or chart, self.files.figures / name)
        save_caption(f"{title}. {caption}", self.files.figures / name)
        return Chart(
            name=identifier(name),
            title=title,
            caption=caption,
            alt=f"{title}. {caption}",
            spec=chart_spec(chart),
            level=None,
            file=f"figures/{self.files.figures.name}/{name}.svg",
        )

    def _found(self) -> Section:
        pictures = int(self.tables.shares["n"].max())
        chart = self.figure(
            "shares",
            shares_chart(self.tables, [ALL, *self.tables.labels]),
            file=shares_chart(self.tables, [ALL]),
            title="Found and trusted",
            caption=f"Share of up to {pictures:,} pictures with landmarks, and with landmarks that are trusted, of "
            f"each backend on each variant; lines are {self.percent} intervals (Wilson). What is missing to 100 % is "
            "lost.",
        )
        blocks: list[Block] = [chart, shares_table(self.tables, percent=self.percent)]
        trust = [
            f"A face of {name} is trusted where {words.BACKENDS[name].trust}."
            for name in self.tables.backends
            if name in words.BACKENDS
        ]
        blocks.append(Text([" ".join([words.TRUST, *trust])]))
        return Section(
            "found", "What each finds", "How many pictures does each backend lose?", blocks
        )

    def _labels(self) -> Section:
        question = "Are there labels that one backend loses more of?"
        if not self.tables.labels:
            return Section("labels", "Label by label", question, [Text([words.NO_LABELS])])
        blocks: list[Block] = [
            self.figure(
                "shares_by_label",
                shares_by_label(self.tables),
                title="Found and trusted, label by label",
                caption=f"Share of the pictures of each label, with {self.percent} intervals. Where a label's share is "
                "lower, dropping what is lost changes the mix of labels.",
            )
        ]
        if self._has_distances(by_label=True):
            blocks.append(
                self.figure(
                    "apart_by_label",
                    apart_by_label(self.tables),
                    title="Distance of landmarks, label by label",
                    caption="Median over the pictures both trust; lost pictures are counted in the table of pairs, not "
                    f"here. Lines are {self.percent} intervals of the median.",
                )
            )
        return Section("labels", "Label by label", question, blocks)

    def _has_distances(self, *, by_label: bool = False) -> bool:
        labels = self.tables.apart["label"]
        return bool((labels != ALL).any() if by_label else len(labels))

    def _agreement(self) -> Section:
        question = "What do the backends agree on?"
        if not self.tables.pairs:
            why = words.ONE_BACKEND if len(self.tables.backends) == 1 else words.NO_PAIR
            return Section("agreement", "What they agree on", question, [Text([why])])
        findings = [*words.common_findings(self.tables), *words.pair_findings(self.tables)]
        blocks: list[Block] = [Text(findings, listed=True)]
        if self._has_distances():
            blocks += self._distances()
        blocks.append(pairs_table(self.tables, percent=self.percent))
        return Section("agreement", "What they agree on", question, blocks)

    def _distances(self) -> Iterator[Block]:
        yield self.figure(
            "apart",
            apart_chart(self.tables, [ALL, *self.tables.labels]),
            file=apart_chart(self.tables, [ALL]),
            title="How far apart their landmarks lie",
            caption="Mean distance of the landmarks both have (NME): median over the pictures both trust, with its "
            f"{self.percent} interval. Landmarks of two instruments differ by definition too, not by error alone.",
        )
        yield self.figure(
            "apart_by_part",
            apart_by_part(self.tables, [ALL, *self.tables.labels]),
            file=apart_by_part(self.tables, [ALL]),
            title="The same for each part of the face",
            caption="Jaw: landmarks 0 to 16; brows 17 to 26; nose 27 to 35; eyes 36 to 47; mouth 48 to 67.",
        )

    def _landmarks(self) -> Section:
        note = (
            "One figure for each pair, over all pictures: the mean face of the first; from each dot a line to where "
            "the second puts the landmark, drawn threefold, and an ellipse of the limits of agreement. Beside it, how "
            "their angles differ. bridge.csv has every landmark, label by label."
        )
        blocks: list[Block] = [Text([note]), *self._bridges()]
        angles = angles_table(self.tables)
        if angles.rows:
            blocks.append(angles)
        question = "Where on the face do two backends differ, and which way?"
        return Section("landmarks", "Landmark by landmark", question, blocks)

    def _bridges(self) -> Iterator[Chart]:
        for a, b in self.tables.pairs:
            name, pair = figure_name(a, b), pair_name(a, b)
            text = (self.files.bridge / f"{name}.vl.json").read_text(encoding="utf-8")
            spec: dict[str, Any] = json.loads(text)
            for rows in spec.get("datasets", {}).values():
                for row in rows:
                    row["pair"] = pair
            yield Chart(
                name=identifier(f"bridge-{name}"),
                title=f"{b} against {a}",
                caption="Bias and limits of agreement of landmarks and angles.",
                alt=f"Mean face of {a} with the bias of {b} at every landmark, and differences of angles.",
                spec=spec,
                level=None,
                file=f"../{self.files.bridge.name}/{name}.svg",
            )


def _pictures(gallery: Path | None, share: bool) -> Section:
    question = "On which pictures do two backends disagree most?"
    if share or gallery is None:
        return Section("pictures", "Pictures", question, [Text([words.NO_PICTURES])])
    shown = read_gallery(gallery)
    block: Block = shown if shown.groups else Text([words.NO_DISAGREEMENT])
    return Section("pictures", "Pictures", question, [block])


def _times(drawing: _Drawing) -> Section:
    question = "How long does a picture take?"
    if drawing.tables.seconds.empty:
        return Section("times", "Time", question, [Text([words.NO_TIMES])])
    pictures = int(drawing.tables.seconds["pictures"].max())
    chart = drawing.figure(
        "seconds",
        seconds_chart(drawing.tables),
        title="Time per picture",
        caption=f"Wall time of the jobs of this study over {pictures:,} pictures, reading the pictures included.",
    )
    return Section("times", "Time", question, [chart, Text([words.TIMES])])


def _backends(tables: BackendTables) -> Section:
    blocks: list[Table | Code] = [
        backends_table(tables.backends),
        Code("To add one to the study; docs/backends.md says how to get it.", words.HOW_TO_ADD),
    ]
    return Section("backends", "Backends", "What is here, and how is another one added?", blocks)
