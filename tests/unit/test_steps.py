"""Each step on pictures small enough to work out by hand."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from modular_faces import geometry, steps
from modular_faces.steps import STEP_OPTIONS, STEPS, Picture
from modular_faces.variants import apply_variant

SHARPEN = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]

PLAIN_OPTIONS: dict[str, dict[str, Any]] = {
    "kernel": {"weights": SHARPEN},
    "unsharp": {"sigma": 1.5, "amount": 1},
    "resize": {"scale": 1.7},
    "pad": {"fraction": 0.3, "mode": "reflect"},
    "gamma": {"gamma": 0.7},
    "clahe": {},
    "equalize": {},
    "denoise": {},
    "grayscale": {},
    "rotate": {"degrees": 20},
    "mirror": {},
    "shift": {"right": 2, "down": -1},
    "crop": {"keep": 0.7},
    "jpeg": {"quality": 90},
    "brighten": {"to": 200},
    "darken": {"to": 40},
    "raise_contrast": {"to": 100},
    "lower_contrast": {"to": 10},
    "blur": {"sigma": 1.5},
    "deblur": {"sigma": 1.5},
    "cover": {"side": "left"},
}


def grey(rows: npt.ArrayLike) -> Picture:
    return np.repeat(np.array(rows, dtype=np.uint8)[..., None], 3, axis=2)


def noise(height: int, width: int) -> Picture:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)


def run(name: str, picture: Picture, **options: Any) -> Picture:
    return apply_variant(picture, [{name: options}]).picture


def affine_of(name: str, picture: Picture, **options: Any) -> geometry.FloatArray:
    return apply_variant(picture, [{name: options}]).affine


def test_every_step_is_tried_below() -> None:
    assert set(PLAIN_OPTIONS) == set(STEPS) == set(STEP_OPTIONS)


@pytest.mark.parametrize("name", PLAIN_OPTIONS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (37, 2), (50, 60)])
def test_every_step_returns_a_picture_and_leaves_its_input(
    name: str, shape: tuple[int, int]
) -> None:
    picture = noise(*shape)
    before = picture.copy()
    applied = apply_variant(picture, [{name: PLAIN_OPTIONS[name]}])
    np.testing.assert_array_equal(picture, before)
    assert applied.picture.dtype == np.uint8
    assert applied.picture.ndim == 3
    assert applied.picture.shape[2] == 3
    assert applied.picture.flags.c_contiguous
    assert applied.affine.shape == (2, 3)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "kernel",
            "unsharp",
            "gamma",
            "clahe",
            "equalize",
            "denoise",
            "grayscale",
            "jpeg",
            "cover",
        ),
        *("brighten", "darken", "raise_contrast", "lower_contrast", "blur", "deblur"),
    ],
)
def test_steps_that_move_nothing_say_so(name: str) -> None:
    picture = noise(9, 12)
    applied = apply_variant(picture, [{name: PLAIN_OPTIONS[name]}])
    np.testing.assert_array_equal(applied.affine, geometry.identity())
    assert applied.picture.shape == picture.shape


def test_kernel_sharpens_with_mirrored_borders_and_clips() -> None:
    picture = grey([[10, 20, 30], [40, 50, 60], [70, 80, 90]])
    expected = grey([[0, 0, 0], [20, 50, 80], [110, 140, 170]])
    np.testing.assert_array_equal(run("kernel", picture, weights=SHARPEN), expected)
    np.testing.assert_array_equal(
        run("kernel", picture, weights=[[3]]),
        grey([[30, 60, 90], [120, 150, 180], [210, 240, 255]]),
    )


def test_kernel_is_a_correlation_and_may_be_oblong() -> None:
    picture = grey([[10, 20, 30]])
    np.testing.assert_array_equal(run("kernel", picture, weights=[[0, 0, 1]]), grey([[20, 30, 20]]))


def test_kernel_rounds_halves_to_even() -> None:
    np.testing.assert_array_equal(
        run("kernel", grey([[5, 7, 8]]), weights=[[0.5]]), grey([[2, 4, 4]])
    )


def test_kernel_keeps_channels_apart() -> None:
    picture = np.array([[[10, 100, 200], [20, 0, 250]]], dtype=np.uint8)
    np.testing.assert_array_equal(run("kernel", picture, weights=[[1, 0, 0]]), picture[:, ::-1])


def test_large_kernel() -> None:
    mean_of_225 = np.full((15, 15), 1 / 225).tolist()
    picture = grey(np.zeros((31, 31)))
    picture[15, 15] = 225
    expected = grey(np.zeros((31, 31)))
    expected[8:23, 8:23] = 1
    np.testing.assert_array_equal(run("kernel", picture, weights=mean_of_225), expected)


def test_unsharp_adds_what_the_blur_takes_away() -> None:
    # Gaussian of sigma .5 over 5 pixels: .7866 in the middle, .1065 beside it, .0003 next.
    picture = grey([[100, 100, 100, 100, 120, 100, 100, 100, 100]])
    np.testing.assert_array_equal(
        run("unsharp", picture, sigma=0.5, amount=2),
        grey([[100, 100, 100, 96, 129, 96, 100, 100, 100]]),
    )
    np.testing.assert_array_equal(run("unsharp", picture, sigma=3, amount=0), picture)


def test_resize_nearest_and_area() -> None:
    np.testing.assert_array_equal(
        run("resize", grey([[1, 2], [3, 4]]), scale=2, interpolation="nearest"),
        grey([[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]),
    )
    np.testing.assert_array_equal(
        run("resize", grey([[10, 20, 0, 4], [30, 40, 8, 0]]), scale=0.5, interpolation="area"),
        grey([[25, 3]]),
    )


def test_resize_linear_follows_the_half_pixel_convention() -> None:
    # Pixel 1 of the result is at (1 + .5) / 2 - .5 = .25 of the source.
    np.testing.assert_array_equal(
        run("resize", grey([[0, 100]]), scale=2, interpolation="linear"),
        grey([[0, 25, 75, 100], [0, 25, 75, 100]]),
    )


def test_nearest_takes_the_pixel_whose_centre_is_nearest() -> None:
    # 5 -> 3 pixels: centres at 1/3, 2, 3 2/3 of the source.
    np.testing.assert_array_equal(
        run("resize", grey([[0, 1, 2, 3, 4]]), scale=0.6, interpolation="nearest"),
        grey([[0, 2, 4]]),
    )


def test_resize_map_is_that_of_the_true_sizes() -> None:
    picture = noise(3, 5)
    assert run("resize", picture, scale=0.5).shape == (2, 3, 3)
    np.testing.assert_allclose(
        affine_of("resize", picture, scale=0.5), geometry.scaling(3 / 5, 2 / 3), atol=1e-15
    )
    assert run("resize", picture, scale=0.01).shape == (1, 1, 3)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"mode": "constant", "value": 9}, [9, 9, 1, 2, 3, 4, 9, 9]),
        ({"mode": "replicate"}, [1, 1, 1, 2, 3, 4, 4, 4]),
        ({"mode": "reflect"}, [3, 2, 1, 2, 3, 4, 3, 2]),
        ({"mode": "constant", "value": "mean"}, [2, 2, 1, 2, 3, 4, 2, 2]),
        ({}, [127, 127, 1, 2, 3, 4, 127, 127]),
    ],
)
def test_pad(options: dict[str, Any], expected: list[int]) -> None:
    result = run("pad", grey([[1, 2, 3, 4]] * 2), fraction=0.5, **options)
    assert result.shape == (4, 8, 3)
    np.testing.assert_array_equal(result[1:3], grey([expected] * 2))


def test_pad_takes_its_fraction_of_each_side_and_moves_points_by_it() -> None:
    picture = noise(100, 60)
    assert run("pad", picture, fraction=0.5).shape == (200, 120, 3)
    np.testing.assert_array_equal(
        affine_of("pad", picture, fraction=0.5), geometry.translation(30, 50)
    )


def test_pad_with_the_mean_takes_it_per_channel() -> None:
    picture = np.array([[[10, 100, 200], [20, 0, 251]]], dtype=np.uint8)
    result = run("pad", picture, fraction=1, value="mean")
    np.testing.assert_array_equal(result[0, 0], [15, 50, 226])


def test_gamma() -> None:
    picture = grey([[0, 64, 128, 255]])
    np.testing.assert_array_equal(run("gamma", picture, gamma=0.5), grey([[0, 128, 181, 255]]))
    np.testing.assert_array_equal(run("gamma", picture, gamma=2), grey([[0, 16, 64, 255]]))


def test_equalize_spreads_luminance_and_leaves_grey_grey() -> None:
    np.testing.assert_array_equal(
        run("equalize", grey([[100, 101], [101, 100]])), grey([[0, 255], [255, 0]])
    )


def test_clahe_spreads_local_contrast_and_leaves_grey_grey() -> None:
    picture = grey(np.tile(np.arange(100, 132), (32, 1)))
    result = run("clahe", picture, clip_limit=4, tiles=2)
    assert np.ptp(result) > 2 * np.ptp(picture)
    assert np.ptp(result.astype(int), axis=2).max() <= 1


@pytest.mark.parametrize("name", ["clahe", "equalize"])
def test_equalising_leaves_red_red_and_blue_blue(name: str) -> None:
    colours = np.array([[[0] * 3, [120, 60, 60], [60, 60, 120], [255] * 3]], dtype=np.uint8)
    result = run(name, np.tile(colours, (32, 8, 1))).astype(int)
    red, blue = result[16, 17], result[16, 18]
    assert red[0] - red[2] > 40
    assert blue[2] - blue[0] > 40


def test_denoise_smooths_and_keeps_edges() -> None:
    edge = grey(np.repeat([[0, 255]], 8, axis=1).repeat(16, axis=0))
    np.testing.assert_array_equal(run("denoise", edge), edge)
    rough = noise(40, 40) // 16 + 100
    assert run("denoise", rough).std() < 0.6 * rough.std()


def test_grayscale_weighs_channels_as_bt601() -> None:
    picture = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [7, 7, 7]]], dtype=np.uint8)
    np.testing.assert_array_equal(run("grayscale", picture), grey([[76, 150, 29, 7]]))


def test_rotate_by_quarter_turns_is_exact_and_clockwise() -> None:
    picture = grey([[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(
        run("rotate", picture, degrees=90), grey([[4, 1], [5, 2], [6, 3]])
    )
    np.testing.assert_array_equal(
        run("rotate", picture, degrees=-90), grey([[3, 6], [2, 5], [1, 4]])
    )
    np.testing.assert_array_equal(
        run("rotate", picture, degrees=180, expand=False), grey([[6, 5, 4], [3, 2, 1]])
    )
    np.testing.assert_array_equal(run("rotate", picture, degrees=360), picture)


def test_rotate_expands_or_keeps_the_size_and_fills() -> None:
    picture = grey(np.full((30, 40), 200))
    assert run("rotate", picture, degrees=45).shape == (50, 50, 3)
    kept = run("rotate", picture, degrees=45, expand=False, fill=3)
    assert kept.shape == (30, 40, 3)
    np.testing.assert_array_equal(kept[0, 0], [3, 3, 3])
    assert run("rotate", picture, degrees=45, fill="mean").min() == 200


def test_mirror() -> None:
    np.testing.assert_array_equal(run("mirror", grey([[1, 2, 3]])), grey([[3, 2, 1]]))
    np.testing.assert_array_equal(affine_of("mirror", grey([[1, 2, 3]])), [[-1, 0, 2], [0, 1, 0]])


@pytest.mark.parametrize(
    ("name", "options", "size"),
    [
        ("resize", {"scale": 64}, "9600 x 12800"),
        ("pad", {"fraction": 10}, "3150 x 4200"),
        ("rotate", {"degrees": 45}, "248 x 248"),
    ],
)
def test_steps_refuse_to_make_huge_pictures(
    name: str, options: dict[str, Any], size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MAX_PIXELS", 30_000)
    message = f"step {name} would make a picture of {size} pixels; .* 30,000 .*enlarge less"
    with pytest.raises(ValueError, match=message):
        run(name, noise(200, 150), **options)


def test_steps_refuse_to_make_long_pictures() -> None:
    with pytest.raises(ValueError, match=r"64000 x 64 pixels; .* 32,767 a side"):
        run("resize", noise(1, 1000), scale=64)


def test_checking_a_config_does_not_load_opencv() -> None:
    code = (
        "import sys; from modular_faces.variants import check_steps; "
        "check_steps([{'rotate': {'degrees': 3}}]); sys.exit('cv2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
