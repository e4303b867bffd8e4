"""Study 3, entropy: whether failures hold less, or more, variety of red, green and blue than successes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.failures.counting import counted
from modular_faces.failures.outcome import FEWEST, Outcome
from modular_faces.inference.correction import holm
from modular_faces.inference.effect_sizes import mann_whitney
from modular_faces.inference.intervals import median_difference

PLACES: Final[Mapping[str, str]] = {"whole picture": "", "central oval": "_oval"}
"""Where entropy is measured, and what its descriptors end with."""

KINDS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "colour": (("red", "r"), ("green", "g"), ("blue", "b")),
    "grey": (("grey", "r"),),
}
"""Channels of colour pictures; of grey ones, whose channels are all the same, one stands for all."""

COLUMNS: Final = (
    "grey",
    *(f"entropy_{channel}{place}" for place in PLACES.values() for channel in "rgb"),
)
"""Descriptors that the study reads."""

HIGHEST: Final = 8.0
"""Bits of a channel in which all 256 values occur equally often."""
BIN: Final = 0.2
"""Width of the bins in which distributions are drawn, bits."""


def entropy_table(
    outcomes: Iterable[Outcome],
    descriptors: pd.DataFrame,
    *,
    confidence: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Compare the entropy of failures with that of successes.

    Parameters
    ----------
    outcomes : iterable of Outcome
    descriptors : pandas.DataFrame
        Indexed by image_id, with `COLUMNS`.
    confidence : float
    draws : int
        Bootstrap samples.
    seed : int

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, pictures (colour or grey), place, channel, failures, successes, their medians
        (bits), difference (failures minus successes) with its limits, delta (Cliff) with its limits, p
        (Mann-Whitney), family, p_holm. Kinds with fewer than 10 failures or successes are left out.
    """
    rows: list[dict[str, Any]] = []
    for outcome in outcomes:
        of_outcome = [
            _compare(outcome, kind, place, channel, *groups, confidence, draws, seed)
            for kind, place, channel, groups in _groups(outcome, descriptors)
        ]
        corrected = holm([row["p"] for row in of_outcome])
        rows += [
            row | {"family": f"channels and places, {outcome.level}", "p_holm": float(p)}
            for row, p in zip(of_outcome, corrected, strict=True)
        ]
    return pd.DataFrame(rows, columns=_TABLE_COLUMNS)


_TABLE_COLUMNS = (
    *("backend", "variant", "level", "pictures", "place", "channel", "failures", "successes"),
    *("median_failures", "median_successes", "difference", "difference_low", "difference_high"),
    *("delta", "delta_low", "delta_high", "p", "family", "p_holm"),
)

Values = NDArray[np.float64]


def _groups(
    outcome: Outcome, descriptors: pd.DataFrame
) -> Iterable[tuple[str, str, str, tuple[Values, Values]]]:
    """Kind, place, channel, and the entropy of failures and of successes, where both are enough."""
    known = descriptors.reindex(outcome.image_ids)
    grey = known["grey"].to_numpy(dtype=np.float64)
    for kind, channels in KINDS.items():
        of_kind = grey == (kind == "grey")
        for place, suffix in PLACES.items():
            for channel, letter in channels:
                values = known[f"entropy_{letter}{suffix}"].to_numpy(dtype=np.float64)
                usable = of_kind & np.isfinite(values)
                lost, kept = values[usable & outcome.failed], values[usable & ~outcome.failed]
                if min(lost.size, kept.size) >= FEWEST:
                    yield kind, place, channel, (lost, kept)


def _compare(
    outcome: Outcome,
    kind: str,
    place: str,
    channel: str,
    lost: Values,
    kept: Values,
    confidence: float,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    medians = median_difference(lost, kept, draws=draws, seed=seed, confidence=confidence)
    found = mann_whitney(lost, kept, confidence=confidence)
    return {
        **outcome.keys,
        "pictures": kind,
        "place": place,
        "channel": channel,
        "failures": lost.size,
        "successes": kept.size,
        "median_failures": float(np.median(lost)),
        "median_successes": float(np.median(kept)),
        "difference": medians.estimate,
        "difference_low": medians.low,
        "difference_high": medians.high,
        "delta": found.delta.estimate,
        "delta_low": found.delta.low,
        "delta_high": found.delta.high,
        "p": found.p,
    }


def entropy_distributions(outcomes: Iterable[Outcome], descriptors: pd.DataFrame) -> pd.DataFrame:
    """Count failures and successes by entropy.

    Returns
    -------
    pandas.DataFrame
        backend, variant, level, pictures, place, channel, group (failures or successes), bits (lower edge of
        a bin of `BIN` bits), count, share (of the group); from one bin below the first picture to one
        above the last.
    """
    edges = np.round(np.arange(-BIN, HIGHEST + 2.5 * BIN, BIN), 6)
    parts = []
    for outcome in outcomes:
        for kind, place, channel, groups in _groups(outcome, descriptors):
            counts = [np.histogram(values, edges)[0] for values in groups]
            seen = np.flatnonzero(counts[0] + counts[1])
            shown = slice(seen[0] - 1, seen[-1] + 2)
            keys = outcome.keys | {"pictures": kind, "place": place, "channel": channel}
            for name, count in zip(("failures", "successes"), counts, strict=True):
                part = pd.DataFrame({"bits": edges[:-1][shown], "count": count[shown]})
                part["share"] = part["count"] / count.sum()
                parts.append(part.assign(**keys, group=name))
    columns = [*_TABLE_COLUMNS[:6], "group", "bits", "count", "share"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)


def kinds_left_out(outcome: Outcome, descriptors: pd.DataFrame) -> list[str]:
    """Say which kinds of pictures are too few to be compared, a sentence each."""
    grey = descriptors["grey"].reindex(outcome.image_ids).to_numpy(dtype=np.float64)
    sentences = []
    for kind in KINDS:
        of_kind = grey == (kind == "grey")
        lost, kept = int((of_kind & outcome.failed).sum()), int((of_kind & ~outcome.failed).sum())
        if min(lost, kept) < FEWEST:
            sentences.append(
                f"{kind.capitalize()} pictures are not compared: there are {counted(lost, 'failure')} and "
                f"{counted(kept, 'success', 'successes')} of that kind, and {FEWEST} of each are needed."
            )
    return sentences
