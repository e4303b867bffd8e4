"""Pixel part of study 5: which pixels a model of failure looks at, from the pictures to files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.map_comparison import (
    FREE,
    LEVEL,
    comparison_row,
    strata_in_words,
    strata_of,
)
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.picture_frame import GREY, Frame, place_in_words
from modular_faces.failures.picture_report import (
    FEWEST_SHOWN,
    LevelResults,
    study_levels,
    write_results,
)
from modular_faces.failures.picture_sample import read_chosen
from modular_faces.failures.picture_study import (
    PictureStudy,
    labels_of,
    pictures_of,
    without_colour,
)
from modular_faces.failures.report_parts import Figure, Table, level_in_words, share_in_words
from modular_faces.failures.report_words import effect_in_words, tested
from modular_faces.failures.shap_pixels import PixelModel, PixelShap, pixel_shap
from modular_faces.figures import AnyChart, grid_chart
from modular_faces.picture_figures import map_chart

NAME: Final = "shap_pixels"
_WORDS = {"linear": "logistic regression on pixels", "boosted": "gradient-boosted trees on pixels"}
_GROUPS = ("failures", "successes")


def write_shap_pixels(study: PictureStudy, folder: Path, *, options: Mapping[str, Any]) -> None:
    """Make the study and write its files.

    Parameters
    ----------
    study : PictureStudy
    folder : Path
        Gets shap_pixels.json, shap_pixels.csv, shap_pixels_comparisons.csv, shap_pixels_maps.csv and
        figures/shap_pixels/.
    options : mapping
        sample (most failures, and most successes, that are modelled), permutations, confidence (of the interval
        of the AUC), seed, and pixels: a mapping with model, side, folds.
    """
    settings = PixelModel(
        *(options["pixels"][key] for key in ("model", "side", "folds")),
        *(options[key] for key in ("permutations", "confidence", "seed")),
    )
    results = LevelResults(
        NAME, folder, tables={NAME: [], f"{NAME}_comparisons": [], f"{NAME}_maps": []}
    )
    study_levels(study, results, partial(_add_level, study, results, settings, options["sample"]))
    write_results(
        study,
        results,
        title="Pixels that speak for failure",
        question="Can the pixels alone tell which pictures fail, and which pixels say so?",
        captions=_tables(settings, few=results.few),
        decimals=_DECIMALS,
        metadata={},
    )


def _add_level(
    study: PictureStudy,
    results: LevelResults,
    settings: PixelModel,
    most: int,
    outcome: Outcome,
    frame: Frame,
) -> str | None:
    """Study one level; say why where it cannot be studied."""
    sample = pictures_of(study, outcome, frame, read=read_chosen, most=most, seed=settings.seed)
    strata = strata_of(labels_of(outcome, sample.image_ids), without_colour(sample))
    greys = np.ascontiguousarray(sample.pictures[..., GREY])
    result = pixel_shap(greys, sample.failed, strata=strata, settings=settings)
    _add_model(results, settings, outcome, result, sample.failed)
    if result.informative and (why_not := strata_in_words(sample.failed, strata)):
        results.findings.append(f"Level {outcome.level}: {why_not}")
    return None


def _add_model(
    results: LevelResults,
    settings: PixelModel,
    outcome: Outcome,
    result: PixelShap,
    failed: npt.NDArray[np.bool_],
) -> None:
    """Say how well a level's model does and, where it knows something, what it looks at."""
    failures = int(failed.sum())
    counts = {"n_failures": failures, "n_successes": len(failed) - failures}
    longest = max(result.signed.shape[1:])
    row = (
        outcome.keys
        | {"model": settings.model, "side": longest, "folds": settings.folds}
        | counts
        | {"auc": result.auc.estimate, "low": result.auc.low, "high": result.auc.high}
        | {"maps": result.informative}
    )
    results.tables[NAME].append(pd.DataFrame([row]))
    auc = (
        f"AUC {result.auc.estimate:.2f} ({level_in_words(settings.confidence)} interval {result.auc.low:.2f} to "
        f"{result.auc.high:.2f}; {counted(counts['n_failures'], 'failure')}, "
        f"{counted(counts['n_successes'], 'success', 'successes')}, out of fold)"
    )
    lead = f"Level {outcome.level}: {_WORDS[settings.model]} at {longest} pixels a side "
    if not result.informative:
        results.findings.append(
            f"{lead}cannot tell failures from successes better than chance, {auc}, so that no map is shown."
        )
        return
    table = _comparison_table(outcome, result)
    results.tables[f"{NAME}_comparisons"].append(table)
    results.tables[f"{NAME}_maps"].append(_map_table(outcome, result, failed))
    small = Frame(*result.signed.shape[1:])
    said = f"{_said(table, small)} {_speaks(result, failed, small)}"
    results.findings.append(f"{lead}tells failures from successes: {auc}. {said}")
    few = min(counts.values()) < FEWEST_SHOWN
    results.few = results.few or few
    stem = results.stem(outcome, "maps")
    results.draw(_chart(result, failed), _figure(stem, outcome, auc, settings, private=few))


def _comparison_table(outcome: Outcome, result: PixelShap) -> pd.DataFrame:
    rows = [outcome.keys | comparison_row(one, cell=1) for one in result.comparisons]
    return pd.DataFrame(rows).drop(columns="channel")


def _maps(result: PixelShap, failed: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.float64]]:
    """Mean maps of both groups (h, w): share of what was said, in %, and log odds."""
    found = {}
    for name, values in (("absolute", 100 * result.absolute), ("signed", result.signed)):
        for group, members in zip(_GROUPS, (failed, ~failed), strict=True):
            found[f"{name}_{group}"] = values[members].mean(axis=0)
    return found


def _map_table(outcome: Outcome, result: PixelShap, failed: npt.NDArray[np.bool_]) -> pd.DataFrame:
    y, x = np.indices(result.signed.shape[1:])
    columns: dict[str, object] = dict(outcome.keys)
    columns |= {"y": y.ravel(), "x": x.ravel()}
    columns |= {"n_failures": int(failed.sum()), "n_successes": int((~failed).sum())}
    columns |= {name: values.ravel() for name, values in _maps(result, failed).items()}
    for one in result.comparisons:
        how = "free" if one.compared == FREE else "within"
        columns[f"effect_{one.name}_{how}"] = one.test.effect
        columns[f"p_{one.name}_{how}"] = one.test.p_values
    return pd.DataFrame(columns)


def _said(table: pd.DataFrame, frame: Frame) -> str:
    sentences = []
    for _, row in table.iterrows():
        among = "" if row["compared"] == FREE else f", compared {row['compared']}"
        if float(row["p_holm"]) > LEVEL:
            sentences.append(
                f"No difference in where it looks found{among} ({effect_in_words(row['effect'])} at most, "
                f"{tested(row)})."
            )
            continue
        how = "more" if row["difference"] > 0 else "less"
        sentences.append(
            f"In failures{among} it looks {how} {place_in_words(row['y'], row['x'], frame)} "
            f"({effect_in_words(row['effect'])}, {tested(row)}; "
            f"{share_in_words(row['share_higher'])} of the pixels count more, "
            f"{share_in_words(row['share_lower'])} less)."
        )
    return " ".join(sentences)


def _speaks(result: PixelShap, failed: npt.NDArray[np.bool_], frame: Frame) -> str:
    """Where signed values part the groups most: a description, which no test can add to."""
    maps = _maps(result, failed)
    gap = maps["signed_failures"] - maps["signed_successes"]
    y, x = np.unravel_index(int(gap.argmax()), gap.shape)
    return (
        f"What speaks for failure lies most {place_in_words(float(y), float(x), frame)}; this is a description without "
        "a test, because the model was trained to part these groups."
    )


def _chart(result: PixelShap, failed: npt.NDArray[np.bool_]) -> AnyChart:
    maps = _maps(result, failed)
    charts: list[AnyChart] = []
    for name, legend, signed in (
        ("absolute", "% of what the model says", False),
        ("signed", "log odds of failure", True),
    ):
        both = [maps[f"{name}_{group}"] for group in _GROUPS]
        reach = float(max(np.abs(values).max() for values in both))
        title = "Speaks for failure" if signed else "Looked at"
        for group, values in zip(_GROUPS, both, strict=True):
            limits = (-reach, reach) if signed else (0.0, reach or 1.0)
            charts.append(
                map_chart(
                    values,
                    title=f"{title}, {group}",
                    legend=legend,
                    diverging=signed,
                    limits=limits,
                )
            )
        charts.append(_difference(result, both[0] - both[1], legend, tested=not signed))
    return grid_chart(charts, columns=3)


def _difference(
    result: PixelShap, difference: npt.NDArray[np.float64], legend: str, *, tested: bool
) -> AnyChart:
    """Failures minus successes: where that is beyond chance, or everywhere where no test can say so."""
    title = "Difference, not tested"
    if tested:
        free = next(one for one in result.comparisons if one.compared == FREE)
        difference = np.where(free.significant, difference, np.nan)
        title = "Difference beyond chance" if free.significant.any() else "None beyond chance"
    return map_chart(
        difference,
        title=title,
        legend=legend.replace("% of", "points of"),
        diverging=True,
        limits=None,
    )


def _figure(
    stem: str, outcome: Outcome, auc: str, settings: PixelModel, *, private: bool
) -> Figure:
    return Figure(
        stem,
        "Which pixels speak for failure",
        f"What {_WORDS[settings.model]} says of pictures it has not seen ({auc}). Above: how much each pixel "
        "counts, each picture's absolute SHAP values summing to 100 %. Below: whether it speaks for failure (red) "
        "or against it (blue). On the right, failures minus successes: above where that is beyond chance (5 % for the "
        "whole map, permutation), below everywhere, without a test, since the model was trained to part these groups. "
        "What a model looks at is associated with failure and need not cause it.",
        "Maps of mean absolute and mean signed SHAP values in failures and in successes, and their difference.",
        outcome.level,
        private,
    )


_DECIMALS: Final = {"p": 5, "p_holm": 5, "auc": 4, "low": 4, "high": 4, "x": 1, "y": 1}


def _tables(settings: PixelModel, *, few: bool) -> list[Table]:
    return [
        Table(
            f"{NAME}.csv",
            f"The model of each level and its AUC with {level_in_words(settings.confidence)} interval; "
            f"{settings.folds} folds.",
        ),
        Table(
            f"{NAME}_comparisons.csv",
            "Where the model looks, failures against successes: the pixel that differs most, effect, p for the "
            f"whole map ({settings.permutations:,} permutations), p_holm for all rows of the level.",
        ),
        Table(
            f"{NAME}_maps.csv",
            "Mean maps in numbers: absolute in % of a picture's sum, signed in log odds; corrected p per pixel.",
            private=few,
        ),
    ]
