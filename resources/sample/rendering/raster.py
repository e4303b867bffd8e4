"""A z-buffer rasteriser in numpy: many small triangles at once, grouped by the size of their box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK = 3_000_000


@dataclass(frozen=True)
class Fragments:
    """What each pixel sees.

    Attributes
    ----------
    triangle : (H, W) ndarray of int
        Index of the visible triangle, -1 where there is none.
    weights : (H, W, 3) ndarray
        Perspective-correct barycentric weights.
    depth : (H, W) ndarray
        Distance along the optical axis, inf where there is no triangle.
    """

    triangle: Ints
    weights: Array
    depth: Array

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Pixels that see a triangle, (H, W)."""
        return self.triangle >= 0

    def interpolate(self, triangles: Ints, values: Array) -> Array:
        """Vertex values at the covered pixels, (pixels, ...) in row-major order."""
        corners = triangles[self.triangle[self.covered]]
        weights = self.weights[self.covered]
        picked = values[corners]
        result: Array = np.einsum("pc,pc...->p...", weights, picked)
        return result


def rasterise(
    points: Array, depth: Array, triangles: Ints, height: int, width: int, *, cull: bool
) -> Fragments:
    """Draw triangles into a z-buffer.

    Parameters
    ----------
    points : (n, 2) ndarray
        Pixel coordinates, pixel centres at integers.
    depth : (n,) ndarray
        Positive distances along the optical axis.
    triangles : (t, 3) ndarray of int
    height, width : int
        Size of the buffer.
    cull : bool
        Leave out triangles whose corners run clockwise as seen (turned away from the viewer).

    Returns
    -------
    Fragments
    """
    corner = points[triangles]
    low = np.ceil(corner.min(axis=1)).astype(np.int64)
    high = np.floor(corner.max(axis=1)).astype(np.int64)
    low = np.maximum(low, 0)
    high = np.minimum(high, [width - 1, height - 1])
    edge_1, edge_2 = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    area = edge_1[:, 0] * edge_2[:, 1] - edge_1[:, 1] * edge_2[:, 0]
    keep = (high >= low).all(axis=1) & ((area < -1e-12) if cull else (np.abs(area) > 1e-12))
    chosen = np.flatnonzero(keep)
    extent = (high - low + 1).max(axis=1)
    nearness = 1 / depth
    best = np.zeros(height * width)
    found_pixel, found_near, found_triangle, found_weights = [], [], [], []
    side = 1
    while len(chosen):
        group = chosen[extent[chosen] <= side]
        chosen = chosen[extent[chosen] > side]
        offset = np.arange(side)
        for start in range(0, len(group), max(1, CHUNK // side**2)):
            part = group[start : start + max(1, CHUNK // side**2)]
            x = low[part, 0, None] + np.tile(offset, side)
            y = low[part, 1, None] + np.repeat(offset, side)
            a, b, c = (corner[part, i] for i in range(3))
            total = area[part, None]
            w_b = ((x - a[:, :1]) * (c - a)[:, 1:] - (y - a[:, 1:]) * (c - a)[:, :1]) / total
            w_c = ((y - a[:, 1:]) * (b - a)[:, :1] - (x - a[:, :1]) * (b - a)[:, 1:]) / total
            w_a = 1 - w_b - w_c
            inside = (w_a >= 0) & (w_b >= 0) & (w_c >= 0) & (x < width) & (y < height)
            which, cell = np.nonzero(inside)
            if not len(which):
                continue
            weights = np.stack([w_a[which, cell], w_b[which, cell], w_c[which, cell]], axis=1)
            weights *= nearness[triangles[part[which]]]
            near = weights.sum(axis=1)
            found_pixel.append(y[which, cell] * width + x[which, cell])
            found_near.append(near)
            found_triangle.append(part[which])
            found_weights.append(weights / near[:, None])
        side *= 2
    triangle = np.full(height * width, -1, dtype=np.int64)
    bary = np.zeros((height * width, 3))
    if found_pixel:
        pixel, near = np.concatenate(found_pixel), np.concatenate(found_near)
        np.maximum.at(best, pixel, near)
        winner = near >= best[pixel]
        triangle[pixel[winner]] = np.concatenate(found_triangle)[winner]
        bary[pixel[winner]] = np.concatenate(found_weights)[winner]
    with np.errstate(divide="ignore"):
        distance = 1 / best
    shape = (height, width)
    return Fragments(triangle.reshape(shape), bary.reshape(*shape, 3), distance.reshape(shape))
