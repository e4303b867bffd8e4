"""What is drawn lies where the table says."""

import numpy as np
import pytest
from numpy.typing import NDArray

from modular_faces import overlay, tiles
from modular_faces.pose import HeadPose

GREY = np.full((50, 100, 3), 100, np.uint8)
TILE = 200


def drawn(pose: HeadPose | None = None, *, found: bool = True) -> overlay.Drawn:
    landmarks = np.full((68, 2), 49.5) if found else None
    if landmarks is not None:
        landmarks[:, 1] = 24.5
    return overlay.Drawn(GREY, landmarks, None, pose, "a.jpg")


def pixels(*arguments: overlay.Drawn) -> NDArray[np.uint8]:
    return np.array(overlay.draw_tile(*arguments, tile=TILE))


def columns_of(picture: NDArray[np.uint8], color: tuple[int, int, int]) -> NDArray[np.intp]:
    return np.flatnonzero((picture == color).all(axis=2).any(axis=0))


def test_a_picture_is_fitted_to_its_tile_and_a_landmark_lies_on_its_pixel() -> None:
    picture = pixels(drawn())
    assert picture.shape == (TILE + tiles.CAPTION, TILE, 3)
    assert picture[50, 100].tolist() == list(tiles.POINT)
    assert picture[20, 20].tolist() == [100, 100, 100]
    assert picture[150, 20].tolist() == list(tiles.PAPER)


def test_the_axis_out_of_a_face_turned_to_its_left_points_to_the_viewers_right() -> None:
    out_of_the_face = overlay.AXES[2][1]
    to_the_right = columns_of(pixels(drawn(HeadPose(60, 0, 0))), out_of_the_face)
    assert to_the_right.min() > 95 and to_the_right.max() > 130
    to_the_left = columns_of(pixels(drawn(HeadPose(-60, 0, 0))), out_of_the_face)
    assert to_the_left.max() < 105 and to_the_left.min() < 70


def test_a_lost_picture_has_a_red_caption_and_no_points() -> None:
    picture = pixels(drawn(found=False))
    assert (picture[50, 100] == 100).all()
    caption = picture[TILE:].astype(int)
    assert ((caption[..., 0] - caption[..., 1]) > 60).any()


def test_the_sheet_has_a_place_for_every_picture() -> None:
    sheet = overlay.draw_sheet([drawn()] * 5, columns=3, tile=TILE)
    step = (TILE + tiles.GAP, TILE + tiles.CAPTION + tiles.GAP)
    assert sheet.size == (3 * step[0] + tiles.GAP, 2 * step[1] + tiles.GAP)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="no picture to draw"):
        overlay.draw_sheet([], columns=3, tile=TILE)
