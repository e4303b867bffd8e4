"""What the study of edges found, in words."""

from __future__ import annotations

import pandas as pd

from modular_faces.failures.counting import counted
from modular_faces.failures.edges_figures import RULE_WORDS
from modular_faces.failures.map_comparison import LEVEL
from modular_faces.failures.picture_frame import Frame, place_in_words
from modular_faces.failures.report_words import effect_in_words, listed, tested


def findings_of(table: pd.DataFrame, frame: Frame, *, level: str, failures: int) -> list[str]:
    """Say in sentences how the edges of failures differ.

    Parameters
    ----------
    table : pandas.DataFrame
        From `edge_comparisons`, one level.
    frame : Frame
    level : str
    failures : int
        Failures among which partners were looked for.

    Returns
    -------
    list of str
        One per rule.
    """
    sentences = []
    for rule, rows in table.groupby("rule", sort=False):
        pairs = int(rows["n_failures"].max())
        lead = (
            f"Level {level}, {RULE_WORDS[str(rule)]} ({counted(pairs, 'pair')} of the same label and brightness; "
            f"{failures - pairs:,} of {counted(failures, 'failure')} had no partner): "
        )
        parts = [_place(row, frame) for _, row in rows.iterrows() if float(row["p_holm"]) <= LEVEL]
        if parts:
            sentences.append(f"{lead}failures have {listed(parts)}.")
        else:
            least = rows.loc[rows["p"].idxmin()]
            sentences.append(
                f"{lead}no difference in where edges lie and how they run found "
                f"({effect_in_words(least['effect'])} at most, {tested(least)})."
            )
    return sentences


def _place(row: pd.Series, frame: Frame) -> str:
    how = "more" if row["difference"] > 0 else "fewer"
    if row["map"] == "density":
        where = f"{place_in_words(row['y'], row['x'], frame)} (x {row['x']:.0f}, y {row['y']:.0f})"
    else:
        where = {
            "row": f"in row {row['y']:.0f} of {frame.height}",
            "column": f"in column {row['x']:.0f} of {frame.width}",
            "radius": f"{row['radius']:.0f} pixels from the centre",
            "orientation": f"that run at {row['orientation']:.0f} degrees, of the edges in "
            f"{counted(int(row['n_failures']), 'pair')} that have any",
        }[row["map"]]
    return (
        f"{how} edges {where} ({100 * row['difference']:+.0f} points, "
        f"{effect_in_words(row['effect'])}, {tested(row)})"
    )
