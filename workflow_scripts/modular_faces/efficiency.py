"""What the jobs of a run asked for and what they used, and what to ask for the next time."""

from __future__ import annotations

import csv
import html
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

HEADER = (
    *("rule", "jobs", "seconds_all", "seconds_median", "seconds_longest"),
    *("cpu_seconds_all", "cpu_percent", "memory_mb", "requested_mb", "memory_percent"),
    *("requested_minutes", "suggested_mb", "suggested_minutes"),
)

NESTED_MB = 300
"""Two Snakemake processes of at most 150 MB stand around each job of a cluster and count as its memory."""

SPARE = 1.25
TIME_SPARE = 3.0
LEAST_MINUTES = 5
STEP_MB = 100

_USED = re.compile(
    r"used (?P<cpu>[\d.]+) s of processor time, at most (?P<memory>\d+) MB of memory"
)


@dataclass(frozen=True)
class JobUse:
    """What one job used.

    Attributes
    ----------
    rule : str
    seconds : float
        Wall time.
    cpu_seconds : float or None
        Processor time of the job and what it started, as it said itself when it ended.
    memory_mb : float or None
        Largest resident memory: the larger of what Snakemake saw and what the job said itself.
    """

    rule: str
    seconds: float
    cpu_seconds: float | None
    memory_mb: float | None


def read_uses(results: Path) -> list[JobUse]:
    """Read what every job of a dataset used, from its benchmark file and the end of its log.

    Parameters
    ----------
    results : Path
        Folder of the dataset's results.

    Notes
    -----
    Snakemake looks at a job every half second at first, and every 30 s after some 15 s: its memory can miss a
    peak, and its ``cpu_time`` is that of the last look. So memory is the larger of two, and
    processor time comes from the job itself.
    """
    folder = results / "benchmarks"
    uses = []
    for path in sorted(folder.rglob("*.tsv")):
        job = path.relative_to(folder).with_suffix("")
        cpu, own_memory = _said_itself(results / "logs" / job.with_suffix(".log"))
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                seen = _number(row["max_rss"])
                known = [value for value in (seen, own_memory) if value is not None]
                uses.append(JobUse(job.parts[0], float(row["s"]), cpu, max(known, default=None)))
    return uses


def _said_itself(log: Path) -> tuple[float | None, float | None]:
    try:
        found = list(_USED.finditer(log.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return None, None
    return (float(found[-1]["cpu"]), float(found[-1]["memory"])) if found else (None, None)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def efficiency_rows(
    uses: Sequence[JobUse], requested: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Compare by rule what was asked for with what was used.

    Parameters
    ----------
    uses : sequence of JobUse
    requested : mapping of str to mapping
        ``mem_mb`` and ``runtime`` (minutes) of the first attempt, by rule.

    Returns
    -------
    list of dict
        Keys of `HEADER`; None where nothing is known. The rules that took longest come first.
    """
    rows = [
        _row(rule, [use for use in uses if use.rule == rule], requested.get(rule, {}))
        for rule in dict.fromkeys(use.rule for use in uses)
    ]
    return sorted(rows, key=lambda row: (-float(row["seconds_all"]), str(row["rule"])))


def _row(rule: str, uses: Sequence[JobUse], asked: Mapping[str, Any]) -> dict[str, Any]:
    seconds = [use.seconds for use in uses]
    cpu = [(use.cpu_seconds, use.seconds) for use in uses if use.cpu_seconds is not None]
    memory = max((use.memory_mb for use in uses if use.memory_mb is not None), default=None)
    asked_mb = asked.get("mem_mb")
    wall = sum(second for _, second in cpu)
    return {
        "rule": rule,
        "jobs": len(uses),
        "seconds_all": round(sum(seconds), 1),
        "seconds_median": round(median(seconds), 1),
        "seconds_longest": round(max(seconds), 1),
        "cpu_seconds_all": round(sum(value for value, _ in cpu), 1) if cpu else None,
        "cpu_percent": round(100 * sum(value for value, _ in cpu) / wall) if wall else None,
        "memory_mb": None if memory is None else round(memory),
        "requested_mb": asked_mb,
        "memory_percent": round(100 * memory / asked_mb) if memory and asked_mb else None,
        "requested_minutes": asked.get("runtime"),
        "suggested_mb": None if memory is None else suggested_memory(memory),
        "suggested_minutes": suggested_minutes(max(seconds)),
    }


def suggested_memory(megabytes: float) -> int:
    """Memory to ask for where a job used so many megabytes: a quarter more, and room for the two Snakemakes.

    Examples
    --------
    >>> suggested_memory(352)
    800
    """
    return STEP_MB * math.ceil((megabytes * SPARE + NESTED_MB) / STEP_MB)


def suggested_minutes(seconds: float) -> int:
    """Minutes to ask for where the longest job took so many seconds: three times as long, and not under five.

    Examples
    --------
    >>> suggested_minutes(25.0), suggested_minutes(600.0)
    (5, 30)
    """
    return max(LEAST_MINUTES, math.ceil(TIME_SPARE * seconds / 60))


def efficiency_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write the table as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def efficiency_html(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write the table as a page of its own, for `snakemake --report`."""
    heads = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in HEADER)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{_cell(row[name])}</td>" for name in HEADER) + "</tr>"
        for row in rows
    )
    return _PAGE.format(heads=heads, body=body)


def _cell(value: Any) -> str:
    return "" if value is None else html.escape(str(value))


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Efficiency</title>
<style>
body {{ font-family: sans-serif; margin: 1.5em; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .3em .7em; text-align: right; border-bottom: 1px solid #bbb; }}
th:first-child, td:first-child {{ text-align: left; }}
th {{ vertical-align: bottom; font-weight: 600; max-width: 7em; }}
p {{ max-width: 50em; line-height: 1.4; }}
</style>
<h1>What was asked for, and what was used</h1>
<p>A row per rule, the longest first. Memory is the most that a job of the rule held, in megabytes; processor time is
that of the jobs themselves. On a cluster two Snakemake processes around each job count as its memory too, so that what
is suggested is more than what the job used. The file set_resources.yaml beside this table holds the suggestions, ready
for a profile.</p>
<table><thead><tr>{heads}</tr></thead><tbody>
{body}
</tbody></table></html>
"""


def set_resources_yaml(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write the suggestions as they go into a profile; each attempt asks for more."""
    lines = [
        "# Suggested from the jobs of the last run: paste into profiles/slurm/config.yaml.",
        "set-resources:",
    ]
    for row in sorted(rows, key=lambda row: str(row["rule"])):
        lines.append(f"  {row['rule']}:")
        if row["suggested_mb"] is not None:
            lines.append(f'    mem_mb: "{row["suggested_mb"]} * attempt"')
        lines.append(f'    runtime: "{row["suggested_minutes"]} * attempt"')
    return "\n".join(lines) + "\n"
