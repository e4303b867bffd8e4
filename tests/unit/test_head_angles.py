"""One convention of angles for mesh and OpenFace."""

import numpy as np
import pytest

from modular_faces.backends import Face
from modular_faces.face_model import load_geometry
from modular_faces.head_angles import angle_matrix, openface_angles


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [((0.1, 0, 0), (0, -0.1, 0)), ((0, 0.2, 0), (-0.2, 0, 0)), ((0, 0, 0.3), (0, 0, 0.3))],
    ids=["nod", "turn", "tilt"],
)
def test_signs_of_openface(
    rotation: tuple[float, float, float], expected: tuple[float, float, float]
) -> None:
    np.testing.assert_allclose(openface_angles(*rotation), np.degrees(expected), atol=1e-9)


def face(mesh: np.ndarray | None, pose: list[float] | None) -> Face:
    return Face(
        np.zeros((68, 2)), np.zeros(4), mesh, 1.0, 1.0,
        pose=None if pose is None else np.array(pose),
    )  # fmt: skip


def test_the_mesh_comes_first_and_what_has_nothing_is_missing() -> None:
    geometry = load_geometry(None)
    mesh = np.zeros((478, 3))
    mesh[:468] = geometry.vertices * [10, -10, -10]
    angles = angle_matrix(
        [
            face(mesh, [0, 0, 0, 0, 1, 0]),
            face(None, [0, 0, 0, 0, -1, 0]),
            face(None, None),
            face(np.zeros((478, 3)), None),
            None,
        ],
        geometry,
    )
    np.testing.assert_allclose(angles[0], 0, atol=1e-6)
    assert angles[1, 0] == pytest.approx(np.degrees(1))
    assert np.isnan(angles[2:]).all()
