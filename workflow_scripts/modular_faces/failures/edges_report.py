"""Study 4: where edges lie in failures and successes, from the pictures to files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from modular_faces.failures.edge_kernels import EdgeRule
from modular_faces.failures.edges import (
    compare_edges,
    draw_pairs,
    edge_coordinates,
    stack_edges,
)
from modular_faces.failures.edges_figures import density_chart, profile_chart
from modular_faces.failures.edges_tables import (
    draw_edges,
    edge_comparisons,
    edge_map_table,
    profile_table,
)
from modular_faces.failures.edges_words import findings_of
from modular_faces.failures.map_comparison import FEWEST
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.pairs import CALIPER, Pairs, match_pairs
from modular_faces.failures.picture_frame import GREY, Frame
from modular_faces.failures.picture_sample import PictureSample, read_chosen
from modular_faces.failures.picture_study import PictureStudy, labels_of
from modular_faces.failures.report_parts import Figure, StudyReport, Table, write_csv
from modular_faces.figures import save_figure
from modular_faces.tables import write_table

NAME: Final = "edges"
CELLS: Final = 25
"""Most cells along a side of the tested map of density: at 100 pixels, cells of 4 x 4."""


_FEWEST_SHOWN: Final = 20
"""A density of fewer pictures could show a person."""


@dataclass
class _Files:
    """What the levels add up to."""

    comparisons: list[pd.DataFrame] = field(default_factory=list)
    profiles: list[pd.DataFrame] = field(default_factory=list)
    maps: list[pa.Table] = field(default_factory=list)
    coordinates: list[pa.Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    few: bool = False


@dataclass(frozen=True)
class EdgeOptions:
    """Options of the study, the keys of `failures.edges` in the config.

    Attributes
    ----------
    rule : EdgeRule
    pictures, draws : int
        Pairs of a draw, and number of draws.
    permutations, seed : int
    """

    rule: EdgeRule
    pictures: int
    draws: int
    permutations: int
    seed: int


def write_edges(
    study: PictureStudy,
    folder: Path,
    *,
    sample: int,
    permutations: int,
    seed: int,
    edges: Mapping[str, Any],
    metadata: dict[str, str],
) -> None:
    """Make the study and write its files.

    Parameters
    ----------
    study : PictureStudy
    folder : Path
        Gets edges.json, edges.csv, edges_profiles.csv, edges_maps.parquet, edges_coordinates.parquet and
        figures/edges/.
    sample : int
        Most failures, and most successes, that are looked at.
    permutations, seed : int
    edges : mapping
        kernel, threshold, strongest, pictures, draws.
    metadata : dict of str to str
        Of the Parquet files.
    """
    rule = EdgeRule(edges["kernel"], edges["threshold"], edges["strongest"])
    options = EdgeOptions(rule, edges["pictures"], edges["draws"], permutations, seed)
    files = _Files()
    (folder / "figures" / NAME).mkdir(parents=True, exist_ok=True)
    for outcome in study.outcomes:
        reason = outcome.too_few
        if reason is None and study.frame is not None:
            chosen = read_chosen(
                study.packs,
                outcome.image_ids,
                outcome.failed,
                frame=study.frame,
                clusters=study.clusters,
                most=sample,
                seed=seed,
            )
            reason = _add_level(files, outcome, chosen, options, folder)
        if reason:
            files.reasons.append(reason)
            files.findings.append(f"Level {outcome.level}: {reason}")
    _write(files, study, folder, options, metadata)


def _add_level(
    files: _Files, outcome: Outcome, sample: PictureSample, options: EdgeOptions, folder: Path
) -> str | None:
    """Study one level; say why where it cannot be studied."""
    greys = np.ascontiguousarray(sample.pictures[..., GREY])
    labels = labels_of(outcome, sample.image_ids)
    brightness = greys.mean(axis=(1, 2))
    pairs = match_pairs(sample.failed, brightness, labels, seed=options.seed)
    failures = int(sample.failed.sum())
    if len(pairs) < FEWEST:
        return (
            f"Only {len(pairs)} of {failures} failures have a success of the same label and of nearly the "
            f"same brightness (within {CALIPER} SD); fewer than {FEWEST} pairs are not compared."
        )
    stacks = stack_edges(greys, options.rule)
    drawn_rows = draw_pairs(pairs, draws=options.draws, size=options.pictures, seed=options.seed)
    drawn = draw_edges(stacks, pairs, drawn_rows)
    comparisons = compare_edges(
        stacks, pairs, cells=CELLS, permutations=options.permutations, seed=options.seed
    )
    table = edge_comparisons(outcome, comparisons, sample.frame)
    profiles = profile_table(outcome, drawn, comparisons, sample.frame)
    files.comparisons.append(table)
    files.profiles.append(profiles)
    files.maps.append(edge_map_table(outcome, drawn, comparisons, sample.frame))
    files.coordinates.append(_coordinates(outcome, sample, greys, pairs[drawn_rows[0]], options))
    files.findings += findings_of(table, sample.frame, level=outcome.level, failures=failures)
    save_figure(density_chart(drawn, comparisons, sample.frame), folder / _stem(outcome, "density"))
    save_figure(profile_chart(profiles), folder / _stem(outcome, "profiles"))
    files.figures += _figures(outcome, len(pairs), drawn_rows.shape, options)
    files.few = files.few or len(pairs) < _FEWEST_SHOWN
    return None


def _coordinates(
    outcome: Outcome,
    sample: PictureSample,
    greys: np.ndarray,
    pairs: Pairs,
    options: EdgeOptions,
) -> pa.Table:
    """Edges of the pictures of the first draw, each picture once."""
    rows = np.unique(pairs)
    names = [sample.image_ids[row] for row in rows]
    table = edge_coordinates(greys[rows], names, sample.failed[rows], options.rule)
    levels = pa.array([outcome.level] * table.num_rows, pa.string())
    return table.add_column(0, "level", levels)


def _stem(outcome: Outcome, name: str) -> str:
    return f"figures/{NAME}/{outcome.level}_{name}"


def _figures(
    outcome: Outcome, pairs: int, drawn: tuple[int, ...], options: EdgeOptions
) -> list[Figure]:
    share = f"{100 * options.rule.share:.0f} %"
    rules = (
        f"Fixed threshold: every pixel with a response of at least {options.rule.threshold:g} "
        f"({options.rule.kernel}), which also measures contrast. Strongest gradients: the steepest {share} of "
        f"the pixels of every picture, whatever its contrast."
    )
    counts = f"{drawn[0]} draws of {drawn[1]} pairs out of {pairs:,}; pairs have one label and nearly one brightness."
    return [
        Figure(
            _stem(outcome, "density"),
            "Where the edges are",
            "How many pictures have an edge at each pixel, in failures and in successes; their difference; and "
            "the places where it is beyond chance (5 % for the whole map, failure and success exchanged within "
            f"pairs). {rules} {counts}",
            "Maps of how often each pixel is an edge in failures and in successes, and of the difference.",
            outcome.level,
            pairs < _FEWEST_SHOWN,
        ),
        Figure(
            _stem(outcome, "profiles"),
            "Edges by row, column, distance from the centre, and direction",
            "Share of the pixels of each row, column and ring that are edges, and how the edges run. Lines are "
            f"means over the draws, bands hold the middle 95 % of them. {rules} {counts}",
            "Line charts of the share of edges in failures and in successes.",
            outcome.level,
            False,
        ),
    ]


def _write(
    files: _Files,
    study: PictureStudy,
    folder: Path,
    options: EdgeOptions,
    metadata: dict[str, str],
) -> None:
    empty = pd.DataFrame(columns=list(study.outcomes[0].keys))
    for name, parts in ((NAME, files.comparisons), (f"{NAME}_profiles", files.profiles)):
        write_csv(pd.concat(parts) if parts else empty, folder / f"{name}.csv", decimals=_DECIMALS)
    nothing = pa.table({"level": pa.array([], pa.string())})
    for name, tables in (("maps", files.maps), ("coordinates", files.coordinates)):
        table = pa.concat_tables(tables) if tables else nothing
        write_table(table, folder / f"{NAME}_{name}.parquet", metadata=metadata)
    skipped = None if files.comparisons else _why(files, study.frame)
    outcome = study.outcomes[-1]
    about = [study.note] if study.note else []
    StudyReport(
        study=NAME,
        title=f"Edges: {outcome.title}",
        question="Do failures have edges at other places, or edges that run another way?",
        skipped=skipped,
        findings=[] if skipped else [*about, *files.findings, study.frame_sentence],
        figures=files.figures,
        tables=[] if skipped else _tables(options, few=files.few),
        n={"pictures": len(outcome.failed), "failures": int(np.sum(outcome.failed))},
    ).write(folder / f"{NAME}.json")


def _why(files: _Files, frame: Frame | None) -> str:
    if frame is None:
        return "No picture could be decoded, so there is nothing to study."
    return " ".join(dict.fromkeys(files.reasons))


_FOUR: Final = ("difference", "low", "high", "effect", "statistic")
_DECIMALS: Final = {"p": 5, "p_holm": 5, "place": 2, "x": 1, "y": 1} | dict.fromkeys(_FOUR, 4)


def _tables(options: EdgeOptions, *, few: bool) -> list[Table]:
    return [
        Table(
            f"{NAME}.csv",
            "Every comparison: where it is largest, the difference in the share of edges with an interval that holds "
            "for all places at once, effect in standard deviations, p from "
            f"{options.permutations:,} permutations within pairs for all places, p_holm for all rows of the level.",
        ),
        Table(f"{NAME}_profiles.csv", "Profiles with the middle 95 % of the draws."),
        Table(
            f"{NAME}_maps.parquet", "Densities in numbers, a row per rule and pixel.", private=few
        ),
        Table(
            f"{NAME}_coordinates.parquet",
            "Every edge of the pictures of the first draw: x, y, strength, direction. It traces the pictures, so "
            "it is as private as they are.",
            private=True,
        ),
    ]
