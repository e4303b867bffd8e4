"""Pictures of any size come to one frame by the stated rule."""

import numpy as np
import pytest

from modular_faces.failures.picture_frame import (
    Frame,
    cell_side,
    frame_of,
    place_in_words,
    pool,
    to_frame,
    unpool,
)


def sizes(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    heights, widths = np.array(pairs).T
    return heights, widths


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        ([(100, 100)] * 3, (100, 100)),
        ([(48, 40), (48, 40), (900, 900)], (48, 40)),
        ([(200, 400), (200, 400), (10, 10)], (50, 100)),
        ([(1, 5000)], (1, 100)),
    ],
)
def test_the_frame_is_the_median_size_within_the_limit(
    pictures: list[tuple[int, int]], expected: tuple[int, int]
) -> None:
    assert frame_of(*sizes(*pictures), largest=100) == expected


def test_without_pictures_there_is_no_frame() -> None:
    with pytest.raises(ValueError, match="no pictures to find a frame for"):
        frame_of(np.array([]), np.array([]), largest=100)


def test_a_picture_of_the_frame_is_not_changed_and_gets_a_grey_channel() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    framed = to_frame(picture, Frame(5, 7))
    np.testing.assert_array_equal(framed[..., :3], picture)
    weights = picture @ np.array([0.299, 0.587, 0.114])
    assert np.abs(framed[..., 3] - weights).max() <= 1


def test_the_centre_is_taken_and_areas_are_averaged() -> None:
    picture = np.zeros((4, 8, 3), np.uint8)
    picture[:, 2:6] = [10, 20, 30]
    picture[:2, 2:4] = [50, 60, 70]
    framed = to_frame(picture, Frame(2, 2))
    assert framed[..., 0].tolist() == [[50, 10], [10, 10]]
    assert framed[..., 2].tolist() == [[70, 30], [30, 30]]


def test_a_smaller_picture_is_enlarged_without_stretching() -> None:
    picture = np.full((6, 2, 3), 9, np.uint8)
    picture[:2], picture[4:] = 200, 200  # cut off: the centred square has two rows
    assert np.all(to_frame(picture, Frame(10, 10)) == 9)


def test_cells_are_means_and_come_back_as_pixels() -> None:
    maps = np.arange(30, dtype=np.uint8).reshape(1, 5, 6)
    cells = pool(maps, largest=3)
    assert cells.shape == (1, 3, 3)
    assert cells[0, 0, 0] == np.mean([0, 1, 6, 7])
    assert cells[0, 2, 2] == np.mean([28, 29])
    assert cell_side(5, 6, largest=3) == 2
    back = unpool(cells[0].astype(float), Frame(5, 6), largest=3)
    assert back.shape == (5, 6)
    assert back[4, 5] == cells[0, 2, 2]
    np.testing.assert_array_equal(pool(maps, largest=6), maps.astype(np.float32))


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [(50, 50, "in the middle"), (5, 5, "at the top left"), (50, 90, "on the right")],
)
def test_places_have_words(row: float, column: float, words: str) -> None:
    assert place_in_words(row, column, Frame(100, 100)) == words
