"""Colour and relief of the skin, computed from the place on the unshaped base mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .identity import Identity
from .noise import noise3, octaves

Array = NDArray[np.float64]

TONES = np.array(
    [
        [0.945, 0.800, 0.725],
        [0.890, 0.705, 0.595],
        [0.765, 0.560, 0.425],
        [0.560, 0.375, 0.265],
        [0.335, 0.215, 0.155],
    ]
)


def to_linear(colour: Array) -> Array:
    """Turn sRGB in [0, 1] into linear light (IEC 61966-2-1)."""
    colour = np.asarray(colour, dtype=np.float64)
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def blob(points: Array, centre: Array, radius: float) -> Array:
    """Gaussian bump of `radius` around `centre`, (n,)."""
    result: Array = np.exp(-((points - centre) ** 2).sum(axis=1) / (2 * radius**2))
    return result


def step(values: Array, width: float) -> Array:
    """Smooth step from 0 to 1 around 0, about `width` wide."""
    return 1 / (1 + np.exp(np.clip(-4 * values / width, -60, 60)))


def along(points: Array, start: Array, end: Array) -> tuple[Array, Array]:
    """Place along the segment in [0, 1] and distance from it, both (n,)."""
    axis = end - start
    place = np.clip((points - start) @ axis / (axis @ axis), 0, 1)
    return place, np.linalg.norm(points - start - place[:, None] * axis, axis=1)


def beard_area(points: Array, anchors: Array) -> Array:
    """Where a beard grows, (n,) in [0, 1], lips not excluded."""
    sideways = np.abs(points[:, 0])
    limit = np.interp(
        sideways,
        [0, 0.2, 0.27, 0.45, 0.6, 0.72],
        anchors[33, 1] + np.array([-0.03, -0.05, -0.18, -0.16, 0.1, 0.35]),
    )
    wobble = 0.025 * noise3(points, 6, 3)
    area = step(limit - points[:, 1] + wobble, 0.09)
    floor = anchors[8, 1] - 0.35
    return area * step(points[:, 1] - floor, 0.2) * step(points[:, 2] - 0.5, 0.2)


def hairline(points: Array, recede: float) -> Array:
    """Height above the hairline in decimetres, positive on the scalp, (n,)."""
    around = np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] - 0.45))
    height = np.interp(
        around,
        [0, 18, 32, 45, 58, 70, 80, 88, 97, 112, 128, 150, 180],
        [7.96, 7.98, 7.97, 7.84, 7.62, 7.46, 7.18, 7.10, 7.48, 7.45, 6.95, 6.70, 6.65],
    )
    height = height + recede * np.interp(around, [0, 15, 35, 55, 75], [0.22, 0.34, 0.42, 0.3, 0])
    return points[:, 1] - height + 0.025 * noise3(points, 7, 5)


def brow_place(points: Array, anchors: Array) -> tuple[Array, Array]:
    """Place along the brow (0 inner, 1 outer) and signed height over its line, both (n,)."""
    mirrored = points * [1, 1, 1]
    mirrored[:, 0] = np.abs(points[:, 0])
    line = anchors[22:27]
    knots = np.linspace(0, 1, 5)
    place = np.interp(mirrored[:, 0], line[:, 0], knots)
    beyond = np.maximum(mirrored[:, 0] - line[-1, 0], 0) + np.maximum(
        line[0, 0] - mirrored[:, 0], 0
    )
    height = mirrored[:, 1] - np.interp(mirrored[:, 0], line[:, 0], line[:, 1])
    return place, np.where((beyond > 0.03) | (points[:, 2] < 0.9), 9.0, height)


def brow_area(points: Array, anchors: Array, thickness: float) -> Array:
    """Where the brows grow, (n,) in [0, 1]."""
    place, height = brow_place(points, anchors)
    half = thickness * np.interp(place, [0, 0.15, 0.6, 1], [0.030, 0.040, 0.032, 0.012])
    return step(half - np.abs(height), 0.025)


@dataclass(frozen=True)
class SkinSample:
    """Linear albedo (n, 3), relief in decimetres (n,) and shininess (n,)."""

    albedo: Array
    relief: Array
    gloss: Array


def paint(
    points: Array, lips: Array, identity: Identity, anchors: Array, brow_raise: float, recede: float
) -> SkinSample:
    """Colour the skin.

    Parameters
    ----------
    points : (n, 3) ndarray
        Places on the unshaped base mesh.
    lips : (n,) ndarray
        Share of lip.
    identity : Identity
    anchors : (68, 3) ndarray
        iBUG points of the unshaped base mesh.
    brow_raise : float
        0 to 1; deepens the lines of the forehead.
    recede : float
        How far the hairline has moved back.
    """
    seed = float(identity.seed % 997)
    old = float(np.clip((identity.age - 32) / 40, 0, 1))
    tone = np.array(
        [np.interp(identity.melanin, np.linspace(0, 1, 5), TONES[:, k]) for k in range(3)]
    )
    tone = tone + (identity.redness - 0.5) * np.array([0.03, -0.03, -0.02])
    albedo = np.repeat(to_linear(tone)[None], len(points), axis=0)
    blotch = octaves(points, 2.2, seed, count=2)
    grain = octaves(points, 11, seed + 7, count=2)
    albedo *= (1 + 0.03 * blotch + 0.022 * grain)[:, None]
    flush = sum(
        blob(points, anchors[a] * 0.42 + anchors[b] * 0.33 + anchors[c] * 0.25, 0.17)
        for a, b, c in ((36, 48, 2), (45, 54, 14))
    )
    flush = (
        flush * 0.9 + 0.8 * blob(points, anchors[30], 0.13) + 0.3 * blob(points, anchors[8], 0.16)
    )
    flush = flush + 0.25 * step(np.abs(points[:, 0]) - 0.72, 0.06) + 0.15 * blotch
    strength = (0.45 + 0.75 * identity.redness) * (1 - 0.6 * identity.melanin)
    albedo *= 1 - np.clip(flush * strength, 0, 1.3)[:, None] * [0.03, 0.24, 0.22]
    sockets = sum(
        blob(points, anchors[list(eye)].mean(axis=0) - [0, 0.02, 0], 0.15)
        for eye in ((36, 39), (42, 45))
    )
    bags = sum(blob(points, anchors[k] - [0, 0.09, 0], 0.075) for k in (40, 41, 46, 47))
    shade = 0.12 * sockets + (0.08 + 0.1 * old) * bags
    albedo *= 1 - np.clip(shade, 0, 0.6)[:, None] * [0.9, 1.15, 0.95]
    warp = 0.012 * np.stack([noise3(points, 30, seed + 20 + k) for k in range(3)], axis=1)
    spots = noise3(points + warp, 38, seed + 3)
    cheeky = np.clip(flush + 0.35 * step(points[:, 1] - 7.4, 0.3), 0, 1)
    freckles = identity.freckles * cheeky * step(spots - 1.25, 0.5)
    age_spots = 0.55 * old * (1 - identity.melanin) * step(noise3(points, 7, seed + 9) - 1.55, 0.4)
    albedo *= 1 - np.clip(freckles * 0.4 + age_spots * 0.4, 0, 0.6)[:, None] * [0.55, 0.9, 1.0]
    folds = np.zeros(len(points))
    for ala, corner, side in ((31, 48, -1), (35, 54, 1)):
        start = anchors[ala] + [side * 0.045, 0.06, -0.05]
        end = anchors[corner] + [side * 0.07, 0.01, -0.03]
        _, distance = along(points, start, end)
        folds += np.exp(-((distance / 0.022) ** 2))
    albedo *= 1 - (0.05 + 0.2 * old) * folds[:, None] * [0.8, 1, 1]
    beard = beard_area(points, anchors) * (1 - lips)
    shadow = identity.stubble * beard * (0.8 + 0.2 * np.clip(noise3(points, 26, seed + 4), -1, 1))
    dark = to_linear(np.array(identity.hair_colour) * 0.55 + 0.12)
    albedo = albedo * (1 - 0.5 * shadow[:, None]) + 0.5 * shadow[:, None] * dark
    brows = brow_area(points, anchors, identity.brow) * 0.35
    scalp = step(hairline(points, recede), 0.12) * (0.0 if identity.hair_style == "bald" else 0.92)
    cover = np.maximum(brows, scalp)[:, None]
    albedo = albedo * (1 - cover) + cover * to_linear(np.array(identity.hair_colour)) * 0.6
    natural = albedo * np.array([0.80, 0.50, 0.52]) ** (1 - 0.55 * identity.melanin)
    painted = to_linear(np.array([0.66, 0.13, 0.19]))
    mouth = natural * (1 - 0.75 * identity.lipstick) + painted * 0.75 * identity.lipstick
    rim = np.clip(lips * 1.1, 0, 1)[:, None]
    albedo = albedo * (1 - rim) + rim * mouth * (1 + 0.06 * noise3(points, 30, seed + 6))[:, None]
    relief = 0.0003 * octaves(points, 26, seed + 11, count=2) * (1 + 0.6 * old)
    forehead = step(points[:, 1] - anchors[19, 1] - 0.14, 0.1) * step(
        0.55 - np.abs(points[:, 0]), 0.2
    )
    phase = (points[:, 1] - 0.1 * points[:, 0] ** 2) / 0.085 + 0.35 * noise3(points, 2.5, seed + 5)
    depth = 0.0011 * old + 0.0022 * brow_raise * (0.35 + old)
    relief = (
        relief
        + depth
        * forehead
        * np.sin(2 * np.pi * phase)
        * np.clip(0.5 + 0.5 * noise3(points, 3, seed + 8), 0, 1)
        - 0.007 * (0.2 + old) * folds
    )
    gloss = 0.5 + 0.5 * np.clip(blob(points, anchors[30], 0.2) + 0.6 * forehead, 0, 1) + 0.9 * lips
    return SkinSample(np.clip(albedo, 0.004, 0.95), relief, gloss)
