"""Outputs that a lab already has, read into one table whatever program wrote them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from modular_faces.backends.openface_output import FEATURE_COLUMNS
from modular_faces.backends.rekognition_response import BOX_COLUMNS, COLUMNS
from modular_faces.matching import Matches, match_names
from modular_faces.precomputed_files import Seen, read_source
from modular_faces.tables import floats_to_arrow

NUMBER_COLUMNS = ("detector_score", *BOX_COLUMNS, *FEATURE_COLUMNS, *COLUMNS)
"""OpenFace's and Rekognition's; of the latter boxes and landmarks are in parts of width and height."""

SHOWN = 10
"""Names of each kind that the log shows; the report has all."""

logger = logging.getLogger(__name__)


def precomputed_table(
    paths: Sequence[tuple[str, str]], options: Mapping[str, Any]
) -> tuple[pa.Table, dict[str, Any]]:
    """Read a source and say which pictures it speaks of.

    Parameters
    ----------
    paths : sequence of (str, str)
        `image_id` and path of every picture of the dataset, in the order of the tables.
    options : mapping
        The source, from `modular_faces.stage_options.precomputed_options`.

    Returns
    -------
    table : pyarrow.Table
        A row per face: image_id, face, then `NUMBER_COLUMNS` (float32), null where the source has no such
        number.
    report : dict
        Plain JSON values: counts, and names that did not match or matched doubly.
    """
    seen = list(read_source(options))
    matches = match_names([one.name for one in seen], paths)
    faces: dict[str, tuple[Mapping[str, float], ...]] = {}
    for one in seen:
        image_id = matches.pictures.get(one.name)
        if image_id is not None:
            faces[image_id] = (*faces.get(image_id, ()), *one.faces)
    if options["listed"] == "lost":
        faces = {image_id: faces.get(image_id, ({},)) for image_id, _ in paths}
    rows = [
        (image_id, number, face)
        for image_id, _ in paths
        for number, face in enumerate(faces.get(image_id, ()))
    ]
    return _table(rows), _report(options["name"], seen, matches, faces, total=len(paths))


def _table(rows: Sequence[tuple[str, int, Mapping[str, float]]]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        "image_id": pa.array([row[0] for row in rows], pa.string()),
        "face": pa.array([row[1] for row in rows], pa.int16()),
    }
    for name in NUMBER_COLUMNS:
        values = [face.get(name, np.nan) for _, _, face in rows]
        columns[name] = floats_to_arrow(np.array(values, np.float64))
    return pa.table(columns)


def _report(
    source: str,
    seen: Sequence[Seen],
    matches: Matches,
    faces: Mapping[str, Iterable[Mapping[str, float]]],
    *,
    total: int,
) -> dict[str, Any]:
    report: dict[str, Any] = {
        "source": source,
        "names": len({one.name for one in seen}),
        "pictures": total,
        "pictures_matched": len(matches.pictures),
        "pictures_with_faces": len([one for one in faces.values() if one]),
        "unmatched": list(matches.unmatched),
        "ambiguous": {name: list(ids) for name, ids in matches.ambiguous.items()},
        "repeated": {image_id: list(names) for image_id, names in matches.repeated.items()},
    }
    for kind, meaning in (
        ("unmatched", "names that no picture has"),
        ("ambiguous", "names that several pictures have, not used: give their folders"),
        ("repeated", "pictures that several names mean: the first counts"),
    ):
        names = list(report[kind])
        if names:
            shown = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
            logger.warning("%s: %d %s: %s", source, len(names), meaning, shown)
    if not matches.pictures:
        raise ValueError(
            f"precomputed.sources.{source}: none of its {report['names']} names means a picture of the "
            f"dataset (for instance {', '.join(one.name for one in seen[:3]) or 'it names nothing'}); "
            "names are paths, file names or stems of pictures"
        )
    return report


def report_json(report: Mapping[str, Any]) -> str:
    """Write the report as JSON."""
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"
