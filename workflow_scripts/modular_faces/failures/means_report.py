"""Study 2: mean pictures and unusual pixels, from the pictures to files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from modular_faces.failures.map_comparison import FEWEST, MapComparison, strata_of
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
from modular_faces.failures.picture_sample import PictureSample, read_sample
from modular_faces.failures.picture_study import PictureStudy, labels_of, without_colour
from modular_faces.failures.report_parts import Figure, StudyReport, Table, write_csv
from modular_faces.figures import AnyChart, save_figure
from modular_faces.tables import write_table

NAME: Final = "means"
CELLS: Final = 50
"""Most cells along a side of tested maps: at 100 pixels, cells of 2 x 2."""
FEWEST_SUCCESSES: Final = 20
"""Ten in each half."""
FEWEST_SHOWN: Final = 20
"""A mean of fewer pictures could show a person."""


@dataclass
class _Files:
    """What the levels add up to."""

    comparisons: list[pd.DataFrame] = field(default_factory=list)
    shares: list[pd.DataFrame] = field(default_factory=list)
    maps: list[pa.Table] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    few: bool = False


def write_means(
    study: PictureStudy,
    folder: Path,
    *,
    sample: int,
    permutations: int,
    confidence: float,
    seed: int,
    metadata: dict[str, str],
) -> None:
    """Make the study and write its files.

    Parameters
    ----------
    study : PictureStudy
    folder : Path
        Gets means.json, means.csv, means_unusual.csv, means_maps.parquet and figures/means/.
    sample : int
        Most failures, and most successes, that are tested.
    permutations : int
    confidence : float
        Of the intervals.
    seed : int
    metadata : dict of str to str
        Of the Parquet file.
    """
    files = _Files()
    (folder / "figures" / NAME).mkdir(parents=True, exist_ok=True)
    for outcome in study.outcomes:
        reason = outcome.too_few or _few_successes(outcome)
        if reason or study.frame is None:
            files.reasons.append(reason or "No picture could be decoded.")
            files.findings.append(f"Level {outcome.level}: {files.reasons[-1]}")
            continue
        pictures = read_sample(
            study.packs,
            outcome.image_ids,
            outcome.failed,
            frame=study.frame,
            clusters=study.clusters,
            most=sample,
            seed=seed,
        )
        if copies := _few_without_copies(pictures):
            files.reasons.append(copies)
            files.findings.append(f"Level {outcome.level}: {copies}")
            continue
        settings = MapSettings(permutations, CELLS, seed)
        _add_level(files, outcome, pictures, settings, folder, confidence=confidence)
    _write(files, study, folder, metadata, permutations)


def _few_successes(outcome: Outcome) -> str | None:
    successes = int((~outcome.failed).sum())
    if successes >= FEWEST_SUCCESSES:
        return None
    return (
        f"{successes} pictures succeeded; one half of the successes is compared with the other, and "
        f"fewer than {FEWEST_SUCCESSES} are not."
    )


def _few_without_copies(sample: PictureSample) -> str | None:
    """Copies of a picture say no more than the picture; and their mean would show it."""
    failures = int(sample.failed.sum())
    successes = len(sample.failed) - failures
    if min(failures, successes) >= FEWEST:
        return None
    return (
        f"Without copies there are {failures} failures, and {successes} successes in the half that is compared; "
        f"fewer than {FEWEST} of a kind are not compared."
    )


def _add_level(
    files: _Files,
    outcome: Outcome,
    sample: PictureSample,
    settings: MapSettings,
    folder: Path,
    *,
    confidence: float,
) -> None:
    labels = labels_of(outcome, sample.image_ids)
    strata = strata_of(labels, without_colour(sample))
    means = mean_pictures(sample.moments)
    comparisons = compare_pixels(sample, strata, settings)
    table = comparison_table(outcome, comparisons, sample.frame)
    shares = share_table(outcome, sample, confidence=confidence)
    files.comparisons.append(table)
    files.shares.append(shares)
    files.maps.append(map_table(outcome, means, sample, comparisons))
    files.findings += findings_of(table, sample.frame, level=outcome.level)
    distinct = min(int(sample.failed.sum()), 2 * int((~sample.failed).sum()))
    few = min(means.n_failures, means.n_successes, distinct) < FEWEST_SHOWN
    files.few = files.few or few
    charts = _charts(means, comparisons, sample, shares)
    for name, chart in charts.items():
        stem = f"figures/{NAME}/{outcome.level}_{name}"
        save_figure(chart, folder / stem)
        title, caption, alt_text = CAPTIONS[name]
        words = f"{caption} {_counts(means, sample, tested=name not in _SHOWS_MEANS)}"
        files.figures.append(Figure(stem, title, words, alt_text, outcome.level, private=few))


_SHOWS_MEANS = ("pictures", "own_pixels")


def _counts(means: MeanPictures, sample: PictureSample, *, tested: bool) -> str:
    text = f"Means of {means.n_failures:,} failures and {means.n_successes:,} successes"
    if not tested:
        return f"{text}."
    failures = int(sample.failed.sum())
    successes = len(sample.failed) - failures
    return (
        f"{text}; tested on {failures:,} failures and {successes:,} successes of the held-out half."
    )


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


def _write(
    files: _Files, study: PictureStudy, folder: Path, metadata: dict[str, str], permutations: int
) -> None:
    tables = {f"{NAME}.csv": files.comparisons, f"{NAME}_unusual.csv": files.shares}
    for name, parts in tables.items():
        empty = pd.DataFrame(columns=list(study.outcomes[0].keys))
        write_csv(pd.concat(parts) if parts else empty, folder / name, decimals=_DECIMALS)
    maps = (
        pa.concat_tables(files.maps) if files.maps else pa.table({"level": pa.array([], "string")})
    )
    write_table(maps, folder / f"{NAME}_maps.parquet", metadata=metadata)
    skipped = " ".join(dict.fromkeys(files.reasons)) if not files.comparisons else None
    outcome = study.outcomes[-1]
    about = [study.note] if study.note else []
    StudyReport(
        study=NAME,
        title=f"Mean pictures and unusual pixels: {outcome.title}",
        question="Do the pictures on which landmarks fail look different, and where?",
        skipped=skipped,
        findings=[] if skipped else [*about, *files.findings, study.frame_sentence],
        figures=files.figures,
        tables=[] if skipped else _tables(permutations, few=files.few),
        n={"pictures": len(outcome.failed), "failures": int(np.sum(outcome.failed))},
    ).write(folder / f"{NAME}.json")


_FOUR: Final = ("difference", "low", "high", "effect", "statistic", "delta")
_DECIMALS: Final = {"p": 5, "p_holm": 5, "x": 1, "y": 1} | dict.fromkeys(_FOUR, 4)


def _tables(permutations: int, *, few: bool) -> list[Table]:
    return [
        Table(
            f"{NAME}.csv",
            "Every comparison: where it is largest (x, y in pixels of the frame), difference with an interval that "
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
