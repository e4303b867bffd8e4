"""What became of each picture under each change that was tried on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from modular_faces.failures.conditions import Condition, InterventionPlan, pushed_beyond
from modular_faces.failures.cures import BoolArray


class Trials:
    """Looks up whether a changed picture succeeded at a level.

    Parameters
    ----------
    level : str
    plan : InterventionPlan
    runs : pandas.DataFrame
        As `modular_faces.failures.intervention_runs.run_conditions` gives it, of all shards.
    """

    def __init__(self, level: str, plan: InterventionPlan, runs: pd.DataFrame) -> None:
        ranges = {c.name: plan.ranges[c.measure] for c in plan.conditions if c.measure is not None}
        beyond = [
            condition in ranges and pushed_beyond(before, after, ranges[condition])
            for condition, before, after in zip(
                runs["condition"], runs["measure_before"], runs["measure"], strict=True
            )
        ]
        succeeded = runs[level].to_numpy(bool, na_value=False)
        self._table = pd.DataFrame(
            {
                "image_id": runs["image_id"].astype(str),
                "condition": runs["condition"].astype(str),
                "succeeded": succeeded,
                "cured": succeeded & ~np.array(beyond, dtype=bool),
            }
        ).pivot(index="image_id", columns="condition", values=["succeeded", "cured"])
        self._tried = set(
            zip(runs["image_id"].astype(str), runs["condition"].astype(str), strict=True)
        )
        self._unchanged = self._table["succeeded", "unchanged"].to_dict() if len(runs) else {}

    def unchanged(self, image_id: str) -> bool:
        """Whether the picture succeeds as it is."""
        return bool(self._unchanged[image_id])

    def tried(self, image_ids: Iterable[str], condition: Condition) -> list[str]:
        """Those of some pictures on which a change was tried."""
        return [image_id for image_id in image_ids if (image_id, condition.name) in self._tried]

    def cured(self, image_ids: Sequence[str], conditions: Sequence[Condition]) -> BoolArray:
        """(n, k) bool: whether each failure succeeded, and was not pushed beyond the range of successes."""
        return self._matrix("cured", True, image_ids, conditions)

    def lost(self, image_ids: Sequence[str], conditions: Sequence[Condition]) -> BoolArray:
        """(n, k) bool: whether each success failed, wherever it was pushed."""
        return self._matrix("succeeded", False, image_ids, conditions)

    def _matrix(
        self, kind: str, value: bool, image_ids: Sequence[str], conditions: Sequence[Condition]
    ) -> BoolArray:
        columns = pd.MultiIndex.from_tuples([(kind, one.name) for one in conditions])
        chosen = self._table.reindex(index=list(image_ids), columns=columns)
        return np.asarray(chosen.to_numpy(dtype=object) == value, dtype=bool)  # NaN: neither
