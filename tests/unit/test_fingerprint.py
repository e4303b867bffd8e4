"""Perceptual hash and thumbnail on pictures whose answer can be worked out."""

import cv2
import numpy as np
import pytest

from modular_faces.fingerprint import grey_thumbnail, perceptual_hashes


def smooth(seed: int, size: tuple[int, int] = (100, 100)) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)


def bits(first: int, second: int) -> int:
    return (first ^ second).bit_count()


def test_thumbnail_is_the_mean_of_each_cell() -> None:
    cells = np.arange(576, dtype=np.uint16).reshape(24, 24) % 250
    picture = np.kron(cells, np.ones((3, 3)))[..., None].repeat(3, axis=2).astype(np.uint8)
    picture[::3, ::3] += 3
    picture[1::3, 1::3] += 6
    np.testing.assert_array_equal(grey_thumbnail(picture), cells + 1)


def test_mirrored_hash_is_the_hash_of_the_mirrored_picture() -> None:
    for seed in range(20):
        picture = smooth(seed)
        direct, mirrored = perceptual_hashes(picture)
        again = perceptual_hashes(np.ascontiguousarray(picture[:, ::-1]))
        assert again == (mirrored, direct)
        assert bits(direct, mirrored) > 6


def test_half_of_the_bits_are_set() -> None:
    assert all(perceptual_hashes(smooth(seed))[0].bit_count() == 32 for seed in range(20))


def test_single_waves_set_the_bits_of_their_frequency() -> None:
    y, x = np.mgrid[:32, :32]
    for row, column, sign in ((1, 1, 1), (3, 2, 1), (8, 8, 1), (2, 5, -1)):
        wave = np.cos(np.pi * (y + 0.5) * row / 32) * np.cos(np.pi * (x + 0.5) * column / 32)
        picture = np.rint(128 + sign * 100 * wave).astype(np.uint8)[..., None].repeat(3, axis=2)
        bit = 63 - ((row - 1) * 8 + column - 1)
        assert (perceptual_hashes(picture)[0] >> bit & 1) == (sign > 0)


@pytest.mark.parametrize("size", [(50, 50), (96, 96), (224, 224), (100, 60)])
def test_hash_hardly_depends_on_the_size(size: tuple[int, int]) -> None:
    for seed in range(20):
        picture = smooth(seed)
        other = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        assert bits(perceptual_hashes(picture)[0], perceptual_hashes(other)[0]) <= 6


def test_pictures_without_content_have_a_hash() -> None:
    assert perceptual_hashes(np.zeros((1, 1, 3), np.uint8)) == (0, 0)
