"""A person at rest, ready to be posed: shape, eyes and all strands with their roots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import rooted, skin
from .eyes import fit_sphere
from .hair import STYLES, Strands, grow
from .identity import Identity, neutral_head
from .mesh import BaseMesh

Array = NDArray[np.float64]


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
    rooted: list[rooted.Rooted]
    worn: list[Strands]


def make_person(mesh: BaseMesh, identity: Identity) -> Person:
    """Shape a person and let the hair grow."""
    rng = np.random.default_rng([identity.seed, 1])
    vertices = neutral_head(mesh, identity)
    rest = rooted.Rest.of(mesh, identity, vertices)
    eyes = [fit_sphere(vertices[mesh.groups[f"helper-{side}-eye"]]) for side in ("r", "l")]
    hair = _head_hair(rest, rng)
    strands = [rooted.brows(rest, rng), *rooted.lashes(rest, eyes, rng)]
    if identity.beard != "none":
        strands.append(rooted.beard(rest, rng))
    return Person(
        identity=identity,
        vertices=vertices,
        centre=rest.own[17:].mean(axis=0),
        eyes=eyes,
        anchors=rest.anchors,
        hair=hair,
        rooted=strands,
        worn=[rooted.glasses(rest.own)] if identity.glasses else [],
    )


def _head_hair(rest: rooted.Rest, rng: np.random.Generator) -> Strands:
    style = STYLES[rest.identity.hair_style]
    x, y, z = np.abs(rest.base[:, 0]), rest.base[:, 1], rest.base[:, 2]
    ears = (x > 0.66) & (y < 7.46) & (z < 0.75) & (z > 0.1)
    below = (y < 6.6) | ((z > 0.35) & (y < 7.05))
    scalp = skin.step(skin.hairline(rest.base, style.recede), 0.05) * ~ears * ~below
    roots = rest.scatter(scalp, style.count, rng)
    brow_middle = rest.own[17:27].mean(axis=0)
    nodes = grow(style, roots.places, roots.outward, rest.refined, rest.normals, brow_middle, rng)
    return rooted.coloured(nodes, rest.identity, 3 if style.length > 1.5 else 2, 1.0, rng)
