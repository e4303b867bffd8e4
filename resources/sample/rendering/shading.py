"""Light on skin, eyes and hair: shadow maps, ambient occlusion, gloss and the camera's curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .raster import rasterise

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SAMPLES = np.array([[np.cos(k * 2.39996), np.sin(k * 2.39996)] for k in range(16)]) * np.sqrt(
    (np.arange(16)[:, None] + 0.5) / 16
)
REACH = 1.75


def axes_towards(direction: Array) -> Array:
    """Orthonormal rows right, up, towards the light, (3, 3)."""
    helper = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.95 else np.array([1.0, 0.0, 0.0])
    right = np.cross(helper, direction)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(direction, right), direction])


@dataclass(frozen=True)
class ShadowMap:
    """Distances as seen from a far light, orthographic."""

    axes: Array
    centre: Array
    distance: Array

    @classmethod
    def draw(
        cls,
        direction: Array,
        centre: Array,
        points: Array,
        triangles: Ints,
        extra: Array,
        size: int,
    ) -> ShadowMap:
        """Draw triangles and single points `extra` (hair) from the light at `direction`."""
        axes = axes_towards(direction)
        turned = (points - centre) @ axes.T
        scale = size / (2 * REACH)
        pixels = turned[:, :2] * [scale, -scale] + size / 2
        seen = rasterise(pixels, 10 - turned[:, 2], triangles, size, size, cull=False).depth
        if len(extra):
            hair = (extra - centre) @ axes.T
            cell = np.rint(hair[:, :2] * [scale, -scale] + size / 2).astype(np.int64)
            inside = ((cell >= 0) & (cell < size)).all(axis=1)
            flat = seen.ravel()
            np.minimum.at(flat, cell[inside, 1] * size + cell[inside, 0], 10 - hair[inside, 2])
            seen = flat.reshape(size, size)
        return cls(axes, centre, seen)

    def visible(self, points: Array, radius: float, bias: float, fade: float) -> Array:
        """Share of light that reaches points (n, 3), (n,) in [0, 1].

        `radius` blurs the shadow's edge, `bias` is the distance that casts none, `fade` the depth
        over which the shadow sets in, all in decimetres.
        """
        size = len(self.distance)
        turned = (points - self.centre) @ self.axes.T
        scale = size / (2 * REACH)
        depth = 10 - turned[:, 2]
        total = np.zeros(len(points))
        for offset in SAMPLES * radius:
            cell = np.rint((turned[:, :2] + offset) * [scale, -scale] + size / 2).astype(np.int64)
            np.clip(cell, 0, size - 1, out=cell)
            behind = depth - self.distance[cell[:, 1], cell[:, 0]] - bias
            total += 1 - np.clip(behind / fade, 0, 1)
        return total / len(SAMPLES)


def occlusion_directions(count: int) -> Array:
    """Evenly spread unit vectors, none from far below, (count, 3)."""
    k = np.arange(count) + 0.5
    up = 1 - 1.75 * k / count
    turn = k * 2.39996
    flat = np.sqrt(1 - up**2)
    return np.stack([flat * np.cos(turn), up, flat * np.sin(turn)], axis=1)


def ambient_occlusion(
    points: Array, normals: Array, centre: Array, triangles: Ints, extra: Array
) -> Array:
    """Share of the surroundings each vertex sees, (n,) in [0, 1].

    Parameters
    ----------
    points, normals : (n, 3) ndarray
    centre : (3,) ndarray
        Middle of the maps.
    triangles : (t, 3) ndarray of int
    extra : (k, 3) ndarray
        Single points that hide too (hair).
    """
    open_light, all_light = np.zeros(len(points)), np.full(len(points), 1e-6)
    for direction in occlusion_directions(22):
        facing = np.clip(normals @ direction, 0, 1)
        shadow = ShadowMap.draw(direction, centre, points, triangles, extra, 112)
        open_light += facing * shadow.visible(points + 0.012 * normals, 0.02, 0.035, 0.06)
        all_light += facing
    result: Array = open_light / all_light
    return result


def wrapped(cosine: Array, wrap: Array) -> Array:
    """Diffuse light that reaches round the edge as in translucent skin, (n, 3)."""
    return np.clip((cosine[:, None] + wrap) / (1 + wrap), 0, 1) ** (1 + 0.5 * wrap)


def gloss(normals: Array, light: Array, view: Array, power: float) -> Array:
    """Normalised Blinn-Phong highlight with Schlick's Fresnel term, (n,)."""
    half = light + view
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    shine = np.clip((normals * half).sum(axis=1), 0, 1) ** power
    fresnel = 0.035 + 0.965 * (1 - np.clip((view * half).sum(axis=1), 0, 1)) ** 5
    result: Array = (power + 8) / 25 * shine * fresnel
    return result


def develop(linear: Array) -> Array:
    """Linear light to 8-bit-range sRGB values with a soft shoulder, same shape, 0 to 255."""
    knee = 0.62
    over = np.maximum(linear - knee, 0)
    value = np.where(linear > knee, knee + (1 - knee) * (1 - np.exp(-over / (1 - knee))), linear)
    value = np.clip(value, 0, 1)
    curved = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
    return curved * 255
