"""Kinds of values that the sections of the configuration share."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,62}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Section(BaseModel):
    """A part of the configuration."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


def _distinct(values: list[Any]) -> list[Any]:
    for value, count in Counter(values).items():
        if count > 1:
            raise ValueError(f"'{value}' is named {count} times; once is enough")
    return values


def _without_braces(path: str) -> str:
    if "{" in path or "}" in path:
        raise ValueError(
            f"'{path}' holds a brace, which Snakemake takes for a wildcard; rename the folder"
        )
    return path


Distinct = AfterValidator(_distinct)
PathName = Annotated[str, AfterValidator(_without_braces)]
