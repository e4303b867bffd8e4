"""From the columns of a module to the numbers of a model: one scikit-learn pipeline per module.

Everything that is learnt from pictures stands in these pipelines (means, scales, alignment, principal
components), so that a model that holds them in its own pipeline learns from training pictures only.

Each pipeline ends in `BlockScale`: the variances of a module sum to 1 over the training pictures, so that one
penalty means the same for a module of three columns and for one of 1,400.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from modular_faces.face_model import FaceGeometry
from modular_faces.modular.column_steps import InParts, SquareRoot, parts_of_columns
from modular_faces.modular.module_blocks import MODULES
from modular_faces.modular.shape import MESH_EYES, FrontalShape, PlaneShape


class BlockScale(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Divide a whole module by one number, so that its variances sum to 1 over the training pictures.

    A module without variance stays as it is.
    """

    def fit(self, X: NDArray[np.floating], y: Any = None) -> Self:  # noqa: N803
        """Find the scale; missing numbers are passed over."""
        each = [
            np.nanvar(np.asarray(X[:, part], dtype=np.float64), axis=0)
            for part in parts_of_columns(X.shape[1])
        ]
        variance = float(np.nansum(np.concatenate(each)))
        self.scale_ = np.sqrt(variance) if variance > 0 else 1.0
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: NDArray[np.floating]) -> NDArray[np.float64]:  # noqa: N803
        """Divide by the scale."""
        return np.asarray(X, dtype=np.float64) / self.scale_

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Names of the columns, those of the input."""
        names = [f"x{i}" for i in range(self.n_features_in_)]
        return np.asarray(names if input_features is None else input_features, dtype=object)


class Components(PCA):  # type: ignore[misc]
    """Principal components, as many as asked for or as the training pictures allow.

    Parameters
    ----------
    most : int
        Largest number of components.
    seed : int
        For the randomised solver that scikit-learn takes for large tables.
    """

    def __init__(self, *, most: int, seed: int) -> None:
        super().__init__(n_components=most, random_state=seed)
        self.most = most
        self.seed = seed

    def fit(self, X: NDArray[np.floating], y: Any = None) -> Self:  # noqa: N803
        """Fit as many components as there can be."""
        self._limit(X)
        super().fit(X, y)
        return self

    def fit_transform(self, X: NDArray[np.floating], y: Any = None) -> NDArray[np.float64]:  # noqa: N803
        """Fit as many components as there can be, and apply them."""
        self._limit(X)
        return np.asarray(super().fit_transform(X, y))

    def _limit(self, rows: NDArray[np.floating]) -> None:
        self.n_components = min(self.most, *rows.shape)
        self.random_state = self.seed


def module_pipeline(
    name: str,
    columns: Sequence[str],
    *,
    components: int | None,
    geometry: FaceGeometry,
    seed: int,
) -> Pipeline:
    """Make the unfitted pipeline of a module.

    Parameters
    ----------
    name : str
        One of `module_blocks.MODULES`.
    columns : sequence of str
        `Module.columns`, in the order of the values that the pipeline will get.
    components : int or None
        Principal components to keep at most; None keeps the columns, so that every weight belongs to a
        column with a name.
    geometry : FaceGeometry
        The canonical face, for shape_frontal.
    seed : int

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes (n, k) raw values, gives (n, m) numbers without missing ones: those missing in some columns of
        a picture are filled with the mean of the training pictures. Lost pictures, which miss a module
        altogether, should not be given to it: such a row comes back as the mean face.

    Raises
    ------
    ValueError
        If there is no such module.
    """
    if name not in MODULES:
        raise ValueError(f"there is no module '{name}'; choose from {', '.join(MODULES)}")
    steps: list[tuple[str, Any]] = [*_own_steps(name, columns, geometry)]
    fill = SimpleImputer(strategy="mean", keep_empty_features=True)
    steps.append(("fill", InParts(fill, overwrite=bool(steps))))
    if name not in ("shape_2d", "shape_frontal", "aligned"):
        steps.append(("standardise", InParts(StandardScaler(), overwrite=True)))
    if components is not None:
        steps.append(("components", Components(most=components, seed=seed)))
    else:
        steps.append(("centre", InParts(StandardScaler(with_std=False), overwrite=True)))
    return Pipeline([*steps, ("scale", BlockScale())])


def _own_steps(name: str, columns: Sequence[str], geometry: FaceGeometry) -> list[tuple[str, Any]]:
    """What only this module needs: coordinates and gradients share one unit and keep it."""
    if name == "shape_2d":
        return [("align", PlaneShape(eyes=MESH_EYES))]
    if name == "shape_frontal":
        return [("align", FrontalShape(vertices=geometry.vertices, weights=geometry.weights))]
    shares = [
        place for place, column in enumerate(columns) if column.startswith(("color_", "aligned_"))
    ]
    return [("root", SquareRoot(places=shares))] if shares else []
