"""Who is drawn: shape, skin, eyes and hair of a person that does not exist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mesh import BaseMesh

Array = NDArray[np.float64]

ANCESTRIES = ("african", "asian", "caucasian")
DETAILS = (
    ("head/head-round", None),
    ("head/head-oval", None),
    ("head/head-square", None),
    ("head/head-triangular", None),
    ("head/head-invertedtriangular", None),
    ("head/head-fat-incr", "head/head-fat-decr"),
    ("head/head-scale-horiz-incr", "head/head-scale-horiz-decr"),
    ("forehead/forehead-temple-incr", "forehead/forehead-temple-decr"),
    ("forehead/forehead-trans-forward", "forehead/forehead-trans-backward"),
    ("eyebrows/eyebrows-trans-up", "eyebrows/eyebrows-trans-down"),
    ("eyebrows/eyebrows-angle-up", "eyebrows/eyebrows-angle-down"),
    ("eyes/{}-eye-scale-incr", "eyes/{}-eye-scale-decr"),
    ("eyes/{}-eye-trans-out", "eyes/{}-eye-trans-in"),
    ("eyes/{}-eye-corner2-up", "eyes/{}-eye-corner2-down"),
    ("eyes/{}-eye-eyefold-down", "eyes/{}-eye-eyefold-up"),
    ("nose/nose-scale-horiz-incr", "nose/nose-scale-horiz-decr"),
    ("nose/nose-scale-vert-incr", "nose/nose-scale-vert-decr"),
    ("nose/nose-hump-incr", "nose/nose-hump-decr"),
    ("nose/nose-point-up", "nose/nose-point-down"),
    ("nose/nose-point-width-incr", "nose/nose-point-width-decr"),
    ("nose/nose-flaring-incr", "nose/nose-flaring-decr"),
    ("nose/nose-curve-concave", "nose/nose-curve-convex"),
    ("mouth/mouth-scale-horiz-incr", "mouth/mouth-scale-horiz-decr"),
    ("mouth/mouth-upperlip-volume-incr", "mouth/mouth-upperlip-volume-decr"),
    ("mouth/mouth-lowerlip-volume-incr", "mouth/mouth-lowerlip-volume-decr"),
    ("mouth/mouth-cupidsbow-incr", "mouth/mouth-cupidsbow-decr"),
    ("mouth/mouth-trans-up", "mouth/mouth-trans-down"),
    ("cheek/{}-cheek-bones-incr", "cheek/{}-cheek-bones-decr"),
    ("cheek/{}-cheek-volume-incr", "cheek/{}-cheek-volume-decr"),
    ("cheek/{}-cheek-inner-incr", "cheek/{}-cheek-inner-decr"),
    ("chin/chin-width-incr", "chin/chin-width-decr"),
    ("chin/chin-height-incr", "chin/chin-height-decr"),
    ("chin/chin-prominent-incr", "chin/chin-prominent-decr"),
    ("chin/chin-bones-incr", "chin/chin-bones-decr"),
    ("chin/chin-cleft-incr", None),
)
FEMININE = {
    "head/head-oval": 0.2,
    "head/head-invertedtriangular": 0.5,
    "cheek/l-cheek-volume-decr": 0.3,
    "cheek/r-cheek-volume-decr": 0.3,
    "chin/chin-width-decr": 0.3,
    "chin/chin-bones-decr": 0.35,
    "chin/chin-height-decr": 0.15,
    "eyes/l-eye-scale-incr": 0.25,
    "eyes/r-eye-scale-incr": 0.25,
    "nose/nose-scale-horiz-decr": 0.2,
    "nose/nose-hump-decr": 0.25,
    "eyebrows/eyebrows-trans-up": 0.2,
}
ASYMMETRIES = ("brown-1", "brown-2", "cheek-1", "eye-1", "eye-4", "jaw-1", "mouth-1", "nose-1")


@dataclass(frozen=True)
class Identity:
    """A person.

    Attributes
    ----------
    name : str
    age : float
        Years; the shape interpolates MakeHuman's child (12), young (25) and old (70) heads.
    masculinity, weight : float
        0 to 1.
    african, asian, caucasian : float
        Shares of MakeHuman's three ancestries in the shape; they add to 1.
    melanin, redness : float
        Skin: 0 pale to 1 dark; 0 sallow to 1 ruddy.
    freckles, stubble : float
        0 to 1.
    hair_style : str
        A key of `hair.STYLES`.
    hair_colour, iris_colour : tuple of three floats
        sRGB, 0 to 1.
    beard : str
        "none", "moustache" or "full".
    brow : float
        Thickness of the brows, about 0.6 to 1.4.
    lipstick : float
        0 to 1.
    glasses : bool
    seed : int
        For the details of shape, skin and hair.
    """

    name: str
    age: float
    masculinity: float
    weight: float
    african: float
    asian: float
    caucasian: float
    melanin: float
    redness: float
    freckles: float
    stubble: float
    hair_style: str
    hair_colour: tuple[float, float, float]
    iris_colour: tuple[float, float, float]
    beard: str
    brow: float
    lipstick: float
    glasses: bool
    seed: int


def age_shares(age: float) -> dict[str, float]:
    """Shares of MakeHuman's age stages at `age` years; they add to 1."""
    stages, years = ("baby", "child", "young", "old"), (1, 12, 25, 74)
    place = float(np.clip(np.interp(age, years, range(4)), 0, 3))
    return {stage: max(0.0, 1 - abs(place - k)) for k, stage in enumerate(stages)}


def shape_weights(identity: Identity) -> dict[str, float]:
    """Target weights of a person's neutral head."""
    weights: dict[str, float] = {}
    bulk = {
        "minweight": max(0.0, 1 - 2 * identity.weight),
        "averageweight": 1 - abs(2 * identity.weight - 1),
        "maxweight": max(0.0, 2 * identity.weight - 1),
    }
    sexes = {"male": identity.masculinity, "female": 1 - identity.masculinity}
    for stage, share in age_shares(identity.age).items():
        for sex, part in sexes.items():
            for ancestry in ANCESTRIES:
                key = f"macrodetails/{ancestry}-{sex}-{stage}"
                weights[key] = share * part * getattr(identity, ancestry)
            for build, amount in bulk.items():
                key = f"macrodetails/universal-{sex}-{stage}-averagemuscle-{build}"
                weights[key] = share * part * amount
    weights["head/head-invertedtriangular"] = 0.25
    weights["head/head-fat-decr"] = 0.15
    grown = min(1.0, identity.age / 20)
    for key, amount in FEMININE.items():
        weights[key] = weights.get(key, 0.0) + amount * (1 - identity.masculinity) * grown
    rng = np.random.default_rng(identity.seed)
    for more, less in DETAILS:
        spread = 0.16 if more.startswith(("head/", "chin/", "cheek/")) else 0.26
        amount = float(np.clip(rng.normal(0, spread), -0.55, 0.55))
        name = more if amount > 0 else less
        if name is None:
            continue
        for side in ("l", "r") if "{}" in name else ("",):
            key = name.format(side)
            weights[key] = weights.get(key, 0.0) + abs(amount)
    for place in ASYMMETRIES:
        weights[f"asym/asym-{place}-{rng.choice(['l', 'r'])}"] = float(rng.uniform(0, 0.12))
    return {key: weight for key, weight in weights.items() if weight > 1e-6}


def average_head(mesh: BaseMesh) -> Array:
    """MakeHuman's young adult between the sexes and ancestries, (19158, 3): what is level."""
    weights = {f"macrodetails/{a}-{s}-young": 1 / 6 for a in ANCESTRIES for s in ("male", "female")}
    for sex in ("male", "female"):
        weights[f"macrodetails/universal-{sex}-young-averagemuscle-averageweight"] = 0.5
    return mesh.blend(mesh.vertices, weights)


def levelled(mesh: BaseMesh, vertices: Array) -> Array:
    """Turn a head so that its face lies as the average face does.

    MakeHuman's targets nod the face by up to five degrees. The zero of pitch would mean something
    else for each person; the rotation that best lays the face's skin on the average face
    (Kabsch 1976, doi:10.1107/S0567739476001873, after translation and scaling) takes it out.
    """
    face = mesh.face_vertices
    own, wanted = vertices[face], average_head(mesh)[face]
    middle = own.mean(axis=0)
    u, _, v = np.linalg.svd((own - middle).T @ (wanted - wanted.mean(axis=0)))
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ v))])
    result: Array = (vertices - middle) @ (u @ flip @ v) + middle
    return result


def neutral_head(mesh: BaseMesh, identity: Identity) -> Array:
    """Positions of all base vertices for a person at rest, (19158, 3) decimetres, levelled."""
    return levelled(mesh, mesh.blend(mesh.vertices, shape_weights(identity)))
