"""Gradients of aligned faces: where they are taken, and what they say."""

import re

import numpy as np
import pytest

from modular_faces import geometry
from modular_faces.aligned import aligned_of_face, cell_gradients, frame_map, framed, paint_over
from modular_faces.aligned_columns import check_grid, describe_aligned, number_of_columns
from modular_faces.config_aligned import Aligned
from modular_faces.face_model import FaceGeometry, load_geometry

OPTIONS = Aligned().model_dump(exclude={"variant"})
GRID = {key: OPTIONS[key] for key in ("side", "cells", "wide_cell", "directions")}
NAMES = [row[0] for row in describe_aligned(**GRID)]


@pytest.fixture(scope="module")
def canonical() -> FaceGeometry:
    return load_geometry(None)


@pytest.fixture(scope="module")
def mesh(canonical: FaceGeometry) -> np.ndarray:
    """The canonical face from the front, eyes level, in a picture of 200 x 200."""
    points = np.concatenate([canonical.vertices, np.zeros((10, 3))]) * (1.0, -1.0, -1.0)
    return points * 8 + (100, 100, 0)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 256, (25, 25, 3)).astype(np.uint8)
    return np.kron(noise, np.ones((8, 8, 1), np.uint8))


def moved(mesh: np.ndarray, affine: np.ndarray) -> np.ndarray:
    return np.column_stack([geometry.transform(affine, mesh[:, :2]), mesh[:, 2]])


def test_the_eyes_of_the_canonical_face_come_where_they_should(
    mesh: np.ndarray, canonical: FaceGeometry
) -> None:
    to_frame = frame_map(mesh, canonical, side=100, eye_distance=0.4, eye_height=0.3)
    right, left = geometry.transform(to_frame, mesh[[33, 263], :2])
    np.testing.assert_allclose(right, (29.5, 29.5), atol=0.05)
    np.testing.assert_allclose(left, (69.5, 29.5), atol=0.05)


def test_the_frame_does_not_depend_on_place_size_and_tilt(
    mesh: np.ndarray, canonical: FaceGeometry
) -> None:
    change = geometry.compose(
        geometry.compose(geometry.rotation(30, (20, 40)), geometry.scaling(2.5, 2.5)),
        geometry.translation(13, -7),
    )
    first, second = (
        frame_map(points, canonical, side=64, eye_distance=0.5, eye_height=0.3)
        for points in (mesh, moved(mesh, change))
    )
    np.testing.assert_allclose(geometry.compose(change, second), first, atol=1e-9)


def test_a_large_picture_is_averaged_on_the_way_down() -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 200
    frame = framed(stripes, geometry.scaling(0.1, 0.1), side=40)
    assert set(np.unique(frame)) == {100}


def test_a_framed_picture_lies_where_its_map_says() -> None:
    picture = np.zeros((60, 60, 3), np.uint8)
    picture[20:40, 30:50] = 255
    frame = framed(picture, geometry.scaling(0.5, 0.5), side=30)
    expected = np.zeros((30, 30), np.uint8)
    expected[10:20, 15:25] = 255
    np.testing.assert_array_equal(frame, expected)


@pytest.mark.parametrize(("degrees", "direction"), [(22.5, 0), (112.5, 2), (202.5, 4), (337.5, 7)])
def test_a_slope_shows_in_its_direction(degrees: float, direction: int) -> None:
    down, across = np.mgrid[:32, :32]
    angle = np.radians(degrees)
    grey = np.rint(128 + 3 * (across * np.cos(angle) + down * np.sin(angle)) / 2).astype(np.uint8)
    values = cell_gradients(grey, cell=8, directions=8)
    assert values.shape == (4, 4, 8)
    assert (values.argmax(axis=2) == direction).all()


def test_an_edge_shows_in_its_row_and_column() -> None:
    grey = np.full((64, 64), 50, np.uint8)
    grey[8:16, 44:] = 200
    values = cell_gradients(grey, cell=8, directions=4).sum(axis=2)
    assert set(zip(*np.nonzero(values > 0.1), strict=True)) <= {
        (row, column) for row in (0, 1, 2) for column in (5, 6, 7)
    }
    assert values[1, 5] > 0.1


def test_an_even_picture_has_no_gradients() -> None:
    assert not cell_gradients(np.full((32, 32), 7, np.uint8), cell=8, directions=8).any()


def test_what_is_painted_over_becomes_the_mean_of_the_rest() -> None:
    grey = np.array([[10, 20], [30, 250]], np.uint8)
    mask = np.array([[True, True], [True, False]])
    np.testing.assert_array_equal(paint_over(grey, mask), [[10, 20], [30, 20]])
    assert not paint_over(grey, np.zeros((2, 2), bool)).any()


def test_face_columns_see_nothing_but_the_face(
    picture: np.ndarray, mesh: np.ndarray, canonical: FaceGeometry
) -> None:
    other = picture.copy()
    outside = np.hypot(*(np.mgrid[:200, :200] - 100)) > 97
    other[outside] = 255 - other[outside]
    values, notes = aligned_of_face(picture, mesh, canonical=canonical, face="face_oval", **OPTIONS)
    changed, _ = aligned_of_face(other, mesh, canonical=canonical, face="face_oval", **OPTIONS)
    face = np.array([name.endswith("_face") for name in NAMES])
    assert notes == ""
    np.testing.assert_array_equal(values[face], changed[face])
    assert np.abs(values - changed)[~face].max() > 0.1


def test_a_picture_without_a_mesh_has_no_values(
    picture: np.ndarray, canonical: FaceGeometry
) -> None:
    values, notes = aligned_of_face(picture, None, canonical=canonical, face="face_oval", **OPTIONS)
    assert values.shape == (len(NAMES),)
    assert np.isnan(values).all()
    assert notes == ""


def test_a_degenerate_face_is_said_so(
    picture: np.ndarray, mesh: np.ndarray, canonical: FaceGeometry
) -> None:
    values, notes = aligned_of_face(
        picture, mesh * 0.01, canonical=canonical, face="face_oval", **OPTIONS
    )
    assert np.isnan(values).all()
    assert notes == "aligned: face degenerate"


def test_columns_are_named_as_they_are_measured() -> None:
    assert len(NAMES) == len(set(NAMES)) == number_of_columns(**GRID) == 5632
    assert NAMES[0] == "aligned_wide16_r00c00_d022_image"
    assert NAMES[-1] == "aligned_hog16_r07c07_d337_face"
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) for name in NAMES)


@pytest.mark.parametrize("cell", [7, 128])
def test_cells_that_do_not_tile_the_frame_are_refused(cell: int) -> None:
    with pytest.raises(ValueError, match=f"cells of {cell} pixels do not tile a frame of 128"):
        check_grid(side=128, cells=[cell])
    with pytest.raises(ValueError, match=f"cells of {cell} pixels do not tile a frame of 128"):
        Aligned(cells=[cell])
