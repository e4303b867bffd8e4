"""Colour and texture share a loop: every picture has its row, whatever happens to it."""

import numpy as np
from numpy.typing import NDArray

from modular_faces.measure import measure_pictures, mesh_on_variant
from modular_faces.variants import apply_variant

WHITE = np.full((4, 6, 3), 255, np.uint8)
HALF = [{"resize": {"scale": 0.5, "interpolation": "area"}}]


def sizes(
    picture: NDArray[np.uint8], mesh: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], str]:
    if picture[0, 0, 0] == 0:
        raise RuntimeError("black")
    height, width = picture.shape[:2]
    return np.array([width, height, np.nan if mesh is None else mesh[0, 0]]), "seen"


def test_every_picture_has_its_row() -> None:
    table = measure_pictures(
        ["lost", "black", "white"],
        [("black", np.zeros_like(WHITE)), ("white", WHITE)],
        {"white": np.full((478, 3), 1.23456789)},
        measure=sizes,
        names=["w", "h", "x"],
        steps=[],
        stage="color",
    )
    rows = table.to_pylist()
    assert rows[0] == {"image_id": "lost", "color_notes": "", "w": None, "h": None, "x": None}
    assert rows[1]["color_notes"] == "not measured: black"
    assert (rows[2]["w"], rows[2]["h"], rows[2]["color_notes"]) == (6, 4, "seen")
    assert rows[2]["x"] == np.float32(1.23457)


def test_a_variant_is_measured_with_its_own_mesh() -> None:
    table = measure_pictures(
        ["a"],
        [("a", WHITE)],
        {"a": np.full((478, 3), 3.5)},
        measure=sizes,
        names=["w", "h", "x"],
        steps=HALF,
        stage="color",
    )
    assert table.to_pylist()[0] | {"color_notes": ""} == {
        "image_id": "a",
        "color_notes": "",
        "w": 3,
        "h": 2,
        "x": 1.5,
    }


def test_depth_scales_with_the_picture() -> None:
    mesh = mesh_on_variant(apply_variant(WHITE, HALF), np.array([[3.5, 1.5, 8.0]]))
    assert mesh is not None
    np.testing.assert_allclose(mesh, [[1.5, 0.5, 4.0]])


def test_without_a_face_there_is_no_mesh() -> None:
    assert mesh_on_variant(apply_variant(WHITE, HALF), None) is None
