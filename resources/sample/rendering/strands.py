"""Draw strands into a picture: dense points along each, nearest point wins, Kajiya-Kay light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import shading, skin
from .camera import View
from .hair import Strands, unit
from .scene import Scene

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

MARGIN = 20
WIDTHS_REFER_TO = 400
GREY = np.array([0.36, 0.36, 0.35])
NOTHING = np.iinfo(np.uint64).max
LOW_BITS = np.uint64(0xFFFFFFFF)
SKULL_MIDDLE = np.array([0.0, 0.1, -0.9])


def draw_strands(
    picture: Array,
    depth: Array,
    nodes: Array,
    kind: Strands,
    shadow: shading.ShadowMap,
    view: View,
    scene: Scene,
) -> None:
    """Draw strands where they are nearer than what is there.

    Parameters
    ----------
    picture : (size, size, 3) ndarray
        Linear light; changed.
    depth : (size, size) ndarray
        Distances of what is in the picture; changed.
    nodes : (n, k, 3) ndarray
        The strands' places in camera coordinates.
    kind : Strands
    shadow : ShadowMap
    view : View
    scene : Scene
    """
    size = view.size
    pixels = view.pixels(nodes)
    inside = np.all((pixels > -MARGIN) & (pixels < size + MARGIN), axis=2)
    near = inside[:, 1:] | inside[:, :-1]
    if not near.any():
        return
    lengths = np.abs(np.diff(pixels, axis=1)).max(axis=2)[near]
    pieces = int(np.clip(np.ceil(np.percentile(lengths, 90)), 1, 24))
    strand, segment = np.nonzero(near)
    share = np.arange(pieces) / pieces
    spots = _between(pixels, strand, segment, share[:, None]).reshape(-1, 2)
    cells = np.rint(spots).astype(np.int64)
    away = _between(view.camera.depth(nodes), strand, segment, share).ravel()
    width = max(1, round(kind.width * size / WIDTHS_REFER_TO))
    best = _nearest(cells, away, depth, width)
    hit = np.flatnonzero(best != NOTHING)
    if not len(hit):
        return
    chosen = (best[hit] & LOW_BITS).astype(np.int64)
    owner, piece = strand[chosen // pieces], segment[chosen // pieces]
    along = (piece + (chosen % pieces) / pieces) / (nodes.shape[1] - 1)
    start = nodes[owner, piece]
    tangent = unit(nodes[owner, piece + 1] - start)
    colour = _colour(start, tangent, along, owner, kind, shadow, scene)
    row, column = np.divmod(hit, size)
    picture[row, column] += kind.opacity * (colour - picture[row, column])
    depth[row, column] = np.minimum(depth[row, column], away[chosen])


def _between(values: Array, strand: Ints, segment: Ints, share: Array) -> Array:
    """Values along segments, (segments, pieces, ...)."""
    start, end = values[strand, segment][:, None], values[strand, segment + 1][:, None]
    result: Array = start * (1 - share) + end * share
    return result


def _nearest(cells: Ints, away: Array, depth: Array, width: int) -> NDArray[np.uint64]:
    """Index of the nearest point in each pixel, with its distance in the upper 32 bits."""
    size = len(depth)
    coded = np.clip(away * 65536, 0, 2**31).astype(np.uint64) << np.uint64(32)
    coded |= np.arange(len(cells), dtype=np.uint64)
    best = np.full(size * size, NOTHING, dtype=np.uint64)
    for dx in range(width):
        column, row = cells[:, 0] + dx, cells[:, 1]
        within = (column >= 0) & (column < size) & (row >= 0) & (row < size)
        flat = row[within] * size + column[within]
        ahead = away[within] < depth.ravel()[flat] + 0.012
        np.minimum.at(best, flat[ahead], coded[within][ahead])
    return best


def _colour(
    start: Array,
    tangent: Array,
    along: Array,
    owner: Ints,
    kind: Strands,
    shadow: shading.ShadowMap,
    scene: Scene,
) -> Array:
    """Light on points of strands, (n, 3).

    References
    ----------
    Kajiya & Kay 1989, doi:10.1145/74334.74361.
    """
    mix = kind.grey[owner][:, None]
    pigment = skin.to_linear(np.array(kind.colour))
    albedo = (pigment * (1 - mix) + GREY * mix) * kind.tint[owner][:, None]
    light = scene.light_direction()
    half = unit(unit(np.array([0, 0, scene.distance]) - start) + light)
    across_light = np.sqrt(np.clip(1 - (tangent @ light) ** 2, 0, 1))
    across_half = np.sqrt(np.clip(1 - (tangent * half).sum(axis=1) ** 2, 0, 1))
    lit = shadow.visible(start, max(scene.softness, 0.05), 0.03, 0.28)
    lit *= np.clip(0.35 + 0.65 * (unit(start - SKULL_MIDDLE) @ light), 0, 1)
    deep = 0.45 + 0.55 * np.clip(along * 2.2, 0, 1)
    shine = 0.05 * across_half**40 + 0.10 * (albedo.mean(axis=1) + 0.05) * across_half**12
    colour = albedo * (
        0.75 * (across_light * lit)[:, None] * scene.key + 0.62 * deep[:, None] * scene.around
    )
    result: Array = colour + (shine * lit)[:, None] * scene.key
    return result
