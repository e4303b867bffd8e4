"""Effects, intervals and tests in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from modular_faces.failures.report_parts import p_in_words, share_in_words
from modular_faces.inference.intervals import Interval

_LARGE = 10


def effect_in_words(effect: float) -> str:
    """Write an effect in standard deviations.

    Examples
    --------
    >>> effect_in_words(-0.3149)
    'd = -0.31'
    """
    if math.isnan(effect):
        return "no spread within the groups"
    return f"d = {effect:.2f}" if abs(effect) < _LARGE else f"|d| above {_LARGE}"


def tested(row: pd.Series) -> str:
    """Write the corrected p-value of a row of comparisons."""
    return f"corrected {p_in_words(float(row['p_holm']))}"


def listed(parts: Sequence[str]) -> str:
    """Join parts of a sentence that may hold commas.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a; b; and c'
    """
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"


def interval_in_words(interval: Interval) -> str:
    """Write a share with its interval.

    Examples
    --------
    >>> interval_in_words(Interval(0.2, 0.174, 0.23))
    '20 % (17 to 23 %)'
    """
    low = share_in_words(interval.low).removesuffix(" %")
    return f"{share_in_words(interval.estimate)} ({low} to {share_in_words(interval.high)})"
