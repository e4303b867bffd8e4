"""Reads the modules of a dataset (`module_blocks`) from what the workflow wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from modular_faces.columns import POSE_COLUMNS
from modular_faces.face_model import FaceGeometry
from modular_faces.modular.face_measures import MEASURE_COLUMNS, measure_faces
from modular_faces.modular.module_blocks import MODULES, ModularData, Module, Region, Values
from modular_faces.tables import MESH_COLUMNS, MESH_POINTS, matrix_from_table, read_table

RATING_PREFIX: Final = "rating_"
TOLD: Final = ("image_id", "label", "label_name", "split", "found", "trusted")
"""Columns of features.parquet that belong to no module."""


def load_modular_data(
    results: Path, *, region: Region, face: str, geometry: FaceGeometry
) -> ModularData:
    """Read the modules of a dataset from what the workflow wrote.

    Parameters
    ----------
    results : Path
        ``results/<dataset>``: features.parquet, manifest.parquet, mesh.parquet, aligned.parquet and, where
        the run has it, openface.parquet.
    region : {"image", "face"}
        What of the picture the modules may look at.
    face : str
        The region of the mesh that stands for the face: the config's `regions.face`.
    geometry : FaceGeometry
        The canonical face: ``face_model.load_geometry(as_path(config.landmarks.model))``.

    Returns
    -------
    ModularData

    Raises
    ------
    ValueError
        If the tables hold different pictures, or an unknown region is asked for.
    """
    if region not in ("image", "face"):
        raise ValueError(f"region is {region!r}; choose image or face")
    path = results / "features.parquet"
    columns = pq.read_schema(path).names
    told = [name for name in columns if name in TOLD or name.startswith(RATING_PREFIX)]
    features = read_table(path, told)
    manifest = _same_pictures(results / "manifest.parquet", features)
    modules = list(_modules(results, features, columns, region, face, geometry))
    return ModularData(
        dataset=results.name,
        region=region,
        image_ids=_objects(features, "image_id"),
        modules={module.name: module for module in modules if module.columns},
        label=_objects(features, "label"),
        classes=_classes(features),
        ratings={
            name.removeprefix(RATING_PREFIX): matrix_from_table(features, [name])[:, 0]
            for name in features.column_names
            if name.startswith(RATING_PREFIX)
        },
        split=_objects(features, "split"),
        cluster=duplicate_numbers(manifest.column("duplicate_cluster").to_pylist()),
        across_split=_truth(manifest, "duplicate_across_split"),
        decodable=_truth(manifest, "decodable"),
        found=_truth(features, "found"),
        trusted=_truth(features, "trusted"),
    )


def duplicate_numbers(clusters: Sequence[str | None]) -> NDArray[np.int64]:
    """Number the groups of duplicates in the order in which they occur.

    Parameters
    ----------
    clusters : sequence of str or None
        Name of each picture's group, empty for pictures that occur once.

    Returns
    -------
    (n,) ndarray of int64

    Examples
    --------
    >>> duplicate_numbers(["", "a", "", "a"]).tolist()
    [0, 1, 2, 1]
    """
    numbers: dict[str | int, int] = {}
    keys = [name or row for row, name in enumerate(clusters)]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def module_columns(
    name: str, available: Iterable[str], *, region: Region, face: str
) -> tuple[str, ...]:
    """Choose the columns of a module among those of features.parquet.

    Parameters
    ----------
    name : str
        lab, color, texture, landmarks, pose or expression.
    available : iterable of str
        Columns of the table, whose order is kept.
    region : {"image", "face"}
    face : str
        The region of the mesh that stands for the face.

    Raises
    ------
    ValueError
        If the module is not made of columns of features.parquet.
    """
    whole = "image" if region == "image" else face
    landmarks = r"[xy]_\d+"
    patterns = {
        "lab": rf"color_.*_{whole}|haralick_.*_mean_{whole}|{landmarks}",
        "color": r"color_(?!notes).*",
        "texture": r"haralick_.*",
        "landmarks": landmarks,
        "pose": "|".join(POSE_COLUMNS),
        "expression": r"expression_(?!notes).*",
    }
    if name not in patterns:
        raise ValueError(f"module {name!r} is not made of columns of features.parquet")
    chosen = (column for column in available if re.fullmatch(patterns[name], column))
    if name == "lab":
        chosen = (column for column in chosen if f"_canonical_{whole}" not in column)
    if region == "face":
        chosen = (column for column in chosen if not column.endswith("_image"))
    return tuple(chosen)


def _modules(
    results: Path,
    features: pa.Table,
    available: Sequence[str],
    region: Region,
    face: str,
    geometry: FaceGeometry,
) -> Iterable[Module]:
    """Read one module after the other, in the order of `MODULES`."""
    mesh = _matrix_in(results / "mesh.parquet", features, MESH_COLUMNS)
    for name in MODULES:
        if name == "shape_2d":
            plane = 2 * MESH_POINTS
            yield Module(name, region, MESH_COLUMNS[:plane], mesh[:, :plane])
        elif name == "shape_frontal":
            yield Module(name, region, MESH_COLUMNS, mesh)
        elif name == "measures":
            yield Module(name, region, MEASURE_COLUMNS, measure_faces(mesh, geometry))
        elif name == "action_units":
            yield _action_units(results / "openface.parquet", features, region)
        elif name == "aligned":
            yield _aligned(results / "aligned.parquet", features, region)
        else:
            columns = module_columns(name, available, region=region, face=face)
            values = _matrix_in(results / "features.parquet", features, columns)
            yield Module(name, region, columns, values)


def _action_units(path: Path, features: pa.Table, region: Region) -> Module:
    """Action units of the trusted face of each picture; a module without columns where there are none."""
    n = features.num_rows
    if not path.is_file():
        return Module("action_units", region, (), np.empty((n, 0), np.float32))
    table = read_table(path)
    table = table.filter(table.column("trusted"))
    columns = tuple(name for name in table.column_names if re.fullmatch(r"AU\d\d_[rc]", name))
    row_of = {image_id: row for row, image_id in enumerate(_objects(features, "image_id"))}
    values = np.full((n, len(columns)), np.nan, np.float32)
    values[[row_of[image_id] for image_id in _objects(table, "image_id")]] = _matrix(table, columns)
    return Module("action_units", region, columns, values)


def _aligned(path: Path, features: pa.Table, region: Region) -> Module:
    """Gradients of the aligned face; a module without columns where the run has none."""
    if not path.is_file():
        return Module("aligned", region, (), np.empty((features.num_rows, 0), np.float32))
    pattern = rf"aligned_.*_{region}"
    columns = tuple(name for name in pq.read_schema(path).names if re.fullmatch(pattern, name))
    return Module("aligned", region, columns, _matrix_in(path, features, columns))


def _matrix_in(path: Path, features: pa.Table, columns: Sequence[str]) -> Values:
    """Read columns of a large table, one group of its rows after the other."""
    _same_pictures(path, features, ["image_id"])
    values = np.empty((features.num_rows, len(columns)), np.float32)
    first = 0
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            rows = file.read_row_group(group, columns=list(columns), use_threads=False)
            values[first:end] = _matrix(rows, columns)
            first = end
            del rows
    pa.default_memory_pool().release_unused()
    return values


def _same_pictures(
    path: Path, features: pa.Table, columns: Sequence[str] | None = None
) -> pa.Table:
    table = read_table(path, columns)
    ids = features.column("image_id").to_pylist()
    if table.column("image_id").to_pylist() != ids:
        raise ValueError(
            f"{path} holds other pictures than features.parquet; run the workflow again"
        )
    return table


def _matrix(table: pa.Table, columns: Sequence[str]) -> Values:
    values = np.empty((table.num_rows, len(columns)), np.float32)
    for position, name in enumerate(columns):
        values[:, position] = table.column(name).cast(pa.float32()).to_numpy(zero_copy_only=False)
    return values


def _objects(table: pa.Table, name: str) -> NDArray[np.object_]:
    return np.array(table.column(name).to_pylist(), dtype=object)


def _truth(table: pa.Table, name: str) -> NDArray[np.bool_]:
    return np.array(table.column(name).fill_null(False).to_pylist(), dtype=bool)


def _classes(features: pa.Table) -> dict[str, str]:
    pairs = zip(
        features.column("label").to_pylist(), features.column("label_name").to_pylist(), strict=True
    )
    names = {code: name or code for code, name in pairs if code is not None}
    return {code: names[code] for code in sorted(names, key=lambda code: (len(code), code))}
