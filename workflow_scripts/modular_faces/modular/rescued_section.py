"""The section on rescued pictures: the study's report, its table in words and numbers with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from modular_faces.failures.report_parts import StudyReport
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.score_parts import short_p, with_interval, words_of
from modular_faces.pages.parts import Block, Section, Table
from modular_faces.pages.report_section import report_section

TASKS: Final = {"emotions": "categories", "ratings": "ratings"}
COLUMNS: Final = (
    *("predicts", "sees", "by", "in part", "rescued", "found at once", "difference"),
    *("Cohen's d", "p", "p (Holm)", "n of both"),
)


def rescued_section(report: StudyReport, folder: Path, *, share: bool) -> Section:
    """Make the section; parameters as of `pages.report_section.report_section`."""
    section = report_section(report, folder, share=share)
    return replace(section, blocks=[_in_words(block) for block in section.blocks])


def _in_words(block: Block) -> Block:
    if not isinstance(block, Table):
        return block
    rows = [_cells(dict(zip(block.columns, row, strict=True))) for row in block.rows]
    numeric = [False] * 4 + [True] * (len(COLUMNS) - 4)
    return replace(block, columns=COLUMNS, rows=rows, numeric=numeric)


def _cells(row: Mapping[str, str]) -> Sequence[str]:
    means = [f"{float(row[name]):.3f}" for name in ("rescued", "at_once")]
    difference = with_interval(*(float(row[name]) for name in ("difference", "low", "high")))
    tests = [short_p(float(row[name])) for name in ("p", "p_holm")]
    return [
        *(TASKS[row["task"]], REGION_WORDS.get(row["region"], row["region"])),
        *(words_of(row["module"]), words_of(row["part"]) or "whole module"),
        *(*means, difference, f"{float(row['effect']):.2f}", *tests),
        f"{row['n_rescued']}, {row['n_at_once']}",
    ]
