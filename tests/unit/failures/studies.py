"""Small studies and manifests, written by hand or drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from modular_faces.config_loading import load_config
from modular_faces.descriptors import DESCRIPTOR_NAMES
from modular_faces.failures.outcome import LEVELS, Level, Outcome
from modular_faces.failures.report_parts import StudyReport
from modular_faces.stage_options import failure_options


def study_of(
    parts: Mapping[tuple[str, str], str], ids: Sequence[str] | None = None
) -> pd.DataFrame:
    """A study from one letter per picture.

    Parameters
    ----------
    parts : mapping of (backend, variant) to str
        ``t`` trusted, ``f`` found but not trusted, ``x`` no face, a blank: the picture is no part of it.
    """
    rows = [
        {
            "image_id": ids[k] if ids else f"p{k:04d}",
            "backend": backend,
            "variant": variant,
            "found": letter in "tf",
            "trusted": letter == "t",
            "landmark_quality": {"t": 0.9, "f": 0.2, "x": np.nan}[letter],
        }
        for (backend, variant), letters in parts.items()
        for k, letter in enumerate(letters)
        if letter != " "
    ]
    return pd.DataFrame(rows)


def manifest_of(n: int, **columns: Sequence[object]) -> pd.DataFrame:
    """A manifest of n pictures that could all be decoded, unless a column says otherwise."""
    table = {"image_id": [f"p{k:04d}" for k in range(n)], "decodable": [True] * n}
    return pd.DataFrame(table | dict(columns))


def letters_of(failed: NDArray[np.bool_]) -> str:
    """Letters of `study_of` for pictures that are trusted or lost."""
    return "".join("x" if lost else "t" for lost in failed)


def outcome_of(failed: Sequence[bool] | NDArray[np.bool_], **changes: Any) -> Outcome:
    """An outcome of pictures p0000, p0001, ...: trusted landmarks of the mesh on the original picture."""
    fixed: dict[str, Any] = {
        "backend": "mesh",
        "variant": "original",
        "level": "trusted",
        "image_ids": [f"p{k:04d}" for k in range(len(failed))],
        "failed": np.array(failed, bool),
        "weights": np.ones(len(failed)),
        "label": None,
        "split": None,
    }
    return Outcome(**(fixed | changes))


def plain_counts(report: StudyReport) -> list[str]:
    """Numbers of four digits and more without a separator in what a report says."""
    figures = [words for one in report.figures for words in (one.title, one.caption, one.alt)]
    return re.findall(r"(?<![\d.,])\d{4,}", " ".join([*report.findings, *figures]))


def both_levels(failed: Sequence[bool] | NDArray[np.bool_]) -> dict[Level, Outcome]:
    """Outcomes whose levels lose the same pictures."""
    return {level: outcome_of(failed, level=level) for level in LEVELS}


def described(n: int, generator: np.random.Generator, **columns: Any) -> pd.DataFrame:
    """Descriptors of n colour pictures, independent of each other, with some columns set."""
    table = pd.DataFrame(
        generator.normal(7, 0.5, (n, len(DESCRIPTOR_NAMES))),
        columns=list(DESCRIPTOR_NAMES),
        index=pd.Index([f"p{k:04d}" for k in range(n)], name="image_id"),
    )
    return table.assign(**({"grey": 0.0, "width": 100.0} | columns))


def methods_options(**changes: Any) -> dict[str, Any]:
    """What the methods are told of the studies: the defaults of the config, with some of them changed."""
    config = load_config({"dataset": {"name": "a", "root": "pictures"}})
    return failure_options(config, "methods") | changes
