"""Sections on what the scores rest on: lost pictures, comparisons, instruments, specificity."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from modular_faces.modular import (
    comparison_parts,
    coverage_parts,
    score_parts,
    specificity_parts,
)
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.page_parts import HEAD_METRIC, Figures, ScoreTables
from modular_faces.modular.region_section import region_blocks
from modular_faces.modular.score_parts import EMOTION, MEAN, words_of
from modular_faces.pages.parts import Block, Section, Text

WEIGHTED: Final = (
    "Pictures by their chance to be found, as estimated from how they look without a face (brightness, contrast, "
    "sharpness, size) and their label. Weighting can only work where both groups overlap: lost pictures far to the "
    "left of all found ones have nobody to stand for them."
)
BOUNDS: Final = (
    "Whatever the lost pictures are: accuracy of all pictures cannot be lower than if every lost one were wrong, nor "
    "higher than if every lost one were right. The effective sample size is how many pictures of equal weight the "
    "weighted ones are worth."
)
NO_DUPLICATES: Final = (
    "No test picture has a duplicate among the training pictures, so nothing has to be left out."
)
PARTED: Final = (
    "There is no official split; duplicates were kept in one fold, so that none is on both sides."
)
DIFFERENCES: Final = (
    "Each line is the main model less another one on the same found pictures; right of 0 the main model has the larger "
    "score; differences of R2 beyond 1 leave the chart. Lines are {interval} intervals from the same draws for both."
)
MCNEMAR: Final = (
    " McNemar's test counts the pictures that only one of the two gets right; its p-values are corrected by Holm's "
    "method over all comparisons of the target that see the same (whole picture or face)."
)
RUNGS: Final = (
    "Three models of the 68 landmarks alone. Between the first two only the instrument changes, between the last two "
    "only the pictures that are learnt from; the score over all pictures says what coverage is worth. Where "
    "enough pictures were lost by OpenFace, what weighting estimates stands beside what was measured on all. Lines are "
    "{interval} intervals."
)
RUNG_METRICS: Final = {EMOTION: ("accuracy", "balanced_accuracy"), MEAN: ("r2", "r")}
NO_RUNGS: Final = (
    "There are no outputs of OpenFace in this run. With them (backend openface or precomputed in the study) this "
    "section separates what the instrument costs from what lost pictures cost."
)
SPECIFIC: Final = (
    "How the predictions for one rating correlate with what people said of another, out of fold. A model is specific "
    "when the largest value of its row lies on the diagonal; ratings that people give alike cannot be told apart."
)


def evidence_sections(tables: ScoreTables, folder: Path) -> Iterator[Section]:
    """Make the sections.

    Parameters
    ----------
    tables : ScoreTables
    folder : Path
        Of the page.
    """
    coverage = list(_coverage(tables, Figures(folder, "coverage")))
    yield Section(
        "coverage", "Lost pictures", "Would the scores stand if no picture were lost?", coverage
    )
    compared = list(_comparisons(tables, Figures(folder, "comparisons")))
    yield Section(
        "comparisons", "Comparisons", "Which model is better, on the same pictures?", compared
    )
    regions = list(region_blocks(tables, Figures(folder, "regions")))
    yield Section(
        "regions",
        "Whole picture or face",
        "What does a model gain from all that is not the face?",
        regions,
    )
    rungs = list(_rungs(tables, Figures(folder, "rungs")))
    yield Section(
        "rungs",
        "OpenFace or mesh",
        "What does the instrument cost, and what do lost pictures?",
        rungs,
    )
    if "r" in tables.specificity:
        specific = list(_specificity(tables, Figures(folder, "specificity")))
        yield Section(
            "specificity",
            "Specificity",
            "Does the model of one rating predict the others as well?",
            specific,
        )


def _coverage(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    if "task" in tables.overlap:
        for task in dict.fromkeys(tables.overlap["task"]):
            chart = coverage_parts.overlap_chart(tables.overlap, task)
            rows = tables.overlap[tables.overlap["task"] == task]
            most = rows.groupby("region")[["found", "lost"]].sum().max()
            n = f" {most['found']} found and {most['lost']} lost pictures."
            title = f"Chance to be found: {coverage_parts.TASK_WORDS[task]}"
            yield figures(chart, f"overlap_{task}", title, WEIGHTED + n)
    elif reasons := [note for note in tables.notes if "not weighted" in note]:
        yield Text(reasons)
    bounds = coverage_parts.bounds_table(tables.scores)
    if bounds is not None:
        yield Text([BOUNDS])
        yield bounds
    yield from _duplicates(tables)


def _duplicates(tables: ScoreTables) -> Iterator[Block]:
    made = [coverage_parts.duplicates_table(tables.scores, target) for target in tables.heads]
    shown = [table for table in made if table is not None]
    official = "test" in set(tables.scores["split"])
    yield from shown
    if not shown:
        yield Text([NO_DUPLICATES if official else PARTED])


def _comparisons(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    empty = True
    for target in tables.heads:
        rows = comparison_parts.chosen_comparisons(tables.comparisons, target)
        metric = HEAD_METRIC[target]
        if rows.empty or metric not in set(rows["metric"]):
            continue
        empty = False
        yield Text(
            list(comparison_parts.comparison_findings(rows, metric, tables.main)), listed=True
        )
        chart = comparison_parts.comparison_chart(rows, metric, tables.main)
        caption = DIFFERENCES.format(interval=tables.interval)
        caption += MCNEMAR if rows["p_mcnemar"].notna().any() else ""
        title = f"{words_of(metric).capitalize()} against other models: {words_of(target)}"
        yield figures(chart, f"{target}_{metric}", title, caption)
        yield comparison_parts.comparison_table(rows, target, tables.interval)
    if empty:
        yield Text(["There is only one model, and nothing to compare it with."])


def _rungs(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    rungs = tables.scores[tables.scores["model"].str.startswith("rung_")]
    if rungs.empty:
        yield Text([NO_RUNGS])
        return
    caption = RUNGS.format(interval=tables.interval)
    if checked := [note for note in tables.notes if note.startswith("Weights checked")]:
        yield Text(checked)
    for target, metrics in RUNG_METRICS.items():
        own = rungs[rungs["target"] == target]
        if own.empty:
            continue
        chart = comparison_parts.rung_chart(own, metrics)
        yield figures(chart, f"rungs_{target}", f"Three rungs: {words_of(target)}", caption)
        rows = comparison_parts.chosen_comparisons(tables.comparisons, target, rungs=True)
        yield comparison_parts.comparison_table(rows, target, tables.interval)
    ratings = rungs[~rungs["target"].isin(list(RUNG_METRICS)) & (rungs["metric"] == "r2")]
    ratings = ratings[ratings["population"] == "found"]
    if len(ratings):
        named = ratings.assign(model=ratings["model"].map(comparison_parts.RUNG_WORDS))
        chart = score_parts.each_target_chart(named)
        yield figures(
            chart,
            "rungs_ratings",
            "Three rungs: R2 of each rating",
            f"{caption} Pictures that both find.",
        )


def _specificity(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    control = specificity_parts.control_finding(tables.scores, tables.main)
    findings = list(specificity_parts.specificity_findings(tables.specificity))
    yield Text([*findings, *([control] if control else [])], listed=True)
    for region in dict.fromkeys(tables.specificity["region"]):
        chart = specificity_parts.specificity_chart(tables.specificity, region)
        n = int(tables.specificity["n"].max())
        title = f"Predictions of one rating against all others: {REGION_WORDS.get(region, region)}"
        yield figures(chart, f"specificity_{region}", title, f"{SPECIFIC} n = {n}.")
