"""How near models come to what raters agree on: scores over the reliability of each rating."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import altair as alt
import pandas as pd

from modular_faces.figures import FAINT, AnyChart
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.page_parts import HEAD_METRIC, Figures, ScoreTables
from modular_faces.modular.score_parts import MEAN, with_interval, words_of
from modular_faces.pages.parts import Block, Section, Table, Text

RATERS: Final = "raters"
RELIABILITY: Final = "reliability"
EXPLAINED: Final = (
    "No model can predict what raters do not agree on. Reliability is the share of the variance of a mean rating that "
    "would come back with other raters of the same kind (Spearman-Brown). R2 / reliability is the share of that part "
    "which the model predicts; r / root of reliability is the correlation with what raters would say if there were no "
    "end of them. Neither is cut at 1."
)
CHART: Final = (
    "R2 over reliability with {interval} intervals, and R2 itself; the mean, then ratings, best first. At the dashed "
    "line a model predicts all that raters agree on. All pictures count; below -.5 points leave the chart."
)
TITLE: Final = "share of variance"
FAITH: Final = {
    "r2": "R2",
    "r2_over_reliability": "R2 / reliability",
    "r": "r",
    "r_over_root_reliability": "r / root of reliability",
}


def reliability_sections(tables: ScoreTables, folder: Path) -> Iterator[Section]:
    """Make the section; none where no reliability is known.

    Parameters
    ----------
    tables : ScoreTables
    folder : Path
        Of the page.
    """
    raters = tables.scores[tables.scores["model"] == RATERS]
    if len(raters):
        question = "How much of what raters agree on is predicted?"
        blocks = list(_blocks(tables, Figures(folder, "reliability")))
        yield Section("reliability", "Reliability", question, blocks)


def _blocks(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    rows = faithful_rows(tables.scores, tables.main)
    yield Text([EXPLAINED])
    if findings := list(_findings(rows, tables.main)):
        yield Text(findings, listed=True)
    caption = CHART.format(interval=tables.interval)
    title = f"R2 over reliability: {tables.main}"
    yield figures(reliability_chart(rows), "r2_over_reliability", title, caption)
    yield reliability_table(rows, tables.main, tables.interval)


def faithful_rows(scores: pd.DataFrame, main: str) -> pd.DataFrame:
    """Scores of the main model of all pictures, and reliabilities, of each rating that has one.

    Returns
    -------
    pandas.DataFrame
        Rows of scores.csv in the metrics of `FAITH`, and `RELIABILITY`; by R2 over reliability, best first.
    """
    known = set(scores.loc[scores["model"] == RATERS, "target"])
    rows = scores[scores["target"].isin(known) & (scores["population"] == "all")]
    rows = rows[rows["split"].isin(["test", "cross_validation"])]
    ours = (rows["model"] == main) & rows["metric"].isin(list(FAITH))
    rows = rows[ours | (rows["model"] == RATERS)]
    best = rows[rows["metric"] == "r2_over_reliability"].groupby("target")["value"].max()
    place = rows["target"].map(best.rank(ascending=False))
    return rows.assign(place=place.where(rows["target"] != MEAN, 0)).sort_values(
        "place", kind="stable"
    )


def _findings(rows: pd.DataFrame, main: str) -> Iterator[str]:
    """The mean over ratings in each region."""
    for region, part in rows[rows["target"] == MEAN].groupby("region", sort=False):
        found = part.set_index("metric")
        if {RELIABILITY, "r2", "r2_over_reliability"} <= set(found.index):
            r2, share, raters = (
                with_interval(*found.loc[name, ["value", "low", "high"]])
                for name in ("r2", "r2_over_reliability", RELIABILITY)
            )
            yield (
                f"{REGION_WORDS.get(str(region), str(region)).capitalize()}: mean R2 of {main} is {r2}; of what raters "
                f"agree on it is {share} (mean reliability {raters}), {int(found.loc['r2', 'n'])} pictures."
            )


def reliability_chart(rows: pd.DataFrame) -> AnyChart:
    """R2 over reliability of each rating, a column for each region; R2 itself beside it."""
    metrics = {name: FAITH[name] for name in ("r2_over_reliability", HEAD_METRIC[MEAN])}
    shown = rows[rows["metric"].isin(list(metrics))]
    shown = shown.assign(
        rating=[words_of(name) for name in shown["target"]],
        sees=shown["region"].map(REGION_WORDS),
        score=shown["metric"].map(metrics),
    )
    order = list(dict.fromkeys(shown["rating"]))
    shown = shown[["rating", "sees", "score", "value", "low", "high", "n"]]
    base: Any = alt.Chart(shown).encode(
        y=alt.Y("rating:N", sort=order, title=None),
        tooltip=[
            *("rating", "sees", "score"),
            *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("value", "low", "high")),
            "n",
        ],
    )
    ends = [float(shown["low"].min()), float(shown["high"].max())]
    scale = alt.Scale(domain=[min(0.0, max(ends[0], -0.5)), max(1.0, ends[1])])
    one = alt.Chart(shown).mark_rule(color=FAINT, strokeDash=[4, 4]).encode(x=alt.datum(1))
    spans = base.mark_rule(clip=True).encode(
        x=alt.X("low:Q", title=TITLE, scale=scale), x2="high:Q"
    )
    spans = spans.transform_filter(alt.datum.score == FAITH["r2_over_reliability"])
    points = base.mark_point(clip=True, filled=True).encode(
        x=alt.X("value:Q", title=TITLE, scale=scale),
        color=alt.Color("score:N", title=None, sort=list(metrics.values())),
    )
    both = alt.layer(one, spans, points).properties(width=270, height=alt.Step(15))
    columns = alt.Column("sees:N", title=None, sort=list(REGION_WORDS.values()))
    return cast(AnyChart, both.facet(column=columns))


def reliability_table(rows: pd.DataFrame, main: str, interval: str) -> Table:
    """Each rating's reliability, and scores beside it."""
    cells = []
    for (target, region), part in rows.groupby(["target", "region"], sort=False):
        found = part.set_index("metric")
        numbers = [
            with_interval(*found.loc[name, ["value", "low", "high"]]) if name in found.index else ""
            for name in (RELIABILITY, *FAITH)
        ]
        sees = REGION_WORDS.get(str(region), str(region))
        cells.append([words_of(str(target)), sees, *numbers, str(int(part["n"].max()))])
    return Table(
        caption=f"{main.capitalize()} beside the reliability of each rating, with {interval} intervals",
        columns=["rating", "sees", "reliability", *FAITH.values(), "n"],
        rows=cells,
        numeric=[False, False, *[True] * (2 + len(FAITH))],
        file="scores.csv",
        rows_in_file=len(cells),
    )
