"""Study 1, rates: how many pictures each backend loses on each variant, and which ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.failures.groupings import (
    Grouping,
    group_rates,
    named_groups,
    quantile_groups,
    tests_together,
)
from modular_faces.failures.outcome import LEVELS, Level
from modular_faces.failures.parts import Part, StudyParts, kind_of_variant
from modular_faces.inference.correction import holm
from modular_faces.inference.intervals import NO_INTERVAL, weighted_share
from modular_faces.inference.paired import compare_paired

NOT_RESCUED: Final = "nothing"
"""In the table of pictures: no part of the study finds a trusted face."""


def rate_table(
    parts: StudyParts, variants: Mapping[str, Sequence[Mapping[str, Any]]], *, confidence: float
) -> pd.DataFrame:
    """Failure rates of every part, and what each rescues and breaks.

    Parameters
    ----------
    parts : StudyParts
    variants : mapping of str to sequence of mapping
        Steps of each variant by name; other names are sources of existing outputs.
    confidence : float

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, kind, n, failures, rate, low, high; against `reference`: rescued, broken,
        difference (rate of the reference minus rate: positive where fewer are lost) with its limits, p
        (exact McNemar), family, p_holm; too_large: pictures that were not looked at because the variant would
        have been too large. Of a part that saw only failures, what it rescued is all that is known.
    """
    rows = [
        _rate_row(parts, column, level, variants, confidence)
        for level in LEVELS
        for column in range(len(parts.parts))
    ]
    table = pd.DataFrame(rows)
    table["p_holm"] = np.nan
    for family in table["family"].dropna().unique():
        members = table["family"] == family
        table.loc[members, "p_holm"] = holm(table.loc[members, "p"])
    return table


def _rate_row(
    parts: StudyParts,
    column: int,
    level: Level,
    variants: Mapping[str, Sequence[Mapping[str, Any]]],
    confidence: float,
) -> dict[str, Any]:
    part = parts.parts[column]
    looked = parts.weights[:, column] > 0
    lost, weights = parts.lost[level][looked, column], parts.weights[looked, column]
    rate = NO_INTERVAL
    if not parts.failures_only[column]:
        rate = weighted_share(lost, weights, confidence=confidence)
    steps = variants.get(part[1]) if part[0] != "precomputed" else None
    row: dict[str, Any] = {
        "backend": part[0],
        "variant": part[1],
        "level": level,
        "kind": "existing outputs" if steps is None else kind_of_variant(steps),
        "n": len(lost),
        "failures": int(lost.sum()),
        "rate": rate.estimate,
        "low": rate.low,
        "high": rate.high,
        "too_large": int(parts.too_large[column]),
        "reference": None,
        **dict.fromkeys(("rescued", "broken"), None),
        **dict.fromkeys(("difference", "difference_low", "difference_high", "p"), np.nan),
        "family": None,
    }
    reference = parts.reference_of(part)
    return row if reference is None else row | _change(parts, column, reference, level, confidence)


def _change(
    parts: StudyParts, column: int, reference: Part, level: Level, confidence: float
) -> dict[str, Any]:
    """What a part rescues and breaks, on the pictures that it and its reference looked at."""
    other = parts.column(reference)
    both = (parts.weights[:, column] > 0) & (parts.weights[:, other] > 0)
    before, after = parts.lost[level][both, other], parts.lost[level][both, column]
    if not both.any():
        return {}
    cells = {"reference": " ".join(reference), "rescued": int((before & ~after).sum())}
    if parts.failures_only[column]:
        return cells
    change = compare_paired(
        before, after, weights=parts.weights[both, column], confidence=confidence
    )
    return cells | {
        "broken": change.second_only,
        "difference": change.difference.estimate,
        "difference_low": change.difference.low,
        "difference_high": change.difference.high,
        "p": change.p,
        "family": f"all parts of the study, {level}",
    }


def make_groupings(
    parts: StudyParts,
    manifest: pd.DataFrame,
    descriptors: pd.DataFrame,
    *,
    quantiles: int,
) -> list[Grouping]:
    """Group the pictures by label, by split, and by quantiles of every descriptor that differs.

    Parameters
    ----------
    parts : StudyParts
    manifest : pandas.DataFrame
        With image_id, and label_name or label, and split where the dataset has them.
    descriptors : pandas.DataFrame
        Indexed by image_id.
    quantiles : int
    """
    known = manifest.set_index("image_id").reindex(parts.image_ids)
    label = "label_name" if _says_something(known, "label_name") else "label"
    columns = [name for name in (label, "split") if _says_something(known, name)]
    groupings = [named_groups(name.removesuffix("_name"), known[name]) for name in columns]
    numbers = descriptors.reindex(parts.image_ids)
    groupings += [
        quantile_groups(str(name), numbers[name].to_numpy(), quantiles=quantiles)
        for name in numbers.columns
    ]
    return [grouping for grouping in groupings if grouping is not None]


def _says_something(table: pd.DataFrame, name: str) -> bool:
    return name in table.columns and bool(table[name].notna().any())


def group_table(
    parts: StudyParts, groupings: Iterable[Grouping], *, confidence: float
) -> pd.DataFrame:
    """Failure rate of every part in every group.

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, grouping, place (of the group in its grouping), group, n, failures, rate,
        low, high. Parts that saw only failures are left out.
    """
    columns = ("place", "group", "n", "failures", "rate", "low", "high")
    rows = []
    for grouping in groupings:
        for level in LEVELS:
            for column, (backend, variant) in enumerate(parts.parts):
                if parts.failures_only[column]:
                    continue
                key = (backend, variant, level, grouping.name)
                found = group_rates(
                    grouping,
                    parts.lost[level][:, column],
                    parts.weights[:, column],
                    confidence=confidence,
                )
                rows += [
                    (*key, place, name, n, failures, *rate)
                    for place, (name, n, failures, rate) in enumerate(found)
                ]
    return pd.DataFrame(rows, columns=["backend", "variant", "level", "grouping", *columns])


def grouping_tests(
    parts: StudyParts,
    groupings: Iterable[Grouping],
    *,
    levels: Iterable[Level],
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """Whether failures of the outcome differ from its successes in each grouping.

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, grouping, effect_name, failures, successes, effect, low, high, p, family,
        p_holm; one family per level.
    """
    column = parts.column(parts.outcome)
    known = list(groupings)
    rows: list[dict[str, Any]] = []
    for level in levels:
        tested = tests_together(
            known,
            parts.lost[level][:, column],
            named="grouping",
            family=f"label, split and descriptors, {level}",
            confidence=confidence,
            seed=seed,
        )
        backend, variant = parts.outcome
        keys = {"backend": backend, "variant": variant, "level": level}
        rows += [keys | row for row in tested]
    return pd.DataFrame(rows)


def picture_table(parts: StudyParts) -> pd.DataFrame:
    """Every picture that a part of the study lost, and what rescues or breaks it (trusted landmarks).

    Returns
    -------
    pandas.DataFrame
        image_id, failed (by the outcome), rescued_by and broken_by (parts, separated by semicolons;
        `NOT_RESCUED` for failures that no part finds), n_lost, n_looked.
    """
    lost, looked = parts.lost["trusted"], parts.weights > 0
    rows = np.flatnonzero(lost.any(axis=1))
    failed = lost[rows, parts.column(parts.outcome)]
    rescued = _named_parts(parts, failed[:, None] & looked[rows] & ~lost[rows])
    broken = _named_parts(parts, ~failed[:, None] & lost[rows])
    rescued[failed & (rescued == "")] = NOT_RESCUED
    return pd.DataFrame(
        {
            "image_id": parts.image_ids[rows],
            "failed": failed,
            "rescued_by": rescued,
            "broken_by": broken,
            "n_lost": lost[rows].sum(axis=1),
            "n_looked": looked[rows].sum(axis=1),
        }
    )


def _named_parts(parts: StudyParts, chosen: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Names of the chosen parts of each picture, (n,), separated by semicolons; few patterns, many pictures."""
    patterns, which = np.unique(np.packbits(chosen, axis=1), axis=0, return_inverse=True)
    flags = np.unpackbits(patterns, axis=1, count=chosen.shape[1]).astype(bool)
    names = ["/".join(part) for part in parts.parts]
    joined = [";".join(np.array(names, dtype=object)[row]) for row in flags]
    named: NDArray[np.object_] = np.array(joined, dtype=object)[which.ravel()]
    return named


def never_found(parts: StudyParts, level: Level) -> NDArray[np.bool_]:
    """Failures of the outcome that every other part loses too, (n,)."""
    looked = parts.weights > 0
    everywhere = np.all(parts.lost[level] | ~looked, axis=1)
    never: NDArray[np.bool_] = everywhere & parts.lost[level][:, parts.column(parts.outcome)]
    return never
