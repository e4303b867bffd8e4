"""Study 2: mean pictures and unusual pixels, from the pictures to files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.map_comparison import MapComparison, strata_in_words, strata_of
from modular_faces.failures.means import (
    MapSettings,
    MeanPictures,
    compare_pixels,
    mean_pictures,
)
from modular_faces.failures.means_figures import (
    difference_chart,
    mean_picture_chart,
    own_pixels_chart,
    spread_chart,
    unusual_chart,
    unusual_shares_chart,
)
from modular_faces.failures.means_tables import comparison_table, map_table, share_table
from modular_faces.failures.means_words import CAPTIONS, findings_of
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.picture_frame import Frame
from modular_faces.failures.picture_report import (
    FEWEST_SHOWN,
    LevelResults,
    study_levels,
    write_results,
)
from modular_faces.failures.picture_sample import PictureSample, read_sample
from modular_faces.failures.picture_study import (
    PictureStudy,
    labels_of,
    pictures_of,
    without_colour,
)
from modular_faces.failures.report_parts import Figure, Table
from modular_faces.figures import AnyChart

NAME: Final = "means"
CELLS: Final = 50
"""Most cells along a side of tested maps: at 100 pixels, cells of 2 x 2."""
FEWEST_SUCCESSES: Final = 20
"""Ten in each half."""


def write_means(
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
        Gets means.json, means.csv, means_unusual.csv, means_maps.parquet and figures/means/.
    options : mapping
        sample (most failures, and most successes, that are tested), permutations, confidence (of the intervals),
        seed.
    metadata : mapping of str to str
        Of the Parquet file.
    """
    results = LevelResults(
        NAME, folder, tables={NAME: [], f"{NAME}_unusual": []}, maps={f"{NAME}_maps": []}
    )
    study_levels(study, results, partial(_add_level, study, results, options))
    results.findings.append(study.frame_sentence)
    write_results(
        study,
        results,
        title="Mean pictures and unusual pixels",
        question="Do the pictures on which landmarks fail look different, and where?",
        captions=_tables(options["permutations"], few=results.few),
        decimals=_DECIMALS,
        metadata=metadata,
    )


def _few_successes(outcome: Outcome) -> str | None:
    successes = int((~outcome.failed).sum())
    if successes >= FEWEST_SUCCESSES:
        return None
    return (
        f"Only {counted(successes, 'picture')} succeeded; one half of the successes is compared with the other, and "
        f"fewer than {FEWEST_SUCCESSES} are not."
    )


def _add_level(
    study: PictureStudy,
    results: LevelResults,
    options: Mapping[str, Any],
    outcome: Outcome,
    frame: Frame,
) -> str | None:
    """Study one level; say why where it cannot be studied."""
    if few := _few_successes(outcome):
        return few
    seed = options["seed"]
    sample = pictures_of(study, outcome, frame, read=read_sample, most=options["sample"], seed=seed)
    strata = strata_of(labels_of(outcome, sample.image_ids), without_colour(sample))
    means = mean_pictures(sample.moments)
    comparisons = compare_pixels(sample, strata, MapSettings(options["permutations"], CELLS, seed))
    table = comparison_table(outcome, comparisons, frame)
    shares = share_table(outcome, sample, confidence=options["confidence"])
    results.tables[NAME].append(table)
    results.tables[f"{NAME}_unusual"].append(shares)
    results.maps[f"{NAME}_maps"].append(map_table(outcome, means, sample, comparisons))
    results.findings += findings_of(table, frame, level=outcome.level)
    if why_not := strata_in_words(sample.failed, strata):
        results.findings.append(f"Level {outcome.level}: {why_not}")
    _draw(results, outcome, sample, means, _charts(means, comparisons, sample, shares))
    return None


def _draw(
    results: LevelResults,
    outcome: Outcome,
    sample: PictureSample,
    means: MeanPictures,
    charts: Mapping[str, AnyChart],
) -> None:
    failures, compared = int(sample.failed.sum()), int((~sample.failed).sum())
    shown = {name: min(failures, means.n_failures, means.n_successes) for name in charts}
    for name in _SHOWS_HALF:
        shown[name] = min(failures, compared)
    for name, chart in charts.items():
        private = shown[name] < FEWEST_SHOWN
        results.few = results.few or private
        title, caption, alt_text = CAPTIONS[name]
        words = f"{caption} {_counts(means, sample, tested=name not in _SHOWS_MEANS)}"
        stem = results.stem(outcome, name)
        results.draw(chart, Figure(stem, title, words, alt_text, outcome.level, private))


_SHOWS_MEANS = ("pictures", "own_pixels")
_SHOWS_HALF = ("differences", "unusual", "unusual_shares", "spread")
"""Figures that average the successes of one half only."""


def _counts(means: MeanPictures, sample: PictureSample, *, tested: bool) -> str:
    text = f"Means of {_kinds(means.n_failures, means.n_successes)}"
    if not tested:
        return f"{text}."
    failures = int(sample.failed.sum())
    return (
        f"{text}; tested on {_kinds(failures, len(sample.failed) - failures)} of the held-out half."
    )


def _kinds(failures: int, successes: int) -> str:
    return f"{counted(failures, 'failure')} and {counted(successes, 'success', 'successes')}"


def _charts(
    means: MeanPictures,
    comparisons: list[MapComparison],
    sample: PictureSample,
    shares: pd.DataFrame,
) -> dict[str, AnyChart]:
    return {
        "pictures": mean_picture_chart(means),
        "differences": difference_chart(means, comparisons, sample.frame),
        "unusual": unusual_chart(sample, comparisons),
        "unusual_shares": unusual_shares_chart(shares),
        "spread": spread_chart(means, comparisons, sample.frame),
        "own_pixels": own_pixels_chart(means),
    }


_FOUR: Final = ("difference", "low", "high", "effect", "statistic", "delta")
_DECIMALS: Final = {"x": 1, "y": 1} | dict.fromkeys(_FOUR, 4)


def _tables(permutations: int, *, few: bool) -> list[Table]:
    return [
        Table(
            f"{NAME}.csv",
            "Every comparison: where it is largest (x, y in pixels of the frame), difference with a 95 % interval that "
            "holds for all places at once, effect in standard deviations, share of the picture that differs, p "
            f"from {permutations:,} permutations for the whole map, and p_holm for the maps of one question: the four "
            "channels, or the four kinds of unusual pixels.",
        ),
        Table(
            f"{NAME}_unusual.csv",
            "Share of unusual pixels per picture: quartiles, Cliff's delta with interval, Mann-Whitney p, p_holm.",
        ),
        Table(
            f"{NAME}_maps.parquet", "All maps in numbers, a row per pixel and channel.", private=few
        ),
    ]
