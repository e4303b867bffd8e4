"""How far two instruments that measure the same faces agree, landmark by landmark and angle by angle.

Bland, J. M., & Altman, D. G. (1986). Statistical methods for assessing agreement between two methods of
clinical measurement. The Lancet, 327(8476), 307-310. https://doi.org/10.1016/S0140-6736(86)90837-8
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from modular_faces.columns import LANDMARK_COLUMNS, POSE_COLUMNS
from modular_faces.csv_cells import safe_cells
from modular_faces.tables import matrix_from_table

ALL = "all"
"""The label that stands for all pictures."""

LEAST_PICTURES = 2
"""Differences of fewer pictures have no spread."""

_NORMAL_95 = 1.96
_OUTER_EYES = (36, 45)


@dataclass(frozen=True)
class Instrument:
    """What one backend measured.

    Attributes
    ----------
    name : str
    image_ids : tuple of str
        Pictures with a trusted face.
    landmarks : (n, 68, 2) ndarray of float64
        Pixels of the original picture; NaN where missing.
    angles : (n, 3) ndarray of float64
        Yaw, pitch, roll in degrees; NaN where missing.
    """

    name: str
    image_ids: tuple[str, ...]
    landmarks: NDArray[np.float64]
    angles: NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """Agreement of two instruments in one measure.

    Attributes
    ----------
    a, b : str
        The instruments.
    label : str
        Label of the pictures, or `all`.
    measure : str
        A landmark's coordinate, the distance between the two places of a landmark, or an angle.
    unit : str
        `% eyes`: hundredths of the distance of the outer corners of the eyes (mean of both instruments), or
        `degrees`.
    n : int
        Pictures that have the measure from both.
    bias : float
        Mean of b minus a.
    sd : float
        Standard deviation of b minus a.
    lower, upper : float
        Limits of agreement, bias -+ 1.96 sd: where 95 % of the differences lie, if they are normal.
    bias_error, limit_error : float
        Half widths of the 95 % confidence intervals of bias and limits.
    """

    a: str
    b: str
    label: str
    measure: str
    unit: str
    n: int
    bias: float
    sd: float
    lower: float
    upper: float
    bias_error: float
    limit_error: float


def instrument_of(name: str, table: pa.Table) -> Instrument:
    """Take from a table of features or of the study what agreement is measured on.

    Parameters
    ----------
    name : str
    table : pyarrow.Table
        With image_id, landmarks, where there is one `success`, and where there are some the angles.
    """
    if "success" in table.column_names:
        table = table.filter(pc.cast(table.column("success"), pa.bool_()))
    points = matrix_from_table(table, LANDMARK_COLUMNS).reshape(-1, 2, 68).transpose(0, 2, 1)
    angles = (
        matrix_from_table(table, POSE_COLUMNS)
        if set(POSE_COLUMNS) <= set(table.column_names)
        else np.full((table.num_rows, 3), np.nan)
    )
    ids = table.column("image_id").to_pylist()
    return Instrument(name, tuple(ids), points, angles)


def instruments_of_study(study: pa.Table) -> dict[tuple[str, str], Instrument]:
    """Take the parts of a study apart, in order: one for each backend and variant."""
    keys = zip(*(study.column(name).to_pylist() for name in ("backend", "variant")), strict=True)
    parts: dict[tuple[str, str], Instrument] = {}
    for backend, variant in dict.fromkeys(keys):
        rows = pc.and_(
            pc.equal(study.column("backend"), backend), pc.equal(study.column("variant"), variant)
        )
        parts[backend, variant] = instrument_of(f"{backend} {variant}", study.filter(rows))
    return parts


def of_decodable(study: pa.Table, manifest: pa.Table) -> pa.Table:
    """Keep of a study the pictures that could be read: the others are nobody's failure."""
    good = manifest.filter(pc.fill_null(manifest.column("decodable"), False))
    return study.filter(
        pc.is_in(study.column("image_id"), good.column("image_id").combine_chunks())
    )


def labels_of(table: pa.Table) -> dict[str, str | None]:
    """Give the name of each picture's label by image_id; nothing where there are no labels."""
    if "label_name" not in table.column_names:
        return {}
    columns = (table.column(name).to_pylist() for name in ("image_id", "label_name"))
    return dict(zip(*columns, strict=True))


def pairs_of_study(parts: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Pair what can be compared: two backends on the same variant, and every source with everything else.

    Parameters
    ----------
    parts : iterable of (str, str)
        Backend and variant.
    """
    for one, other in combinations(parts, 2):
        if "precomputed" in (one[0], other[0]) or (one[0] != other[0] and one[1] == other[1]):
            yield one, other


def compare(a: Instrument, b: Instrument, labels: Mapping[str, str | None]) -> list[Agreement]:
    """Measure the agreement of two instruments on the pictures both found.

    Parameters
    ----------
    a, b : Instrument
    labels : mapping of str to (str or None)
        Label by `image_id`; may be empty.

    Returns
    -------
    list of Agreement
        For all pictures, then label by label; measures of fewer than `LEAST_PICTURES` pictures are left out.
    """
    rows_b = {image_id: row for row, image_id in enumerate(b.image_ids)}
    both = [(row, rows_b[name]) for row, name in enumerate(a.image_ids) if name in rows_b]
    where_a, where_b = (np.array([pair[k] for pair in both], np.intp) for k in (0, 1))
    names, units, differences = _differences(a, b, where_a, where_b)
    of_rows = [labels.get(a.image_ids[row]) for row in where_a]
    groups: dict[str, NDArray[np.bool_]] = {ALL: np.ones(len(both), bool)}
    for label in sorted({label for label in of_rows if label is not None}):
        groups[label] = np.array([other == label for other in of_rows])
    return [
        agreement
        for label, rows in groups.items()
        for name, unit, column in zip(names, units, differences[rows].T, strict=True)
        for agreement in _agreement((a.name, b.name, label, name, unit), column)
    ]


def _differences(
    a: Instrument, b: Instrument, where_a: NDArray[np.intp], where_b: NDArray[np.intp]
) -> tuple[list[str], list[str], NDArray[np.float64]]:
    points_a, points_b = a.landmarks[where_a], b.landmarks[where_b]
    eyes = (_eye_distance(points_a) + _eye_distance(points_b)) / 2
    shift = 100 * (points_b - points_a) / eyes[:, None, None]
    turn = (b.angles[where_b] - a.angles[where_a] + 180) % 360 - 180
    names = [*LANDMARK_COLUMNS, *(f"distance_{k}" for k in range(68)), *POSE_COLUMNS]
    units = ["% eyes"] * (3 * 68) + ["degrees"] * 3
    distance = np.hypot(shift[..., 0], shift[..., 1])
    return names, units, np.hstack([shift[..., 0], shift[..., 1], distance, turn])


def _eye_distance(points: NDArray[np.float64]) -> NDArray[np.float64]:
    right, left = (points[:, k] for k in _OUTER_EYES)
    distance: NDArray[np.float64] = np.linalg.norm(left - right, axis=1)
    return distance


def _agreement(
    what: tuple[str, str, str, str, str], differences: NDArray[np.float64]
) -> Iterator[Agreement]:
    known = differences[np.isfinite(differences)]
    n = len(known)
    if n < LEAST_PICTURES:
        return
    bias, sd = float(known.mean()), float(known.std(ddof=1))
    yield Agreement(
        *what,
        n,
        bias,
        sd,
        bias - _NORMAL_95 * sd,
        bias + _NORMAL_95 * sd,
        _NORMAL_95 * sd / n**0.5,
        _NORMAL_95 * sd * (3 / n) ** 0.5,
    )


def agreement_csv(rows: Sequence[Agreement]) -> str:
    """Write agreements as CSV, numbers to four decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Agreement)])
    for row in rows:
        writer.writerow([_cell(value) for value in astuple(row)])
    return text.getvalue()


def _cell(value: str | float | int) -> str | None:
    if isinstance(value, str):
        return safe_cells([value])[0]
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def bridge_text(rows: Sequence[Agreement]) -> str:
    """Say in a few lines how far the instruments agree over all pictures."""
    lines = []
    for a, b in dict.fromkeys((row.a, row.b) for row in rows):
        chosen = {row.measure: row for row in rows if (row.a, row.b, row.label) == (a, b, ALL)}
        distances = {
            name.removeprefix("distance_"): row.bias
            for name, row in chosen.items()
            if name.startswith("distance_")
        }
        lines.append(f"{b} minus {a}: {max(row.n for row in chosen.values())} pictures")
        if distances:
            worst = max(distances, key=distances.__getitem__)
            lines.append(
                f"  landmarks  {np.mean(list(distances.values())):.1f} % of the eye distance apart on "
                f"average, at worst {distances[worst]:.1f} % (landmark {worst})"
            )
        for name in POSE_COLUMNS:
            if name in chosen:
                row = chosen[name]
                lines.append(
                    f"  {name:10s} bias {row.bias:+.1f} degrees, limits of agreement {row.lower:+.1f} "
                    f"to {row.upper:+.1f}"
                )
    return "\n".join(lines) or "no two pictures have a face from both"
