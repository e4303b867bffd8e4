"""CSV files of the workflow as data frames."""

from __future__ import annotations

import os
from typing import Any

import pandas as pd

from modular_faces.csv_cells import plain_cell


def read_cells(path: str | os.PathLike[str], **options: Any) -> pd.DataFrame:
    """Read a CSV file of the workflow with its texts as they were before they were made safe.

    Parameters
    ----------
    path : path-like
    **options
        Of `pandas.read_csv`.

    Returns
    -------
    pandas.DataFrame
    """
    table = pd.read_csv(path, **options)
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name].map(plain_cell)
    return table
