"""Tables of the study of edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from modular_faces.failures.edges import (
    PROFILES,
    Drawn,
    EdgeStack,
    draw_means,
    profile_places,
)
from modular_faces.failures.map_comparison import MapComparison, comparison_row
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.pairs import Pairs
from modular_faces.failures.picture_frame import Frame, cell_side, unpool

Floats = npt.NDArray[np.float64]

GROUPS = ("failures", "successes")
_PLACE_OF = {"row": "y", "column": "x", "radius": "radius", "orientation": "orientation"}


class DrawnEdges(NamedTuple):
    """Means of the draws by one rule.

    Attributes
    ----------
    density : Drawn
        (draws, H * W) share of pictures with an edge at each pixel.
    profiles : dict of str to Drawn
    """

    density: Drawn
    profiles: dict[str, Drawn]


def draw_edges(
    stacks: Mapping[str, EdgeStack], pairs: Pairs, drawn: npt.NDArray[np.intp]
) -> dict[str, DrawnEdges]:
    """Take the means of each draw, by rule."""
    return {
        rule: DrawnEdges(
            draw_means(stack.marks.reshape(len(stack.marks), -1), pairs, drawn),
            {name: draw_means(stack.profiles[name], pairs, drawn) for name in PROFILES},
        )
        for rule, stack in stacks.items()
    }


def edge_comparisons(
    outcome: Outcome, comparisons: Sequence[MapComparison], frame: Frame
) -> pd.DataFrame:
    """Sum up the comparisons of one level, a row each.

    Returns
    -------
    pandas.DataFrame
        As `comparison_row`, with the rule in place of the channel. Where a comparison is largest is said by
        x and y (centre of the cell), radius (pixels from the centre) or orientation (degrees).
    """
    rows = []
    for one in comparisons:
        density = one.name == "density"
        side = cell_side(*frame, largest=max(one.shape)) if density else 1
        row = comparison_row(one, cell=side)
        row["rule"] = row.pop("channel")
        row |= {"radius": np.nan, "orientation": np.nan}
        if not density:
            places = profile_places(one.name, height=frame.height, width=frame.width)
            row |= {"x": np.nan, "y": np.nan, _PLACE_OF[one.name]: places[one.test.place]}
        rows.append(outcome.keys | row)
    table = pd.DataFrame(rows)
    first = [*outcome.keys, "map", "rule", "compared", "n_failures", "n_successes", "strata"]
    first += ["x", "y", "radius", "orientation"]
    return table[[*first, *(name for name in table.columns if name not in first)]]


def profile_table(
    outcome: Outcome,
    drawn: Mapping[str, DrawnEdges],
    comparisons: Sequence[MapComparison],
    frame: Frame,
) -> pd.DataFrame:
    """Give the profiles of both groups with the middle 95 % of the draws.

    Returns
    -------
    pandas.DataFrame
        A row per rule, profile and place, with the pairs that were compared, shares of edges, their difference, and
        `p`, which is corrected for all places of the profile; missing where nothing was compared.
    """
    tested = {(one.channel, one.name): one for one in comparisons}
    parts = []
    for rule, edges in drawn.items():
        for profile, means in edges.profiles.items():
            columns: dict[str, object] = dict(outcome.keys)
            columns |= {"rule": rule, "profile": profile}
            columns["place"] = profile_places(profile, height=frame.height, width=frame.width)
            bands = {group: means.band(group) for group in GROUPS}
            for group, (mean, low, high) in bands.items():
                columns |= {group: mean, f"{group}_low": low, f"{group}_high": high}
            columns["difference"] = bands["failures"][0] - bands["successes"][0]
            test = tested[rule, profile].test if (rule, profile) in tested else None
            columns["n_pairs"] = 0 if test is None else test.n_members
            columns["p"] = np.nan if test is None else test.p_values
            parts.append(pd.DataFrame(columns))
    return pd.concat(parts)


def density_maps(drawn: DrawnEdges, frame: Frame) -> tuple[Floats, Floats]:
    """Share of failures, and of successes, with an edge at each pixel, mean over the draws: two (H, W)."""
    failures, successes = (
        getattr(drawn.density, group).mean(axis=0).reshape(frame) for group in GROUPS
    )
    return failures, successes


def edge_map_table(
    outcome: Outcome,
    drawn: Mapping[str, DrawnEdges],
    comparisons: Sequence[MapComparison],
    frame: Frame,
) -> pa.Table:
    """Give the densities of both groups and the corrected p-value of each pixel's cell.

    Returns
    -------
    pyarrow.Table
        A row per rule and pixel.
    """
    tested = {one.channel: one for one in comparisons if one.name == "density"}
    y, x = np.indices(frame)
    parts = []
    for rule, edges in drawn.items():
        one = tested[rule]
        p_values = unpool(one.map(one.test.p_values), frame, largest=max(one.shape))
        failures, successes = density_maps(edges, frame)
        texts = outcome.keys | {"rule": rule}
        keys = {name: pa.array([text] * y.size, pa.string()) for name, text in texts.items()}
        places = {
            "y": pa.array(y.ravel().astype(np.int16)),
            "x": pa.array(x.ravel().astype(np.int16)),
        }
        numbers = {
            name: pa.array(np.round(values, 5).ravel().astype(np.float32))
            for name, values in (
                ("failures", failures),
                ("successes", successes),
                ("difference", failures - successes),
                ("p", p_values),
            )
        }
        parts.append(pa.table(keys | places | numbers))
    return pa.concat_tables(parts)
