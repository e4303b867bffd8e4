"""Which pictures a model learns from and which it is tried on; duplicates are never cut apart.

With an official split the model learns from `train` and is tried on `test`. Without one every picture is tried
once per repeat, by a model that has seen neither it nor any of its duplicates.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Fold:
    """One model's training and test pictures.

    Attributes
    ----------
    repeat : int
    number : int
    train, test : ndarray of intp
        Rows, ascending.
    """

    repeat: int
    number: int
    train: Rows
    test: Rows


def official_split(split: NDArray[np.object_]) -> bool:
    """Whether there are pictures for training and pictures for testing."""
    return {"train", "test"} <= set(split.tolist())


def outer_folds(
    split: NDArray[np.object_],
    classes: NDArray[np.int64] | None,
    clusters: NDArray[np.int64],
    *,
    folds: int,
    repeats: int,
    seed: int,
) -> list[Fold]:
    """Give the official split, or repeated folds that keep duplicates together.

    Parameters
    ----------
    split : (n,) ndarray of objects
        ``train``, ``test`` or None.
    classes : (n,) ndarray of int64 or None
        Category of each picture, -1 where there is none, so that folds have them in equal parts.
    clusters : (n,) ndarray of int64
        Group of duplicates.
    folds, repeats, seed : int

    Returns
    -------
    list of Fold

    Raises
    ------
    ValueError
        If there are fewer groups of pictures than folds.
    """
    if official_split(split):
        rows = [np.flatnonzero(split == part) for part in ("train", "test")]
        return [Fold(0, 0, *rows)]
    found = []
    for repeat in range(repeats):
        pairs = grouped_folds(classes, clusters, folds=folds, seed=seed + repeat)
        found += [Fold(repeat, number, *pair) for number, pair in enumerate(pairs)]
    return found


def grouped_folds(
    classes: NDArray[np.int64] | None, clusters: NDArray[np.int64], *, folds: int, seed: int
) -> list[tuple[Rows, Rows]]:
    """Cut pictures into folds that keep groups together and, with categories, have them in equal parts.

    Returns
    -------
    list of (rows to fit, rows to check)
    """
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    groups = len(np.unique(clusters))
    if groups < folds:
        raise ValueError(
            f"{groups} different pictures cannot make {folds} folds; give more pictures or set modular.folds"
        )
    if classes is None:
        cutter = GroupKFold(n_splits=folds, shuffle=True, random_state=seed)
        return list(cutter.split(clusters, groups=clusters))
    stratified = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    return list(stratified.split(clusters, classes, groups=clusters))


def check_classes(classes: list[str | None], *, least: int) -> list[str]:
    """Name the categories a model can be made for.

    Parameters
    ----------
    classes : list of str or None
        Of the training pictures.
    least : int
        Fewest pictures of a category.

    Returns
    -------
    list of str
        Sorted, those with enough pictures.

    Raises
    ------
    ValueError
        If fewer than two remain: one line that counts them.
    """
    counts = Counter(name for name in classes if name is not None)
    enough = sorted(name for name, count in counts.items() if count >= least)
    if len(enough) < 2:
        seen = ", ".join(f"{name} ({count})" for name, count in sorted(counts.items())) or "none"
        raise ValueError(
            f"a model of categories needs two of them with {least} training pictures each; seen: {seen}"
        )
    return enough
