"""Brows, lashes and beards, rooted in the skin, and glasses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import skin
from .hair import Strands, scatter, short_strands, unit
from .identity import Identity
from .landmarks import ibug68
from .mesh import SKIN, BaseMesh, vertex_normals

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

UPPER_LID = (6847, 6844, 6841, 6838, 6785, 6784, 6790, 6793, 6796, 6799, 6802)
LOWER_LID = (13378, 13367, 13368, 13370, 13372, 13373, 13374, 13366)
FRAME_COLOUR = (0.12, 0.09, 0.08)


@dataclass(frozen=True)
class Rooted:
    """Strands whose roots follow the skin: `offsets` (n, k, 3) are added to the moved roots."""

    corners: Ints
    bary: Array
    offsets: Array
    strands: Strands

    def moved(self, positions: Array) -> Array:
        """Nodes for refined positions, (n, k, 3)."""
        roots = np.einsum("nc,ncd->nd", self.bary, positions[self.corners])
        result: Array = roots[:, None] + self.offsets
        return result


@dataclass(frozen=True)
class Roots:
    """Places on the skin: triangle corners and weights, position, normal, place on the base mesh."""

    corners: Ints
    bary: Array
    places: Array
    outward: Array
    base: Array

    def carry(self, nodes: Array, strands: Strands) -> Rooted:
        """Strands that start here."""
        return Rooted(self.corners, self.bary, nodes - self.places[:, None], strands)


@dataclass(frozen=True)
class Rest:
    """A person's refined head at rest.

    Attributes
    ----------
    mesh : BaseMesh
    identity : Identity
    refined, normals, base : (m, 3) ndarray
        Positions and normals at rest, and places on the unshaped base mesh.
    lips : (m,) ndarray
    own, anchors : (68, 3) ndarray
        iBUG points at rest and on the unshaped base mesh.
    """

    mesh: BaseMesh
    identity: Identity
    refined: Array
    normals: Array
    base: Array
    lips: Array
    own: Array
    anchors: Array

    @classmethod
    def of(cls, mesh: BaseMesh, identity: Identity, vertices: Array) -> Rest:
        """Refine the neutral shape `vertices`, (19158, 3)."""
        topology = mesh.topology
        refined, base = mesh.refined(vertices), mesh.refined(mesh.vertices)
        return cls(
            mesh=mesh,
            identity=identity,
            refined=refined,
            normals=vertex_normals(refined, topology.triangles),
            base=base,
            lips=mesh.refined(mesh.lips),
            own=ibug68(refined, topology.used),
            anchors=ibug68(base, topology.used),
        )

    def scatter(self, weight: Array, count: int, rng: np.random.Generator) -> Roots:
        """Draw `count` places on the skin with density `weight` (m,)."""
        topology = self.mesh.topology
        triangles = topology.triangles[topology.material == SKIN]
        chosen, bary = scatter(triangles, self.refined, weight, count, rng)
        corners = triangles[chosen]
        places, outward, base = (
            np.einsum("nc,ncd->nd", bary, values[corners])
            for values in (self.refined, self.normals, self.base)
        )
        return Roots(corners, bary, places, unit(outward), base)


def coloured(
    nodes: Array, identity: Identity, width: int, opacity: float, rng: np.random.Generator
) -> Strands:
    """Strands in a person's hair colour, going grey with age."""
    share = float(np.clip((identity.age - 46) / 40, 0, 0.8))
    tint = np.clip(rng.normal(1, 0.16, len(nodes)), 0.5, 1.6)
    grey = np.clip(share + 0.35 * (share > 0) * rng.normal(0, 0.5, len(nodes)), 0, 1)
    return Strands(nodes, tint, grey, width, opacity, identity.hair_colour)


def brows(rest: Rest, rng: np.random.Generator) -> Rooted:
    """Both brows: hairs point up near the nose and outwards along the arch."""
    thickness = rest.identity.brow
    weight = skin.brow_area(rest.base, rest.anchors, thickness) ** 2
    weight[weight < 0.05] = 0
    count = int(1000 * thickness)
    roots = rest.scatter(weight, count, rng)
    place, height = skin.brow_place(roots.base, rest.anchors)
    rise = 1.1 * (1 - place) ** 2 - 0.25 - 3.0 * np.where(height > 1, 0, height) * place
    directions = np.stack([np.sign(roots.places[:, 0]), rise, 0 * rise], axis=1)
    lengths = rng.uniform(0.04, 0.075, count) * (1 - 0.35 * place)
    nodes = short_strands(
        roots.places, directions + 0.35 * roots.outward, lengths, np.zeros((count, 3)), 5
    )
    return roots.carry(nodes, coloured(nodes, rest.identity, 1, 0.7, rng))


def beard(rest: Rest, rng: np.random.Generator) -> Rooted:
    """Short dense hair on jaw, chin and upper lip, or on the upper lip alone."""
    base, anchors = rest.base, rest.anchors
    weight = skin.beard_area(base, anchors) * (1 - rest.lips) ** 4
    if rest.identity.beard == "moustache":
        above = base[:, 1] > anchors[[48, 54], 1].mean() - 0.05
        weight = weight * (above & (np.abs(base[:, 0]) < 0.26))
        count = 1700
    else:
        weight = weight * (base[:, 1] > anchors[8, 1] - 0.2)
        count = 9000
    weight[weight < 0.25] = 0
    roots = rest.scatter(weight, count, rng)
    directions = 0.55 * roots.outward + [0, -0.9, 0.1] + 0.3 * rng.standard_normal((count, 3))
    directions[:, 0] += 1.2 * roots.places[:, 0]
    lengths = rng.uniform(0.05, 0.11, count)
    nodes = short_strands(roots.places, directions, lengths, rng.normal(0, 0.3, (count, 3)), 6)
    return roots.carry(nodes, coloured(nodes, rest.identity, 1, 0.75, rng))


def lashes(rest: Rest, eyes: list[tuple[Array, float]], rng: np.random.Generator) -> list[Rooted]:
    """Upper and lower lashes of both eyes (the person's right, then left)."""
    result = []
    for lid, up in ((UPPER_LID, 1.0), (LOWER_LID, -1.0)):
        result.append(_row_of_lashes(rest, _mirror(rest.mesh, lid), eyes[0][0], up, rng))
        result.append(_row_of_lashes(rest, lid, eyes[1][0], up, rng))
    return result


def _row_of_lashes(
    rest: Rest, lid: tuple[int, ...], eye: Array, up: float, rng: np.random.Generator
) -> Rooted:
    rows = np.searchsorted(rest.mesh.topology.used, lid)
    count = 42 if up > 0 else 18
    at = np.sort(rng.uniform(0.3, len(rows) - 1.001, count))
    first = at.astype(int)
    share = at - first
    corners = np.stack([rows[first], rows[first + 1], rows[first]], axis=1)
    bary = np.stack([1 - share, share, 0 * share], axis=1)
    places = np.einsum("nc,ncd->nd", bary, rest.refined[corners])
    fan = (places - eye) * [1.5, 0, 0]
    directions = unit(places - eye) + fan + np.array([0, 0.25 * up, 0])
    longest = (0.036 if up > 0 else 0.016) * (1.25 - 0.45 * rest.identity.masculinity)
    lengths = longest * rng.uniform(0.7, 1.1, count)
    nodes = short_strands(places, directions, lengths, np.full((count, 3), [0, 0.9 * up, 0]), 6)
    dark = Strands(nodes, np.full(count, 0.35), np.zeros(count), 1, 0.55, rest.identity.hair_colour)
    return Rooted(corners, bary, nodes - places[:, None], dark)


def _mirror(mesh: BaseMesh, lid: tuple[int, ...]) -> tuple[int, ...]:
    flipped = mesh.vertices[list(lid)] * [-1, 1, 1]
    distance = np.linalg.norm(mesh.vertices[None, :13380] - flipped[:, None], axis=2)
    return tuple(int(index) for index in distance.argmin(axis=1))


def glasses(own: Array) -> Strands:
    """Rims, bridge and temples for a head with the iBUG points `own`, (68, 3)."""
    turn = np.linspace(0, 2 * np.pi, 41)
    line = np.linspace(0, 1, 41)[:, None]
    bridge = own[27] + [0, -0.03, 0.10]
    ear_height = own[[0, 16], 1].mean() + 0.05
    lines = []
    for eye, side in ((own[36:42].mean(axis=0), -1), (own[42:48].mean(axis=0), 1)):
        x, y = eye[0] + side * 0.02, eye[1] - 0.025
        ring = np.stack(
            [
                x + 0.235 * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.75,
                y + 0.165 * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.75,
                bridge[2] - 0.55 * (x + 0.25 * np.cos(turn)) ** 2 - 0.02,
            ],
            axis=1,
        )
        hinge = np.array([x + side * 0.235, y + 0.08, bridge[2] - 0.22])
        ear = np.array([side * 0.78, ear_height, 0.45])
        inner = ring[20 if side > 0 else 0] + [0, 0.05, 0]
        lines += [ring, hinge + line * (ear - hinge), inner + line * (bridge - inner)]
    nodes = np.concatenate([np.stack(lines) + np.array([0, y, 0]) for y in (-0.01, 0.0, 0.01)])
    count = len(nodes)
    return Strands(nodes, np.ones(count), np.zeros(count), 3, 0.95, FRAME_COLOUR)
