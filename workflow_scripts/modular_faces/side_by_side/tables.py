"""Tables of the page of the backends: instruments, pairs, angles, and which backends there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from modular_faces.columns import POSE_COLUMNS
from modular_faces.pages.parts import Table
from modular_faces.side_by_side.frames import BackendTables
from modular_faces.side_by_side.words import BACKENDS

ANGLES: Final = {name: name.removesuffix("_deg") for name in POSE_COLUMNS}


def shares_table(tables: BackendTables, *, percent: str) -> Table:
    """What each instrument finds, trusts and loses, for all pictures and label by label.

    Parameters
    ----------
    tables : BackendTables
    percent : str
        Level of the intervals in words, such as `95 %`.
    """
    keys = ["backend", "variant", "label"]
    rows = []
    for names, group in tables.shares.groupby(keys, sort=False):
        levels = group.set_index("level")
        found, trusted = levels.loc["found"], levels.loc["trusted"]
        pictures = int(found["n"])
        cells = [_percent(found), _interval(found), _percent(trusted), _interval(trusted)]
        lost = pictures - int(trusted["count"])
        rows.append([*map(str, names), str(pictures), *cells, str(lost)])
    return Table(
        caption=f"What each backend finds and trusts, with {percent} intervals. Lost: pictures without a trusted face.",
        columns=[
            *keys,
            *("pictures", "found %", "found, interval", "trusted %", "trusted, interval", "lost"),
        ],
        rows=rows,
        numeric=[False, False, False, True, True, False, True, False, True],
        file="../backends.csv",
        rows_in_file=len(rows),
    )


def pairs_table(tables: BackendTables, *, percent: str) -> Table:
    """What each pair agrees on, label by label, with McNemar's test."""
    trusted = tables.tests[tables.tests["level"] == "trusted"]
    keys = ["pair", "label"]
    apart = tables.apart[tables.apart["part"] == "face"].set_index(keys)
    rows = []
    for test in trusted.to_dict("records"):
        key = (str(test["pair"]), str(test["label"]))
        distance = apart.loc[key] if key in apart.index else None
        rows.append(
            [
                *key,
                str(test["n"]),
                *(str(test[name]) for name in ("both", "a_only", "b_only", "neither")),
                f"{100 * test['difference']:.1f}",
                f"{100 * test['low']:.1f} to {100 * test['high']:.1f}",
                f"{test['p_holm']:.2g}",
                "" if distance is None else f"{distance['value']:.2f}",
                "" if distance is None else _distance_interval(distance),
            ]
        )
    return Table(
        caption=(
            "Pictures that both, one and neither of a pair trust; difference: share the second trusts minus share the "
            "first trusts, in percentage points; p: McNemar's exact test, corrected by Holm over all pairs (in rows of "
            f"labels: over all pairs and labels); NME: median distance of their landmarks. Intervals: {percent}."
        ),
        columns=[
            *keys,
            *("pictures", "both", "only first", "only second", "neither", "difference"),
            *("difference, interval", "p", "NME %", "NME, interval"),
        ],
        rows=rows,
        numeric=[False, False, *([True] * 6), False, True, True, False],
        file="../backends_tests.csv",
        rows_in_file=len(rows),
    )


def angles_table(tables: BackendTables) -> Table:
    """How far the angles of each pair agree."""
    rows = tables.agreement[tables.agreement["measure"].isin(list(ANGLES))]
    return Table(
        caption=(
            "Angles of the head in degrees, second minus first: bias, and the limits between which 95 % of the "
            "differences lie if they are normal (Bland & Altman, 1986)."
        ),
        columns=("pair", "label", "angle", "pictures", "bias", "lower", "upper"),
        rows=[
            [
                *(row["pair"], row["label"], ANGLES[row["measure"]], str(row["n"])),
                *(f"{row[name]:.1f}" for name in ("bias", "lower", "upper")),
            ]
            for row in rows.to_dict("records")
        ],
        numeric=(False, False, False, True, True, True, True),
        file="../bridge.csv",
        rows_in_file=len(tables.agreement),
    )


def backends_table(present: Sequence[str]) -> Table:
    """Which backends the study has, what each is, and how to add the others."""
    rows = [
        [
            *(name, "yes" if name in present else "no"),
            *(one.what, one.trust, one.add, one.terms),
        ]
        for name, one in BACKENDS.items()
    ]
    return Table(
        caption="Backends, and which of them this study has.",
        columns=("name", "here", "what it is", "a face is trusted where", "how to add it", "terms"),
        rows=rows,
        numeric=[False] * 6,
        file="../backends.csv",
        rows_in_file=len(rows),
    )


def _distance_interval(row: pd.Series) -> str:
    if pd.isna(row["low"]):
        return "too few pictures"
    return f"{row['low']:.2f} to {row['high']:.2f}"


def _percent(row: pd.Series) -> str:
    return f"{100 * float(row['value']):.1f}"


def _interval(row: pd.Series) -> str:
    return f"{100 * float(row['low']):.1f} to {100 * float(row['high']):.1f}"
