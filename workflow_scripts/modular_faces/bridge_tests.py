"""Whether one instrument finds or trusts more pictures than another, tested on the same pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from modular_faces.bridge import ALL
from modular_faces.bridge_summary import LEVELS, joined_verdicts, label_groups
from modular_faces.inference.correction import holm
from modular_faces.inference.paired import compare_paired

COLUMNS: Final = (
    *("a", "b", "label", "level", "n", "both", "a_only", "b_only", "neither"),
    *("difference", "low", "high", "p", "family", "p_holm"),
)
DECIMALS: Final = 4


def paired_tests(
    frame: pd.DataFrame, pairs: Sequence[tuple[str, str]], *, confidence: float
) -> pd.DataFrame:
    """Compare the instruments of each pair on the pictures both looked at.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of `modular_faces.bridge_summary.study_frame`.
    pairs : sequence of (str, str)
        Names of the instruments.
    confidence : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`: pictures that both, one and neither of them finds (trusts), difference of the shares (b minus a) with
        Newcombe's interval, p of McNemar's exact test, and p corrected by Holm over its family: every pair and
        level over all pictures, and every pair, level and label.
    """
    rows = [row for a, b in pairs for row in _of_pair(frame, a, b, confidence)]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "p_holm"])
    table["p_holm"] = np.nan
    for family in table["family"].unique():
        members = table["family"] == family
        table.loc[members, "p_holm"] = holm(table.loc[members, "p"])
    return table[list(COLUMNS)]


def _of_pair(frame: pd.DataFrame, a: str, b: str, confidence: float) -> Iterator[dict[str, Any]]:
    for label, group in label_groups(joined_verdicts(frame, a, b)):
        for level in LEVELS:
            if group.empty:
                continue
            first, second = (group[f"{level}_{side}"].to_numpy(dtype=bool) for side in "ab")
            change = compare_paired(
                second,
                first,
                weights=group["weight"].to_numpy(dtype=np.float64),
                confidence=confidence,
            )
            difference = change.difference
            yield {
                **{"a": a, "b": b, "label": label, "level": level, "n": change.n},
                **{"both": int((first & second).sum()), "neither": int((~first & ~second).sum())},
                **{"a_only": change.second_only, "b_only": change.first_only},
                "difference": difference.estimate,
                **{"low": difference.low, "high": difference.high, "p": change.p},
                "family": "all pictures" if label == ALL else "label by label",
            }
