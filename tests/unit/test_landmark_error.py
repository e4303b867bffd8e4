"""Errors of landmarks, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.landmark_error import box_size, cumulative_errors, eye_distance, mean_error


def face() -> np.ndarray:
    points = np.zeros((68, 2))
    points[36], points[45] = (10, 20), (40, 60)
    points[0], points[16], points[8] = (0, 0), (80, 0), (40, 20)
    points[45] = (40, 60)
    return points


def test_eye_distance_is_that_of_the_outer_corners() -> None:
    assert eye_distance(face()) == 50.0


def test_box_size_is_the_root_of_its_area() -> None:
    assert box_size(face()) == pytest.approx(np.sqrt(80 * 60))


def test_mean_error_of_the_parts() -> None:
    known = face()
    found = known.copy()
    found[:17] += (3, 4)
    unit = eye_distance(known)
    assert mean_error(found, known, part="jaw", unit=unit) == pytest.approx(0.1)
    assert mean_error(found, known, part="inner", unit=unit) == 0.0
    assert mean_error(found, known, part="all", unit=unit) == pytest.approx(0.1 * 17 / 68)


def test_mean_error_of_a_lost_face_is_missing() -> None:
    both = np.stack([face(), np.full((68, 2), np.nan)])
    known = np.stack([face(), face()])
    error = mean_error(both, known, part="all", unit=eye_distance(known))
    assert error[0] == 0.0
    assert np.isnan(error[1])


def test_lost_faces_are_never_within_a_limit() -> None:
    errors = np.array([0.02, np.nan, 0.05, 0.08])
    shares = cumulative_errors(errors, np.array([0.01, 0.05, 1.0]))
    assert shares.tolist() == [0.0, 0.5, 0.75]


def test_a_curve_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no pictures: an error curve needs at least one"):
        cumulative_errors(np.array([]), np.array([0.1]))
