"""Run a backend on changed pictures."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.backends import Backend, Stage
from modular_faces.failures.conditions import Condition, InterventionPlan
from modular_faces.failures.picture_measures import MEASURES
from modular_faces.landmarks import find_faces
from modular_faces.tables import floats_to_arrow
from modular_faces.variants import Steps, apply_variant

Picture = NDArray[np.uint8]

HELD_BYTES = 256 * 2**20
"""Bytes of decoded pictures that are held while all changes are tried on them."""

SCHEMA = pa.schema(
    [
        ("image_id", pa.string()),
        ("condition", pa.string()),
        ("found", pa.bool_()),
        ("trusted", pa.bool_()),
        ("measure_before", pa.float32()),
        ("measure", pa.float32()),
    ]
)


def run_conditions(
    plan: InterventionPlan,
    pictures: Iterable[tuple[str, Picture]],
    backend: Backend,
    *,
    variant: Steps,
    accept: float,
) -> pa.Table:
    """Try every condition of a plan on the pictures it is meant for.

    Parameters
    ----------
    plan : InterventionPlan
    pictures : iterable of (str, (H, W, 3) ndarray of uint8)
        Sampled pictures, in the order of the table.
    backend : Backend
    variant : list of dict
        Steps of the variant whose failures are studied; they follow those of the condition.
    accept : float
        Least certainty of a trusted face.

    Returns
    -------
    pyarrow.Table
        image_id, condition, found, trusted, measure_before and measure (of the picture and of the changed one, null
        where none is asked): in the order of the pictures, then of the conditions.
    """
    parts = [
        _run(plan, batch, backend, variant=variant, accept=accept) for batch in _batches(pictures)
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *parts]).combine_chunks()


def _batches(pictures: Iterable[tuple[str, Picture]]) -> Iterator[dict[str, Picture]]:
    batch: dict[str, Picture] = {}
    held = 0
    for image_id, picture in pictures:
        batch[image_id] = picture
        held += picture.nbytes
        if held >= HELD_BYTES:
            yield batch
            batch, held = {}, 0
    if batch:
        yield batch


def _run(
    plan: InterventionPlan,
    batch: Mapping[str, Picture],
    backend: Backend,
    *,
    variant: Steps,
    accept: float,
) -> pa.Table:
    columns: dict[str, list[object]] = {name: [] for name in SCHEMA.names[:-2]}
    measures: list[tuple[float, float]] = []
    order: list[tuple[int, int]] = []
    places = {image_id: place for place, image_id in enumerate(batch)}
    for number, condition in enumerate(plan.conditions):
        wanted = plan.wanted(condition)
        chosen = [image_id for image_id in batch if image_id in wanted]
        stage = Stage(condition.name, [*condition.steps, *variant], condition.box)
        outcomes = find_faces(
            dict.fromkeys(chosen, ""), _Held(batch), backend, stages=[stage], accept=accept
        )
        for image_id, outcome in outcomes.items():
            columns["image_id"].append(image_id)
            columns["condition"].append(condition.name)
            columns["found"].append(outcome.face is not None)
            columns["trusted"].append(outcome.trusted)
            measures.append(_measure(batch[image_id], condition))
            order.append((places[image_id], number))
    arrays = [pa.array(columns[name], SCHEMA.field(name).type) for name in SCHEMA.names[:-2]]
    values = np.round(np.array(measures, dtype=np.float64).reshape(-1, 2), 4)
    table = pa.table([*arrays, *map(floats_to_arrow, values.T)], schema=SCHEMA)
    return table.take(pa.array(sorted(range(len(order)), key=order.__getitem__), pa.int64()))


class _Held:
    """Gives pictures that are in memory, as `find_faces` asks for them."""

    def __init__(self, batch: Mapping[str, Picture]) -> None:
        self._batch = batch

    def __call__(self, wanted: Container[str]) -> Sequence[tuple[str, Picture]]:
        return [item for item in self._batch.items() if item[0] in wanted]


def _measure(picture: Picture, condition: Condition) -> tuple[float, float]:
    if condition.measure is None:
        return float("nan"), float("nan")
    measure = MEASURES[condition.measure]
    return measure(picture), measure(apply_variant(picture, condition.steps).picture)
