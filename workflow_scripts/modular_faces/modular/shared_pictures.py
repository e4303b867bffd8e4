"""What the main model predicted of pictures that it was tried on in both regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from modular_faces.tables import read_table

Array = NDArray[np.float64]
Values = NDArray[np.float32]

REGIONS: Final = ("image", "face")
"""What is compared: the first less the second."""
COLUMNS: Final = (
    *("task", "target", "region", "image_id", "cluster"),
    *("repeat", "truth", "predicted", "baseline"),
)


@dataclass(frozen=True)
class Shared:
    """Pictures that both regions found and were tried on.

    Attributes
    ----------
    names : tuple of str, length K
        Categories, or ratings.
    cluster : (n,) ndarray of int64
        Pictures that are drawn together.
    truth : (n, K) ndarray of float64
        1 or 0 for categories; NaN where a rating is not known.
    predicted : mapping of str to (repeats, n, K) ndarray of float32
        By region.
    baseline : (repeats, n, K) ndarray of float32
    """

    names: tuple[str, ...]
    cluster: NDArray[np.int64]
    truth: Array
    predicted: Mapping[str, Values]
    baseline: Values


def read_main_model(paths: Sequence[str], *, main: str) -> pd.DataFrame:
    """Read what the main model predicted of found pictures.

    Parameters
    ----------
    paths : sequence of str
        predictions.parquet of the parts; those without rows are passed over.
    main : str

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; no rows where there are no predictions.
    """
    frames = [pd.DataFrame(columns=list(COLUMNS))]
    for path in paths:
        table = read_table(path)
        if table.num_rows:
            own = table.filter((pc.field("model") == main) & pc.field("found"))
            frames.append(own.select(list(COLUMNS)).to_pandas())
    return pd.concat(frames[1:] or frames, ignore_index=True)


def shared_pictures(rows: pd.DataFrame) -> Shared | None:
    """Bring the predictions of one task into the same order for both regions.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one task, see `read_main_model`.

    Returns
    -------
    Shared or None
        Pictures by name; None where no picture of known truth was tried in both regions.
    """
    rows = rows.dropna(subset=["truth", "predicted"])
    names = tuple(dict.fromkeys(rows["target"]))
    repeats = sorted(set(rows["repeat"]))
    parts = [rows[rows["region"] == region] for region in REGIONS]
    both = sorted(set(parts[0]["image_id"]) & set(parts[1]["image_id"]))
    if not both:
        return None
    cells = pd.MultiIndex.from_product([repeats, names])

    def cube(part: pd.DataFrame, value: str) -> Values:
        wide = part.pivot(index="image_id", columns=["repeat", "target"], values=value)
        flat = wide.reindex(index=both, columns=cells).to_numpy(np.float32)
        cells_of = flat.reshape(len(both), len(repeats), len(names))
        return np.ascontiguousarray(cells_of.transpose(1, 0, 2))

    first = parts[0][parts[0]["repeat"] == repeats[0]]
    truth = first.pivot(index="image_id", columns="target", values="truth")
    cluster = first.drop_duplicates("image_id").set_index("image_id")["cluster"]
    return Shared(
        names,
        cluster.loc[both].to_numpy(np.int64),
        truth.reindex(index=both, columns=list(names)).to_numpy(np.float64),
        {region: cube(part, "predicted") for region, part in zip(REGIONS, parts, strict=True)},
        cube(parts[0], "baseline"),
    )
