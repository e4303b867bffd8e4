"""What a reader must know of columns that say nothing, are mostly missing, or repeat each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.column_words import KINDS
from modular_faces.modular.module_blocks import REGION_WORDS, ModularData, Module, Region
from modular_faces.modular.protocol import EncodedFold

COPY = 0.9999
"""Correlation, without its sign, from which on two columns are taken for copies."""
MOSTLY = 0.5
MOST_ROWS = 2000
"""Pictures that copies are looked for in."""


def without_constant_modules(data: ModularData) -> tuple[ModularData, list[str]]:
    """Leave out modules that are the same for every picture, with a sentence on each."""
    kept = {name: module for name, module in data.modules.items() if _varies(module.values)}
    notes = [
        f"The module {name} is the same for every picture, or missing: it is left out."
        for name in data.modules
        if name not in kept
    ]
    return replace(data, modules=kept) if notes else data, notes


def _varies(values: NDArray[np.float32]) -> bool:
    known = values[np.isfinite(values).any(axis=1)]
    if len(known) < 2:
        return False
    with np.errstate(invalid="ignore"):
        low, high = np.fmin.reduce(known, axis=0), np.fmax.reduce(known, axis=0)
    return bool((high > low).any())


def column_notes(
    blocks: Mapping[str, Module], encoded: EncodedFold, *, region: Region
) -> list[str]:
    """Say which columns are constant, mostly missing or copies of others.

    Parameters
    ----------
    blocks : mapping of str to Module
    encoded : EncodedFold
        Of the training pictures that are looked at.
    region : {"image", "face"}

    Returns
    -------
    list of str
        A sentence for each kind of column there is.
    """
    kinds: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, encoder in encoded.encoders.items():
        values = blocks[name].values[encoded.train]
        constant = encoder.spread == 0
        chosen = (
            (blocks[name].columns, np.isnan(values).mean(axis=0) > MOSTLY),
            (encoder.columns, constant),
            (encoder.columns, _copies(encoder.columns_of(values[:MOST_ROWS]), constant)),
        )
        for told, (columns, which) in zip(kinds.values(), chosen, strict=True):
            told.extend(_counted(name, columns, which))
    sees = REGION_WORDS[region]
    return [f"{kind} ({sees}): {', '.join(told)}." for kind, told in kinds.items() if told]


def _copies(columns: NDArray[np.floating[Any]], constant: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Columns that correlate nearly perfectly with one before them, (q,)."""
    spread = columns.std(axis=0)
    usable = ~constant & (spread > 0)
    standard = (columns - columns.mean(axis=0)) / np.where(usable, spread, 1.0)
    joint = np.abs(standard.T @ standard) / max(len(columns), 1)
    before = np.triu(joint >= COPY, k=1) & usable[:, None] & usable
    return np.asarray(before.any(axis=0))


def _counted(module: str, columns: Sequence[str], chosen: NDArray[np.bool_]) -> list[str]:
    names = [column for column, one in zip(columns, chosen, strict=True) if one]
    if not names:
        return []
    if len(names) == 1:
        return [f"{names[0]} of {module}"]
    return [f"{len(names)} columns of {module} (such as {names[0]})"]
