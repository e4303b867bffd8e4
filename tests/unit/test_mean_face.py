"""The mean face that weights are drawn on."""

import numpy as np

from modular_faces.face_model import FaceGeometry
from modular_faces.modular.mean_face import ARROWS, LINES, between_the_eyes, mean_face


def canonical(seed: int = 0) -> FaceGeometry:
    vertices = np.random.default_rng(seed).normal(size=(468, 3))
    vertices[33], vertices[263] = (-1.0, 0.0, 0.0), (1.0, 0.0, 0.0)
    weights = np.zeros(468)
    weights[:40] = weights[263] = 1.0
    return FaceGeometry(vertices=vertices, triangles=np.empty((0, 3), np.int64), weights=weights)


def test_the_eyes_of_the_mean_face_lie_one_apart_around_the_origin() -> None:
    geometry = canonical()
    points = np.vstack([geometry.vertices * (1.0, -1.0, -1.0), np.zeros((10, 3))])
    rows = np.stack([(20 * points + (30.0, 40.0, 0.0)).T.ravel()] * 3)
    rows[2] = np.nan
    face = mean_face(rows, geometry)
    assert face.faces == 2
    for points_of in (face.plane, face.of("shape_frontal")):
        np.testing.assert_allclose(points_of[33], (-0.5, 0.0), atol=1e-6)
        np.testing.assert_allclose(points_of[263], (0.5, 0.0), atol=1e-6)


def test_points_are_moved_and_nothing_else() -> None:
    points = np.arange(956.0).reshape(478, 2)
    moved = between_the_eyes(points)
    np.testing.assert_allclose(np.diff(moved, axis=0), np.diff(points, axis=0))


def test_every_vertex_that_is_drawn_is_in_the_mesh_and_has_one_part() -> None:
    assert max(max(line) for line in LINES) < 468
    vertices = [vertex for part in ARROWS.values() for vertex in part]
    assert len(vertices) == len(set(vertices))
