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


def ends_in_words(first: float, last: float) -> tuple[str, str]:
    """Write two shares that stand beside each other, with one more digit where they would read alike.

    Examples
    --------
    >>> ends_in_words(0.174, 0.23), ends_in_words(0.1512, 0.1538), ends_in_words(0.15, 0.15)
    (('17 %', '23 %'), ('15.1 %', '15.4 %'), ('15 %', '15 %'))
    """
    plain = share_in_words(first), share_in_words(last)
    if plain[0] != plain[1]:
        return plain
    digits = 2 if "." in plain[0] else 1
    finer = f"{100 * first:.{digits}f} %", f"{100 * last:.{digits}f} %"
    return plain if finer[0] == finer[1] else finer


def range_in_words(low: float, high: float) -> str:
    """Write a range of shares, as one share where its ends read alike.

    Examples
    --------
    >>> range_in_words(0.174, 0.23), range_in_words(0.1512, 0.1538), range_in_words(0.15, 0.15)
    ('17 to 23 %', '15.1 to 15.4 %', '15 %')
    """
    first, last = ends_in_words(low, high)
    return first if first == last else f"{first.removesuffix(' %')} to {last}"


def change_in_words(before: float, after: float) -> str:
    """Write how a share changes.

    Examples
    --------
    >>> change_in_words(0.1512, 0.1538), change_in_words(0.15, 0.15)
    ('from 15.1 % to 15.4 %', '15 % before and after')
    """
    first, last = ends_in_words(before, after)
    return f"{first} before and after" if first == last else f"from {first} to {last}"


def interval_in_words(interval: Interval) -> str:
    """Write a share with its interval.

    Examples
    --------
    >>> interval_in_words(Interval(0.2, 0.174, 0.23))
    '20 % (17 to 23 %)'
    """
    return f"{share_in_words(interval.estimate)} ({range_in_words(interval.low, interval.high)})"
