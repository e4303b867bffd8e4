"""Figures of the study of mean pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt
import pandas as pd

from modular_faces.failures.map_comparison import FREE, MapComparison
from modular_faces.failures.means import (
    MeanPictures,
    departs_from_itself,
    unusual_frequencies,
    unusual_names,
)
from modular_faces.failures.picture_frame import CHANNELS, GREY, Frame, unpool
from modular_faces.failures.picture_sample import PictureSample
from modular_faces.figures import CATEGORIES, AnyChart, grid_chart
from modular_faces.picture_figures import map_chart, picture_chart

Floats = npt.NDArray[np.float64]

_UNUSUAL_WORDS = {
    "above_1_sd": "brighter by 1 SD",
    "above_2_sd": "brighter by 2 SD",
    "below_1_sd": "darker by 1 SD",
    "below_2_sd": "darker by 2 SD",
}


def mean_picture_chart(means: MeanPictures) -> AnyChart:
    """Mean failure, mean success, and their difference in grey."""
    shown = [
        picture_chart(_as_picture(picture), title=f"Mean of {n:,} {what}")
        for picture, n, what in (
            (means.failures, means.n_failures, "failures"),
            (means.successes, means.n_successes, "successes"),
        )
    ]
    difference = map_chart(
        means.difference[..., GREY],
        title="Failures minus successes, grey",
        legend="grey levels",
        diverging=True,
        limits=None,
    )
    return grid_chart([*shown, difference], columns=3)


def difference_chart(
    means: MeanPictures, comparisons: Sequence[MapComparison], frame: Frame
) -> AnyChart:
    """Differences by channel; below them only where they are more than chance, one row per comparison."""
    reach, legend = float(np.abs(means.difference).max()), "grey levels"
    tested = [one for one in comparisons if one.name == "mean"]
    charts: list[AnyChart] = [
        _difference(means.difference[..., place], f"{channel}, all pixels", legend, reach)
        for place, channel in enumerate(CHANNELS)
    ]
    for compared in dict.fromkeys(one.compared for one in tested):
        row = [one for one in tested if one.compared == compared]
        if any(one.significant.any() for one in row):
            words = _BEYOND if compared == FREE else f"{_BEYOND}, within strata"
            charts += [
                _difference(
                    _certain(one, frame), f"{one.channel}, {_none(one)}{words}", legend, reach
                )
                for one in row
            ]
    return grid_chart(charts, columns=len(CHANNELS))


def unusual_chart(sample: PictureSample, comparisons: Sequence[MapComparison]) -> AnyChart:
    """How much more often a pixel is unusual in failures; below, only where that is more than chance."""
    differences = {}
    for name, side, deviations in unusual_names():
        failures, successes = unusual_frequencies(sample, side=side, deviations=deviations)
        differences[name] = 100 * (failures - successes)[..., GREY]
    reach = max(1.0, *(float(np.abs(values).max()) for values in differences.values()))
    legend = "percentage points"
    charts: list[AnyChart] = [
        _difference(values, _title(_UNUSUAL_WORDS[name]), legend, reach)
        for name, values in differences.items()
    ]
    row = [one for one in comparisons if one.name in differences and one.compared == FREE]
    if any(one.significant.any() for one in row):
        charts += [
            _difference(
                100 * _certain(one, sample.frame),
                f"{_title(_UNUSUAL_WORDS[one.name])}, {_none(one)}{_BEYOND}",
                legend,
                reach,
            )
            for one in row
        ]
    return grid_chart(charts, columns=len(differences))


def spread_chart(
    means: MeanPictures, comparisons: Sequence[MapComparison], frame: Frame
) -> AnyChart:
    """Where failures vary more than successes, and where that is more than chance."""
    ratio = means.log_sd_ratio[..., GREY]
    reach = float(np.abs(ratio).max())
    legend = "log2 of SD in failures / SD in successes"
    charts: list[AnyChart] = [_difference(ratio, "All pixels, grey", legend, reach)]
    for one in comparisons:
        if one.name == "spread" and one.significant.any():
            certain = unpool(one.significant.astype(np.float64), frame, largest=max(one.shape)) > 0
            words = "Beyond chance" if one.compared == FREE else "Beyond chance, within strata"
            charts.append(_difference(np.where(certain, ratio, np.nan), words, legend, reach))
    return grid_chart(charts, columns=len(charts))


def own_pixels_chart(means: MeanPictures) -> AnyChart:
    """Where each mean picture departs from its own mean by 1 and by 2 SD of its own pixels."""
    charts: list[AnyChart] = [
        map_chart(
            departs_from_itself(picture[..., GREY]).astype(np.float64),
            title=f"Mean of the {what}",
            legend="SD of its own pixels: beyond 1, beyond 2",
            diverging=True,
            limits=(-2.0, 2.0),
        )
        for picture, what in ((means.failures, "failures"), (means.successes, "successes"))
    ]
    return grid_chart(charts, columns=2)


def unusual_shares_chart(shares: pd.DataFrame) -> AnyChart:
    """Medians and quartiles of how many pixels of a picture are unusual.

    Parameters
    ----------
    shares : pandas.DataFrame
        From `share_table`, one level.
    """
    rows: list[dict[str, Any]] = []
    for _, row in shares[shares["channel"] == "grey"].iterrows():
        for group in ("failures", "successes"):
            rows.append(
                {
                    "kind": _UNUSUAL_WORDS[row["unusual"]],
                    "pictures": group,
                    "lower": 100 * row[f"lower_quartile_{group}"],
                    "median": 100 * row[f"median_{group}"],
                    "upper": 100 * row[f"upper_quartile_{group}"],
                }
            )
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("kind:N", title=None, sort=list(_UNUSUAL_WORDS.values())),
        yOffset=alt.YOffset("pictures:N"),
        color=alt.Color(
            "pictures:N",
            title=None,
            scale=alt.Scale(domain=["failures", "successes"], range=[CATEGORIES[1], CATEGORIES[0]]),
        ),
    )
    title = "Share of a picture's pixels in % (median, middle half of the pictures)"
    bars = base.mark_rule(strokeWidth=2).encode(x=alt.X("lower:Q", title=title), x2="upper:Q")
    layers: Any = alt.layer(bars, base.mark_point(size=70).encode(x="median:Q"))
    chart: AnyChart = layers.properties(width=420, height=200)
    return chart


_BEYOND = "beyond chance"


def _none(comparison: MapComparison) -> str:
    return "" if comparison.significant.any() else "none "


def _title(words: str) -> str:
    return words[0].upper() + words[1:]


def _as_picture(mean: Floats) -> npt.NDArray[np.uint8]:
    return np.clip(np.rint(mean[..., :GREY]), 0, 255).astype(np.uint8)


def _difference(values: Floats, title: str, legend: str, reach: float) -> alt.LayerChart:
    limit = reach or 1.0
    return map_chart(values, title=title, legend=legend, diverging=True, limits=(-limit, limit))


def _certain(comparison: MapComparison, frame: Frame) -> Floats:
    """Differences of the cells that differ, NaN elsewhere (H, W)."""
    differences = comparison.map(comparison.test.difference)
    shown = np.where(comparison.significant, differences, np.nan)
    return unpool(shown, frame, largest=max(comparison.shape))
