"""Haralick features against values worked out by hand, and against mahotas."""

from __future__ import annotations

import math

import mahotas.features
import mahotas.features.texture
import numpy as np
import numpy.typing as npt
import pytest

from modular_faces.haralick import FEATURES, haralick

LEVELS = 8


def _picture(seed: int, shape: tuple[int, int], highest: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, highest + 1, shape, dtype=np.uint8)


def _whole(
    picture: npt.NDArray[np.uint8], levels: int, distance: int = 1
) -> npt.NDArray[np.float64]:
    mask = np.ones(picture.shape, dtype=bool)
    return np.asarray(haralick(picture, [mask], levels=levels, distances=[distance])[0, 0])


def test_checkerboard_of_four_pixels_by_hand() -> None:
    features = _whole(np.array([[0, 1], [1, 0]], dtype=np.uint8), levels=2)
    horizontal = [0.5, 1, -1, 0.25, 0.5, 1, 0, 0, 1, 0.25, 0, -1, math.sqrt(1 - math.exp(-2))]
    both_black = [1, 0, 1, 0, 1, 0, 0, 0, 0, 0.25, 0, 0, 0]
    both_white = [1, 0, 1, 0, 1, 2, 0, 0, 0, 0.25, 0, 0, 0]
    np.testing.assert_allclose(features[0], horizontal, atol=1e-15)
    np.testing.assert_allclose(features[1], both_black, atol=1e-15)
    np.testing.assert_allclose(features[2], horizontal, atol=1e-15)
    np.testing.assert_allclose(features[3], both_white, atol=1e-15)


def test_ramp_of_three_levels_by_hand() -> None:
    features = _whole(np.array([[0, 1, 2], [0, 1, 2]], dtype=np.uint8), levels=3)[0]
    information = math.sqrt(1 - math.exp(-2))
    expected = [1 / 4, 1, 0, 1 / 2, 1 / 2, 2, 1, 1, 2, 2 / 9, 0, -2 / 3, information]
    np.testing.assert_allclose(features, expected, atol=1e-15)


def test_distance_two_pairs_every_other_pixel() -> None:
    picture = np.tile(np.array([0, 1, 0, 1, 0], dtype=np.uint8), (5, 1))
    contrast = list(FEATURES).index("contrast")
    assert _whole(picture, 2, distance=1)[:, contrast].tolist() == [1, 1, 0, 1]
    assert _whole(picture, 2, distance=2)[:, contrast].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("distance", [1, 2, 5])
@pytest.mark.parametrize("levels", [2, 8, 64, 256])
def test_agrees_with_mahotas_where_the_brightest_level_occurs(levels: int, distance: int) -> None:
    picture = _picture(levels + distance, (23, 31), levels - 1)
    picture[7, 7] = levels - 1
    expected = mahotas.features.haralick(picture, distance=distance)
    np.testing.assert_allclose(_whole(picture, levels, distance), expected, rtol=1e-9, atol=1e-7)


def test_agrees_with_mahotas_on_a_mask() -> None:
    picture = _picture(5, (20, 20), LEVELS - 1)
    rows, columns = np.mgrid[:20, :20]
    mask = (rows - 9) ** 2 + (columns - 12) ** 2 < 50
    picture[9, 12] = LEVELS - 1
    shifted = np.where(mask, picture + 1, 0)
    expected = mahotas.features.haralick(shifted, ignore_zeros=True)
    features = haralick(picture, [mask], levels=LEVELS, distances=[1])[0, 0]
    names = list(FEATURES)
    expected[:, names.index("sum_average")] -= 2
    compared = [index for index, name in enumerate(names) if name != "difference_variance"]
    np.testing.assert_allclose(features[:, compared], expected[:, compared], rtol=1e-9, atol=1e-7)


def test_values_do_not_depend_on_the_brightest_pixel() -> None:
    dark = _picture(6, (12, 12), 3)
    matrices = [
        mahotas.features.texture.cooccurence(dark, direction, np.zeros((LEVELS, LEVELS), np.int32))
        for direction in range(4)
    ]
    expected = mahotas.features.texture.haralick_features(matrices)
    np.testing.assert_allclose(_whole(dark, LEVELS), expected, rtol=1e-9, atol=1e-7)


def test_masked_region_equals_the_same_pixels_cut_out() -> None:
    picture = _picture(7, (15, 18), LEVELS - 1)
    mask = np.zeros(picture.shape, dtype=bool)
    mask[4:11, 3:15] = True
    inside = haralick(picture, [mask], levels=LEVELS, distances=[1])[0, 0]
    np.testing.assert_array_equal(inside, _whole(picture[4:11, 3:15], LEVELS))


def test_regions_and_distances_do_not_disturb_each_other() -> None:
    picture = _picture(8, (15, 18), LEVELS - 1)
    masks = [np.ones(picture.shape, dtype=bool), _picture(9, picture.shape, 3) > 0]
    together = haralick(picture, masks, levels=LEVELS, distances=[1, 3])
    assert together.shape == (2, 2, 4, 13)
    for row, mask in enumerate(masks):
        for column, distance in enumerate([1, 3]):
            alone = haralick(picture, [mask], levels=LEVELS, distances=[distance])[0, 0]
            np.testing.assert_array_equal(together[row, column], alone)


def test_direction_without_pairs_is_missing() -> None:
    features = _whole(np.array([[0, 1, 1]], dtype=np.uint8), 2)
    assert np.isfinite(features[0]).all()
    assert np.isnan(features[1:]).all()


def test_empty_mask_and_distance_beyond_the_picture_are_missing() -> None:
    picture = _picture(10, (4, 4), 1)
    masks = [np.zeros(picture.shape, dtype=bool), np.ones(picture.shape, dtype=bool)]
    assert np.isnan(haralick(picture, masks, levels=2, distances=[9])).all()
    assert np.isnan(haralick(picture, masks[:1], levels=2, distances=[1])).all()


def test_labels_are_those_of_mahotas_in_its_order() -> None:
    labels = [label for label, _ in FEATURES.values()]
    assert labels == mahotas.features.texture.haralick_labels[:-1]
