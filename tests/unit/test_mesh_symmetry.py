"""Points of the mesh pair up across the midline of the face."""

import numpy as np
import pytest

from modular_faces.face_model import load_geometry
from modular_faces.geometry import IBUG68_MIRROR
from modular_faces.ibug68 import landmarks_from_mesh
from modular_faces.mesh_symmetry import mesh_partners


@pytest.fixture(scope="module")
def vertices() -> np.ndarray:
    return load_geometry(None).vertices


def test_known_points_are_partners(vertices: np.ndarray) -> None:
    partners = mesh_partners(vertices)
    assert partners[[33, 61, 1, 468]].tolist() == [263, 291, 1, 473]


def test_partners_of_partners_are_the_points_themselves(vertices: np.ndarray) -> None:
    partners = mesh_partners(vertices)
    assert partners[partners].tolist() == list(range(478))


def test_a_mirrored_mesh_gives_the_mirrored_landmarks(vertices: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    mesh = rng.normal(size=(478, 3))
    mirrored = (mesh * np.array([-1.0, 1, 1]))[mesh_partners(vertices)]
    expected = (landmarks_from_mesh(mesh) * np.array([-1.0, 1]))[IBUG68_MIRROR]
    np.testing.assert_allclose(landmarks_from_mesh(mirrored), expected)


def test_a_lopsided_face_is_refused(vertices: np.ndarray) -> None:
    lopsided = vertices.copy()
    lopsided[33] = lopsided[263]
    with pytest.raises(ValueError, match="not symmetric"):
        mesh_partners(lopsided)
