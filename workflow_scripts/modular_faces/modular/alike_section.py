"""The section on columns that say nearly the same, and must be read together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from modular_faces.modular.collinear import ALIKE
from modular_faces.modular.score_parts import REGION_WORDS
from modular_faces.pages.parts import Section, Table, Text

LARGEST_GROUPS: Final = 5
"""Groups of a module that are shown."""


def first_task(alike: pd.DataFrame) -> pd.DataFrame:
    """Keep the groups as the first kind of models has them: they differ only by the pictures that have labels."""
    return alike[alike["task"] == alike["task"].iloc[0]] if len(alike) else alike


def alike_sections(alike: pd.DataFrame, weights: pd.DataFrame) -> Iterator[Section]:
    """Make the section; nothing where no module was compared.

    Parameters
    ----------
    alike : pandas.DataFrame
        alike.csv.
    weights : pandas.DataFrame
        weights.parquet, for the regions and modules that there are.
    """
    groups = first_task(alike)
    if groups.empty:
        return
    words = (
        f"Columns of a group correlate by {ALIKE:g} and more with each other, either way (hierarchical clustering, "
        "complete linkage). Their weights share one effect, which the penalty splits among them: read the group, not "
        "the single column. Forward patterns of a group agree."
    )
    yield Section(
        "alike",
        "Columns alike",
        "Which columns must be read together?",
        [Text([words]), Text(_counts(weights, groups), listed=True), _alike_table(groups)],
    )


def _counts(weights: pd.DataFrame, groups: pd.DataFrame) -> list[str]:
    """Say of every module how many of its columns stand in groups."""
    sentences = []
    for region in dict.fromkeys(weights["region"]):
        here = groups[groups["region"] == region]
        modules = dict.fromkeys(weights.loc[weights["region"] == region, "module"])
        words = []
        for module in modules:
            own = here[here["module"] == module]
            name = module.replace("_", " ")
            words.append(
                f"{name} {len(own)} of {int(own['columns'].iloc[0])} columns in {own['group'].nunique()} groups"
                if len(own)
                else f"{name} none"
            )
        sentences.append(f"{REGION_WORDS.get(region, region).capitalize()}: {'; '.join(words)}.")
    return sentences


def _alike_table(groups: pd.DataFrame) -> Table:
    rows = []
    for (region, module, number), group in groups.groupby(
        ["region", "module", "group"], sort=False
    ):
        names = group["column"].tolist()
        if number <= LARGEST_GROUPS:
            some = ", ".join(names[:6]) + (", ..." if len(names) > 6 else "")
            rows.append([REGION_WORDS.get(region, region), module, str(len(names)), some])
    return Table(
        caption="Groups of columns whose weights share one effect, the largest of each module",
        columns=["sees", "module", "columns", "some of them"],
        rows=rows,
        numeric=[False, False, True, False],
        file="alike.csv",
        rows_in_file=len(groups),
    )
