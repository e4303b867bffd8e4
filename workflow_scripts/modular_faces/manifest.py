"""The manifest: a row per file, with what is known of it from its folder, its labels and its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from modular_faces.duplicates import duplicates_table
from modular_faces.layouts import Labels
from modular_faces.scan import natural_key

NAMES_SHOWN = 20

LEFT_OUT = ("phash", "phash_mirrored", "thumbnail")
"""Columns of the inspection that only serve to find duplicates."""


def manifest_table(
    inspection: pa.Table,
    labels: pa.Table,
    *,
    max_distance: int,
    min_correlation: float,
) -> pa.Table:
    """Join the inspection of all shards with labels and duplicates.

    Parameters
    ----------
    inspection : pyarrow.Table
        Of all shards one after the other; see `modular_faces.preprocess`.
    labels : pyarrow.Table
        Of the same pictures in the same order: image_id, split, label, label_name, ratings, more.
    max_distance, min_correlation
        See `modular_faces.duplicates.find_duplicates`.

    Returns
    -------
    pyarrow.Table
        image_id, path, manifest_row (the place in the folder, names with numbers in natural order, from
        0), the labels, what the inspection saw, and the columns of duplicates.
    """
    image_ids = inspection.column("image_id").to_pylist()
    if labels.column("image_id").to_pylist() != image_ids:
        raise ValueError("labels and inspections hold different pictures; run the workflow again")
    splits = labels.column("split").to_pylist()
    duplicates = duplicates_table(
        inspection, splits=splits, max_distance=max_distance, min_correlation=min_correlation
    )
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "image_id": inspection.column("image_id"),
        "path": inspection.column("path"),
        "manifest_row": pa.array(natural_places(image_ids), pa.int64()),
    }
    for table in (labels, inspection, duplicates):
        for name in table.column_names:
            if name not in columns and name not in LEFT_OUT:
                columns[name] = table.column(name)
    return pa.table(columns)


def natural_places(image_ids: Sequence[str]) -> np.ndarray:
    """Place of each picture in its folder when numbers in names count as numbers.

    Returns
    -------
    (n,) ndarray of int64
        0 for the first.

    Examples
    --------
    >>> natural_places(["10.jpg", "9.jpg", "a/1.jpg"]).tolist()
    [1, 0, 2]
    """
    order = sorted(range(len(image_ids)), key=lambda row: natural_key(image_ids[row]))
    places = np.empty(len(image_ids), dtype=np.int64)
    places[order] = np.arange(len(image_ids))
    return places


def label_report(labels: Labels, *, layout: str, left_out: Mapping[str, int]) -> dict[str, Any]:
    """Say what was taken for the dataset: which labels found no picture, which files were left out.

    Parameters
    ----------
    labels : Labels
    layout : str
        The layout that was recognised.
    left_out : mapping of str to int
        Numbers of files that are no part of the dataset, by kind.

    Returns
    -------
    dict
        Numbers of pictures without labels, of names without a picture and of names that several pictures
        have, the first of these names, and label files that could not be read.
    """
    return {
        "layout": layout,
        "left_out": dict(left_out),
        "unlabelled_pictures": labels.unlabelled,
        "unmatched_labels": len(labels.unmatched),
        "ambiguous_labels": len(labels.ambiguous),
        "first_unmatched": labels.unmatched[:NAMES_SHOWN],
        "first_ambiguous": labels.ambiguous[:NAMES_SHOWN],
        "unreadable_label_files": labels.problems,
    }
