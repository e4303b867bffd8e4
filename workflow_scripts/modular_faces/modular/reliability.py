"""How far raters agree: the reliability of a mean rating, which no model of pictures should be held against.

References
----------
Spearman, C. (1910). Correlation calculated from faulty data. British Journal of Psychology, 3(3), 271-295.
https://doi.org/10.1111/j.2044-8295.1910.tb00206.x
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NAME_COLUMNS = ("attribute", "rating", "name")
VALUE_COLUMNS = ("reliability_spearman_brown", "reliability")
SPLITS = 20


def read_reliability(
    path: Path, known: Iterable[str], *, draws: int, seed: int
) -> dict[str, Array]:
    """Read the reliabilities of ratings.

    Parameters
    ----------
    path : Path
        CSV with one of `NAME_COLUMNS` and one of `VALUE_COLUMNS`, perhaps `low` and `high`: the ends of its 95 %
        interval.
    known : iterable of str
        Names of the ratings; punctuation does not count.
    draws, seed : int
        Of reliabilities from their interval.

    Returns
    -------
    dict of str to (draws + 1,) or (1,) ndarray of float64
        The value, then, where there is an interval, values drawn from it.

    Raises
    ------
    ValueError
        If a column is missing or a value is not between 0 and 1.
    """
    import pandas as pd

    table = pd.read_csv(path)
    name = _first(path, table.columns, NAME_COLUMNS)
    value = _first(path, table.columns, VALUE_COLUMNS)
    values = {
        _plain(str(text)): number for text, number in zip(table[name], table[value], strict=True)
    }
    found = {}
    for rating in known:
        number = values.get(_plain(rating))
        if number is None or not np.isfinite(number):
            continue
        if not 0.0 < number <= 1.0:
            raise ValueError(
                f"{path}: the reliability of '{rating}' is {number}; expected above 0, at most 1"
            )
        found[rating] = np.array([float(number)])
        if {"low", "high"} <= set(table.columns):
            (place,) = np.flatnonzero([_plain(str(text)) == _plain(rating) for text in table[name]])
            ends = (float(table["low"].iloc[place]), float(table["high"].iloc[place]))
            found[rating] = _drawn(float(number), *ends, path=path, draws=draws, seed=seed)
    return found


def _drawn(value: float, low: float, high: float, *, path: Path, draws: int, seed: int) -> Array:
    """A reliability and draws from its 95 % interval, which is taken as even on Fisher's scale."""
    if not low <= value <= high:
        raise ValueError(
            f"{path}: a reliability of {value} lies outside its interval, {low} to {high}"
        )
    ends = np.arctanh(np.clip([low, value, high], 0.01, 0.9999))
    noise = np.random.default_rng(seed).normal(size=draws) / 1.96
    scale = np.where(noise < 0, ends[1] - ends[0], ends[2] - ends[1])
    return np.concatenate([[value], np.clip(np.tanh(ends[1] + scale * noise), 0.01, 1.0)])


def read_judgments(path: Path, known: Iterable[str], *, draws: int, seed: int) -> dict[str, Array]:
    """Compute reliabilities from single judgments.

    Parameters
    ----------
    path : Path
        CSV with columns image (or stimulus), attribute, rating.
    known : iterable of str
    draws, seed : int
        Of the bootstrap of pictures.

    Returns
    -------
    dict of str to (draws + 1,) ndarray of float64
        The value, then that of each draw.
    """
    import pandas as pd

    table = pd.read_csv(path)
    image = _first(path, table.columns, ("image", "stimulus", "image_id"))
    for column in ("attribute", "rating"):
        _first(path, table.columns, (column,))
    parts = {_plain(str(name)): part for name, part in table.groupby("attribute", sort=True)}
    found = {}
    for rating in known:
        part = parts.get(_plain(rating))
        if part is not None:
            images = pd.factorize(part[image], sort=True)[0].astype(np.int64)
            ratings = part["rating"].to_numpy(dtype=np.float64)
            found[rating] = split_half(images, ratings, draws=draws, seed=seed)
    return found


def split_half(images: NDArray[np.int64], ratings: Array, *, draws: int, seed: int) -> Array:
    """Reliability of mean ratings: halves of each picture's judgments correlated, stepped up to the whole.

    Parameters
    ----------
    images : (j,) ndarray of int64
        Picture of each judgment, from 0.
    ratings : (j,) ndarray of float64
    draws, seed : int

    Returns
    -------
    (draws + 1,) ndarray of float64
        Mean over `SPLITS` random halvings of all pictures, then of pictures drawn anew.
    """
    rng = np.random.default_rng(seed)
    count = int(images.max()) + 1
    halves = np.empty((SPLITS, 2, count))
    for split in range(SPLITS):
        order = np.lexsort((rng.random(len(images)), images))
        starts = np.searchsorted(images[order], np.arange(count))
        place = np.arange(len(images)) - starts[images[order]]
        for half in (0, 1):
            chosen = order[place % 2 == half]
            sums = np.bincount(images[chosen], ratings[chosen], minlength=count)
            numbers = np.bincount(images[chosen], minlength=count)
            halves[split, half] = np.divide(
                sums, numbers, where=numbers > 0, out=np.full(count, np.nan)
            )
    halves = halves[:, :, np.isfinite(halves).all(axis=(0, 1))]
    pictures = halves.shape[2]
    rows = [np.arange(pictures), *rng.integers(0, pictures, (draws, pictures))]
    return np.array([_stepped_up(halves[:, :, row]) for row in rows])


def _stepped_up(halves: Array) -> float:
    centred = halves - halves.mean(axis=2, keepdims=True)
    product = (centred[:, 0] * centred[:, 1]).sum(axis=1)
    scale = np.sqrt((centred**2).sum(axis=2).prod(axis=1))
    r = product / scale
    return float(np.mean(2 * r / (1 + r)))


def _first(path: Path, columns: Iterable[str], wanted: tuple[str, ...]) -> str:
    names = list(columns)
    for name in wanted:
        if name in names:
            return name
    raise ValueError(f"{path}: expected a column {' or '.join(wanted)}; seen {', '.join(names)}")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
