"""Gradients of a face that was brought to one frame: a texture that can be read cell by cell.

The picture is moved, scaled and turned (nothing else) so that the face's rigid points lie nearest to those
of the canonical face. Histograms of oriented gradients (Dalal & Triggs 2005) then say for each cell of a
grid how strongly brightness rises in each direction, compared with the cells around. A cell is part of up
to four blocks of two by two cells, each normalised by itself; the mean over these is kept, so that there is
one number per cell and direction (as Felzenszwalb et al. 2010 do).

Three grids are measured: the `face` frame as it is and with everything but the face painted over, and a
`wide` frame with hair and surroundings.

References
----------
Dalal & Triggs 2005, https://doi.org/10.1109/CVPR.2005.177
Felzenszwalb et al. 2010, https://doi.org/10.1109/TPAMI.2009.167
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces import geometry
from modular_faces.aligned_columns import BLOCK, grids, number_of_columns
from modular_faces.face_model import CANONICAL_VERTICES, FaceGeometry
from modular_faces.regions import OUTER_EYE_CORNERS, SMALLEST_INTEROCULAR, interocular, region_masks

Grey = NDArray[np.uint8]
Values = NDArray[np.float64]

DECIMALS: Final = 3
"""Values lie between 0 and 1; three decimals keep the file small and prediction as good."""


def frame_map(
    mesh: NDArray[np.floating],
    canonical: FaceGeometry,
    *,
    side: int,
    eye_distance: float,
    eye_height: float,
) -> NDArray[np.float64]:
    """Similarity that brings a face into the frame.

    Parameters
    ----------
    mesh : (478, 3) ndarray of float
        Pixels of the picture.
    canonical : FaceGeometry
        Its 33 weighted vertices, seen from the front, decide.
    side : int
        Side of the frame, pixels.
    eye_distance : float
        Distance of the outer corners of the canonical face's eyes, as a share of the side.
    eye_height : float
        Height of the line between them, from the top, as a share of the side.

    Returns
    -------
    (2, 3) ndarray of float64
        Takes pixels of the picture to pixels of the frame.
    """
    used = np.flatnonzero(canonical.weights)
    plane = canonical.vertices[:, :2] * (1.0, -1.0)
    corners = plane[list(OUTER_EYE_CORNERS)]
    unit = eye_distance * side / float(np.linalg.norm(corners[1] - corners[0]))
    place = np.array([side / 2, eye_height * side]) - 0.5
    target = (plane[used] - corners.mean(axis=0)) * unit + place
    scale, turn, shift = geometry.procrustes(
        mesh[:CANONICAL_VERTICES, :2][used], target, canonical.weights[used]
    )
    return np.column_stack([scale * turn, shift])


def framed(picture: NDArray[np.uint8], to_frame: NDArray[np.float64], *, side: int) -> Grey:
    """Grey picture in the frame; the picture's edge pixels are repeated beyond it.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB.
    to_frame : (2, 3) ndarray of float64
        From `frame_map`.
    side : int

    Returns
    -------
    (side, side) ndarray of uint8
        Sampled bilinearly; a picture larger than the frame is averaged over areas first.
    """
    scale = float(np.sqrt(abs(np.linalg.det(to_frame[:, :2]))))
    if scale < 1:
        picture, shrunk = _shrunk_around(picture, to_frame, side=side, scale=scale)
        to_frame = geometry.compose(geometry.invert(shrunk), to_frame)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    warped = cv2.warpAffine(
        grey, to_frame, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, dtype=np.uint8)


def _shrunk_around(
    picture: NDArray[np.uint8], to_frame: NDArray[np.float64], *, side: int, scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Cut out what the frame sees and shrink it; also the map from the picture to the result."""
    edges = np.array([[-1, -1], [side, -1], [-1, side], [side, side]], dtype=np.float64)
    seen = geometry.transform(geometry.invert(to_frame), edges)
    height, width = picture.shape[:2]
    limits = np.array([width, height])
    low = np.clip(np.floor(seen.min(axis=0)).astype(int), 0, limits - 1)
    high = np.clip(np.ceil(seen.max(axis=0)).astype(int) + 1, low + 1, limits)
    cut = picture[low[1] : high[1], low[0] : high[0]]
    size = np.maximum(np.rint(scale * (high - low)), 1).astype(int)
    small = cv2.resize(cut, size.tolist(), interpolation=cv2.INTER_AREA)
    factors = size / (high - low)
    moved = geometry.translation(-float(low[0]), -float(low[1]))
    return np.asarray(small, np.uint8), geometry.compose(moved, geometry.scaling(*factors))


def paint_over(grey: Grey, mask: NDArray[np.bool_]) -> Grey:
    """Fill everything outside of the mask with the mean grey inside.

    A mask without a pixel gives an even picture.
    """
    mean = np.rint(grey[mask].mean()) if mask.any() else 0
    return np.where(mask, grey, np.uint8(mean))


def cell_gradients(grey: Grey, *, cell: int, directions: int) -> Values:
    """Oriented gradients of each cell of a square picture.

    Parameters
    ----------
    grey : (S, S) ndarray of uint8
    cell : int
        Side of a cell, pixels; a divisor of S.
    directions : int
        Directions in which brightness may rise: the middle of the first is half a step from "to the right",
        the next follow clockwise on the screen.

    Returns
    -------
    (S / cell, S / cell, directions) ndarray of float64
        Row, column, direction; from 0 to 1. An even picture gives zeros.
    """
    cells = grey.shape[0] // cell
    blocks = cells - 1
    # OpenCV lists blocks, and cells in a block, column by column.
    computed = np.asarray(_descriptor(grey.shape[0], cell, directions).compute(grey))
    values = computed.reshape(blocks, blocks, BLOCK, BLOCK, directions)
    total = np.zeros((cells, cells, directions))
    number = np.zeros((cells, cells, 1))
    for across in range(BLOCK):
        for down in range(BLOCK):
            place = (slice(across, across + blocks), slice(down, down + blocks))
            total[place] += values[:, :, across, down]
            number[place] += 1
    return (total / number).transpose(1, 0, 2)


@cache
def _descriptor(side: int, cell: int, directions: int) -> cv2.HOGDescriptor:
    """Blocks of two by two cells, one cell apart; OpenCV's norm (L2, clipped at .2), signed gradients."""
    block = (BLOCK * cell, BLOCK * cell)
    return cv2.HOGDescriptor(
        (side, side), block, (cell, cell), (cell, cell), directions, 1, -1, 0, 0.2, False, 64, True
    )


def aligned_of_face(
    picture: NDArray[np.uint8],
    mesh: NDArray[np.float64] | None,
    *,
    canonical: FaceGeometry,
    face: str,
    side: int,
    cells: Sequence[int],
    directions: int,
    eye_distance: float,
    eye_height: float,
    wide_cell: int,
    wide_eye_distance: float,
    wide_eye_height: float,
) -> tuple[Values, str]:
    """Measure the gradients of one face in the frame.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB.
    mesh : (478, 3) ndarray of float64, or None
    canonical : FaceGeometry
    face : str
        The region that is kept where all else is painted over.
    side, cells, directions, eye_distance, eye_height
        Of the face frame; see `frame_map` and `cell_gradients`.
    wide_cell, wide_eye_distance, wide_eye_height
        Of the wide frame.

    Returns
    -------
    values : (k,) ndarray of float64
        In the order of `describe_aligned`, NaN where missing; rounded to three decimals.
    notes : str
        Why a face gave no values, else empty. Without a mesh there is nothing to say.
    """
    number = number_of_columns(side=side, cells=cells, wide_cell=wide_cell, directions=directions)
    if mesh is None:
        return np.full(number, np.nan), ""
    if interocular(mesh) < SMALLEST_INTEROCULAR:
        return np.full(number, np.nan), "aligned: face degenerate"
    near, wide = (
        frame_map(mesh, canonical, side=side, eye_distance=distance, eye_height=height)
        for distance, height in (
            (eye_distance, eye_height),
            (wide_eye_distance, wide_eye_height),
        )
    )
    grey = framed(picture, near, side=side)
    points = np.column_stack([geometry.transform(near, mesh[:, :2]), mesh[:, 2]])
    mask = region_masks(points, grey.shape, [face])[face]
    pictures = {
        ("wide", "image"): framed(picture, wide, side=side),
        ("hog", "image"): grey,
        ("hog", "face"): paint_over(grey, mask),
    }
    values = [
        cell_gradients(pictures[grid, region], cell=cell, directions=directions).ravel()
        for grid, region, cell, _ in grids(cells=cells, wide_cell=wide_cell)
    ]
    return np.asarray(np.round(np.concatenate(values), DECIMALS), np.float64), ""
