"""Study 4: where edges lie in failures and successes, from the pictures to files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from modular_faces.failures.counting import counted
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
from modular_faces.failures.picture_report import (
    FEWEST_SHOWN,
    LevelResults,
    study_levels,
    write_results,
)
from modular_faces.failures.picture_sample import PictureSample, read_chosen
from modular_faces.failures.picture_study import PictureStudy, labels_of, pictures_of
from modular_faces.failures.report_parts import Figure, Table

NAME: Final = "edges"
CELLS: Final = 25
"""Most cells along a side of the tested map of density: at 100 pixels, cells of 4 x 4."""


@dataclass(frozen=True)
class EdgeOptions:
    """Options of the study: the keys of `failures.edges` in the config, and what all studies share.

    Attributes
    ----------
    rule : EdgeRule
    sample : int
        Most failures, and most successes, that are looked at.
    pictures, draws : int
        Pairs of a draw, and number of draws.
    permutations, seed : int
    """

    rule: EdgeRule
    sample: int
    pictures: int
    draws: int
    permutations: int
    seed: int


def write_edges(
    study: PictureStudy,
    folder: Path,
    *,
    options: Mapping[str, Any],
    metadata: Mapping[str, str],
) -> None:
    """Make the study and write its files.

    Parameters
    ----------
    study : PictureStudy
    folder : Path
        Gets edges.json, edges.csv, edges_profiles.csv, edges_maps.parquet, edges_coordinates.parquet and
        figures/edges/.
    options : mapping
        sample (most failures, and most successes, that are looked at), permutations, seed, and edges: a mapping
        with kernel, threshold, strongest, pictures, draws.
    metadata : mapping of str to str
        Of the Parquet files.
    """
    edges = options["edges"]
    settings = EdgeOptions(
        rule=EdgeRule(edges["kernel"], edges["threshold"], edges["strongest"]),
        pictures=edges["pictures"],
        draws=edges["draws"],
        **{key: options[key] for key in ("sample", "permutations", "seed")},
    )
    results = LevelResults(
        NAME,
        folder,
        tables={NAME: [], f"{NAME}_profiles": []},
        maps={f"{NAME}_maps": [], f"{NAME}_coordinates": []},
    )
    study_levels(study, results, partial(_add_level, study, results, settings))
    results.findings.append(study.frame_sentence)
    write_results(
        study,
        results,
        title="Edges",
        question="Do failures have edges at other places, or edges that run another way?",
        captions=_tables(settings, few=results.few),
        decimals=_DECIMALS,
        metadata=metadata,
    )


def _add_level(
    study: PictureStudy,
    results: LevelResults,
    options: EdgeOptions,
    outcome: Outcome,
    frame: Frame,
) -> str | None:
    """Study one level; say why where it cannot be studied."""
    sample = pictures_of(
        study, outcome, frame, read=read_chosen, most=options.sample, seed=options.seed
    )
    greys = np.ascontiguousarray(sample.pictures[..., GREY])
    labels = labels_of(outcome, sample.image_ids)
    brightness = greys.mean(axis=(1, 2))
    pairs = match_pairs(sample.failed, brightness, labels, seed=options.seed)
    failures = int(sample.failed.sum())
    if len(pairs) < FEWEST:
        return (
            f"Only {len(pairs)} of {counted(failures, 'failure')} {'has' if len(pairs) == 1 else 'have'} a success of "
            f"the same label and of nearly the same brightness (within {CALIPER} SD); fewer than {FEWEST} pairs are "
            "not compared."
        )
    stacks = stack_edges(greys, options.rule)
    drawn_rows = draw_pairs(pairs, draws=options.draws, size=options.pictures, seed=options.seed)
    drawn = draw_edges(stacks, pairs, drawn_rows)
    comparisons = compare_edges(
        stacks, pairs, cells=CELLS, permutations=options.permutations, seed=options.seed
    )
    table = edge_comparisons(outcome, comparisons, frame)
    profiles = profile_table(outcome, drawn, comparisons, frame)
    results.tables[NAME].append(table)
    results.tables[f"{NAME}_profiles"].append(profiles)
    results.maps[f"{NAME}_maps"].append(edge_map_table(outcome, drawn, comparisons, frame))
    results.maps[f"{NAME}_coordinates"].append(
        _coordinates(outcome, sample, greys, pairs[drawn_rows[0]], options)
    )
    results.findings += findings_of(table, frame, level=outcome.level, failures=failures)
    density, lines = _figures(results, outcome, len(pairs), drawn_rows.shape, options)
    results.draw(density_chart(drawn, comparisons, frame), density)
    results.draw(profile_chart(profiles), lines)
    results.few = results.few or density.private
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


def _figures(
    results: LevelResults,
    outcome: Outcome,
    pairs: int,
    drawn: tuple[int, ...],
    options: EdgeOptions,
) -> tuple[Figure, Figure]:
    share = f"{100 * options.rule.share:.0f} %"
    rules = (
        f"Fixed threshold: every pixel with a response of at least {options.rule.threshold:g} "
        f"({options.rule.kernel}), which also measures contrast. Strongest gradients: the steepest {share} of "
        f"the pixels of every picture, whatever its contrast."
    )
    counts = (
        f"{counted(drawn[0], 'draw')} of {counted(drawn[1], 'pair')} out of {pairs:,}; pairs have one label and nearly "
        "one brightness."
    )
    return (
        Figure(
            results.stem(outcome, "density"),
            "Where the edges are",
            "How many pictures have an edge at each pixel, in failures and in successes; their difference; and "
            "the places where it is beyond chance (5 % for the whole map, failure and success exchanged within "
            f"pairs). {rules} {counts}",
            "Maps of how often each pixel is an edge in failures and in successes, and of the difference.",
            outcome.level,
            pairs < FEWEST_SHOWN,
        ),
        Figure(
            results.stem(outcome, "profiles"),
            "Edges by row, column, distance from the centre, and direction",
            "Share of the pixels of each row, column and ring that are edges, and how the edges run in pictures that "
            f"have any. Lines are means over the draws, bands hold the middle 95 % of them. {rules} {counts}",
            "Line charts of the share of edges in failures and in successes.",
            outcome.level,
            False,
        ),
    )


_FOUR: Final = ("difference", "low", "high", "effect", "statistic")
_DECIMALS: Final = {"p": 5, "p_holm": 5, "place": 2, "x": 1, "y": 1} | dict.fromkeys(_FOUR, 4)


def _tables(options: EdgeOptions, *, few: bool) -> list[Table]:
    return [
        Table(
            f"{NAME}.csv",
            "Every comparison: where it is largest, the difference in the share of edges with a 95 % interval that "
            "holds for all places at once, effect in standard deviations, p from "
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
