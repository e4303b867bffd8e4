"""Descriptors of pictures small enough to work out by hand."""

import io

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from modular_faces.descriptors import (
    DESCRIPTOR_NAMES,
    blockiness,
    border_detail,
    border_mask,
    central_oval,
    channel_entropies,
    colorfulness,
    describe_picture,
    half_detail,
    laplacian_variance,
)

Picture = npt.NDArray[np.uint8]


def described(picture: Picture) -> dict[str, float]:
    values, note = describe_picture(picture)
    assert note == ""
    return dict(zip(DESCRIPTOR_NAMES, values.tolist(), strict=True))


def plain(color: tuple[int, int, int], height: int = 20, width: int = 30) -> Picture:
    return np.full((height, width, 3), color, dtype=np.uint8)


def waves(side: int = 64) -> Picture:
    """Soft waves that cross the borders of blocks without a step."""
    y, x = np.mgrid[:side, :side]
    grey = 128 + 60 * np.sin(x / 9 + 0.3) * np.cos(y / 11) + 40 * np.sin((x + y) / 15)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def test_a_plain_grey_picture() -> None:
    found = described(plain((90, 90, 90)))
    expected = dict.fromkeys(DESCRIPTOR_NAMES, 0.0) | {
        "brightness": 90,
        "brightness_oval": 90,
        "grey": 1,
        "width": 30,
        "height": 20,
        "aspect": 1.5,
        "megapixels": 0.0006,
        "border_detail": 1,
        "half_detail": 1,
    }
    assert found == pytest.approx(expected)


def test_a_plain_red_picture_is_saturated_and_coloured() -> None:
    found = described(plain((255, 0, 0)))
    assert found["brightness"] == 76
    assert (found["saturation"], found["grey"]) == pytest.approx((1, 0))
    assert found["colorfulness"] == pytest.approx(0.3 * np.hypot(255, 127.5))


def test_contrast_is_the_standard_deviation() -> None:
    picture = plain((100, 100, 100))
    picture[:, 15:] = 200
    found = described(picture)
    assert (found["brightness"], found["contrast"]) == (150, 50)
    assert found["contrast_oval"] == 50
    assert (found["right_minus_left"], found["lower_minus_upper"]) == (100, 0)
    assert (found["right_minus_left_oval"], found["lower_minus_upper_oval"]) == (100, 0)


def test_a_middle_row_belongs_to_neither_half() -> None:
    picture = plain((10, 10, 10), height=5, width=5)
    picture[2] = 255
    picture[3:] = 30
    assert described(picture)["lower_minus_upper"] == 20


def test_colourfulness_of_two_colours_by_hand() -> None:
    """Half red, half blue: R-G is 255 or 0, (R+G)/2-B is 127.5 or -255."""
    picture = plain((255, 0, 0), width=2, height=1)
    picture[0, 1] = (0, 0, 255)
    expected = np.hypot(127.5, 191.25) + 0.3 * np.hypot(127.5, -63.75)
    assert colorfulness(picture) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "bits"), [([7], 0), ([0, 255], 1), ([0, 1, 2, 3], 2), ([5, 5, 5, 9], 0.811278)]
)
def test_entropy_in_bits(values: list[int], bits: float) -> None:
    picture = np.zeros((1, len(values), 3), np.uint8)
    picture[0, :, 2] = values
    assert channel_entropies(picture) == pytest.approx([0, 0, bits], abs=1e-6)


def test_entropy_counts_the_masked_pixels_only() -> None:
    picture = np.zeros((1, 4, 3), np.uint8)
    picture[0, :, 0] = [0, 9, 77, 78]
    mask = np.array([[255, 255, 0, 0]], np.uint8)
    assert channel_entropies(picture, mask) == pytest.approx([1, 0, 0])
    assert np.isnan(channel_entropies(picture, 0 * mask)).all()


def test_entropy_of_all_values_is_eight_bits() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 3, axis=2)
    found = described(ramp)
    assert [found[f"entropy_{channel}"] for channel in "rgb"] == [8, 8, 8]


def test_laplacian_of_one_bright_pixel_by_hand() -> None:
    """-40 in the middle, 10 at its four neighbours, else 0."""
    grey = np.full((5, 5), 50, np.uint8)
    grey[2, 2] = 60
    assert laplacian_variance(grey) == pytest.approx((40**2 + 4 * 10**2) / 25)


def test_steps_at_block_borders_only_are_all_blocks() -> None:
    blocks = np.kron(np.random.default_rng(1).integers(0, 256, (4, 4)), np.ones((8, 8)))
    grey = blocks.astype(np.uint8)
    assert blockiness(grey) == 1
    assert blockiness(grey[:, 3:]) < 1
    assert blockiness(np.full((4, 4), 9, np.uint8)) == 0
    assert blockiness(np.zeros((1, 1), np.uint8)) == 0


def test_blockiness_by_hand() -> None:
    """A row of 16: steps of 1 inside (14 of them), a step of 4 at the border: (4-1)/(4+1)."""
    row = np.array([[*range(8), *range(11, 19)]], np.uint8)
    assert blockiness(row) == pytest.approx(0.6)


def test_strong_compression_makes_blocks() -> None:
    found = []
    for quality in (95, 50, 10):
        file = io.BytesIO()
        Image.fromarray(waves()).save(file, "JPEG", quality=quality)
        found.append(described(np.asarray(Image.open(file).convert("RGB")))["blockiness"])
    assert abs(found[0]) < 0.1
    assert found[0] < found[1] < found[2]
    assert found[2] > 0.3


def test_border_and_center() -> None:
    picture = plain((40, 40, 40), height=20, width=20)
    picture[2:18, 2:18] = 100
    assert described(picture)["border_minus_center"] == -60
    assert np.count_nonzero(border_mask(20, 20)) == 400 - 256


def test_detail_at_the_frame_is_border_detail() -> None:
    calm = np.full((40, 40), 100, np.uint8)
    cut, inside = calm.copy(), calm.copy()
    cut[::2, :3] = 200
    inside[10:30:2, 10:30] = 200
    mask = border_mask(40, 40)
    assert border_detail(cut, mask) > 2
    assert border_detail(inside, mask) == 0
    assert border_detail(calm, mask) == 1


def test_the_oval_lies_in_the_middle() -> None:
    oval = central_oval(100, 60)
    rows, columns = np.nonzero(oval)
    assert (rows.min(), rows.max()) == (5, 94)
    assert (columns.min(), columns.max()) == (9, 50)
    assert np.count_nonzero(oval) == pytest.approx(np.pi * 45 * 21, rel=0.01)
    assert (oval == oval[::-1]).all() and (oval == oval[:, ::-1]).all()


def test_mirroring_changes_only_the_sign_of_left_and_right() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (48, 32, 3), dtype=np.uint8)
    one, other = described(picture), described(np.ascontiguousarray(picture[:, ::-1]))
    for name in ("right_minus_left", "right_minus_left_oval"):
        assert other.pop(name) == pytest.approx(-one.pop(name))
    assert other == pytest.approx(one, abs=1e-9)


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (1, 40), (40, 1), (3, 3)])
def test_the_smallest_pictures_have_numbers_too(shape: tuple[int, int]) -> None:
    values, _ = describe_picture(plain((10, 20, 30), *shape))
    assert np.isfinite(values).all()


def test_an_empty_half_has_no_detail_wherever_it_lies() -> None:
    picture = np.random.default_rng(5).integers(0, 256, (40, 40), dtype=np.uint8)
    for hidden in (np.s_[:, :20], np.s_[:, 20:], np.s_[:20], np.s_[20:]):
        covered = picture.copy()
        covered[hidden] = 127
        assert half_detail(covered) == 0.25
    assert half_detail(picture) > 0.9
    assert half_detail(np.full((8, 8), 9, np.uint8)) == 1


def test_relative_sharpness_tells_blur_from_contrast() -> None:
    noisy = np.random.default_rng(3).integers(60, 190, (40, 40), dtype=np.uint8)
    sharp = np.repeat(noisy[..., None], 3, axis=2)
    whole = described(sharp)["relative_sharpness"]
    assert whole == pytest.approx(20, rel=0.1), "independent pixels: 4^2 + 4 of their variance"
    assert described(sharp // 2)["relative_sharpness"] == pytest.approx(whole, rel=0.01)
    blurred = cv2.GaussianBlur(sharp, (0, 0), 1)
    assert described(blurred)["relative_sharpness"] < whole / 5
