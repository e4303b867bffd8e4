"""The modules of a dataset: named blocks of columns for every picture, with targets, split and duplicates.

A module is a block of columns a person can name. `region` says what of the picture it may look at: ``image``
the whole picture with its background, ``face`` nothing but the face. Compare ``image`` with ``image`` and
``face`` with ``face``.

=================  ================================================================================
module             what it holds, before anything is fitted
=================  ================================================================================
lab                colour bins, Haralick means and the 68 landmarks in pixels, nothing else
color              colour bins of the face and of its parts; for ``image`` of the whole picture too
texture            Haralick features alike
landmarks          the 68 landmarks in pixels, from the backend of the table
shape_2d           the mesh in the picture's plane, pixels; `shape.PlaneShape` takes place, size and
                   tilt out
shape_frontal      the mesh in space, pixels; `shape.FrontalShape` turns it to the front
measures           distances, ratios and angles of the face turned to the front (`face_measures`)
pose               yaw, pitch, roll
expression         52 blendshapes, LEARNT by a network from data of their maker
action_units       OpenFace's action units, LEARNT, where the run has them
aligned            gradients of the face brought to one frame (`aligned`): whole frame or face only
=================  ================================================================================

Blocks are as read: nothing here is fitted to more than one picture, so no test picture can leak into
another. Whatever is fitted (scaling, alignment to a mean, principal components) belongs into a pipeline:
`module_steps.module_pipeline`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Region = Literal["image", "face"]
Values = NDArray[np.float32]

MODULES: Final = (
    "lab",
    "color",
    "texture",
    "landmarks",
    "shape_2d",
    "shape_frontal",
    "measures",
    "pose",
    "expression",
    "action_units",
    "aligned",
)
REGION_WORDS: Final = {"image": "whole picture", "face": "face only"}
"""What a model sees, by the region of its modules."""
WHOLE: Final = ""
"""What the part of a picture is called where a whole module is meant."""
LEARNT: Final = frozenset({"expression", "action_units"})
"""Modules that a network has learnt from data; their columns are no measurement."""


@dataclass(frozen=True)
class Module:
    """A block of columns with a name.

    Attributes
    ----------
    name : str
        One of `MODULES`.
    region : {"image", "face"}
        What of the picture it looks at.
    columns : tuple of str, length k
    values : (n, k) ndarray of float32
        A row per picture, NaN where missing; as measured, nothing fitted.
    """

    name: str
    region: Region
    columns: tuple[str, ...]
    values: Values

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.columns):
            raise ValueError(
                f"module {self.name}: values {self.values.shape} and {len(self.columns)} columns do not fit"
            )

    @property
    def learnt(self) -> bool:
        """Whether a network has learnt these columns from data."""
        return self.name in LEARNT

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which pictures have every number of the module, (n,)."""
        return np.asarray(np.isfinite(self.values).all(axis=1), dtype=np.bool_)


@dataclass(frozen=True)
class ModularData:
    """Everything a model of a dataset is made from, a row per picture, in the order of the table.

    Attributes
    ----------
    dataset : str
        Name of the dataset.
    region : {"image", "face"}
    image_ids : (n,) ndarray of str objects
    modules : mapping of str to Module
        Those the run has, in the order of `MODULES`.
    label : (n,) ndarray of objects
        Code of the category, None where there is none.
    classes : mapping of str to str
        Name by code of every category that occurs, in the order of the codes; empty without categories.
    ratings : mapping of str to (n,) ndarray of float64
        Mean ratings by name (without ``rating_``), NaN where missing.
    split : (n,) ndarray of objects
        ``train``, ``test`` or None.
    cluster : (n,) ndarray of int64
        Number of the group of duplicates; a picture that occurs once has a number of its own. Never cut a
        group apart between folds.
    across_split : (n,) ndarray of bool
        The picture has a duplicate in another split.
    decodable, found, trusted : (n,) ndarray of bool
        Could be read; a backend gave landmarks; these are trusted (what modules of a face need).
    """

    dataset: str
    region: Region
    image_ids: NDArray[np.object_]
    modules: Mapping[str, Module]
    label: NDArray[np.object_]
    classes: Mapping[str, str]
    ratings: Mapping[str, NDArray[np.float64]]
    split: NDArray[np.object_]
    cluster: NDArray[np.int64]
    across_split: NDArray[np.bool_]
    decodable: NDArray[np.bool_]
    found: NDArray[np.bool_]
    trusted: NDArray[np.bool_]

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.image_ids)

    @property
    def success(self) -> NDArray[np.bool_]:
        """Found and trusted: pictures whose modules of the face have numbers, (n,)."""
        return self.found & self.trusted

    def block(self, names: Sequence[str]) -> Values:
        """Values of several modules side by side, (n, sum of k)."""
        return np.hstack([self._module(name).values for name in names])

    def slices(self, names: Sequence[str]) -> dict[str, slice]:
        """Where in `block` each module stands."""
        ends = np.cumsum([len(self._module(name).columns) for name in names]).tolist()
        starts = [0, *ends[:-1]]
        return {name: slice(*bounds) for name, *bounds in zip(names, starts, ends, strict=True)}

    def columns(self, names: Sequence[str]) -> list[str]:
        """Names of the columns of `block`; one that two modules share stands twice."""
        return [column for name in names for column in self._module(name).columns]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> ModularData:
        """Keep some pictures, in the order given; categories that no longer occur are dropped."""
        label = self.label[rows]
        present = set(label.tolist())
        return replace(
            self,
            image_ids=self.image_ids[rows],
            modules={
                name: replace(module, values=module.values[rows])
                for name, module in self.modules.items()
            },
            label=label,
            classes={code: name for code, name in self.classes.items() if code in present},
            ratings={name: values[rows] for name, values in self.ratings.items()},
            split=self.split[rows],
            cluster=self.cluster[rows],
            across_split=self.across_split[rows],
            decodable=self.decodable[rows],
            found=self.found[rows],
            trusted=self.trusted[rows],
        )

    def _module(self, name: str) -> Module:
        if name not in self.modules:
            raise ValueError(
                f"there is no module '{name}' in {self.dataset}; it has {', '.join(self.modules)}"
            )
        return self.modules[name]
