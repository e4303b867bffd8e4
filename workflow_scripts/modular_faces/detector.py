"""BlazeFace short range: faces in a picture, the way MediaPipe finds them.

The picture is letterboxed to 128 x 128; the network scores 896 anchors; those above the threshold
are decoded and merged by weighted non-maximum suppression.

References
----------
Bazarevsky et al. (2019). BlazeFace: sub-millisecond neural face detection on mobile GPUs.
arXiv:1907.05047.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from modular_faces.face_model import FaceModel

KEYPOINTS = ("right_eye", "left_eye", "nose_tip", "mouth", "right_ear", "left_ear")

# Feature maps of the network: cells per side and anchors per cell.
_ANCHOR_GRIDS = ((16, 2), (8, 6))
_INPUT_SIZE = 128
_SCORE_LIMIT = 100.0


@dataclass(frozen=True)
class Detection:
    """A face found in a picture.

    Attributes
    ----------
    score : float
        Of the best anchor, 0 to 1.
    box : (4,) ndarray of float64
        x0, y0, x1, y1 in pixels of the picture; it may reach beyond the frame.
    keypoints : (6, 2) ndarray of float64
        In the order of `KEYPOINTS` (the person's right and left), pixels.
    """

    score: float
    box: NDArray[np.float64]
    keypoints: NDArray[np.float64]


def detect(
    model: FaceModel, picture: NDArray[np.uint8], *, threshold: float, overlap: float
) -> list[Detection]:
    """Find the faces of a picture, best score first.

    Parameters
    ----------
    model : FaceModel
    picture : (H, W, 3) ndarray of uint8
        Upright RGB.
    threshold : float
        Smallest score that counts, between 0 and 1 (exclusive).
    overlap : float
        Intersection over union above which two detections are the same face; MediaPipe takes 0.3.

    Raises
    ------
    ValueError
        `threshold` is not between 0 and 1.

    Notes
    -----
    Boxes and keypoints are MediaPipe's own numbers: measured by mirroring, they lie half a pixel
    of the 128 to the lower right of the truth. They only choose where the mesh is read.
    """
    if not 0 < threshold < 1:
        raise ValueError(f"threshold is {threshold}; give a number between 0 and 1, e.g. 0.5")
    height, width = picture.shape[:2]
    side = max(height, width)
    corner = np.array([(width - side) / 2, (height - side) / 2])
    model.detector.run(letterbox(picture), scale=2 / 255, offset=-1.0)
    logits = model.detector.output(1)[0, :, 0]
    kept = np.flatnonzero(logits >= np.log(threshold / (1 - threshold)))
    if not kept.size:
        return []
    scores = 1 / (1 + np.exp(-np.clip(logits[kept].astype(np.float64), None, _SCORE_LIMIT)))
    points = decode(model.detector.output(0)[0, kept], kept) * side + corner
    return weighted_suppression(scores, points, overlap=overlap)


def letterbox(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale a picture into a centred 128 x 128 frame with black bars, keeping its proportions.

    Plain bilinear sampling without smoothing and without a half-pixel shift: source pixel
    ``s * i`` becomes pixel ``i``, as in MediaPipe's own preprocessing on the CPU.
    """
    height, width = picture.shape[:2]
    side = max(height, width)
    scale = side / _INPUT_SIZE
    to_source = np.array(
        [[scale, 0, (width - side) / 2], [0, scale, (height - side) / 2]], dtype=np.float64
    )
    result: NDArray[np.uint8] = cv2.warpAffine(  # type: ignore[assignment]
        picture,
        to_source,
        (_INPUT_SIZE, _INPUT_SIZE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return result


@cache
def anchors() -> NDArray[np.float64]:
    """Centres of the 896 anchors, (896, 2), x and y as fractions of the letterboxed frame.

    Two anchors in each cell of a 16 x 16 grid, then six in each cell of an 8 x 8 grid, row by row.
    All have the size of the frame, so the network's numbers are offsets in pixels of 128.
    """
    grids = []
    for cells, per_cell in _ANCHOR_GRIDS:
        y, x = np.divmod(np.arange(cells * cells), cells)
        centres = (np.stack([x, y], axis=1) + 0.5) / cells
        grids.append(np.repeat(centres, per_cell, axis=0))
    result = np.concatenate(grids)
    result.setflags(write=False)
    return result


def decode(regressors: NDArray[np.float32], kept: NDArray[np.intp]) -> NDArray[np.float64]:
    """Turn the network's offsets into points.

    Parameters
    ----------
    regressors : (n, 16) ndarray of float32
        Box centre, box size, six keypoints, in pixels of 128 relative to the anchor.
    kept : (n,) ndarray of int
        Which anchors these are.

    Returns
    -------
    (n, 8, 2) ndarray of float64
        Top left and bottom right of the box, then the keypoints, as fractions of the frame.
    """
    values = regressors.reshape(-1, 8, 2).astype(np.float64) / _INPUT_SIZE
    points = values + anchors()[kept, None, :]
    half = values[:, 1] / 2
    centre = points[:, 0].copy()
    points[:, 0] = centre - half
    points[:, 1] = centre + half
    return points


def weighted_suppression(
    scores: NDArray[np.float64], points: NDArray[np.float64], *, overlap: float
) -> list[Detection]:
    """Merge detections of the same face into their score-weighted mean.

    The best remaining detection gathers all whose boxes overlap it by more than `overlap`
    (intersection over union); box and keypoints become the mean of the group weighted by score,
    the score stays that of the best.

    Parameters
    ----------
    scores : (n,) ndarray of float64
    points : (n, 8, 2) ndarray of float64
        As `decode` returns them, in any unit.
    overlap : float

    Returns
    -------
    list of Detection
        Best score first; in the unit of `points`.
    """
    order = np.argsort(-scores, kind="stable")
    result = []
    while order.size:
        best = order[0]
        same = overlaps(points[best, :2], points[order, :2]) > overlap
        same[0] = True
        group = order[same]
        merged = np.average(points[group], axis=0, weights=scores[group])
        result.append(Detection(float(scores[best]), merged[:2].ravel(), merged[2:]))
        order = order[~same]
    return result


def overlaps(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of a box with each of others; corners as (2, 2) and (n, 2, 2)."""
    inner = np.minimum(box[1], boxes[:, 1]) - np.maximum(box[0], boxes[:, 0])
    intersection = np.prod(np.clip(inner, 0, None), axis=1)
    areas = np.prod(boxes[:, 1] - boxes[:, 0], axis=1)
    union = np.prod(box[1] - box[0]) + areas - intersection
    return np.where(union > 0, intersection / np.where(union > 0, union, 1), 0.0)
