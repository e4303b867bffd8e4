"""BlazeFace: anchors, decoding, suppression, letterboxing."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.detector import (
    anchors,
    decode,
    detect,
    letterbox,
    overlaps,
    weighted_suppression,
)
from modular_faces.face_model import FaceModel


def square(x: float, y: float, size: float) -> np.ndarray:
    """Eight points: the corners of a box, then six keypoints at its centre."""
    centre = [x + size / 2, y + size / 2]
    return np.array([[x, y], [x + size, y + size], *[centre] * 6])


def test_anchors_lie_in_the_middle_of_their_cells() -> None:
    grid = anchors()
    assert grid.shape == (896, 2)
    assert grid[[0, 1, 2]].tolist() == [[1 / 32, 1 / 32], [1 / 32, 1 / 32], [3 / 32, 1 / 32]]
    assert grid[32].tolist() == [1 / 32, 3 / 32]
    assert grid[[511, 512]].tolist() == [[31 / 32, 31 / 32], [1 / 16, 1 / 16]]
    assert grid[[517, 518]].tolist() == [[1 / 16, 1 / 16], [3 / 16, 1 / 16]]
    assert grid[895].tolist() == [15 / 16, 15 / 16]


def test_decode_adds_offsets_to_the_anchor() -> None:
    offsets = np.zeros((1, 16), np.float32)
    offsets[0, :6] = [64, 32, 32, 16, -4, 8]
    points = decode(offsets, np.array([0]))
    x, y = 1 / 32 + 0.5, 1 / 32 + 0.25
    assert points[0, 0] == pytest.approx([x - 0.125, y - 0.0625])
    assert points[0, 1] == pytest.approx([x + 0.125, y + 0.0625])
    assert points[0, 2] == pytest.approx([0.0, 3 / 32])
    assert points[0, 3:] == pytest.approx(np.full((5, 2), 1 / 32))


def test_overlap_is_intersection_over_union() -> None:
    boxes = np.array([square(0, 0, 2), square(1, 0, 2), square(5, 5, 1), square(2, 0, 2)])[:, :2]
    assert overlaps(boxes[0], boxes) == pytest.approx([1.0, 1 / 3, 0.0, 0.0])


def test_overlap_of_boxes_without_area_is_zero() -> None:
    point = square(1, 1, 0)[:2]
    assert overlaps(point, point[None]).tolist() == [0.0]


def test_suppression_averages_a_group_by_score() -> None:
    points = np.array([square(1, 0, 2), square(0, 0, 2), square(9, 9, 2)])
    merged = weighted_suppression(np.array([0.3, 0.9, 0.6]), points, overlap=0.3)
    assert [face.score for face in merged] == [0.9, 0.6]
    assert merged[0].box == pytest.approx([0.25, 0.0, 2.25, 2.0])
    assert merged[0].keypoints == pytest.approx(np.full((6, 2), [1.25, 1.0]))
    assert merged[1].box == pytest.approx([9.0, 9.0, 11.0, 11.0])


def test_suppression_keeps_faces_that_overlap_less() -> None:
    points = np.array([square(0, 0, 2), square(1, 0, 2)])
    assert len(weighted_suppression(np.array([0.9, 0.3]), points, overlap=0.34)) == 2


def test_suppression_ends_with_boxes_without_area() -> None:
    points = np.array([square(0, 0, 0), square(0, 0, 0)])
    assert len(weighted_suppression(np.array([0.9, 0.3]), points, overlap=0.3)) == 2


def test_letterbox_keeps_proportions_and_fills_with_black() -> None:
    wide = np.full((64, 128, 3), 200, np.uint8)
    frame = letterbox(wide)
    assert frame.shape == (128, 128, 3)
    assert (frame[:31] == 0).all()
    assert (frame[32:96] == 200).all()
    assert (frame[97:] == 0).all()


def test_letterbox_samples_without_half_pixel_shift() -> None:
    picture = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 256, axis=0)
    frame = letterbox(np.repeat(picture, 3, axis=2))
    assert frame[0, :, 0].tolist() == list(range(0, 256, 2))


@pytest.mark.parametrize("threshold", [0, 1, -0.5, 50])
def test_threshold_outside_its_range_is_refused(threshold: float) -> None:
    model = FaceModel.load(None)
    with pytest.raises(ValueError, match=rf"threshold is {threshold}; give a number between 0"):
        detect(model, np.zeros((9, 9, 3), np.uint8), threshold=threshold, overlap=0.3)


def test_no_face_in_an_empty_picture() -> None:
    model = FaceModel.load(None)
    grey = np.full((100, 60, 3), 127, np.uint8)
    assert detect(model, grey, threshold=0.3, overlap=0.3) == []
