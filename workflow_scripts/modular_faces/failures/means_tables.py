"""Tables of the study of mean pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from modular_faces.failures.map_comparison import FREE, MapComparison, comparison_row
from modular_faces.failures.means import (
    MeanPictures,
    unusual_frequencies,
    unusual_names,
    unusual_shares,
)
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.picture_frame import CHANNELS, Frame, cell_side, unpool
from modular_faces.failures.picture_sample import PictureSample
from modular_faces.inference.correction import holm
from modular_faces.inference.effect_sizes import mann_whitney


def comparison_table(
    outcome: Outcome, comparisons: Sequence[MapComparison], frame: Frame
) -> pd.DataFrame:
    """Sum up the comparisons of one level, a row each.

    Returns
    -------
    pandas.DataFrame
        See `comparison_row`; what `p_holm` is corrected for, says `compare_pixels`.
    """
    rows = [outcome.keys | comparison_row(one, cell=_side_of(one, frame)) for one in comparisons]
    table = pd.DataFrame(rows)
    if len(table):
        table.loc[table["map"] == "whole", ["x", "y"]] = np.nan
    return table


def _side_of(comparison: MapComparison, frame: Frame) -> int:
    return cell_side(*frame, largest=max(comparison.shape))


def share_table(outcome: Outcome, sample: PictureSample, *, confidence: float) -> pd.DataFrame:
    """Compare how many of a picture's pixels are unusual.

    Returns
    -------
    pandas.DataFrame
        A row per kind and channel: medians of the share, quartiles, Cliff's delta with its interval,
        Mann-Whitney p, and `p_holm` for all rows of the level.
    """
    rows = []
    for (name, channel), shares in unusual_shares(sample).items():
        failures, successes = shares[sample.failed], shares[~sample.failed]
        difference = mann_whitney(failures, successes, confidence=confidence)
        quartiles = {
            f"{which}_{group}": float(np.quantile(values, at))
            for group, values in (("failures", failures), ("successes", successes))
            for which, at in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75))
        }
        rows.append(
            outcome.keys
            | {"unusual": name, "channel": channel}
            | {"n_failures": len(failures), "n_successes": len(successes)}
            | quartiles
            | dict(zip(("delta", "low", "high"), difference.delta, strict=True))
            | {"p": difference.p}
        )
    table = pd.DataFrame(rows)
    table["p_holm"] = holm(table["p"])
    return table


def map_table(
    outcome: Outcome,
    means: MeanPictures,
    sample: PictureSample,
    comparisons: Sequence[MapComparison],
) -> pa.Table:
    """Give every map as columns, a row per pixel and channel.

    Returns
    -------
    pyarrow.Table
        The keys of the outcome, channel, y, x, then float32 columns; p-values are those of the cell that
        the pixel lies in.
    """
    height, width = sample.frame
    columns = {
        "mean_failures": means.failures,
        "mean_successes": means.successes,
        "difference": means.difference,
        "sd_failures": means.sd_failures,
        "sd_successes": means.sd_successes,
        "log2_sd_ratio": means.log_sd_ratio,
    }
    for name, side, deviations in unusual_names():
        both = unusual_frequencies(sample, side=side, deviations=deviations)
        columns |= {f"{name}_{group}": freq for group, freq in zip(_GROUPS, both, strict=True)}
    for comparison in comparisons:
        if comparison.name == "whole":
            continue
        how = "free" if comparison.compared == FREE else "within"
        values = columns.setdefault(
            f"p_{comparison.name}_{how}", np.full((height, width, len(CHANNELS)), np.nan)
        )
        values[..., CHANNELS.index(comparison.channel)] = unpool(
            comparison.map(comparison.test.p_values),
            sample.frame,
            largest=max(comparison.shape),
        )
    y, x, _ = np.indices((height, width, len(CHANNELS)))
    keys = {name: pa.array([text] * y.size, pa.string()) for name, text in outcome.keys.items()}
    places = {
        "channel": pa.array(list(CHANNELS) * (height * width), pa.string()),
        "y": pa.array(y.ravel().astype(np.int16)),
        "x": pa.array(x.ravel().astype(np.int16)),
    }
    numbers = {
        name: pa.array(np.round(values, 5).ravel().astype(np.float32), from_pandas=True)
        for name, values in columns.items()
    }
    return pa.table(keys | places | numbers)


_GROUPS = ("failures", "successes")
