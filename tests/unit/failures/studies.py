"""Small studies and manifests, written by hand or drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray


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
