"""Folds keep duplicates together and categories in equal parts."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.modular.folds import (
    check_classes,
    grouped_folds,
    official_split,
    outer_folds,
)


def objects(values: list[str | None]) -> np.ndarray:
    return np.array(values, dtype=object)


def test_the_official_split_is_one_fold() -> None:
    split = objects(["train", "test", None, "train"])
    (fold,) = outer_folds(split, None, np.arange(4), folds=5, repeats=3, seed=0)
    assert fold.train.tolist() == [0, 3]
    assert fold.test.tolist() == [1]


def test_training_pictures_alone_are_no_official_split() -> None:
    assert not official_split(objects(["train", "train", None]))


def test_every_picture_is_tried_once_per_repeat_and_duplicates_stay_together() -> None:
    clusters = np.repeat(np.arange(20), 2)
    classes = np.repeat(np.arange(20) % 2, 2)
    folds = outer_folds(objects([None] * 40), classes, clusters, folds=4, repeats=2, seed=1)
    assert [(fold.repeat, fold.number) for fold in folds] == [
        (repeat, number) for repeat in (0, 1) for number in range(4)
    ]
    for repeat in (0, 1):
        tried = np.concatenate([fold.test for fold in folds if fold.repeat == repeat])
        assert sorted(tried.tolist()) == list(range(40))
    for fold in folds:
        assert not set(clusters[fold.train]) & set(clusters[fold.test])
        assert np.bincount(classes[fold.test], minlength=2).min() >= 4


def test_more_folds_than_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match=r"2 different pictures cannot make 3 folds.*modular"):
        grouped_folds(None, np.array([0, 0, 1, 1]), folds=3, seed=0)


def test_rare_categories_are_left_out() -> None:
    labels: list[str | None] = ["1"] * 5 + ["2"] * 5 + ["3"] + [None]
    assert check_classes(labels, least=3) == ["1", "2"]


@pytest.mark.parametrize(
    ("labels", "seen"),
    [(["1"] * 9, r"seen: 1 \(9\)"), ([None], "seen: none"), (["1"] * 9 + ["2"], r"2 \(1\)")],
)
def test_one_category_is_refused(labels: list[str | None], seen: str) -> None:
    with pytest.raises(ValueError, match=seen):
        check_classes(labels, least=3)
