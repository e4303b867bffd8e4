"""The row of one picture, without Snakemake."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.added_mesh import with_meshes
from modular_faces.backends.mesh import MeshBackend, mesh_backend
from modular_faces.backends.registry import open_backend
from modular_faces.blendshapes import BlendshapeNetwork, expression_table
from modular_faces.color import color_names, color_of_face
from modular_faces.config_loading import load_config
from modular_faces.face_model import (
    BLENDSHAPES_PART,
    GEOMETRY_PART,
    read_geometry,
    read_parts,
)
from modular_faces.files import UnreadableError, largest_file, read_file
from modular_faces.images import decode_picture
from modular_faces.jobs import as_path
from modular_faces.landmark_tables import landmark_table, trusted_meshes
from modular_faces.landmarks import cascade_stages, find_faces
from modular_faces.measure import Measure, measure_pictures
from modular_faces.merge import shard_features
from modular_faces.pose import pose_table
from modular_faces.stage_options import stage_options
from modular_faces.texture import texture_of_face
from modular_faces.texture_columns import all_texture_regions, texture_names
from modular_faces.variants import check_picture

Picture = NDArray[np.uint8]


def extract(
    picture: str | Path | Picture, *, config: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Measure one picture as the workflow does.

    Parameters
    ----------
    picture : path, or (H, W, 3) ndarray of uint8
        A file, or an upright RGB picture.
    config : mapping, optional
        Keys of the config that differ from the defaults, for instance ``{"color": {"counts": True}}``.

    Returns
    -------
    dict
        The columns of `features.parquet` without those a dataset gives (`manifest_row`, split, label,
        ratings); missing values are None. A picture that cannot be read has its `failure_reason`.

    Raises
    ------
    ConfigError
        A key or value of the config that cannot be used.
    ValueError
        An array of another shape or dtype.
    FileNotFoundError
        A path that is no file.

    Examples
    --------
    >>> from modular_faces import extract
    >>> row = extract("face.jpg")  # doctest: +SKIP
    >>> row["success"], row["yaw_deg"], row["x_30"]  # doctest: +SKIP
    (True, -3.2, 51.4)
    """
    return _extractor(json.dumps(config or {}, sort_keys=True)).row(picture)


@cache
def _extractor(config: str) -> Extractor:
    return Extractor(json.loads(config))


class Extractor:
    """Measures pictures one after the other, with the model loaded once.

    Parameters
    ----------
    config : mapping
        As for `extract`.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        whole = load_config({**config, "dataset": {"name": "picture", "root": "."}})
        stages = ("preprocess", "landmarks", "pose", "color", "texture")
        self._options = {stage: stage_options(whole, stage) for stage in stages}
        landmarks = self._options["landmarks"]
        self._stages = cascade_stages(landmarks["cascade"])
        self._backend = open_backend(landmarks)
        parts = read_parts(as_path(self._options["pose"].pop("model")))
        self._geometry = read_geometry(parts[GEOMETRY_PART])
        self._blendshapes = BlendshapeNetwork(parts[BLENDSHAPES_PART])

    @cached_property
    def _mesh(self) -> MeshBackend:
        return mesh_backend(self._options["landmarks"])

    def row(self, picture: str | Path | Picture) -> dict[str, Any]:
        """Measure one picture; see `extract`."""
        name, pixels, digest, reason = self._read(picture)
        height, width = pixels.shape[:2] if pixels is not None else (None, None)
        manifest = pa.table(
            {
                "image_id": pa.array([name]),
                "path": pa.array([name]),
                "manifest_row": pa.array([None], pa.int64()),
                "sha256": pa.array([digest], pa.string()),
                "width": pa.array([width], pa.int32()),
                "height": pa.array([height], pa.int32()),
            }
        )
        pictures = [] if pixels is None else [(name, pixels)]
        outcomes = find_faces(
            {name: reason},
            lambda lost: pictures,
            self._backend,
            stages=self._stages,
            accept=self._options["landmarks"]["accept"],
        )
        if self._backend.mesh_partners is None:
            outcomes = with_meshes(
                outcomes,
                lambda lost: pictures,
                self._mesh.mesh_at,
                accept=self._options["landmarks"]["mesh_accept"],
            )
        meshes = {
            image_id: mesh.astype(np.float32).astype(np.float64)
            for image_id, mesh in trusted_meshes(outcomes).items()
        }
        features = shard_features(
            manifest,
            landmark_table(outcomes, source=self._backend.name, stages=self._stages),
            pose_table(manifest, meshes, self._geometry, **self._options["pose"]),
            [
                expression_table([name], meshes, self._blendshapes),
                *(self._measure(stage, pictures, meshes, name) for stage in ("color", "texture")),
            ],
        )
        row: dict[str, Any] = features.drop_columns("manifest_row").to_pylist()[0]
        return row

    def _read(self, picture: str | Path | Picture) -> tuple[str, Picture | None, str | None, str]:
        if isinstance(picture, np.ndarray):
            check_picture(picture)
            return "array", picture, None, ""
        if not Path(picture).is_file():
            raise FileNotFoundError(errno.ENOENT, "there is no such file", str(picture))
        limits = self._options["preprocess"]
        digest = None
        try:
            content = read_file(Path(picture), max_bytes=largest_file(limits["max_pixels"]))
            digest = hashlib.sha256(content).hexdigest()
            return str(picture), decode_picture(content, **limits).pixels, digest, ""
        except UnreadableError as error:
            return str(picture), None, digest, error.reason

    def _measure(
        self,
        stage: str,
        pictures: list[tuple[str, Picture]],
        meshes: Mapping[str, NDArray[np.float64]],
        name: str,
    ) -> pa.Table:
        options = dict(self._options[stage])
        steps = options.pop("steps")
        measure: Measure
        if stage == "color":
            names = color_names(spaces=options["spaces"], regions=options["regions"])
            measure = partial(color_of_face, **options)
        else:
            names = texture_names(
                regions=all_texture_regions(options["regions"], options["canonical_regions"]),
                distances=options["distances"],
                statistics=options["statistics"],
            )
            measure = partial(texture_of_face, **options)
        return measure_pictures(
            [name], pictures, meshes, measure=measure, names=names, steps=steps, stage=stage
        )
