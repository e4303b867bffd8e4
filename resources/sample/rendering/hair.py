"""Strands: head hair grown over the head, brows, lashes and beards rooted in the skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .noise import noise3

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Style:
    """How head hair grows; lengths in decimetres.

    Attributes
    ----------
    length, ragged : float
        Mean length, and its deviation as a share.
    lift : float
        How much a strand starts away from the skin.
    comb : str
        "crown", "back", "part" or "out".
    part : float
        Sideways place of the parting.
    gravity, curl : float
        Pull downwards and strength of curls per step.
    coil : float
        Noise cells per decimetre of the curls.
    layer : float
        Thickness of the hair over the head.
    recede : float
        How far the hairline has moved back, 0 to 1.
    count : int
        Strands.
    fringe : bool
        Whether strands may hang over the forehead.
    """

    length: float
    ragged: float
    lift: float
    comb: str
    part: float
    gravity: float
    curl: float
    coil: float
    layer: float
    recede: float
    count: int
    fringe: bool


STYLES: dict[str, Style] = {
    "bald": Style(0.03, 0.3, 0.3, "crown", 0, 0, 0, 1, 0.01, 1.6, 1500, False),
    "buzz": Style(0.09, 0.3, 0.8, "crown", 0, 0, 0.05, 6, 0.05, 0.15, 14000, False),
    "short": Style(0.5, 0.35, 0.6, "part", 0.28, 0.1, 0.12, 3, 0.14, 0.1, 11000, False),
    "crop_fringe": Style(0.62, 0.3, 0.35, "crown", 0, 0.25, 0.08, 3, 0.1, 0.0, 11000, True),
    "swept": Style(0.95, 0.25, 0.9, "back", 0, 0.12, 0.12, 2, 0.2, 0.25, 11000, False),
    "receding": Style(0.35, 0.4, 0.35, "back", 0, 0.15, 0.12, 4, 0.07, 1.0, 8000, False),
    "long_part": Style(3.0, 0.15, 0.35, "part", 0.12, 0.55, 0.06, 1.2, 0.15, 0.0, 9000, False),
    "long_fringe": Style(2.8, 0.18, 0.3, "crown", 0, 0.6, 0.05, 1.5, 0.14, 0.0, 9000, True),
    "wavy": Style(2.4, 0.2, 0.5, "part", -0.18, 0.4, 0.34, 2.6, 0.24, 0.0, 9000, False),
    "bob": Style(1.75, 0.1, 0.35, "part", 0.2, 0.6, 0.05, 1.2, 0.16, 0.0, 11000, False),
    "perm": Style(0.75, 0.25, 0.9, "crown", 0, 0.15, 0.55, 4, 0.24, 0.0, 13000, False),
    "afro": Style(0.62, 0.25, 1.2, "out", 0, 0, 0.75, 7, 0.3, 0.0, 12000, False),
    "curls": Style(1.1, 0.3, 0.8, "crown", 0, 0.25, 0.6, 4, 0.28, 0.1, 10000, False),
    "tied": Style(1.25, 0.12, 0.12, "back", 0, 0.05, 0.04, 2, 0.05, 0.0, 12000, False),
}
STEPS = 26


@dataclass(frozen=True)
class Strands:
    """Polylines.

    Attributes
    ----------
    nodes : (n, k, 3) ndarray
        Places along each strand, root first.
    tint : (n,) ndarray
        Brightness of each strand against the hair colour.
    grey : (n,) ndarray
        How much pigment each strand has lost, 0 to 1.
    width : int
        Pixels in a picture of 400 pixels (100, four times supersampled).
    opacity : float
        How much a strand hides of what lies behind it, 0 to 1.
    colour : tuple of three floats
        sRGB, 0 to 1.
    """

    nodes: Array
    tint: Array
    grey: Array
    width: int
    opacity: float
    colour: tuple[float, float, float]


def scatter(
    triangles: Ints, positions: Array, weight: Array, count: int, rng: np.random.Generator
) -> tuple[Ints, Array]:
    """Draw places on a surface.

    Parameters
    ----------
    triangles : (t, 3) ndarray of int
    positions : (n, 3) ndarray
    weight : (n,) ndarray
        Density at each vertex.
    count : int
    rng : Generator

    Returns
    -------
    chosen : (count,) ndarray of int
        Triangles.
    bary : (count, 3) ndarray
    """
    a, b, c = (positions[triangles[:, i]] for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) * weight[triangles].mean(axis=1)
    chosen = rng.choice(len(triangles), size=count, p=area / area.sum())
    u, v = rng.random(count), rng.random(count)
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    return chosen, np.stack([1 - u - v, u, v], axis=1)


def unit(vectors: Array) -> Array:
    """Vectors (..., 3) scaled to length 1."""
    result: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return result


def comb_direction(style: Style, places: Array, side: Array, normals: Array) -> Array:
    """Direction in which hair is combed at places given in head radii around the head's centre."""
    if style.comb == "out":
        return normals
    if style.comb == "back":
        field = np.stack([0.25 * places[:, 0], 0.15 + 0 * side, -1 + 0 * side], axis=1)
    elif style.comb == "part":
        back = -0.15 - 0.35 * np.clip(places[:, 2], 0, 1)
        field = np.stack([side, -0.25 + 0 * side, back], axis=1)
    else:
        field = places - np.array([0.08, 0.95, -0.25])
    return unit(field - (field * normals).sum(axis=1, keepdims=True) * normals)


def grow(
    style: Style,
    roots: Array,
    normals: Array,
    surface: Array,
    surface_normals: Array,
    front: Array,
    rng: np.random.Generator,
) -> Array:
    """Grow head hair.

    Parameters
    ----------
    style : Style
    roots, normals : (n, 3) ndarray
        Places on the scalp and the skin's normals there.
    surface, surface_normals : (m, 3) ndarray
        Vertices hair may not pass through.
    front : (3,) ndarray
        Middle of the brow line; without a fringe hair keeps clear of what lies below and before it.
    rng : Generator

    Returns
    -------
    (n, STEPS + 1, 3) ndarray
    """
    count = len(roots)
    centre = np.array([0.0, front[1] + 0.25, 0.35])
    tree = cKDTree(surface)
    length = style.length * np.clip(rng.normal(1, style.ragged, count), 0.25, 2)
    bangs = np.zeros(count, dtype=bool)
    if style.fringe:
        bangs = (roots[:, 2] > centre[2] + 0.25) & (np.abs(roots[:, 0]) < 0.5)
        reach = np.linalg.norm(roots - front, axis=1) * rng.uniform(0.72, 1.0, count)
        length = np.where(bangs, np.minimum(length, reach), length)
    height = style.layer * rng.random(count) ** 0.8
    side = np.where(roots[:, 0] + 0.03 * rng.standard_normal(count) > style.part, 1.0, -1.0)
    clump = np.floor(roots * 9)
    phase = (clump @ np.array([12.9, 78.2, 37.7])) % 7.0
    comb = comb_direction(style, (roots - centre) / 0.9, side, normals)
    heading = unit(comb + style.lift * normals + 0.12 * rng.standard_normal((count, 3)))
    nodes = [roots]
    place = roots
    for k in range(STEPS):
        _, nearest = tree.query(place)
        outward = surface_normals[nearest]
        comb = comb_direction(style, (place - centre) / 0.9, side, outward)
        flutter = np.stack(
            [noise3(place + phase[:, None] * 0.13, style.coil, j + 40) for j in range(3)], axis=1
        )
        pull = np.array([0.0, -1.0, 0.0]) * style.gravity
        heading = unit(heading + 0.3 * comb + 0.5 * pull + style.curl * flutter)
        place = place + heading * (length / STEPS)[:, None]
        _, nearest = tree.query(place)
        outward = surface_normals[nearest]
        above = ((place - surface[nearest]) * outward).sum(axis=1)
        wanted = 0.012 + height * min(1.0, 3.5 * (k + 1) / STEPS)
        place = place + outward * np.maximum(wanted - above, 0)[:, None]
        if style.comb != "out":
            edge = 0.62
            intrude = (place[:, 1] < front[1] + 0.42) & (place[:, 2] > 0.55) & ~bangs
            push = np.where(intrude, np.clip(edge - np.abs(place[:, 0]), 0, 0.12), 0)
            place = place + np.stack([push * np.sign(place[:, 0]), 0 * push, -push], axis=1)
        nodes.append(place)
    return np.stack(nodes, axis=1)


def short_strands(
    roots: Array, directions: Array, lengths: Array, bend: Array, nodes: int
) -> Array:
    """Straight hairs that bend towards `bend`, (n, nodes, 3)."""
    along = np.linspace(0, 1, nodes)[None, :, None]
    reach = unit(directions)[:, None] * along + bend[:, None] * along**2 * 0.5
    return roots[:, None] + reach * lengths[:, None, None]
