"""Polygons are filled exactly: a pixel is inside when its centre is."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from modular_faces.region_polygons import LOOPS, POLYGONS, STRIPS, fill_layers, polygon_edges

RECTANGLE = np.array([[0, 1, 2, 3]])


def _fill(
    corners: list[tuple[float, float]], height: int = 5, width: int = 6
) -> npt.NDArray[np.bool_]:
    polygon = np.arange(len(corners))[None]
    points = np.array(corners, dtype=np.float64)
    return np.asarray(fill_layers(points, polygon_edges([[polygon]]), height, width)[0])


def _box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


@pytest.mark.parametrize(
    ("box", "columns", "rows"),
    [
        ((0.5, 0.5, 3.5, 2.5), [1, 2, 3], [1, 2]),
        ((0.9, 0.9, 3.1, 2.1), [1, 2, 3], [1, 2]),
        ((1.0, 1.0, 3.0, 2.0), [1, 2], [1]),
        ((1.1, 1.1, 1.9, 1.9), [], []),
        ((-9.0, -9.0, 1.5, 0.5), [0, 1], [0]),
        ((4.5, 3.5, 99.0, 99.0), [5], [4]),
        ((-9.0, -9.0, -1.0, -1.0), [], []),
        ((7.0, 1.0, 9.0, 3.0), [], []),
    ],
)
def test_centres_decide_and_left_and_upper_edges_belong(
    box: tuple[float, float, float, float], columns: list[int], rows: list[int]
) -> None:
    expected = np.zeros((5, 6), dtype=bool)
    expected[np.ix_(rows, columns)] = True
    np.testing.assert_array_equal(_fill(_box(*box)), expected)


def test_triangle_by_hand() -> None:
    filled = _fill([(0.5, -0.5), (4.5, 3.5), (0.5, 3.5)])
    expected = ["......", ".#....", ".##...", ".###..", "......"]
    assert ["".join("#" if inside else "." for inside in row) for row in filled] == expected


def test_agrees_with_a_point_by_point_test() -> None:
    rng = np.random.default_rng(1)
    angles = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    for _ in range(10):
        radii = rng.uniform(2, 14, len(angles))
        star = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None] + (11.3, 9.6)
        contour = star.astype(np.float32)
        expected = [
            [cv2.pointPolygonTest(contour, (column, row), False) > 0 for column in range(24)]
            for row in range(20)
        ]
        filled = _fill([(x, y) for x, y in contour.tolist()], 20, 24)
        np.testing.assert_array_equal(filled, expected)


def test_neighbours_share_no_pixel_and_leave_no_gap() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        centre = rng.uniform(8, 12, 2)
        corners = _box(-1.0, -1.0, 21.0, 21.0)
        points = np.array([*corners, centre])
        wedges = [[np.array([[side, (side + 1) % 4, 4]])] for side in range(4)]
        layers = fill_layers(points, polygon_edges(wedges), 20, 20)
        assert (layers.sum(axis=0) == 1).all()


def test_polygon_that_turns_away_is_not_drawn() -> None:
    box = _box(0.5, 0.5, 3.5, 2.5)
    assert _fill(box).sum() == 6
    assert _fill(box[::-1]).sum() == 0


def test_overlapping_polygons_of_one_layer_unite() -> None:
    points = np.array([*_box(-0.5, -0.5, 3.5, 1.5), *_box(1.5, 0.5, 5.5, 3.5)])
    edges = polygon_edges([[RECTANGLE, RECTANGLE + 4], [RECTANGLE]])
    layers = fill_layers(points, edges, 5, 6)
    assert layers.sum(axis=(1, 2)).tolist() == [8 + 12 - 2, 8]


def test_vertices_are_those_of_the_mesh_and_unique_within_a_polygon() -> None:
    for polygons in [*POLYGONS.values(), LOOPS, STRIPS]:
        assert polygons.min() >= 0
        assert polygons.max() < 468
        assert all(len(set(row)) == len(row) for row in polygons.tolist())
