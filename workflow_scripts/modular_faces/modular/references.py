"""What others reached on the same datasets, with protocol and source: `references.csv`, beside this file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

REFERENCES_FILE = Path(__file__).with_suffix(".csv")
ORIGINS = ("published", "measured by the project")


@dataclass(frozen=True)
class Reference:
    """One number to compare with.

    Attributes
    ----------
    dataset, target, metric : str
        As in `scores.csv`; the dataset as its layout is called.
    value : float
    chance : bool
        Reached without looking at a picture.
    model, protocol, source : str
        What was done, on which pictures, and who says so.
    origin : str
        One of `ORIGINS`.
    """

    dataset: str
    target: str
    metric: str
    value: float
    chance: bool
    model: str
    protocol: str
    source: str
    origin: str


def read_references(path: Path = REFERENCES_FILE) -> list[Reference]:
    """Read all references, in the order of the file."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        Reference(**{**row, "value": float(row["value"]), "chance": row["chance"] == "yes"})  # type: ignore[arg-type]
        for row in rows
    ]


def references_table(layout: str) -> pa.Table:
    """References of datasets of one layout, such as rafdb; the columns are there even when no row is."""
    chosen = [one for one in read_references() if one.dataset == layout]
    kinds = {"value": pa.float64(), "chance": pa.bool_()}
    return pa.table(
        {
            name: pa.array([getattr(one, name) for one in chosen], kinds.get(name, pa.string()))
            for name in Reference.__dataclass_fields__
        }
    )
