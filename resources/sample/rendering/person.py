"""A person at rest, ready to be posed: shape, eyes and all strands with their roots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import skin
from .eyes import fit_sphere
from .hair import STYLES, Strands, grow, scatter, short_strands, unit
from .identity import Identity, neutral_head
from .landmarks import ibug68
from .mesh import SKIN, BaseMesh, vertex_normals

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

UPPER_LID = (6847, 6844, 6841, 6838, 6785, 6784, 6790, 6793, 6796, 6799, 6802)
LOWER_LID = (13378, 13367, 13368, 13370, 13372, 13373, 13374, 13366)


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
        return roots[:, None] + self.offsets


@dataclass(frozen=True)
class Person:
    """A person at rest.

    Attributes
    ----------
    identity : Identity
    vertices : (19158, 3) ndarray
        The neutral shape.
    centre : (3,) ndarray
        Face centre in head coordinates: where the camera looks.
    eyes : list of (centre, radius)
        The person's right, then left eyeball.
    anchors : (68, 3) ndarray
        iBUG points of the unshaped base mesh, to which the skin's colours refer.
    hair : Strands
    rooted : list of Rooted
        Brows, lashes and beard.
    worn : list of Strands
        Glasses.
    """

    identity: Identity
    vertices: Array
    centre: Array
    eyes: list[tuple[Array, float]]
    anchors: Array
    hair: Strands
    rooted: list[Rooted]
    worn: list[Strands]


def _strands(
    nodes: Array, identity: Identity, width: int, opacity: float, rng: np.random.Generator
) -> Strands:
    share = float(np.clip((identity.age - 46) / 40, 0, 0.8))
    tint = np.clip(rng.normal(1, 0.16, len(nodes)), 0.5, 1.6)
    grey = np.clip(share + 0.35 * (share > 0) * rng.normal(0, 0.5, len(nodes)), 0, 1)
    return Strands(nodes, tint, grey, width, opacity, identity.hair_colour)


def _glasses(own: Array, ear_height: float) -> Strands:
    """Rims, bridge and temples of a pair of glasses for a head with the iBUG points `own`."""
    turn = np.linspace(0, 2 * np.pi, 41)
    lines = []
    bridge = own[27] + [0, -0.03, 0.10]
    for eye, side in ((own[36:42].mean(axis=0), -1), (own[42:48].mean(axis=0), 1)):
        centre = np.array([eye[0] + side * 0.02, eye[1] - 0.025, 0.0])
        ring = np.stack(
            [
                centre[0] + 0.235 * np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.75,
                centre[1] + 0.165 * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.75,
                bridge[2] - 0.55 * (centre[0] + 0.25 * np.cos(turn)) ** 2 - 0.02,
            ],
            axis=1,
        )
        lines.append(ring)
        hinge = np.array([centre[0] + side * 0.25, centre[1] + 0.08, bridge[2] - 0.22])
        ear = np.array([side * 0.78, ear_height, 0.45])
        lines.append(hinge + np.linspace(0, 1, 41)[:, None] * (ear - hinge))
        inner = ring[20 if side > 0 else 0] + [0, 0.05, 0]
        lines.append(inner + np.linspace(0, 1, 41)[:, None] * (bridge - inner))
    nodes = np.concatenate([np.stack(lines) + [0, shift, 0] for shift in (-0.01, 0.0, 0.01)])
    count = len(nodes)
    return Strands(nodes, np.ones(count), np.zeros(count), 3, 0.95, (0.12, 0.09, 0.08))


def _lashes(
    mesh: BaseMesh,
    lid: tuple[int, ...],
    refined: Array,
    eye: tuple[Array, float],
    up: float,
    identity: Identity,
    rng: np.random.Generator,
) -> Rooted:
    rows = np.searchsorted(mesh.topology.used, lid)
    count = 42 if up > 0 else 18
    at = np.sort(rng.uniform(0.3, len(rows) - 1.001, count))
    first = at.astype(int)
    share = at - first
    corners = np.stack([rows[first], rows[first + 1], rows[first]], axis=1)
    bary = np.stack([1 - share, share, 0 * share], axis=1)
    roots = np.einsum("nc,ncd->nd", bary, refined[corners])
    outward = unit(roots - eye[0])
    fan = np.stack([roots[:, 0] - eye[0][0], np.full(count, 0.0), np.full(count, 0.0)], axis=1)
    directions = outward + 1.5 * fan + np.array([0, 0.25 * up, 0])
    size = (0.036 if up > 0 else 0.016) * (1.25 - 0.45 * identity.masculinity)
    nodes = short_strands(
        roots,
        directions,
        size * rng.uniform(0.7, 1.1, count),
        np.full((count, 3), [0, 0.9 * up, 0]),
        6,
    )
    strands = Strands(nodes, np.full(count, 0.35), np.zeros(count), 1, 0.55, identity.hair_colour)
    return Rooted(corners, bary, nodes - roots[:, None], strands)


def _mirror(mesh: BaseMesh, lid: tuple[int, ...]) -> tuple[int, ...]:
    flipped = mesh.vertices[list(lid)] * [-1, 1, 1]
    distance = np.linalg.norm(mesh.vertices[None, :13380] - flipped[:, None], axis=2)
    return tuple(int(index) for index in distance.argmin(axis=1))


def make_person(mesh: BaseMesh, identity: Identity) -> Person:
    """Shape a person and let the hair grow."""
    rng = np.random.default_rng([identity.seed, 1])
    topology = mesh.topology
    vertices = neutral_head(mesh, identity)
    refined = topology.refine @ vertices[topology.used]
    base = topology.refine @ mesh.vertices[topology.used]
    lips = topology.refine @ mesh.lips[topology.used]
    anchors = ibug68(base, topology.used)
    own = ibug68(refined, topology.used)
    normals = vertex_normals(refined, topology.triangles)
    skin_triangles = topology.triangles[topology.material == SKIN]
    eyes = [fit_sphere(vertices[mesh.groups[f"helper-{side}-eye"]]) for side in ("r", "l")]

    style = STYLES[identity.hair_style]
    ears = (
        (np.abs(base[:, 0]) > 0.66) & (base[:, 1] < 7.46) & (base[:, 2] < 0.75) & (base[:, 2] > 0.1)
    )
    scalp = skin.step(skin.hairline(base, style.recede), 0.05) * ~ears
    scalp *= (base[:, 1] > 6.6) & ~((base[:, 2] > 0.35) & (base[:, 1] < 7.05))
    chosen, bary = scatter(skin_triangles, refined, scalp, style.count, rng)
    corners = skin_triangles[chosen]
    roots = np.einsum("nc,ncd->nd", bary, refined[corners])
    root_normals = unit(np.einsum("nc,ncd->nd", bary, normals[corners]))
    brow_middle = own[17:27].mean(axis=0)
    nodes = grow(style, roots, root_normals, refined, normals, brow_middle, rng)
    hair = _strands(nodes, identity, 3 if style.length > 1.5 else 2, 1.0, rng)

    rooted: list[Rooted] = []
    weight = skin.brow_area(base, anchors, identity.brow) ** 2
    weight[weight < 0.05] = 0
    count = int(900 * identity.brow)
    chosen, bary = scatter(skin_triangles, refined, weight, count, rng)
    corners = skin_triangles[chosen]
    roots = np.einsum("nc,ncd->nd", bary, refined[corners])
    outward = np.einsum("nc,ncd->nd", bary, normals[corners])
    place, height = skin.brow_place(np.einsum("nc,ncd->nd", bary, base[corners]), anchors)
    rise = 1.1 * (1 - place) ** 2 - 0.25 - 3.0 * np.where(height > 1, 0, height) * place
    directions = np.stack([np.sign(roots[:, 0]), rise, 0 * rise], axis=1) + 0.35 * outward
    sizes = rng.uniform(0.04, 0.075, count) * (1 - 0.35 * place)
    nodes = short_strands(roots, directions, sizes, np.zeros((count, 3)), 5)
    brows = _strands(nodes, identity, 1, 0.7, rng)
    rooted.append(Rooted(corners, bary, nodes - roots[:, None], brows))

    for lid, up in ((UPPER_LID, 1.0), (LOWER_LID, -1.0)):
        rooted.append(_lashes(mesh, lid, refined, eyes[1], up, identity, rng))
        rooted.append(_lashes(mesh, _mirror(mesh, lid), refined, eyes[0], up, identity, rng))

    if identity.beard != "none":
        weight = skin.beard_area(base, anchors) * (1 - lips) ** 4
        if identity.beard == "moustache":
            middle = (base[:, 1] > anchors[[48, 54], 1].mean() - 0.05) & (np.abs(base[:, 0]) < 0.26)
            weight = weight * middle
        else:
            weight = weight * (base[:, 1] > anchors[8, 1] - 0.2)
        weight[weight < 0.25] = 0
        count = 9000 if identity.beard == "full" else 1500
        chosen, bary = scatter(skin_triangles, refined, weight, count, rng)
        corners = skin_triangles[chosen]
        roots = np.einsum("nc,ncd->nd", bary, refined[corners])
        outward = np.einsum("nc,ncd->nd", bary, normals[corners])
        directions = 0.55 * outward + [0, -0.9, 0.1] + 0.3 * rng.standard_normal((count, 3))
        directions[:, 0] += 1.2 * roots[:, 0]
        sizes = rng.uniform(0.05, 0.12, count)
        nodes = short_strands(roots, directions, sizes, rng.normal(0, 0.3, (count, 3)), 6)
        beard = _strands(nodes, identity, 1, 0.75, rng)
        rooted.append(Rooted(corners, bary, nodes - roots[:, None], beard))
    worn = [_glasses(own, own[[0, 16], 1].mean() + 0.05)] if identity.glasses else []
    return Person(identity, vertices, own[17:].mean(axis=0), eyes, anchors, hair, rooted, worn)
