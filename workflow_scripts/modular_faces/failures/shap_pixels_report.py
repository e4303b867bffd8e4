"""Pixel part of study 5: which pixels a model of failure looks at, from the pictures to files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from modular_faces.failures.map_comparison import FEWEST, FREE, LEVEL, comparison_row, strata_of
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.picture_frame import GREY, Frame, place_in_words
from modular_faces.failures.picture_sample import PictureSample, read_chosen
from modular_faces.failures.picture_study import PictureStudy, labels_of, without_colour
from modular_faces.failures.report_parts import (
    Figure,
    StudyReport,
    Table,
    share_in_words,
    write_csv,
)
from modular_faces.failures.report_words import effect_in_words, tested
from modular_faces.failures.shap_pixels import PixelModel, PixelShap, pixel_shap
from modular_faces.figures import AnyChart, grid_chart, map_chart, save_figure

NAME: Final = "shap_pixels"
_WORDS = {"linear": "logistic regression on pixels", "boosted": "gradient-boosted trees on pixels"}
_GROUPS = ("failures", "successes")
FEWEST_SHOWN: Final = 20
"""A mean map of fewer pictures could show a person."""


@dataclass
class _Files:
    """What the levels add up to."""

    models: list[dict[str, object]] = field(default_factory=list)
    comparisons: list[pd.DataFrame] = field(default_factory=list)
    maps: list[pd.DataFrame] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    few: bool = False


def write_shap_pixels(
    study: PictureStudy,
    folder: Path,
    *,
    sample: int,
    permutations: int,
    confidence: float,
    seed: int,
    pixels: Mapping[str, Any],
) -> None:
    """Make the study and write its files.

    Parameters
    ----------
    study : PictureStudy
    folder : Path
        Gets shap_pixels.json, shap_pixels.csv, shap_pixels_comparisons.csv, shap_pixels_maps.csv and
        figures/shap_pixels/.
    sample : int
        Most failures, and most successes, that are modelled.
    permutations : int
    confidence : float
        Of the interval of the AUC.
    seed : int
    pixels : mapping
        model, side, folds.
    """
    settings = PixelModel(
        pixels["model"], pixels["side"], pixels["folds"], permutations, confidence, seed
    )
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
            reason = _add_level(files, outcome, chosen, study, settings, folder)
        if reason:
            files.reasons.append(reason)
            files.findings.append(f"Level {outcome.level}: {reason}")
    _write(files, study, folder, settings)


def _add_level(
    files: _Files,
    outcome: Outcome,
    sample: PictureSample,
    study: PictureStudy,
    settings: PixelModel,
    folder: Path,
) -> str | None:
    """Study one level; say why where it cannot be studied."""
    strata = strata_of(labels_of(outcome, sample.image_ids), without_colour(sample))
    clusters = [study.clusters.get(image_id, "") for image_id in sample.image_ids]
    kinds = [
        len({name or place for place, name in enumerate(clusters) if sample.failed[place] == kind})
        for kind in (True, False)
    ]
    if min(kinds) < FEWEST:
        return (
            f"Without copies there are {kinds[0]} failures and {kinds[1]} successes; fewer than {FEWEST} of "
            "a kind are not modelled."
        )
    greys = np.ascontiguousarray(sample.pictures[..., GREY])
    result = pixel_shap(greys, sample.failed, clusters, strata=strata, settings=settings)
    failures = int(sample.failed.sum())
    counts = {"n_failures": failures, "n_successes": len(sample.failed) - failures}
    files.models.append(
        outcome.keys
        | {"model": settings.model, "side": max(result.signed.shape[1:]), "folds": settings.folds}
        | counts
        | {"auc": result.auc.estimate, "low": result.auc.low, "high": result.auc.high}
        | {"maps": result.informative}
    )
    auc = (
        f"AUC {result.auc.estimate:.2f} ({result.auc.low:.2f} to {result.auc.high:.2f}; "
        f"{counts['n_failures']:,} failures, {counts['n_successes']:,} successes, out of fold)"
    )
    lead = f"Level {outcome.level}: {_WORDS[settings.model]} at {max(result.signed.shape[1:])} pixels a side "
    if not result.informative:
        files.findings.append(
            f"{lead}cannot tell failures from successes better than chance, {auc}, so that no map is shown."
        )
        return None
    frame = Frame(*result.signed.shape[1:])
    table = _comparison_table(outcome, result)
    files.comparisons.append(table)
    files.maps.append(_map_table(outcome, result, sample.failed))
    files.findings.append(f"{lead}tells failures from successes: {auc}. {_said(table, frame)}")
    stem = f"figures/{NAME}/{outcome.level}_maps"
    save_figure(_chart(result, sample.failed), folder / stem)
    few = min(counts.values()) < FEWEST_SHOWN
    files.few = files.few or few
    files.figures.append(_figure(stem, outcome, auc, settings, private=few))
    return None


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
    columns |= {name: values.ravel() for name, values in _maps(result, failed).items()}
    for one in result.comparisons:
        how = "free" if one.compared == FREE else "within"
        columns[f"p_{one.name}_{how}"] = one.test.p_values
    return pd.DataFrame(columns)


def _said(table: pd.DataFrame, frame: Frame) -> str:
    sentences = []
    for _, row in table.iterrows():
        if row["map"] == "signed":
            if row["compared"] == FREE and float(row["p_holm"]) <= LEVEL:
                sentences.append(
                    f"What speaks for failure lies most {place_in_words(row['y'], row['x'], frame)}."
                )
            continue
        among = "" if row["compared"] == FREE else f", compared {row['compared']}"
        if float(row["p_holm"]) > LEVEL:
            sentences.append(
                f"It looks at the same places in both{among} ({effect_in_words(row['effect'])} at most, "
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
        free = next(one for one in result.comparisons if (one.name, one.compared) == (name, FREE))
        certain = np.where(free.significant, both[0] - both[1], np.nan)
        charts.append(
            map_chart(
                certain,
                title="Difference beyond chance"
                if free.significant.any()
                else "None beyond chance",
                legend=legend.replace("% of", "points of"),
                diverging=True,
                limits=None,
            )
        )
    return grid_chart(charts, columns=3)


def _figure(
    stem: str, outcome: Outcome, auc: str, settings: PixelModel, *, private: bool
) -> Figure:
    return Figure(
        stem,
        "Which pixels speak for failure",
        f"What {_WORDS[settings.model]} says of pictures it has not seen ({auc}). Above: how much each pixel "
        "counts, each picture's absolute SHAP values summing to 100 %. Below: whether it speaks for failure (red) "
        "or against it (blue). On the right, failures minus successes where that is beyond chance (5 % for the whole "
        "map, permutation). What a model looks at is associated with failure and need not cause it.",
        "Maps of mean absolute and mean signed SHAP values in failures and in successes, and their difference.",
        outcome.level,
        private,
    )


def _write(files: _Files, study: PictureStudy, folder: Path, settings: PixelModel) -> None:
    keys = list(study.outcomes[0].keys)
    empty = pd.DataFrame(columns=keys)
    tables = {
        NAME: pd.DataFrame(files.models, columns=None if files.models else keys),
        f"{NAME}_comparisons": pd.concat(files.comparisons) if files.comparisons else empty,
        f"{NAME}_maps": pd.concat(files.maps) if files.maps else empty,
    }
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv", decimals=_DECIMALS)
    skipped = None
    if not files.models:
        skipped = " ".join(dict.fromkeys(files.reasons)) or "No picture could be decoded."
    outcome = study.outcomes[-1]
    about = [study.note] if study.note else []
    StudyReport(
        study=NAME,
        title=f"Pixels that speak for failure: {outcome.title}",
        question="Can the pixels alone tell which pictures fail, and which pixels say so?",
        skipped=skipped,
        findings=[] if skipped else [*about, *files.findings],
        figures=files.figures,
        tables=[] if skipped else _tables(settings, few=files.few),
        n={"pictures": len(outcome.failed), "failures": int(np.sum(outcome.failed))},
    ).write(folder / f"{NAME}.json")


_DECIMALS: Final = {"p": 5, "p_holm": 5, "auc": 4, "low": 4, "high": 4, "x": 1, "y": 1}


def _tables(settings: PixelModel, *, few: bool) -> list[Table]:
    return [
        Table(
            f"{NAME}.csv",
            f"The model of each level and its AUC with interval; {settings.folds} folds, copies of a picture "
            "never on both sides.",
        ),
        Table(
            f"{NAME}_comparisons.csv",
            "Failures against successes: the pixel that differs most, effect, p for the whole map "
            f"({settings.permutations:,} permutations), p_holm for all rows of the level.",
        ),
        Table(
            f"{NAME}_maps.csv",
            "Mean maps in numbers: absolute in % of a picture's sum, signed in log odds; corrected p per pixel.",
            private=few,
        ),
    ]
