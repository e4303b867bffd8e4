"""Edges lie where brightness changes, and run along the change."""

import numpy as np
import pytest

from modular_faces.failures.edge_kernels import EdgeRule, find_edges, strongest

SOBEL = EdgeRule("sobel", threshold=100, share=0.25)


def step(horizontal: bool) -> np.ndarray:
    picture = np.full((8, 8), 10, np.uint8)
    if horizontal:
        picture[4:] = 60
    else:
        picture[:, 4:] = 60
    return picture


def test_a_step_gives_four_times_its_height() -> None:
    edges = find_edges(step(horizontal=False), SOBEL)
    assert edges.strength[3, 2:6].tolist() == [0, 200, 200, 0]
    assert np.argwhere(edges.fixed.all(axis=0)).ravel().tolist() == [3, 4]
    assert edges.fixed.sum() == 16


@pytest.mark.parametrize(("horizontal", "degrees"), [(True, 0), (False, 90)])
def test_orientation_is_that_of_the_line(horizontal: bool, degrees: int) -> None:
    edges = find_edges(step(horizontal), SOBEL)
    assert set(edges.orientation[edges.fixed].tolist()) == {degrees}


def test_a_line_that_rises_to_the_right_runs_at_45_degrees() -> None:
    y, x = np.indices((9, 9))
    edges = find_edges((200 * (x + y > 8)).astype(np.uint8), SOBEL)
    assert edges.orientation[4, 4] == pytest.approx(45, abs=1)
    assert find_edges((200 * (x > y)).astype(np.uint8), SOBEL).orientation[4, 4] == pytest.approx(
        135, abs=1
    )


def test_contrast_changes_the_fixed_rule_and_not_the_strongest() -> None:
    picture = 2 * np.random.default_rng(0).integers(40, 80, (20, 20), np.uint8)
    rule = EdgeRule("sobel", threshold=100, share=0.1)
    full, half = find_edges(picture, rule), find_edges(picture // 2, rule)
    assert full.fixed.sum() > 2 * half.fixed.sum() > 0
    assert full.strongest.tolist() == half.strongest.tolist()
    assert full.strongest.sum() == 40


def test_ties_are_kept_and_flat_pictures_have_no_edge() -> None:
    strength = np.array([[5, 5, 5], [1, 0, 0]], np.float32)
    assert strongest(strength, 0.2).tolist() == [[True] * 3, [False] * 3]
    assert not strongest(np.zeros((4, 4), np.float32), 0.5).any()


def test_laplacian_and_canny() -> None:
    picture = step(horizontal=False)
    laplacian = find_edges(picture, EdgeRule("laplacian", threshold=50, share=0.25))
    assert laplacian.strength[3, 2:6].tolist() == [0, 50, 50, 0]
    assert laplacian.fixed.sum() == 16
    canny = find_edges(picture, EdgeRule("canny", threshold=100, share=0.25))
    assert set(canny.fixed.sum(axis=1).tolist()) == {1}
    assert not find_edges(picture, EdgeRule("canny", threshold=400, share=0.25)).fixed.any()
    assert canny.strongest.sum() == 16
