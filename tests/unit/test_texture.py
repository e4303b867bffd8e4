"""Texture columns: names, statistics, missing values, canonical size."""

from __future__ import annotations

import re
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from modular_faces.haralick import FEATURES
from modular_faces.region_polygons import REGIONS
from modular_faces.texture import texture_features, texture_notes, texture_of_face
from modular_faces.texture_columns import all_texture_regions, canonical_names, texture_names

Picture = npt.NDArray[np.uint8]
CONTRAST = list(FEATURES).index("contrast")
FACE_OPTIONS: dict[str, Any] = {
    "regions": ["image"],
    "canonical_interocular": 20,
    "levels": 64,
    "distances": [1],
    "statistics": ["mean"],
    "min_pixels": 16,
}


def _grey(values: npt.NDArray[Any]) -> Picture:
    return np.repeat(np.asarray(values, dtype=np.uint8)[..., None], 3, axis=-1)


def _everything(picture: Picture) -> dict[str, npt.NDArray[np.bool_]]:
    return {"image": np.ones(picture.shape[:2], dtype=bool)}


def _face(mesh_scale: float, centre: float) -> npt.NDArray[np.float64]:
    """Make a mesh whose points stand on a circle, with eyes `mesh_scale` apart."""
    angle = np.linspace(0, 2 * np.pi, 478, endpoint=False)
    mesh = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1) * mesh_scale + centre
    mesh[33] = centre - mesh_scale / 2, centre, 0
    mesh[263] = centre + mesh_scale / 2, centre, 0
    return mesh


def test_names_follow_the_scheme_and_fit_other_software() -> None:
    regions = [*REGIONS, *canonical_names([name for name in REGIONS if name != "image"])]
    names = texture_names(regions=regions, distances=[1, 2, 10], statistics=["mean", "range"])
    assert len(names) == len(set(names)) == 17 * 3 * 13 * 2
    assert names[0] == "haralick_angular_second_moment_mean_image"
    assert names[1] == "haralick_angular_second_moment_range_image"
    assert names[26] == "haralick_angular_second_moment_d2_mean_image"
    assert names[-1] == "haralick_info_correlation_2_d10_range_canonical_chin"
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) for name in names)


def test_mean_and_range_over_the_four_directions() -> None:
    picture = _grey(np.array([[0, 255, 0, 255]] * 4))
    options: dict[str, Any] = {"regions": ["image"], "levels": 2, "distances": [1], "min_pixels": 1}
    values = texture_features(
        picture, _everything(picture), statistics=["range", "mean"], **options
    ).reshape(13, 2)
    assert values[CONTRAST].tolist() == [1, 0.75]


@pytest.mark.parametrize(
    ("value", "level"), [(0, 0), (3, 0), (4, 1), (251, 62), (252, 63), (255, 63)]
)
def test_grey_levels_are_fixed_over_0_to_255(value: int, level: int) -> None:
    picture = _grey(np.full((3, 3), value))
    values = texture_features(
        picture,
        _everything(picture),
        regions=["image"],
        levels=64,
        distances=[1],
        statistics=["mean"],
        min_pixels=1,
    )
    assert values[list(FEATURES).index("sum_average")] == 2 * level


def test_values_stand_in_the_order_of_the_names() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    masks = _everything(picture) | {"nose": np.zeros((9, 9), dtype=bool)}
    masks["nose"][2:8, 1:7] = True
    options: dict[str, Any] = {"levels": 16, "min_pixels": 4}
    regions, distances, statistics = ["image", "nose"], [1, 2], ["mean", "range"]
    values = texture_features(
        picture, masks, regions=regions, distances=distances, statistics=statistics, **options
    )
    names = texture_names(regions=regions, distances=distances, statistics=statistics)
    assert len(names) == len(values)
    only = texture_features(
        picture, masks, regions=["nose"], distances=[2], statistics=["range"], **options
    )
    assert (
        values[names.index("haralick_entropy_d2_range_nose")]
        == only[list(FEATURES).index("entropy")]
    )


def test_regions_that_are_absent_small_or_thin_are_missing_with_a_reason() -> None:
    picture = _grey(np.arange(64).reshape(8, 8))
    line, dot = np.zeros((2, 8, 8), dtype=bool)
    line[3, :] = True
    dot[0, 0] = True
    masks = _everything(picture) | {"mouth": line, "eyes": dot}
    regions = ["nose", "eyes", "mouth", "image"]
    values = texture_features(
        picture, masks, regions=regions, levels=8, distances=[1], statistics=["mean"], min_pixels=4
    ).reshape(4, 13)
    assert np.isnan(values).all(axis=1).tolist() == [True, True, True, False]
    assert np.isfinite(values[3]).all()
    assert texture_notes(values.ravel(), masks, regions=regions, distances=[1], min_pixels=4) == (
        "eyes: 1 pixels, fewer than 4; "
        "mouth: no pair of pixels at distance 1 in one of 4 directions"
    )
    assert texture_notes(values[3], masks, regions=["image"], distances=[1], min_pixels=4) == ""


def test_canonical_texture_hardly_depends_on_the_size_of_the_picture() -> None:
    noise = np.random.default_rng(1).normal(128, 60, (60, 60))
    smooth = np.clip(cv2.GaussianBlur(noise, (0, 0), 3) * 4 - 384, 0, 255)
    small = _grey(smooth)
    large = np.asarray(cv2.resize(small, (240, 240), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    options = FACE_OPTIONS | {"canonical_regions": ["face_hull"], "canonical_interocular": 20}
    first, first_notes = texture_of_face(small, _face(20, 29.5), **options)
    second, second_notes = texture_of_face(large, _face(80, 119.5), **options)
    assert len(first) == len(second) == 2 * 13
    assert first_notes == second_notes == ""
    assert first[CONTRAST] > 5 * second[CONTRAST]
    assert first[13 + CONTRAST] == pytest.approx(second[13 + CONTRAST], rel=0.1)


def test_face_has_the_columns_of_all_texture_regions() -> None:
    regions = all_texture_regions(["image", "nose"], ["face_hull", "chin"])
    assert regions == ["image", "nose", "canonical_face_hull", "canonical_chin"]
    picture = _grey(np.arange(400).reshape(20, 20) % 251)
    options = FACE_OPTIONS | {"regions": ["image", "nose"]}
    options |= {"canonical_regions": ["face_hull", "chin"]}
    without_face, notes = texture_of_face(picture, None, **options)
    assert np.isnan(without_face.reshape(4, 13)).all(axis=1).tolist() == [False, True, True, True]
    assert notes == ""
    _, notes = texture_of_face(picture, _face(1.0, 9.5), **options)
    assert notes == (
        "nose: 1 pixels, fewer than 16; "
        "canonical_face_hull, canonical_chin: face degenerate or outside of the picture"
    )
    _, notes = texture_of_face(picture, _face(8.0, 9.5), **options | {"regions": ["image"]})
    assert notes.startswith("canonical_chin: ")
    assert notes.endswith("pixels, fewer than 16")


def test_whole_picture_alone_needs_no_face() -> None:
    picture = _grey(np.arange(400).reshape(20, 20) % 251)
    values, notes = texture_of_face(picture, None, **FACE_OPTIONS | {"canonical_regions": []})
    assert np.isfinite(values).all()
    assert len(values) == 13
    assert notes == ""
