"""The verdict on the page: what failed and why in words, causes with their intervals, lines for the config."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import altair as alt
import pandas as pd

from modular_faces.failures.report_parts import level_in_words, share_in_words
from modular_faces.failures.report_words import range_in_words
from modular_faces.figures import CATEGORIES, chart_spec
from modular_faces.pages.parts import Block, Chart, Code, Section, Table, Text

QUESTION: Final = "Why did pictures fail, and what brings them back?"
EVIDENCE: Final[Mapping[str, str]] = {
    "intervened": "intervened: undoing it brought pictures back",
    "associated": "associated: it goes along with failing",
}
TABLE_FILE: Final = "verdict.csv"

Row = Mapping[str, Any]


def read_verdict(path: Path) -> dict[str, Any]:
    """Read `verdict.json`."""
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def verdict_section(values: Mapping[str, Any], *, confidence: float) -> Section:
    """Make the section that comes first.

    Parameters
    ----------
    values : mapping
        Of `read_verdict`: title, text_<level>, advice, causes, set_aside, levels.
    confidence : float
        Of the intervals.

    Returns
    -------
    Section
    """
    title = str(values.get("title", "Verdict"))
    blocks = list(_blocks(values, level_in_words(confidence)))
    return Section("verdict", title, str(values.get("question", QUESTION)), blocks)


def _blocks(values: Mapping[str, Any], wide: str) -> Iterator[Block]:
    texts = [text for key, text in values.items() if key.startswith("text") and text]
    if texts:
        yield Text(texts)
    causes = values.get("causes", [])
    if causes:
        yield _chart(causes, wide)
        yield _table(causes, f"Causes that the verdict names, in order, with {wide} intervals.")
    if values.get("set_aside"):
        yield _table(
            values["set_aside"],
            "Set aside: goes along with failing, but did no harm to successes when it was put in.",
        )
    if values.get("advice"):
        yield Text(values["advice"], listed=True)
    for level, about in values.get("levels", {}).items():
        if about.get("config"):
            yield Code(f"For the config, against failures at the level {level}.", about["config"])


def words_of_causes(values: Mapping[str, Any]) -> dict[str, str]:
    """What the causes of the verdict are called."""
    return {row["cause"]: row["words"] for row in values.get("causes", [])}


def first_cause(values: Mapping[str, Any]) -> tuple[str, float] | None:
    """Words and share of the cause that explains most, if one is named."""
    causes = values.get("causes", [])
    return (str(causes[0]["words"]), float(causes[0]["share"])) if causes else None


def _chart(causes: Sequence[Row], wide: str) -> Chart:
    rows = pd.DataFrame(
        {
            "cause": [row["cause"] for row in causes],
            "words": [row["words"] for row in causes],
            "level": [row["level"] for row in causes],
            "evidence": [EVIDENCE.get(row["evidence"], row["evidence"]) for row in causes],
            **{key: [row[key] for row in causes] for key in ("share", "share_low", "share_high")},
        }
    )
    several = rows["level"].nunique() > 1
    base = alt.Chart(rows).encode(
        y=alt.Y("words:N", sort=None, title=None),
        color=alt.Color(
            "evidence:N",
            title=None,
            scale=alt.Scale(domain=list(EVIDENCE.values()), range=list(CATEGORIES[:2])),
            legend=alt.Legend(orient="bottom", direction="vertical"),
        ),
        tooltip=["words:N", "level:N", alt.Tooltip("share:Q", format=".1%"), "evidence:N"],
    )
    if several:
        base = base.encode(yOffset=alt.YOffset("level:N"))
    share = alt.X("share:Q", title="share of the failures", axis=alt.Axis(format="~%"))
    intervals = base.mark_rule(strokeWidth=2).encode(x=alt.X("share_low:Q"), x2="share_high:Q")
    points = base.mark_point(filled=True, size=70).encode(
        x=share, shape=alt.Shape("level:N", legend=alt.Legend() if several else None)
    )
    chart: Any = intervals + points
    names = ", ".join(f"{row['words']} {share_in_words(row['share'])}" for row in causes)
    return Chart(
        name="verdict-causes",
        title="Causes and the share of failures they explain",
        caption=(
            f"Dots: share of the failures; lines: its {wide} interval. Shares may overlap: a dark, tightly framed "
            f"picture can need either change. n = {max(row['n'] for row in causes):,} failures examined."
        ),
        alt=f"Causes with their shares: {names}.",
        spec=chart_spec(chart),
        level=None,
        file=TABLE_FILE,
    )


def _table(causes: Sequence[Row], caption: str) -> Table:
    columns = (
        "level",
        "cause",
        "in_words",
        "share",
        "interval",
        "evidence",
        "remedy",
        "n",
        "brought_back",
    )
    rows = [
        [
            *(row["level"], row["cause"], row["words"], share_in_words(row["share"])),
            range_in_words(row["share_low"], row["share_high"]),
            *(row["evidence"], row.get("remedy") or "", str(row["n"])),
            "" if row.get("cured") is None else str(row["cured"]),
        ]
        for row in causes
    ]
    return Table(
        caption=caption,
        columns=columns,
        rows=rows,
        numeric=(False, False, False, False, False, False, False, True, True),
        file=TABLE_FILE,
        rows_in_file=len(rows),
    )
