"""Colour bins: edges, conversions, frequencies, missing regions."""

from __future__ import annotations

import colorsys
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from modular_faces import color
from modular_faces.color import color_features, color_names, color_of_face, describe_columns
from modular_faces.region_polygons import REGIONS

Picture = npt.NDArray[np.uint8]
SPACES = {"rgb": [8, 8, 8], "hsv": [8, 8, 8], "lab": [8, 8, 8]}


def _row(*colours: tuple[int, int, int]) -> Picture:
    return np.array([colours], dtype=np.uint8)


def _whole(picture: Picture, spaces: dict[str, list[int]]) -> list[float]:
    masks = {"image": np.ones(picture.shape[:2], dtype=bool)}
    values = color_features(
        picture, masks, spaces=spaces, regions=["image"], min_pixels=1, counts=True
    )
    return [float(value) for value in values]


def _regions(shape: tuple[int, int]) -> dict[str, npt.NDArray[np.bool_]]:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return {
        "image": np.ones(shape, dtype=bool),
        "face_oval": (rows > 2) & (columns > 3),
        "nose": (rows > 5) & (columns < 9),
        "mouth": (rows == 4) & (columns == 7),
        "chin": np.zeros(shape, dtype=bool),
    }


def test_names_follow_the_scheme() -> None:
    names = color_names(spaces=SPACES, regions=REGIONS)
    assert len(names) == len(set(names)) == 9 * 9 * 8
    assert names[:2] == ["color_rgb_r_00_image", "color_rgb_r_01_image"]
    assert names[8] == "color_rgb_g_00_image"
    assert names[-1] == "color_lab_b_07_chin"
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) for name in names)


def test_edges_of_bins() -> None:
    picture = _row((0, 31, 63), (255, 32, 64), (127, 0, 0), (128, 0, 0))
    counts = np.array(_whole(picture, {"rgb": [2, 8, 4]}))
    assert counts[:2].tolist() == [2, 2]
    assert counts[2:10].tolist() == [3, 1, 0, 0, 0, 0, 0, 0]
    assert counts[10:].tolist() == [3, 1, 0, 0]


def test_bins_that_do_not_divide_256_take_every_value_once() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    counts = np.array(_whole(ramp, {"rgb": [3, 7, 256]}))
    assert counts[:3].tolist() == [86, 85, 85]
    assert counts[3:10].tolist() == [37, 37, 36, 37, 36, 37, 36]
    assert counts[10:].tolist() == [1] * 256


def test_hue_wraps_around_red() -> None:
    nearly_red, red, magenta_red = (255, 4, 0), (255, 0, 0), (255, 0, 20)
    hue = _whole(_row(nearly_red, red, magenta_red), {"hsv": [8, 2, 2]})[:8]
    assert hue == [2, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("degrees", range(5, 360, 10))
def test_hue_bins_are_parts_of_the_circle(degrees: int) -> None:
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(degrees / 360, 1, 1))
    hue = _whole(_row((red, green, blue)), {"hsv": [36, 2, 2]})[:36]
    assert hue.index(1) == degrees // 10


def test_grey_pixels_have_hue_bin_zero_and_the_middle_of_a_and_b() -> None:
    counts = np.array(_whole(_row((0, 0, 0), (90, 90, 90), (255, 255, 255)), SPACES)).reshape(9, 8)
    assert counts[3, 0] == 3
    assert counts[7].tolist() == counts[8].tolist() == [0, 0, 0, 0, 3, 0, 0, 0]


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ((255, 0, 0), (53.2, 80.1, 67.2)),
        ((0, 0, 255), (32.3, 79.2, -107.9)),
        ((255, 255, 255), (100, 0, 0)),
    ],
)
def test_lab_values(colour: tuple[int, int, int], lab: tuple[float, float, float]) -> None:
    counts = _whole(_row(colour), {"lab": [256, 256, 256]})
    lightness, a, b = (counts[start : start + 256].index(1) for start in (0, 256, 512))
    np.testing.assert_allclose((lightness / 2.55, a - 128, b - 128), lab, atol=1)


def test_frequencies_sum_to_one_and_counts_to_the_pixels() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (12, 14, 3), dtype=np.uint8)
    masks = _regions((12, 14))
    regions = ["image", "face_oval", "nose", "mouth"]
    options: dict[str, Any] = {"spaces": SPACES, "regions": regions, "min_pixels": 1}
    shares = color_features(picture, masks, counts=False, **options).reshape(4, 9, 8)
    counts = color_features(picture, masks, counts=True, **options).reshape(4, 9, 8)
    np.testing.assert_allclose(shares.sum(axis=2), 1, rtol=1e-12)
    pixels = [masks[name].sum() for name in regions]
    assert counts.sum(axis=2).T.tolist() == [pixels] * 9


def test_regions_are_counted_as_if_alone() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (12, 14, 3), dtype=np.uint8)
    masks = _regions((12, 14))
    regions = ["face_oval", "image", "nose"]
    values = color_features(
        picture, masks, spaces={"rgb": [4, 4, 4]}, regions=regions, min_pixels=1, counts=True
    ).reshape(3, 3, 4)
    for row, name in enumerate(regions):
        for channel in range(3):
            expected = np.bincount(picture[masks[name]][:, channel] // 64, minlength=4)
            assert values[row, channel].tolist() == expected.tolist()


def test_strips_of_a_large_picture_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (12, 14, 3), dtype=np.uint8)
    options: dict[str, Any] = {
        "spaces": SPACES,
        "regions": ["image", "nose"],
        "min_pixels": 1,
        "counts": True,
    }
    at_once = color_features(picture, _regions((12, 14)), **options)
    monkeypatch.setattr(color, "_PIXELS_AT_ONCE", 30)
    np.testing.assert_array_equal(color_features(picture, _regions((12, 14)), **options), at_once)


def test_absent_empty_and_small_regions_are_missing() -> None:
    picture = np.full((12, 14, 3), 200, dtype=np.uint8)
    regions = ["eyes", "chin", "mouth", "image"]
    options: dict[str, Any] = {"spaces": {"rgb": [2, 2, 2]}, "regions": regions, "counts": False}
    values = color_features(picture, _regions((12, 14)), min_pixels=2, **options).reshape(4, 6)
    assert np.isnan(values[:3]).all()
    assert values[3].tolist() == [0, 1] * 3
    one_pixel = color_features(picture, _regions((12, 14)), min_pixels=1, **options).reshape(4, 6)
    assert one_pixel[2].tolist() == [0, 1] * 3


def test_no_regions_at_all_are_missing() -> None:
    picture = np.zeros((3, 3, 3), dtype=np.uint8)
    values = color_features(
        picture, {}, spaces=SPACES, regions=["nose"], min_pixels=1, counts=False
    )
    assert np.isnan(values).all()
    assert len(values) == 72


def test_face_without_mesh_gives_the_picture_alone() -> None:
    picture = np.full((12, 14, 3), 200, dtype=np.uint8)
    options: dict[str, Any] = {"spaces": {"rgb": [2, 2, 2]}, "regions": ["image", "nose"]}
    values, notes = color_of_face(picture, None, min_pixels=1, counts=True, **options)
    assert values[:6].tolist() == [0, 168] * 3
    assert np.isnan(values[6:]).all()
    assert notes == ""


def test_face_says_which_regions_are_too_small() -> None:
    picture = np.full((12, 14, 3), 200, dtype=np.uint8)
    mesh = np.full((478, 3), 5.2)
    options: dict[str, Any] = {"spaces": {"rgb": [2, 2, 2]}, "regions": ["image", "nose"]}
    values, notes = color_of_face(picture, mesh, min_pixels=4, counts=False, **options)
    assert np.isnan(values[6:]).all()
    assert notes == "nose: 0 pixels, fewer than 4"


def test_dictionary_describes_every_column() -> None:
    spaces = {"hsv": [8, 8, 8], "lab": [4, 8, 8], "rgb": [3, 8, 8]}
    rows = describe_columns(spaces=spaces, regions=["nose"], counts=False)
    assert [row[0] for row in rows] == color_names(spaces=spaces, regions=["nose"])
    words = {row[0]: row for row in rows}
    assert words["color_hsv_h_07_nose"] == (
        "color_hsv_h_07_nose",
        "color",
        "nose",
        "relative frequency",
        "float32",
        "Share of pixels of region nose with hue in degrees from 315 to below 360",
        "OpenCV 8-bit HSV histogram",
    )
    assert words["color_lab_a_04_nose"][5].endswith("with a* from 0 to below 32")
    assert words["color_rgb_r_01_nose"][5].endswith("with red from 86 to below 171")
    counted = describe_columns(spaces=spaces, regions=["nose"], counts=True)[0]
    assert counted[3] == "pixels"
    assert counted[5].startswith("Pixels of region nose with hue")


@pytest.mark.parametrize(
    ("spaces", "message"),
    [
        ({"xyz": [8, 8, 8]}, "unknown colour space 'xyz': choose from rgb, hsv, lab"),
        ({"rgb": [8, 8]}, r"'rgb' has 2 numbers of bins, \[8, 8\]: give one for each of r, g, b"),
        ({"hsv": [8, 1, 8]}, "'hsv', channel s: 1 bins; give 2 to 256"),
        ({"lab": [8, 8, 257]}, "'lab', channel b: 257 bins"),
    ],
)
def test_impossible_bins_are_refused(spaces: dict[str, list[int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        color_names(spaces=spaces, regions=["image"])
    with pytest.raises(ValueError, match="unknown region 'ears'"):
        color_names(spaces=SPACES, regions=["ears"])
