"""Ranks over refits, on hand-made fits."""

import numpy as np
import pytest

from modular_faces.modular.rank_stability import (
    TOP,
    column_ranks,
    kendall_tau,
    module_spread,
    pattern_size,
    rank_correlation,
    ranks_of,
    share_in_top,
    stability_table,
)


def fits(*rows: list[float]) -> np.ndarray:
    """Fits in rows, columns as they are, one target."""
    return np.array(rows, dtype=np.float32)[:, :, None]


def test_ranks_go_by_size_without_the_sign() -> None:
    assert ranks_of(fits([0.1, -3.0, 1.0], [5.0, 5.0, -6.0]))[..., 0].tolist() == [
        [2, 0, 1],
        [1, 2, 0],
    ]


def test_the_share_in_the_top_counts_refits_and_not_the_model_itself() -> None:
    ranks = ranks_of(fits([3, 2, 1], [3, 2, 1], [1, 3, 2], [3, 1, 2], [3, 1, 2]))
    assert share_in_top(ranks, top=1)[:, 0].tolist() == [0.75, 0.25, 0.0]


def test_rank_correlation_is_spearmans() -> None:
    from scipy.stats import spearmanr

    values = np.random.default_rng(0).normal(size=(4, 30, 2))
    found = rank_correlation(ranks_of(values))
    for refit in range(3):
        for target in range(2):
            expected = spearmanr(np.abs(values[0, :, target]), np.abs(values[refit + 1, :, target]))
            assert found[refit, target] == pytest.approx(expected.statistic)


def test_kendalls_tau_is_scipys() -> None:
    from scipy.stats import kendalltau

    sizes = np.random.default_rng(1).random((5, 7, 1))
    found = kendall_tau(sizes)[:, 0]
    expected = [kendalltau(sizes[0, :, 0], one[:, 0]).statistic for one in sizes[1:]]
    np.testing.assert_allclose(found, expected)


def test_one_column_or_module_has_no_order() -> None:
    assert np.isnan(rank_correlation(np.zeros((3, 1, 1), np.int32))).all()
    assert np.isnan(kendall_tau(np.ones((3, 1, 1)))).all()


def test_the_spread_of_a_module_is_that_of_what_it_adds() -> None:
    rng = np.random.default_rng(2)
    components = rng.normal(size=(50, 3))
    components -= components.mean(axis=0)
    weights = rng.normal(size=(3, 2))
    found = module_spread(components, [weights])
    np.testing.assert_allclose(found[0], (components @ weights).std(axis=0))


def test_the_size_of_a_pattern_does_not_grow_with_its_columns() -> None:
    assert pattern_size(fits([2, 2], [2, 2])).ravel().tolist() == [2, 2]
    assert pattern_size(fits([2] * 9, [2] * 9)).ravel().tolist() == [2, 2]


def test_the_table_says_place_tau_and_what_is_kept() -> None:
    ordered = np.arange(40, 0, -1.0)
    moved = ordered.copy()
    moved[[TOP - 1, TOP]] = moved[[TOP, TOP - 1]]
    big = fits(*[ordered.tolist()] * 3)
    small = fits(ordered.tolist(), ordered.tolist(), moved.tolist())
    ranks = {"pattern": {"a": column_ranks(big), "b": column_ranks(small)}}
    sizes = {"pattern": {"a": np.array([[3.0], [3.0], [1.0]]), "b": np.full((3, 1), 2.0)}}
    table = stability_table(["fear"], sizes, ranks, level=0.9).to_pandas().set_index("module")
    assert table["place"].tolist() == [1, 2]
    assert table["same_place"].tolist() == [0.5, 0.5]
    assert table["tau"].tolist() == [0.0, 0.0]
    assert table.loc["a", ["agreement", "top_kept", "columns"]].tolist() == [1.0, 1.0, 40]
    assert table.loc["b", "top_kept"] == pytest.approx(1 - 0.5 / TOP)
    assert table.loc["b", "agreement"] < 1
