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
from modular_faces.texture import (
    all_texture_regions,
    canonical_names,
    describe_columns,
    mixed_sizes_warning,
    texture_features,
    texture_names,
    texture_notes,
    texture_of_face,
)

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


def test_dictionary_describes_every_column() -> None:
    options: dict[str, Any] = {
        "regions": ["canonical_nose"],
        "distances": [2],
        "statistics": ["range"],
    }
    rows = describe_columns(levels=64, **options)
    assert [row[0] for row in rows] == texture_names(**options)
    assert rows[8] == (
        "haralick_entropy_d2_range_canonical_nose",
        "texture",
        "canonical_nose",
        "bits",
        "float32",
        "Entropy: range (largest minus smallest) over 4 directions at 2 px, 64 grey levels, "
        "region canonical_nose",
        "Haralick 1973 as in mahotas",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": 1}, "levels is 1: give 2 to 256"),
        ({"levels": 257}, "levels is 257"),
        ({"distances": [1, 0]}, "distance 0 is not"),
        ({"statistics": ["median"]}, "unknown statistic 'median': choose from mean, range"),
        ({"regions": ["canonical_image"]}, "'image' has no canonical size"),
        ({"regions": ["ears"]}, "unknown region 'ears'"),
    ],
)
def test_options_out_of_range_are_refused(change: dict[str, Any], message: str) -> None:
    options: dict[str, Any] = {
        "regions": ["nose"],
        "levels": 8,
        "distances": [1],
        "statistics": ["mean"],
    } | change
    with pytest.raises(ValueError, match=message):
        describe_columns(**options)


def test_mixed_sizes_warn_and_name_the_cure() -> None:
    sizes = [100.0] * 5 + [400.0] * 5
    options: dict[str, Any] = {"canonical": False, "max_ratio": 1.5}
    warning = mixed_sizes_warning(sizes, sizes, interoculars=[], **options)
    assert warning is not None
    assert "side of the pictures goes from 100 to 400 px" in warning
    assert "texture.canonical_regions" in warning
    eyes = [float("nan")] + [30.0] * 5 + [90.0] * 5
    assert "between the eyes goes from 30 to 90 px" in str(
        mixed_sizes_warning(sizes, sizes, interoculars=eyes, **options)
    )


@pytest.mark.parametrize(
    ("sizes", "eyes", "canonical"),
    [
        ([100.0, 400.0], [], True),
        ([100.0, 100.0], [], False),
        ([100.0, 400.0], [50.0, 50.0], False),
        ([], [], False),
    ],
)
def test_equal_sizes_or_canonical_texture_do_not_warn(
    sizes: list[float], eyes: list[float], canonical: bool
) -> None:
    warning = mixed_sizes_warning(
        sizes, sizes, interoculars=eyes, canonical=canonical, max_ratio=1.5
    )
    assert warning is None
