"""Polygons over the vertices of MediaPipe's face mesh, and the exact way to fill them.

Notes
-----
A pixel belongs to a polygon when its **centre** lies inside (a centre exactly on a left or upper
edge is inside, on a right or lower edge outside), so that neighbouring polygons share no pixel and
leave no gap. ``cv2.fillPoly`` is not used because it also fills every pixel its outline touches,
which enlarges small regions most.

A polygon that turns its back to the camera (negative area on the screen, as on the far side of a
profile) is not drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

REGIONS: Final = (
    "image", "face_oval", "face_hull", "forehead", "eyes", "nose", "cheeks", "mouth", "chin",
)  # fmt: skip

Points = npt.NDArray[np.float64]
Polygons = npt.NDArray[np.intp]

LOOPS: Final = np.array(
    [
        [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
         152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109],
        [151, 337, 299, 333, 298, 301, 368, 264, 447, 366, 401, 435, 367, 364, 394, 395, 369, 396,
         175, 171, 140, 170, 169, 135, 138, 215, 177, 137, 227, 34, 139, 71, 68, 104, 69, 108],
        [9, 336, 296, 334, 293, 300, 383, 372, 345, 352, 376, 433, 416, 434, 430, 431, 262, 428,
         199, 208, 32, 211, 210, 214, 192, 213, 147, 123, 116, 143, 156, 70, 63, 105, 66, 107],
        [8, 285, 295, 282, 283, 276, 353, 265, 346, 280, 411, 427, 436, 432, 422, 424, 418, 421,
         200, 201, 194, 204, 202, 212, 216, 207, 187, 50, 117, 35, 124, 46, 53, 52, 65, 55],
    ],
    dtype=np.intp,
)  # fmt: skip
"""Four closed loops, each clockwise on the screen from the middle of the forehead: the outline of
the mesh, then three inside it."""

STRIPS: Final = np.concatenate(
    [
        np.stack([outer, np.roll(outer, -1), np.roll(inner, -1), inner], axis=1)
        for outer, inner in pairwise(LOOPS)
    ]
)
"""Quadrilaterals between neighbouring loops; with the area of the last loop they cover the face."""

POLYGONS: Final[Mapping[str, Polygons]] = {
    "forehead": np.array([[
        10, 338, 297, 332, 298, 300, 293, 334, 296, 336, 285, 8,
        55, 107, 66, 105, 63, 70, 68, 103, 67, 109,
    ]]),
    "eyes": np.array([
        [70, 63, 105, 66, 107, 55, 221, 189, 244, 233, 232, 231, 230, 229, 228, 31, 226, 124],
        [353, 446, 261, 448, 449, 450, 451, 452, 453, 464, 413, 441, 285, 336, 296, 334, 293, 300],
    ]),
    "nose": np.array([[
        168, 417, 465, 343, 437, 355, 429, 358, 327, 326, 2, 97, 98, 129, 209, 126, 217, 114, 245,
        193,
    ]]),
    "cheeks": np.array([
        [31, 228, 229, 230, 231, 232, 128, 114, 217, 126, 209, 129, 203, 206, 216, 207, 187, 147,
         123, 116, 111],
        [340, 345, 352, 376, 411, 427, 436, 426, 423, 358, 429, 355, 437, 343, 357, 452, 451, 450,
         449, 448, 261],
    ]),
    "mouth": np.array([[
        0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146, 61, 185, 40, 39, 37,
    ]]),
    "chin": np.array([[
        18, 313, 406, 335, 424, 431, 395, 378, 400, 377, 152, 148, 176, 149, 170, 211, 204, 106,
        182, 83,
    ]]),
}  # fmt: skip
"""Vertex indices of each small region, (polygons, corners), clockwise on the screen."""


class Edges(NamedTuple):
    """Directed edges of polygons over the vertices of a mesh, polygons in the order of layers."""

    start: npt.NDArray[np.intp]
    end: npt.NDArray[np.intp]
    polygon: npt.NDArray[np.intp]
    layer: npt.NDArray[np.intp]


def polygon_edges(layers: Sequence[Sequence[Polygons]]) -> Edges:
    """List the edges of polygons, given as (polygons, corners) vertex indices, one layer a mask."""
    corners = [
        (row, layer) for layer, groups in enumerate(layers) for group in groups for row in group
    ]
    lengths = [len(row) for row, _ in corners]
    return Edges(
        start=np.concatenate([row for row, _ in corners]),
        end=np.concatenate([np.roll(row, -1) for row, _ in corners]),
        polygon=np.repeat(np.arange(len(corners)), lengths),
        layer=np.repeat(np.array([layer for _, layer in corners]), lengths),
    )


def fill_layers(points: Points, edges: Edges, height: int, width: int) -> npt.NDArray[np.bool_]:
    """Mark the pixels whose centres lie inside polygons that face the camera.

    Parameters
    ----------
    points : (n, 2) ndarray of float64
        Vertices in pixels.
    edges : Edges
        Polygons, clockwise on the screen where they face the camera; those that turn away are left
        out.
    height, width : int
        Size of the masks in pixels.

    Returns
    -------
    (layers, height, width) ndarray of bool
        True where the winding number of the layer's polygons is positive.
    """
    start, end = points[edges.start], points[edges.end]
    area = np.bincount(edges.polygon, start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0])
    facing = area[edges.polygon] > 0
    start, end, layer = start[facing], end[facing], edges.layer[facing]

    upward = end[:, 1] < start[:, 1]
    upper = np.where(upward[:, None], end, start)
    lower = np.where(upward[:, None], start, end)
    first = np.clip(np.ceil(upper[:, 1]), 0, height).astype(np.intp)
    spans = np.clip(np.ceil(lower[:, 1]), 0, height).astype(np.intp) - first
    edge = np.repeat(np.arange(len(start)), spans)
    row = np.arange(len(edge)) - (np.cumsum(spans) - spans - first)[edge]
    slope = (lower - upper)[edge]
    crossing = upper[edge, 0] + (row - upper[edge, 1]) * (slope[:, 0] / slope[:, 1])
    column = np.clip(np.ceil(crossing), 0, width).astype(np.intp)

    steps = np.zeros((int(edges.layer[-1]) + 1, height, width + 1), dtype=np.int8)
    np.add.at(
        steps.reshape(-1),
        (layer[edge] * height + row) * (width + 1) + column,
        np.where(upward, 1, -1).astype(np.int8)[edge],
    )
    return np.cumsum(steps[..., :width], axis=-1, dtype=np.int8) > 0
