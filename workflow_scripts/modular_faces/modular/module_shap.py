"""Exact SHAP values of a linear model, summed over the columns of a module or of a part of the face.

The SHAP value of a column in a linear model, against the training pictures as background, is its weight times how
far the picture lies from their mean, and values of columns add up to those of a group. Nothing is sampled. Pictures
are explained by a model that was not fitted on them.

References
----------
Lundberg, S. M., & Lee, S.-I. (2017). A unified approach to interpreting model predictions. Advances in Neural
Information Processing Systems, 30. https://doi.org/10.48550/arXiv.1705.07874
Štrumbelj, E., & Kononenko, I. (2014). Explaining prediction models and individual predictions with feature
contributions. Knowledge and Information Systems, 41, 647-665. https://doi.org/10.1007/s10115-013-0679-x
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.modular.encoder import Encoder
from modular_faces.modular.folds import Fold
from modular_faces.modular.linear_model import LinearModel
from modular_faces.modular.module_blocks import WHOLE, Module
from modular_faces.modular.protocol import EncodedFold
from modular_faces.modular.score_table import DIGITS
from modular_faces.tables import round_significant

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

PARTED: Final = ("color", "texture")
"""Modules whose columns say which part of the picture they are of."""
_PARTS: Final = re.compile(r"_(image|face_oval|face_hull|forehead|eyes|nose|cheeks|mouth|chin)$")


def parts_of(module: str, columns: Sequence[str]) -> dict[str, Rows]:
    """Places of the columns of the whole module, and of each part of the picture that it tells apart.

    Examples
    --------
    >>> parts = parts_of("color", ["color_rgb_r_00_nose", "color_rgb_r_00_chin"])
    >>> {part: places.tolist() for part, places in parts.items()}
    {'': [0, 1], 'nose': [0], 'chin': [1]}
    """
    groups: dict[str, list[int]] = {WHOLE: list(range(len(columns)))}
    if module in PARTED:
        for place, column in enumerate(columns):
            if found := _PARTS.search(column):
                groups.setdefault(found[1], []).append(place)
    return {part: np.array(places, dtype=np.intp) for part, places in groups.items()}


def group_shap(
    encoder: Encoder, coefficients: Array, values: NDArray[np.float32], places: Rows
) -> Array:
    """SHAP values of some columns of a module together, for each score.

    Parameters
    ----------
    encoder : Encoder
        Whose means are those of the training pictures.
    coefficients : (d, K) ndarray of float64
        Of the module's components.
    values : (n, k) ndarray of float32
        The module's block of the pictures to explain.
    places : (p,) ndarray of int
        Which columns, after the encoder's transformer.

    Returns
    -------
    (n, K) ndarray of float64
        In the unit of the score: log odds, or the rating's own.
    """
    weights = encoder.axes.astype(np.float64)[places] @ coefficients
    return np.asarray(encoder.columns_of(values)[:, places].astype(np.float64) @ weights)


class ExplainedPictures:
    """Mean absolute SHAP values of the main model for each test picture; a callback of `run_folds`.

    Parameters
    ----------
    task : Task
    blocks : mapping of str to Module
    image_ids : (n,) ndarray of str objects
    region : str
    """

    def __init__(
        self,
        task: Any,
        blocks: Mapping[str, Module],
        image_ids: NDArray[np.object_],
        region: str,
    ) -> None:
        self.task, self.blocks, self.image_ids, self.region = task, blocks, image_ids, region
        self.tables: list[pa.Table] = []

    def __call__(self, encoded: EncodedFold, main: LinearModel, fold: Fold) -> None:
        """Note the pictures of one fold of the first repeat."""
        if fold.repeat > 0 or not len(encoded.test):
            return
        unit = score_units(self.task, encoded.train)
        for module in main.modules:
            encoder = encoded.encoders[module]
            values = self.blocks[module].values[encoded.test]
            for part, places in parts_of(module, encoder.columns).items():
                shap = group_shap(encoder, main.coefficients[module], values, places)
                self._note(module, part, encoded.test, np.abs(shap / unit).mean(axis=1))

    def _note(self, module: str, part: str, rows: Rows, sizes: Array) -> None:
        n = len(rows)
        self.tables.append(
            pa.table(
                {
                    "task": [self.task.kind] * n,
                    "region": [self.region] * n,
                    "image_id": self.image_ids[rows].tolist(),
                    "module": [module] * n,
                    "part": [part] * n,
                    "mean_abs_shap": round_significant(sizes, digits=DIGITS),
                }
            )
        )


def score_units(task: Any, rows: Rows) -> Array:
    """What each score is divided by, so that ratings can be averaged: their spread; log odds stay, (K,)."""
    if task.kind == "emotions":
        return np.ones(len(task.names))
    spread = np.nanstd(task.truth[rows], axis=0)
    return np.asarray(np.where(spread > 0, spread, 1.0))
