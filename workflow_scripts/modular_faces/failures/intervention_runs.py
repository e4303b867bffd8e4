"""Run a backend on changed pictures."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from modular_faces.backends import Backend, Stage
from modular_faces.failures.conditions import Condition, InterventionPlan, pushed_beyond
from modular_faces.failures.picture_measures import MEASURES
from modular_faces.landmarks import look_at
from modular_faces.steps import TooLargeError
from modular_faces.tables import floats_to_arrow
from modular_faces.variants import Applied, Steps, apply_variant

Picture = NDArray[np.uint8]
Seen = tuple[bool, bool]
"""Whether a face was found, and whether it is trusted."""
Key = tuple[str, str, bytes]
"""What a backend looks at: a picture, its box, the digest of its changed pixels."""

logger = logging.getLogger(__name__)

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
_DECIMALS = 4
_UNMEASURED = (float("nan"), float("nan"))


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

    Notes
    -----
    The backend looks at no picture twice: a change that leaves a picture as it is, or as another change left it,
    has the result of that one. A failure that was pushed beyond the range of successes cannot count as cured
    and is not looked at: found and trusted are null. A picture that a change would make too large has no row for it.
    """
    parts = [_run(_Held(plan, batch, backend, variant, accept)) for batch in _batches(pictures)]
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


def _run(held: _Held) -> pa.Table:
    tried = [one for condition in held.plan.conditions for one in _Trial(held, condition).results()]
    places = {image_id: place for place, image_id in enumerate(held.pictures)}
    tried.sort(key=lambda one: places[one.image_id])  # stable: the order of the conditions stays
    seen = [one.seen or (None, None) for one in tried]
    columns = [
        [one.image_id for one in tried],
        [one.condition for one in tried],
        [found for found, _ in seen],
        [trusted for _, trusted in seen],
    ]
    arrays = [pa.array(values, SCHEMA.field(place).type) for place, values in enumerate(columns)]
    measures = np.array([one.measures for one in tried], dtype=np.float64).reshape(-1, 2)
    return pa.table([*arrays, *map(floats_to_arrow, measures.T)], schema=SCHEMA)


@dataclass(frozen=True)
class _Result:
    """A changed picture; `seen` is None where nobody looked, `measures` are those before and after."""

    image_id: str
    condition: str
    seen: Seen | None
    measures: tuple[float, float]


@dataclass(frozen=True)
class _Held:
    """Pictures in memory, with what was measured and seen of them so far."""

    plan: InterventionPlan
    pictures: Mapping[str, Picture]
    backend: Backend
    variant: Steps
    accept: float
    measured: dict[tuple[str, str], float] = field(default_factory=dict)
    seen: dict[Key, Seen] = field(default_factory=dict)

    def measure(self, image_id: str, name: str) -> float:
        """Measure a picture as it is."""
        key = image_id, name
        if key not in self.measured:
            self.measured[key] = _rounded(MEASURES[name](self.pictures[image_id]))
        return self.measured[key]


class _Trial:
    """One condition, tried on the pictures that are held."""

    def __init__(self, held: _Held, condition: Condition) -> None:
        wanted = held.plan.wanted(condition)
        self._held, self._condition = held, condition
        self._stage = Stage(condition.name, [*condition.steps, *held.variant], condition.box)
        self._chosen = [image_id for image_id in held.pictures if image_id in wanted]
        self._keys: dict[str, Key] = {}
        self._measures: dict[str, tuple[float, float]] = {}
        self._too_large: set[str] = set()

    def results(self) -> Iterator[_Result]:
        """Change and look, a picture after the other."""
        held = self._held
        for image_id, outcome in look_at(
            self._unseen(), held.backend, stage=self._stage, number=1, accept=held.accept
        ):
            held.seen[self._keys[image_id]] = outcome.face is not None, outcome.trusted
        for image_id in self._chosen:
            if image_id in self._too_large:
                continue
            key = self._keys.get(image_id)
            yield _Result(
                image_id,
                self._condition.name,
                seen=None if key is None else held.seen[key],
                measures=self._measures.get(image_id, _UNMEASURED),
            )

    def _unseen(self) -> Iterator[tuple[str, Applied, tuple[int, ...]]]:
        """Changed pictures that must be looked at."""
        for image_id in self._chosen:
            picture = self._held.pictures[image_id]
            try:
                changed = apply_variant(picture, self._condition.steps)
                variant = (
                    apply_variant(picture, self._stage.steps) if self._held.variant else changed
                )
            except TooLargeError as error:
                logger.warning("%s of %s is passed over: %s", self._condition.name, image_id, error)
                self._too_large.add(image_id)
                continue
            except Exception:
                logger.exception("%s of %s failed", self._condition.name, image_id)
                self._note(image_id, b"")
                self._held.seen[self._keys[image_id]] = False, False
                continue
            if self._beyond(image_id, changed.picture):
                continue
            self._note(image_id, _digest(changed.picture))
            if self._keys[image_id] not in self._held.seen:
                yield image_id, variant, picture.shape

    def _note(self, image_id: str, digest: bytes) -> None:
        self._keys[image_id] = image_id, self._condition.box, digest

    def _beyond(self, image_id: str, changed: Picture) -> bool:
        """Measure a change, and say whether it was too large for a cure to count."""
        name, plan = self._condition.measure, self._held.plan
        if name is None:
            return False
        before, after = self._held.measure(image_id, name), _rounded(MEASURES[name](changed))
        self._measures[image_id] = before, after
        return image_id not in plan.pictures("success") and pushed_beyond(
            before, after, plan.ranges[name]
        )


def _digest(picture: Picture) -> bytes:
    digest = hashlib.blake2b(repr(picture.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(picture).data)
    return digest.digest()


def _rounded(value: float) -> float:
    """The number as the table holds it."""
    return float(np.float32(round(value, _DECIMALS)))
