"""Affine maps and Procrustes on numbers small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.geometry import (
    IBUG68_MIRROR,
    compose,
    identity,
    invert,
    mirroring,
    procrustes,
    rotation,
    scaling,
    transform,
    translation,
)


def test_identity_leaves_points() -> None:
    points = np.array([[1.5, -2.0], [0.0, 7.0]])
    np.testing.assert_array_equal(transform(identity(), points), points)


def test_translation() -> None:
    np.testing.assert_array_equal(transform(translation(2, -3), [1.0, 1.0]), [3.0, -2.0])


def test_scaling_keeps_the_corners_of_the_picture() -> None:
    corners = np.array([[-0.5, -0.5], [3.5, 1.5]])
    np.testing.assert_array_equal(transform(scaling(2, 3), corners), [[-0.5, -0.5], [7.5, 5.5]])


def test_scaling_by_two_puts_a_pixel_between_its_two_children() -> None:
    np.testing.assert_array_equal(transform(scaling(2, 2), [0.0, 1.0]), [0.5, 2.5])


def test_positive_rotation_is_clockwise_for_the_viewer() -> None:
    right_of_centre = [3.0, 1.0]
    below_centre = [1.0, 3.0]
    np.testing.assert_allclose(
        transform(rotation(90, (1.0, 1.0)), right_of_centre), below_centre, atol=1e-12
    )


def test_mirroring_swaps_the_outer_columns() -> None:
    np.testing.assert_array_equal(
        transform(mirroring(4), [[0.0, 2.0], [3.0, 2.0]]), [[3.0, 2.0], [0.0, 2.0]]
    )


def test_compose_does_first_then_second() -> None:
    both = compose(translation(1, 0), scaling(2, 2))
    np.testing.assert_array_equal(transform(both, [0.0, 0.0]), [2.5, 0.5])
    other_way = compose(scaling(2, 2), translation(1, 0))
    np.testing.assert_array_equal(transform(other_way, [0.0, 0.0]), [1.5, 0.5])


def test_invert_undoes() -> None:
    affine = compose(compose(rotation(33, (4.0, 2.0)), scaling(1.7, 0.6)), mirroring(31))
    np.testing.assert_allclose(compose(affine, invert(affine)), identity(), atol=1e-12)
    np.testing.assert_allclose(compose(invert(affine), affine), identity(), atol=1e-12)


@pytest.mark.parametrize("shape", [(2,), (3, 2), (2, 5, 2), (0, 2)])
def test_transform_keeps_the_shape(shape: tuple[int, ...]) -> None:
    assert transform(scaling(2, 2), np.zeros(shape)).shape == shape


def test_transform_keeps_missing_points_missing() -> None:
    result = transform(translation(1, 1), [[np.nan, np.nan], [0.0, 0.0]])
    np.testing.assert_array_equal(result, [[np.nan, np.nan], [1.0, 1.0]])


def test_refusals_of_maps_and_points() -> None:
    with pytest.raises(ValueError, match=r"affine map has shape \(3, 3\); expected \(2, 3\)"):
        transform(np.eye(3), [0.0, 0.0])
    with pytest.raises(ValueError, match=r"points have shape \(4, 3\); expected \(\.\.\., 2\)"):
        transform(identity(), np.zeros((4, 3)))
    with pytest.raises(ValueError, match="flattens the plane"):
        invert([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0]])
    with pytest.raises(ValueError, match="flattens the plane"):
        invert([[np.nan, 0.0, 0.0], [0.0, 1.0, 0.0]])


def test_mirror_of_the_68_points_is_an_involution_with_the_known_pairs() -> None:
    np.testing.assert_array_equal(IBUG68_MIRROR[IBUG68_MIRROR], np.arange(68))
    pairs = {0: 16, 8: 8, 17: 26, 21: 22, 30: 30, 31: 35, 33: 33, 36: 45, 39: 42, 37: 44, 41: 46}
    pairs |= {48: 54, 51: 51, 59: 55, 57: 57, 60: 64, 61: 63, 62: 62, 67: 65, 66: 66}
    for index, partner in pairs.items():
        assert IBUG68_MIRROR[index] == partner


def test_mirror_of_the_68_points_has_only_midline_points_as_their_own_partner() -> None:
    own = np.flatnonzero(np.arange(68) == IBUG68_MIRROR)
    np.testing.assert_array_equal(own, [8, 27, 28, 29, 30, 33, 51, 57, 62, 66])


def test_procrustes_finds_a_known_similarity_in_the_plane() -> None:
    square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    quarter_turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    target = 3.0 * square @ quarter_turn.T + [5.0, -1.0]
    scale, turn, shift = procrustes(square, target, np.ones(4))
    assert scale == pytest.approx(3.0)
    np.testing.assert_allclose(turn, quarter_turn, atol=1e-12)
    np.testing.assert_allclose(shift, [5.0, -1.0], atol=1e-12)


def test_procrustes_finds_a_known_similarity_in_space() -> None:
    rng = np.random.default_rng(0)
    source = rng.normal(size=(20, 3))
    known, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    known *= np.sign(np.linalg.det(known))
    scale, turn, shift = procrustes(
        source, 0.25 * source @ known.T + [1.0, 2.0, 3.0], rng.uniform(0.1, 1, 20)
    )
    assert scale == pytest.approx(0.25)
    np.testing.assert_allclose(turn, known, atol=1e-12)
    np.testing.assert_allclose(shift, [1.0, 2.0, 3.0], atol=1e-12)


def test_procrustes_never_reflects_but_takes_the_best_rotation() -> None:
    source = np.array([[-3.0, 0.0], [3.0, 0.0], [0.0, -1.0], [0.0, 1.0]])
    # Mirrored in y: the long axis fits unturned, and half a turn fits the short axis only.
    scale, turn, _ = procrustes(source, source * [1.0, -1.0], np.ones(4))
    np.testing.assert_allclose(turn, np.eye(2), atol=1e-12)
    assert scale == pytest.approx((18 - 2) / 20)


def test_procrustes_ignores_points_without_weight() -> None:
    source = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [9.0, 9.0]])
    target = source + np.array([1.0, 0.0])
    target[3] = [-50.0, 7.0]
    scale, turn, shift = procrustes(source, target, [2.0, 2.0, 2.0, 0.0])
    assert scale == pytest.approx(1.0)
    np.testing.assert_allclose(turn, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(shift, [1.0, 0.0], atol=1e-12)


def test_weights_pull_the_fit() -> None:
    source, target = np.array([[-1.0], [0.0], [1.0]]), np.array([[-1.0], [0.0], [3.0]])
    scale, _, shift = procrustes(source, target, [1.0, 2.0, 1.0])
    assert scale == pytest.approx(2.0)
    np.testing.assert_allclose(shift, [0.5], atol=1e-12)
    _, _, unweighted_shift = procrustes(source, target, [1.0, 1.0, 1.0])
    np.testing.assert_allclose(unweighted_shift, [2 / 3], atol=1e-12)


@pytest.mark.parametrize(
    ("source", "target", "weights", "message"),
    [
        (np.zeros((3, 2)), np.zeros((4, 2)), np.ones(3), "do not fit together"),
        (np.zeros((3, 2)), np.zeros((3, 2)), np.ones(4), "do not fit together"),
        (np.full((3, 2), np.nan), np.zeros((3, 2)), np.ones(3), "not finite"),
        (np.eye(3), np.eye(3), [1.0, 1.0, -1.0], "negative or all zero"),
        (np.eye(3), np.eye(3), [0.0, 0.0, 0.0], "negative or all zero"),
        (np.ones((3, 2)), np.eye(3)[:, :2], np.ones(3), "do not determine a rotation"),
        (np.outer([0, 1, 2], [1, 1, 1]), np.eye(3), np.ones(3), "do not determine a rotation"),
    ],
)
def test_procrustes_refusals(
    source: np.ndarray, target: np.ndarray, weights: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        procrustes(source, target, weights)
