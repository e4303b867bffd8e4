"""Regions on the canonical face: where they are, what they share, what borders do to them."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from modular_faces.face_model import FaceModel
from modular_faces.mesh_symmetry import mesh_partners
from modular_faces.region_polygons import LOOPS, POLYGONS, REGIONS, fill_layers, polygon_edges
from modular_faces.regions import (
    PRECEDENCE,
    canonical_face,
    interocular,
    region_masks,
    region_notes,
    usable_masks,
)

Mesh = npt.NDArray[np.float64]
SHAPE = (200, 180)
CENTRE = (89.5, 99.5)


@pytest.fixture(scope="module")
def vertices() -> Mesh:
    return FaceModel.load(None).geometry.vertices


def _turned(vertices: Mesh, degrees: float) -> Mesh:
    """Turn the canonical face, 10 px a centimetre; its nose goes to the viewer's right for > 0."""
    angle = np.radians(degrees)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    return _moved(vertices @ turn.T * (10, -10, -10), *CENTRE)


def _moved(mesh: Mesh, right: float, down: float) -> Mesh:
    return np.asarray(mesh + np.array([right, down, 0]))


@pytest.fixture(scope="module")
def mesh(vertices: Mesh) -> Mesh:
    return _turned(vertices, 0)


def test_every_region_is_there_in_the_order_asked(mesh: Mesh) -> None:
    masks = region_masks(mesh, SHAPE, REGIONS)
    assert tuple(masks) == REGIONS
    assert all(mask.shape == SHAPE and mask.dtype == bool for mask in masks.values())
    assert list(region_masks(mesh, (*SHAPE, 3), ["chin", "image", "chin"])) == ["chin", "image"]


def test_areas_are_those_of_a_face(mesh: Mesh) -> None:
    area = {name: int(mask.sum()) for name, mask in region_masks(mesh, SHAPE, REGIONS).items()}
    assert area["image"] == SHAPE[0] * SHAPE[1]
    assert area["image"] > area["face_hull"] >= area["face_oval"] > 20_000
    order = ["cheeks", "forehead", "eyes", "chin", "nose", "mouth"]
    assert [area[name] for name in order] == sorted((area[name] for name in order), reverse=True)
    assert 0.5 < sum(area[name] for name in PRECEDENCE) / area["face_oval"] < 0.75


@pytest.mark.parametrize("degrees", [-80, -60, -30, 0, 15, 45, 80])
def test_small_regions_are_disjoint_inside_oval_inside_hull(vertices: Mesh, degrees: int) -> None:
    masks = region_masks(_turned(vertices, degrees), SHAPE, REGIONS)
    for first, second in itertools.combinations(PRECEDENCE, 2):
        assert not (masks[first] & masks[second]).any()
    for name in PRECEDENCE:
        assert not (masks[name] & ~masks["face_oval"]).any()
    assert not (masks["face_oval"] & ~masks["face_hull"]).any()


def test_oval_of_a_frontal_face_is_the_outline_of_the_mesh(mesh: Mesh) -> None:
    outline = fill_layers(mesh[:, :2], polygon_edges([[LOOPS[:1]]]), *SHAPE)[0]
    np.testing.assert_array_equal(region_masks(mesh, SHAPE, ["face_oval"])["face_oval"], outline)


@pytest.mark.parametrize("degrees", [-45, 45])
def test_oval_of_a_turned_face_reaches_the_far_cheek(vertices: Mesh, degrees: int) -> None:
    turned = _turned(vertices, degrees)
    masks = region_masks(turned, SHAPE, ["face_oval", "face_hull"])
    outline = fill_layers(turned[:, :2], polygon_edges([[LOOPS[:1]]]), *SHAPE)[0]
    hull = masks["face_hull"].sum()
    assert outline.sum() < 0.87 * hull
    assert masks["face_oval"].sum() > 0.95 * hull


@pytest.mark.parametrize("degrees", [0, 30])
def test_mirrored_face_has_mirrored_regions(vertices: Mesh, degrees: int) -> None:
    partners = mesh_partners(vertices)[:468]
    shifted = _moved(_turned(vertices, degrees), 0.137, 0.211)
    mirrored = _moved(shifted[partners] * (-1, 1, 1), SHAPE[1] - 1, 0)
    masks = region_masks(shifted, SHAPE, REGIONS)
    for name, mask in region_masks(mirrored, SHAPE, REGIONS).items():
        np.testing.assert_array_equal(mask, masks[name][:, ::-1])


def test_polygons_are_symmetric(vertices: Mesh) -> None:
    partners = mesh_partners(vertices)
    for polygons in POLYGONS.values():
        here = {frozenset(row) for row in polygons.tolist()}
        assert {frozenset(partners[row].tolist()) for row in polygons} == here


def test_far_eye_and_cheek_of_a_profile_are_not_drawn(vertices: Mesh) -> None:
    masks = region_masks(_turned(vertices, 90), SHAPE, ["eyes", "cheeks"])
    for mask in masks.values():
        assert mask.any()
        columns = np.flatnonzero(mask.any(axis=0))
        assert np.ptp(columns) + 1 == len(columns)


def test_landmarks_lie_in_their_regions(mesh: Mesh) -> None:
    masks = region_masks(mesh, SHAPE, REGIONS)
    inside = {
        "forehead": [151, 69, 299, 9],
        "eyes": [159, 145, 386, 374, 33, 263, 133, 362, 52, 282],
        "nose": [1, 4, 5, 195, 45, 275],
        "cheeks": [50, 280, 205, 425],
        "mouth": [13, 14, 78, 308],
        "chin": [199, 175, 200],
    }
    for name, points in inside.items():
        for column, row in np.rint(mesh[points, :2]).astype(int):
            assert masks[name][row, column], (name, column, row)


def test_twice_the_size_has_four_times_the_pixels(mesh: Mesh) -> None:
    small = region_masks(mesh, SHAPE, REGIONS)
    large = region_masks(2 * (mesh + 0.5) - 0.5, (2 * SHAPE[0], 2 * SHAPE[1]), REGIONS)
    for name in REGIONS:
        assert large[name].sum() == pytest.approx(4 * small[name].sum(), rel=0.02)


def test_faces_partly_or_wholly_outside_are_clipped(mesh: Mesh) -> None:
    whole = region_masks(mesh, SHAPE, REGIONS)
    clipped = region_masks(_moved(mesh, -60, -70), (60, 70), REGIONS)
    for name in REGIONS:
        np.testing.assert_array_equal(clipped[name], whole[name][70:130, 60:130])
    outside = region_masks(_moved(mesh, 1e6, 0), SHAPE, REGIONS)
    assert [name for name, mask in outside.items() if mask.any()] == ["image"]


def test_without_a_mesh_only_the_image_is_there() -> None:
    assert list(region_masks(None, (3, 4), REGIONS)) == ["image"]
    assert region_masks(None, (3, 4), ["nose"]) == {}


def test_unknown_names_and_broken_meshes_are_refused(mesh: Mesh) -> None:
    with pytest.raises(ValueError, match="unknown region 'ears': choose from image, face_oval"):
        region_masks(mesh, SHAPE, ["ears"])
    with pytest.raises(ValueError, match="not finite"):
        region_masks(np.full((478, 3), np.nan), SHAPE, ["nose"])


def test_notes_say_what_is_missing_and_why() -> None:
    masks = {"image": np.ones((4, 5), dtype=bool), "eyes": np.zeros((4, 5), dtype=bool)}
    masks["eyes"][0, :3] = True
    names = ["image", "nose", "eyes", "chin"]
    assert region_notes(masks, names, min_pixels=16) == (
        "nose, chin: no face mesh; eyes: 3 pixels, fewer than 16"
    )
    assert region_notes(masks, ["image", "eyes"], min_pixels=3) == ""
    assert list(usable_masks(masks, min_pixels=3)) == ["image", "eyes"]
    assert list(usable_masks(masks, min_pixels=4)) == ["image"]


@pytest.mark.parametrize("degrees", [-70, 0, 40])
def test_distance_of_the_eyes_does_not_shrink_in_a_turned_face(
    vertices: Mesh, degrees: int
) -> None:
    expected = 20 * abs(vertices[33, 0])
    assert interocular(_turned(vertices, degrees)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("wanted", "factor"), [(20.0, 1), (20.0, 3), (120.0, 1)])
def test_canonical_face_has_the_wanted_size(mesh: Mesh, wanted: float, factor: int) -> None:
    large = factor * (mesh + 0.5) - 0.5
    picture = np.zeros((factor * SHAPE[0], factor * SHAPE[1], 3), dtype=np.uint8)
    picture[region_masks(large, picture.shape, ["mouth"])["mouth"]] = 255
    face = canonical_face(picture, large, ["mouth", "face_oval"], canonical_interocular=wanted)
    assert face is not None
    assert list(face.masks) == ["canonical_mouth", "canonical_face_oval"]
    assert face.scale == pytest.approx(wanted / interocular(large))
    expected = region_masks(mesh, SHAPE, ["face_oval"])["face_oval"].sum()
    oval = face.masks["canonical_face_oval"]
    assert oval.shape == face.picture.shape[:2]
    assert oval.sum() == pytest.approx(expected * (wanted / interocular(mesh)) ** 2, rel=0.04)
    lit = face.picture[..., 0] >= 128
    mouth = face.masks["canonical_mouth"]
    assert (lit & mouth).sum() > 0.9 * (lit | mouth).sum()


def test_canonical_face_is_cut_at_the_border(mesh: Mesh) -> None:
    picture = np.zeros((*SHAPE, 3), dtype=np.uint8)
    face = canonical_face(picture, _moved(mesh, 100, 0), ["cheeks"], canonical_interocular=20)
    assert face is not None
    whole = canonical_face(picture, mesh, ["cheeks"], canonical_interocular=20)
    assert whole is not None
    pixels = face.masks["canonical_cheeks"].sum() / whole.masks["canonical_cheeks"].sum()
    assert pixels == pytest.approx(0.5, abs=0.1)


def test_degenerate_and_distant_faces_have_no_canonical_size(mesh: Mesh) -> None:
    picture = np.zeros((*SHAPE, 3), dtype=np.uint8)
    spread = mesh.copy()
    spread[10] = (5e4, 0, 0)
    for broken in (None, mesh * 0.01, _moved(mesh, 1e4, 0), spread):
        assert canonical_face(picture, broken, ["nose"], canonical_interocular=40) is None
    with pytest.raises(ValueError, match="'image' has no canonical size"):
        canonical_face(picture, mesh, ["image"], canonical_interocular=40)
