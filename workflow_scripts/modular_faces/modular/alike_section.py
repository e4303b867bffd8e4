"""The section on columns that say nearly the same, and must be read together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pandas as pd

from modular_faces.modular.collinear import ALIKE
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.score_parts import words_of
from modular_faces.pages.parts import Block, Section, Table, Text

LARGEST_GROUPS: Final = 5
"""Groups of a module that are shown."""


def first_task(alike: pd.DataFrame) -> pd.DataFrame:
    """Keep the groups as the first kind of models has them: they differ only by the pictures that have labels."""
    return alike[alike["task"] == alike["task"].iloc[0]] if len(alike) else alike


def alike_sections(
    alike: pd.DataFrame, weights: pd.DataFrame, notes: Sequence[str]
) -> Iterator[Section]:
    """Make the section; nothing where no column is like another or without weight.

    Parameters
    ----------
    alike : pandas.DataFrame
        alike.csv.
    weights : pandas.DataFrame
        weights.parquet, for the regions and modules that there are.
    notes : sequence of str
        On columns that say nothing or repeat others, from `column_notes.about_columns`.
    """
    groups = first_task(alike)
    told = [Text(notes, listed=True)] if notes else []
    if groups.empty and not told:
        return
    compared = list(_groups(groups, weights)) if len(groups) else []
    question = "Which columns must be read together?"
    yield Section("alike", "Columns alike", question, [*compared, *told])


def _groups(groups: pd.DataFrame, weights: pd.DataFrame) -> Iterator[Block]:
    words = (
        f"Columns of a group correlate by {ALIKE:g} and more with each other, either way (hierarchical clustering, "
        "complete linkage). Their weights share one effect, which the penalty splits among them: read the group, not "
        "the single column. Forward patterns of a group agree."
    )
    yield Text([words])
    yield _counts(weights, groups)
    yield _alike_table(groups)


def _counts(weights: pd.DataFrame, groups: pd.DataFrame) -> Table:
    """How many columns of every module stand in groups."""
    rows = []
    present = weights[["region", "module"]].drop_duplicates()
    for region, module in present.itertuples(index=False):
        own = groups[(groups["region"] == region) & (groups["module"] == module)]
        here = (weights["region"] == region) & (weights["module"] == module)
        of_all = str(weights.loc[here, "column"].nunique())
        counts = [str(len(own)), of_all, str(own["group"].nunique())]
        rows.append([REGION_WORDS.get(region, region), words_of(module), *counts])
    return Table(
        caption="Columns of each module that stand in groups",
        columns=["sees", "in module", "columns in groups", "of all its columns", "groups"],
        rows=rows,
        numeric=[False, False, True, True, True],
        file="alike.csv",
        rows_in_file=len(rows),
    )


def _alike_table(groups: pd.DataFrame) -> Table:
    rows = []
    for (region, module, number), group in groups.groupby(
        ["region", "module", "group"], sort=False
    ):
        names = group["column"].tolist()
        if number <= LARGEST_GROUPS:
            some = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
            rows.append([REGION_WORDS.get(region, region), words_of(module), str(len(names)), some])
    return Table(
        caption="Groups of columns whose weights share one effect, the five largest of each module",
        columns=["sees", "in module", "columns", "some of them"],
        rows=rows,
        numeric=[False, False, True, False],
        file="alike.csv",
        rows_in_file=len(groups),
    )
