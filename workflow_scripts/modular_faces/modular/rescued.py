"""Whether pictures that a later attempt brought back show another SHAP pattern than those found at once.

For every picture that was explained by a model not fitted on it, the mean absolute SHAP value of each module, and of
each part of the face in colour and texture, is compared between the two groups by permutation, within the same
label, so that a rare category among the rescued ones is not taken for a pattern of the failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.inference.correction import holm
from modular_faces.inference.intervals import normal_quantile
from modular_faces.inference.permutation import comparable, map_test

GROUP: Final = ["task", "region", "module", "part"]
COLUMNS: Final = (
    *GROUP,
    *("rescued", "at_once", "difference", "low", "high", "effect", "p", "p_holm"),
    *("n_rescued", "n_at_once"),
)


@dataclass(frozen=True)
class Rescued:
    """Which pictures are compared.

    Attributes
    ----------
    image_ids : list of str, length n
    rescued : (n,) ndarray of bool
        Found by a later attempt; the others were found by the first one.
    strata : (n,) ndarray of int64
        Number of the label; pictures are exchanged only within it.
    """

    image_ids: list[str]
    rescued: NDArray[np.bool_]
    strata: NDArray[np.int64]


def rescued_pictures(
    features: pd.DataFrame, clusters: NDArray[np.int64], explained: set[str]
) -> Rescued:
    """Choose the pictures: explained ones, and of copies of one picture only the first.

    Parameters
    ----------
    features : pandas.DataFrame
        Columns image_id, success, stage (number of the attempt that found the face, from 1) and label.
    clusters : (n,) ndarray of int64
        Group of duplicates of each row.
    explained : set of str
        Ids of pictures that have SHAP values.
    """
    here = (features["success"] & features["image_id"].isin(explained)).to_numpy(dtype=bool)
    rows = np.flatnonzero(here)
    _, first = np.unique(clusters[rows], return_index=True)
    chosen = features.iloc[rows[np.sort(first)]]
    labels = chosen["label"].astype(object).where(chosen["label"].notna(), "")
    return Rescued(
        image_ids=chosen["image_id"].tolist(),
        rescued=(chosen["stage"] > 1).to_numpy(dtype=bool),
        strata=pd.factorize(labels.astype(str), sort=True)[0].astype(np.int64),
    )


def rescued_table(
    explained: pd.DataFrame,
    chosen: Rescued,
    *,
    least: int,
    permutations: int,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """Compare the two groups in every module and part.

    Parameters
    ----------
    explained : pandas.DataFrame
        task, region, image_id, module, part, mean_abs_shap.
    chosen : Rescued
    least : int
        Fewest pictures of either group, after those without a counterpart of the same label were left out.
    permutations : int
    confidence : float
    seed : int

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`: means of both groups, their difference (rescued less at once, within labels) with its interval,
        the effect (Cohen's d within labels), the p-value by permutation and after Holm's correction over all rows
        of the task. Empty where a group is too small.
    """
    order = pd.Series(np.arange(len(chosen.image_ids)), index=chosen.image_ids)
    inside = explained[explained["image_id"].isin(order.index)]
    rows = [
        dict(zip(GROUP, names, strict=True)) | numbers
        for names, group in inside.groupby(GROUP, sort=False)
        for numbers in _compared(
            group["mean_abs_shap"].to_numpy(dtype=np.float64),
            chosen,
            order[group["image_id"]].to_numpy(),
            least,
            permutations,
            seed,
            normal_quantile(confidence),
        )
    ]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "p_holm"])
    table["p_holm"] = np.nan
    for task in dict.fromkeys(table["task"]):
        family = table["task"] == task
        table.loc[family, "p_holm"] = holm(table.loc[family, "p"].to_numpy())
    return table[list(COLUMNS)]


def _compared(
    values: NDArray[np.float64],
    chosen: Rescued,
    places: NDArray[np.intp],
    least: int,
    permutations: int,
    seed: int,
    quantile: float,
) -> Iterator[dict[str, Any]]:
    """Numbers of one module or part; nothing where a group is too small."""
    members, strata = chosen.rescued[places], chosen.strata[places]
    kept = comparable(members, strata)
    if min(members[kept].sum(), (~members[kept]).sum()) < least:
        return
    test = map_test(values[:, None], members, strata=strata, permutations=permutations, seed=seed)
    difference, statistic = float(test.difference[0]), float(test.statistic[0])
    error = abs(difference / statistic) if statistic else np.nan
    yield {
        "rescued": float(values[kept & members].mean()),
        "at_once": float(values[kept & ~members].mean()),
        "difference": difference,
        "low": difference - quantile * error,
        "high": difference + quantile * error,
        "effect": float(test.effect[0]),
        "p": test.p_value,
        "n_rescued": test.n_members,
        "n_at_once": test.n_others,
    }
