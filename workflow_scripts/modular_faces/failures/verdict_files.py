"""What the verdict reads of the study of interventions, and the files it writes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from modular_faces.config_causes import Cause
from modular_faces.csv_frames import read_cells
from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.signs import sign_words
from modular_faces.failures.verdict import Evidences, LevelVerdict
from modular_faces.failures.verdict_json import advice, config_lines
from modular_faces.failures.verdict_text import paragraph
from modular_faces.tables import read_table

_OTHER_WORDS = {
    "on_the_edge": "a change without meaning brought it back",
    "unexplained": "nothing explains it",
}


def read_evidences(
    level: str,
    plan: InterventionPlan,
    *,
    shares: str | os.PathLike[str],
    reverse: str | os.PathLike[str],
    remedies: str | os.PathLike[str],
    pictures: str | os.PathLike[str],
    variant: Sequence[Mapping[str, Any]] = (),
) -> Evidences:
    """Read what the study of interventions found at one level.

    Parameters
    ----------
    level : str
    plan : InterventionPlan
        Where nothing could be tried, its sample of failures is what the verdict looks at.
    shares, reverse, remedies, pictures : path-like
        interventions.csv, interventions_reverse.csv, interventions_remedies.csv, interventions_pictures.parquet.
    variant : sequence of mapping, optional
        Steps of the variant whose failures are studied; they followed those of every remedy that was tried.
    """
    tables = [_of_level(path, level) for path in (shares, reverse, remedies)]
    changed = read_table(pictures).to_pandas()
    changed = changed[changed["level"] == level].drop(columns="level")
    if not plan.conditions:
        failures = plan.failures.get(level, [])
        changed = pd.DataFrame({"image_id": failures, "cured_by": "", "by_placebo": False})
    tried = tables[2]
    if len(tried):
        tried["steps"] = [json.dumps([*json.loads(s), *variant]) for s in tried["steps"]]
    return Evidences(
        shares=tables[0],
        reverse=tables[1],
        remedies=tried,
        pictures=changed.reset_index(drop=True),
        successes=list(plan.successes.get(level, [])),
    )


def _of_level(path: str | os.PathLike[str], level: str) -> pd.DataFrame:
    table = read_cells(path, keep_default_na=False, na_values=[""])
    if "level" not in table.columns:
        return table.iloc[:0]
    return table[table["level"] == level].reset_index(drop=True)


def probable_causes(verdicts: Sequence[LevelVerdict], causes: Mapping[str, Cause]) -> pa.Table:
    """Join the probable cause of each failure that was examined, of all levels.

    Returns
    -------
    pyarrow.Table
        image_id, level, cause, words, evidence.
    """
    schema = pa.schema(
        [(name, pa.string()) for name in ("image_id", "level", "cause", "words", "evidence")]
    )
    tables = [schema.empty_table()]
    for verdict in verdicts:
        words = {name: cause.words for name, cause in causes.items()} | _OTHER_WORDS
        words |= {one.cause: one.words for one in verdict.causes}
        rows = verdict.pictures
        columns = [
            rows["image_id"].astype(str).tolist(),
            [verdict.outcome.level] * len(rows),
            rows["cause"].astype(str).tolist(),
            [words.get(cause, sign_words(cause, high=True)) for cause in rows["cause"]],
            rows["evidence"].astype(str).tolist(),
        ]
        arrays = [pa.array(column, pa.string()) for column in columns]
        tables.append(pa.table(arrays, schema=schema))
    return pa.concat_tables(tables).combine_chunks()


def verdict_markdown(verdicts: Sequence[LevelVerdict]) -> str:
    """Write the half page, with the lines for the config."""
    lines = [
        f"# {verdicts[0].outcome.title[0].upper()}{verdicts[0].outcome.title[1:]}: the verdict"
    ]
    for verdict in verdicts:
        level = "No landmarks" if verdict.outcome.level == "found" else "No trusted landmarks"
        lines += ["", f"## {level}", "", paragraph(verdict)]
        if config := config_lines(verdict):
            lines += ["", advice(verdict), "", "```yaml", config.rstrip(), "```"]
    return "\n".join(lines) + "\n"
