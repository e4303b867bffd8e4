"""Stacks of edges show what was planted."""

import numpy as np
import planted_pictures as planted
import pytest

from modular_faces.failures.edge_kernels import EdgeRule
from modular_faces.failures.edges import (
    ORIENTATIONS,
    RINGS,
    Drawn,
    compare_edges,
    draw_means,
    draw_pairs,
    edge_coordinates,
    profile_places,
    ring_of,
    stack_edges,
)
from modular_faces.failures.map_comparison import MapComparison
from modular_faces.failures.pairs import match_pairs
from modular_faces.failures.picture_frame import GREY

RULE = EdgeRule("sobel", threshold=100, share=0.1)


def study(
    plant: planted.Plant, *, seed: int, permutations: int
) -> dict[tuple[str, str], MapComparison]:
    sample = planted.planted(plant, n=160, lost=50, seed=seed, side=24)
    greys = sample.pictures[..., GREY]
    pairs = match_pairs(sample.failed, greys.mean(axis=(1, 2)), None, seed=seed)
    comparisons = compare_edges(
        stack_edges(greys, RULE), pairs, cells=12, permutations=permutations, seed=seed
    )
    return {(one.name, one.channel): one for one in comparisons}


def test_rings_grow_from_the_centre_to_the_corners() -> None:
    rings = ring_of(5, 5)
    assert rings[2, 2] == 0
    assert {int(rings[0, 0]), int(rings[4, 4])} == {RINGS - 1}
    assert rings[2, 1] == rings[1, 2] == int(1 / np.hypot(2, 2) * RINGS)
    places = profile_places("radius", height=5, width=5)
    assert places[-1] == pytest.approx(np.hypot(2, 2) * (RINGS - 0.5) / RINGS)
    assert profile_places("orientation", height=5, width=5).tolist() == list(range(0, 180, 15))


def test_profiles_are_shares() -> None:
    grey = np.zeros((1, 8, 8), np.uint8)
    grey[:, :, 4:] = 50
    stack = stack_edges(grey, RULE)["fixed"]
    assert stack.profiles["row"][0].tolist() == [0.25] * 8
    assert stack.profiles["column"][0].tolist() == [0, 0, 0, 1, 1, 0, 0, 0]
    upright = [0.0] * ORIENTATIONS
    upright[6] = 1
    assert stack.profiles["orientation"][0].tolist() == upright
    counted = stack.profiles["radius"][0] @ np.bincount(ring_of(8, 8).ravel(), minlength=RINGS)
    assert counted == pytest.approx(16)


def test_draws_are_means_of_pairs() -> None:
    values = np.array([[0.0], [10], [2], [6]])
    pairs = np.array([[0, 2], [1, 3]])
    means = draw_means(values, pairs, np.array([[0, 0], [0, 1]]))
    assert means.failures.tolist() == [[0], [5]]
    assert means.successes.tolist() == [[2], [4]]
    drawn = draw_pairs(pairs, draws=3, size=100, seed=0)
    assert drawn.shape == (3, 2)
    mean, low, high = Drawn(np.arange(101.0)[:, None], np.zeros((101, 1))).band("failures")
    assert (mean[0], low[0], high[0]) == (50, 2.5, 97.5)


def test_pictures_without_edges_have_no_orientation() -> None:
    """Failures are upright where they have edges, as successes are; that most have none is no direction."""
    upright, even = np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8)
    upright[:, 4:] = 50
    greys = np.stack([even] * 20 + [upright] * 42)
    stacks = stack_edges(greys, RULE)
    assert np.isnan(stacks["fixed"].profiles["orientation"][:20]).all()
    pairs = np.arange(62).reshape(2, 31).T
    means = draw_means(stacks["fixed"].profiles["orientation"], pairs, np.array([[0, 25], [0, 1]]))
    assert means.failures[0, 6] == means.successes[0, 6] == 1
    mean, low, high = means.band("failures")
    assert (mean[6], low[6], high[6]) == (1, 1, 1)
    assert np.isnan(
        draw_means(np.full((2, 3), np.nan), np.array([[0, 1]]), np.array([[0]])).band("failures")
    ).all()
    found = {
        (one.name, one.channel): one
        for one in compare_edges(stacks, pairs, cells=4, permutations=99, seed=0)
    }
    turned = found["orientation", "fixed"].test
    assert (turned.n_members, turned.p_value) == (11, 1)
    assert found["column", "fixed"].test.n_members == 31
    few = compare_edges(stacks, pairs[:29], cells=4, permutations=99, seed=0)
    assert ("orientation", "fixed") not in {(one.name, one.channel) for one in few}


def test_edges_at_the_border_are_found_at_the_border() -> None:
    found = study(planted.edges_at_the_border, seed=1, permutations=999)
    inner = np.zeros((12, 12), bool)
    inner[3:-3, 3:-3] = True
    for rule in ("fixed", "strongest"):
        density = found["density", rule]
        higher = density.significant & (density.map(density.test.difference) > 0)
        for border in (higher, higher[::-1], higher.T, higher.T[::-1]):
            assert border[:3].any(axis=0).mean() > 0.9
        assert not higher[inner].any()
        assert found["radius", rule].test.place > RINGS // 2
        assert found["orientation", rule].test.place in (0, 6)


def test_a_covered_half_has_no_edges_there() -> None:
    found = study(planted.covered_right_half, seed=2, permutations=999)
    density = found["density", "fixed"]
    lower = density.significant & (density.map(density.test.difference) < 0)
    assert lower[:, 7:].sum() > 10
    assert not lower[:, :5].any()


def test_contrast_alone_moves_the_fixed_rule_and_not_the_strongest() -> None:
    def paler(picture: planted.Picture) -> planted.Picture:
        middle = picture.mean(axis=(0, 1))
        return np.asarray(np.rint(middle + 0.4 * (picture - middle)), dtype=np.uint8)

    found = study(paler, seed=3, permutations=999)
    assert found["density", "fixed"].significant.any()
    assert found["radius", "fixed"].test.difference.max() < 0.02
    fixed, strongest = (found["density", rule].test for rule in ("fixed", "strongest"))
    assert np.abs(fixed.statistic).max() > 2 * np.abs(strongest.statistic).max()


def test_coordinates_list_every_edge_once() -> None:
    greys = np.zeros((2, 8, 8), np.uint8)
    greys[0, :, 4:] = 50
    table = edge_coordinates(greys, ["a", "b"], np.array([True, False]), RULE).to_pydict()
    assert set(table["image_id"]) == {"a"}
    assert set(table["group"]) == {"failure"}
    assert sorted(zip(table["x"], table["y"], strict=True)) == [
        (x, y) for x in (3, 4) for y in range(8)
    ]
    assert set(table["strength"]) == {200.0}
    assert set(table["orientation"]) == {90}
    assert all(table["fixed"])
    assert edge_coordinates(greys[1:], ["b"], np.array([False]), RULE).num_rows == 0
