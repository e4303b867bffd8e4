"""Pictures as they are sent to Rekognition, and the name an answer is kept under."""

from __future__ import annotations

import cv2
import numpy as np

from modular_faces.backends.rekognition_picture import (
    LEAST_SIDE,
    filled_up,
    picture_bytes,
    picture_hash,
)
from rekognition_double import picture


def test_small_pictures_are_filled_up_and_points_keep_their_place() -> None:
    small = picture(side=40)
    filled = filled_up(small)
    assert filled.shape == (LEAST_SIDE, LEAST_SIDE, 3)
    np.testing.assert_array_equal(filled[:40, :40], small)
    assert (filled[40:] == 127).all()
    assert filled_up(filled) is filled


def test_pictures_are_sent_as_png_or_as_a_jpeg_that_fits() -> None:
    noise = picture(side=200)
    whole = picture_bytes(noise)
    assert whole.startswith(b"\x89PNG")
    decoded = cv2.imdecode(np.frombuffer(whole, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    np.testing.assert_array_equal(decoded[..., ::-1], noise)
    fitting = picture_bytes(noise, most=40_000)
    assert fitting.startswith(b"\xff\xd8")
    assert len(fitting) <= 40_000
    tiny = picture_bytes(noise, most=3000)
    shrunk = cv2.imdecode(np.frombuffer(tiny, np.uint8), cv2.IMREAD_COLOR)
    assert shrunk is not None
    assert shrunk.shape[0] < 200


def test_the_hash_is_that_of_the_pixels() -> None:
    assert picture_hash(picture()) == picture_hash(picture().copy())
    assert picture_hash(picture()) != picture_hash(picture().reshape(50, 200, 3))
