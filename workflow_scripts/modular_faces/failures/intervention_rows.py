"""The study of interventions as rows of files."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa

from modular_faces.failures.cures import CauseShare, Overlap
from modular_faces.failures.intervention_tables import SEVERAL, Interventions, interval_cells
from modular_faces.failures.outcome import Outcome


def share_table(shares: Iterable[CauseShare]) -> pd.DataFrame:
    """Make the main table: a row per cause, in order.

    Returns
    -------
    pandas.DataFrame
        cause, doses, n, cured, cure_rate, placebo_rate, share and its
        interval, the corrected one, what it adds to those before it, whether it is named, and the evidence.
    """
    return pd.DataFrame(
        [
            {"cause": s.cause, "doses": s.doses, "n": s.n, "cured": s.cured}
            | {"cure_rate": s.cured / s.n if s.n else float("nan"), "placebo_rate": s.placebo}
            | interval_cells("share", s.share)
            | {"corrected_low": s.corrected.low, "corrected_high": s.corrected.high}
            | interval_cells("adds", s.beyond)
            | {"named": s.named, "evidence": "intervened"}
            for s in shares
        ]
    )


def overlap_table(overlap: Iterable[Overlap], *, n: int) -> pd.DataFrame:
    """Make the table of overlapping cures: causes, n, share of all failures, and how many a placebo cured too."""
    return pd.DataFrame(
        [
            {
                "causes": SEVERAL.join(one.causes),
                "n": one.n,
                "share": one.n / n if n else float("nan"),
                "by_placebo": one.by_placebo,
            }
            for one in overlap
        ]
    )


def picture_table(done: Iterable[tuple[Outcome, Interventions]]) -> pa.Table:
    """Join what cured each failure, of all levels.

    Returns
    -------
    pyarrow.Table
        image_id, level, cured_by (names of causes with `SEVERAL` between them, empty for none), by_placebo.
    """
    schema = pa.schema(
        [
            ("image_id", pa.string()),
            ("level", pa.string()),
            ("cured_by", pa.string()),
            ("by_placebo", pa.bool_()),
        ]
    )
    parts = [
        pa.Table.from_pandas(
            result.pictures.assign(level=outcome.level)[schema.names], schema, preserve_index=False
        )
        for outcome, result in done
    ]
    return pa.concat_tables([schema.empty_table(), *parts]).combine_chunks()
