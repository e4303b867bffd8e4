"""What the columns of a CSV file hold, as the Table Schema of a data package says it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

TRUTH = frozenset({"TRUE", "FALSE"})
_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?")
_KNOWN = {"string": "string", "bool": "boolean"}


def column_types(dictionary: Path) -> dict[str, str]:
    """Read types of columns from `features_dictionary.csv`; empty where there is none."""
    if not dictionary.exists():
        return {}
    with dictionary.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["dtype"] for row in csv.DictReader(file)}


def csv_schema(path: Path, types: Mapping[str, str]) -> dict[str, Any]:
    """Describe the columns of a CSV file.

    Parameters
    ----------
    path : Path
    types : mapping of str to str
        Types that are known, from `column_types`; they count for files whose name begins with `features`, which
        can be large. All values of other files are looked at.

    Returns
    -------
    dict
        A Table Schema: a program that guesses types from the first rows would guess wrong where a column of
        numbers begins with whole ones.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = next(rows, [])
        if path.name.startswith("features") and types and "dictionary" not in path.name:
            kinds = [_kind_of_dtype(types.get(name, "")) for name in names]
        else:
            kinds = _kinds_of_values(rows, len(names))
    fields = [_field(name, kind) for name, kind in zip(names, kinds, strict=True)]
    return {"fields": fields, "missingValues": [""]}


def _kind_of_dtype(dtype: str) -> str:
    if "int" in dtype:
        return "integer"
    return "number" if "float" in dtype else _KNOWN.get(dtype, "any")


def _kinds_of_values(rows: Iterable[list[str]], n_columns: int) -> list[str]:
    seen: list[set[str]] = [set() for _ in range(n_columns)]
    for row in rows:
        for kinds, value in zip(seen, row, strict=True):
            if value:
                kinds.add(_kind_of_value(value))
    return [_common_kind(kinds) for kinds in seen]


def _kind_of_value(value: str) -> str:
    if value in TRUTH:
        return "boolean"
    if _INTEGER.fullmatch(value):
        return "integer"
    return "number" if _NUMBER.fullmatch(value) else "string"


def _common_kind(kinds: set[str]) -> str:
    """Give the narrowest kind that holds all; `any` where there is no value."""
    if len(kinds) <= 1:
        return next(iter(kinds), "any")
    return "number" if kinds == {"integer", "number"} else "string"


def _field(name: str, kind: str) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": kind}
    if kind == "boolean":
        field |= {"trueValues": ["TRUE"], "falseValues": ["FALSE"]}
    return field
