"""What is done to which pictures: conditions, and the plan that every shard follows."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from modular_faces.backends import Box
from modular_faces.tables import whole_file
from modular_faces.variants import Steps

Role = Literal["unchanged", "placebo", "undo", "put_in"]
Kind = Literal["failure", "success"]


@dataclass(frozen=True)
class Condition:
    """One change of a picture.

    Attributes
    ----------
    name : str
        Unique: role, cause and dose.
    role : str
        `unchanged` repeats the outcome; `placebo` has no meaning; `undo` takes a cause away; `put_in` adds it.
    cause : str
        Empty for `unchanged` and `placebo`.
    dose : str
    steps : list of dict
    box : str
        `detector` or `frame`.
    measure : str or None
        What is measured of the changed picture.
    on : tuple of str
        The kinds of pictures that are changed so.
    deal : (int, int) or None
        Which of how many doses of the cause this is, where each is given to a part of many successes; None where all
        of them get it.
    """

    name: str
    role: Role
    cause: str
    dose: str
    steps: Steps
    box: Box
    measure: str | None
    on: tuple[Kind, ...]
    deal: tuple[int, int] | None = None


@dataclass(frozen=True)
class InterventionPlan:
    """What is done to which pictures.

    Attributes
    ----------
    conditions : list of Condition
    failures, successes : mapping of str to list of str
        Ids of the sampled pictures at each level.
    ranges : mapping of str to (float, float)
        Range of each measure among successes.
    most_of_a_dose : int or None
        Successes that get the same dose: where there are more, each dose of a cause is given to a part of them. None
        where every success gets every dose.
    skipped : str or None
        Why nothing can be tried, in one sentence.
    """

    conditions: list[Condition] = field(default_factory=list)
    failures: Mapping[str, list[str]] = field(default_factory=dict)
    successes: Mapping[str, list[str]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    most_of_a_dose: int | None = None
    skipped: str | None = None

    def pictures(self, kind: Kind) -> set[str]:
        """Ids of all sampled pictures of a kind, at whatever level."""
        samples = self.failures if kind == "failure" else self.successes
        return {image_id for ids in samples.values() for image_id in ids}

    def drawn(self, level: str) -> list[str]:
        """Ids of the failures and successes of a level."""
        return [*self.failures.get(level, []), *self.successes.get(level, [])]

    def part(self, number: int, *, parts: int) -> set[str]:
        """Ids of the pictures that one of several jobs changes; every picture falls to one."""
        if not self.conditions:
            return set()
        return set(sorted(self.pictures("failure") | self.pictures("success"))[number::parts])

    def wanted(self, condition: Condition) -> set[str]:
        """Ids of the pictures that are changed so."""
        chosen = self.pictures("failure") if "failure" in condition.on else set()
        if "success" in condition.on:
            chosen |= {one for level in self.successes for one in self.dealt(level, condition)}
        return chosen

    def dealt(self, level: str, condition: Condition) -> set[str]:
        """Ids of the successes of a level that get a change: those of several doses begin at equal distances."""
        image_ids = self.successes[level]
        n = len(image_ids)
        if condition.deal is None or self.most_of_a_dose is None or self.most_of_a_dose >= n:
            return set(image_ids)
        number, of = condition.deal
        first = n * number // of
        return {image_ids[place % n] for place in range(first, first + self.most_of_a_dose)}

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the plan as JSON, whole or not at all."""
        with whole_file(path) as temporary:
            text = json.dumps(asdict(self), indent=1, ensure_ascii=False, allow_nan=False)
            temporary.write_text(text + "\n", encoding="utf-8")


def pushed_beyond(before: float, after: float, limits: tuple[float, float]) -> bool:
    """Say whether a change pushed a measure out of a range, or further out; coming nearer to it does not count."""
    low, high = limits
    return (after < low and after < before) or (after > high and after > before)


def read_plan(path: str | os.PathLike[str]) -> InterventionPlan:
    """Read what `InterventionPlan.write` wrote."""
    read: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    conditions = [
        Condition(**{**c, "on": tuple(c["on"]), "deal": c["deal"] and tuple(c["deal"])})
        for c in read.pop("conditions")
    ]
    ranges = {name: (low, high) for name, (low, high) in read.pop("ranges").items()}
    return InterventionPlan(conditions=conditions, ranges=ranges, **read)
