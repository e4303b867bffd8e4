"""Each step that undoes or puts in a cause, on pictures small enough to work out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from modular_faces.cause_steps import luminance
from modular_faces.steps import Picture
from modular_faces.variants import apply_variant


def grey(rows: npt.ArrayLike) -> Picture:
    return np.repeat(np.array(rows, dtype=np.uint8)[..., None], 3, axis=2)


def run(name: str, picture: Picture, **options: Any) -> npt.NDArray[np.uint8]:
    return apply_variant(picture, [{name: options}]).picture


SQUARE = grey([[10, 20, 30], [40, 50, 60], [70, 80, 90]])


def test_luminance_weighs_the_channels() -> None:
    picture = np.array([[[100, 0, 0], [0, 100, 0], [0, 0, 100]]], dtype=np.uint8)
    np.testing.assert_allclose(luminance(picture), [[29.9, 58.7, 11.4]], rtol=1e-6)


def test_shift_repeats_the_outermost_pixel() -> None:
    assert run("shift", SQUARE, right=1)[..., 0].tolist() == [
        [10, 10, 20],
        [40, 40, 50],
        [70, 70, 80],
    ]
    assert run("shift", SQUARE, down=-2)[..., 1].tolist() == [[70, 80, 90]] * 3


def test_a_shift_past_the_edge_leaves_one_colour() -> None:
    assert set(run("shift", SQUARE, right=50, down=50).ravel().tolist()) == {10}


def test_crop_keeps_the_centre() -> None:
    assert run("crop", SQUARE, keep=0.4)[..., 0].tolist() == [[50]]
    applied = apply_variant(SQUARE, [{"crop": {"keep": 0.4}}])
    assert applied.affine.tolist() == [[1, 0, -1], [0, 1, -1]]
    assert run("crop", SQUARE, keep=1).tolist() == SQUARE.tolist()


def test_jpeg_of_high_quality_changes_little_and_of_low_quality_much() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (32, 32, 3), dtype=np.uint8)

    def change(quality: int) -> float:
        changed = run("jpeg", picture, quality=quality)
        return float(np.abs(changed.astype(float) - picture).mean())

    assert change(5) > 1.3 * change(95)
    flat = np.full((16, 16, 3), (200, 40, 90), dtype=np.uint8)
    assert np.abs(run("jpeg", flat, quality=95).astype(int) - flat).max() <= 3


def test_brighten_reaches_the_mean_and_leaves_brighter_pictures() -> None:
    assert run("brighten", SQUARE, to=100)[..., 0].tolist() == [
        [20, 40, 60],
        [80, 100, 120],
        [140, 160, 180],
    ]
    assert run("brighten", SQUARE, to=30).tolist() == SQUARE.tolist()


def test_brighten_leaves_a_black_picture() -> None:
    black = grey(np.zeros((2, 2)))
    assert run("brighten", black, to=100).tolist() == black.tolist()


def test_darken_reaches_the_mean_and_leaves_darker_pictures() -> None:
    assert run("darken", SQUARE, to=25)[..., 0].tolist() == [
        [5, 10, 15],
        [20, 25, 30],
        [35, 40, 45],
    ]
    assert run("darken", SQUARE, to=60).tolist() == SQUARE.tolist()


def test_contrast_is_stretched_and_shrunk_about_the_mean() -> None:
    two = grey([[90, 110]])
    assert run("raise_contrast", two, to=30)[..., 0].tolist() == [[70, 130]]
    assert run("raise_contrast", two, to=5).tolist() == two.tolist()
    assert run("lower_contrast", two, to=5)[..., 0].tolist() == [[95, 105]]
    assert run("lower_contrast", two, to=30).tolist() == two.tolist()
    flat = grey([[90, 90]])
    assert run("raise_contrast", flat, to=30).tolist() == flat.tolist()


def test_blur_and_deblur_leave_an_even_picture() -> None:
    flat = grey(np.full((6, 9), 77))
    for name in ("blur", "deblur"):
        assert run(name, flat, sigma=2).tolist() == flat.tolist()


def test_deblur_brings_back_most_of_what_blur_took() -> None:
    y, x = np.mgrid[:64, :64]
    sharp = grey(127 + 60 * np.sin(x / 3) * np.cos(y / 4))
    blurred = run("blur", sharp, sigma=1.5)
    restored = run("deblur", blurred, sigma=1.5)

    def error(picture: Picture) -> float:
        return float(np.abs(picture.astype(float) - sharp).mean())

    assert error(restored) < 0.25 * error(blurred)


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ("left", [[0, 0, 3, 4], [0, 0, 7, 8]]),
        ("right", [[1, 2, 0, 0], [5, 6, 0, 0]]),
        ("upper", [[0, 0, 0, 0], [5, 6, 7, 8]]),
        ("lower", [[1, 2, 3, 4], [0, 0, 0, 0]]),
    ],
)
def test_cover_hides_a_half(side: str, expected: list[list[int]]) -> None:
    picture = grey([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert run("cover", picture, side=side, fill=0)[..., 0].tolist() == expected
    assert picture[0, 0, 0] == 1
