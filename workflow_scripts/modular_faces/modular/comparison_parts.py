"""The main model against every other one on the same pictures: differences, their intervals, McNemar's test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import altair as alt
import pandas as pd

from modular_faces.failures.report_parts import p_in_words
from modular_faces.figures import CATEGORIES, FAINT, AnyChart
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.score_parts import (
    POPULATION_WORDS,
    kind_of,
    short_p,
    with_interval,
    words_of,
)
from modular_faces.pages.parts import Table

METRICS: Final = {
    "emotion": ("accuracy", "balanced_accuracy", "log_loss"),
    "rating": ("r2", "mse", "r"),
}
PARTS_OF_MAIN: Final = r"(?:only|without)_"


def chosen_comparisons(
    comparisons: pd.DataFrame, target: str, *, rungs: bool = False
) -> pd.DataFrame:
    """Rows of one target in the metrics that are shown."""
    if "metric" not in comparisons:
        return pd.DataFrame()
    is_rung = comparisons["model"].str.startswith("rung_")
    rows = comparisons[(comparisons["target"] == target) & (is_rung == rungs)]
    return rows[rows["metric"].isin(METRICS[kind_of(target)])]


def comparison_table(comparisons: pd.DataFrame, target: str, interval: str) -> Table:
    """Every comparison of one target.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        From `chosen_comparisons`.
    target : str
    interval : str
        Such as ``95 %``.
    """
    metrics = [m for m in METRICS[kind_of(target)] if m in set(comparisons["metric"])]
    tests = list(TESTS) if comparisons["p_mcnemar"].notna().any() else []
    part = comparisons["other"].str.match(PARTS_OF_MAIN)
    ordered = comparisons.loc[part.sort_values(kind="stable").index]
    named = [name for name in NAMED if name in ("other", "region") or ordered[name].nunique() > 1]
    first = ordered.iloc[0]
    alike = [NAMED[name][1](first[name]) for name in NAMED if name not in named]
    pairs = ordered.groupby(["model", "other", "region", "population"], sort=False)
    rows = [
        [
            *(NAMED[name][1](pair[name].iloc[0]) for name in named),
            str(int(pair["n"].max())),
            *_cells(pair, metrics, tests),
        ]
        for _, pair in pairs
    ]
    less = f"{alike[0]} less the other, {alike[1]}" if len(alike) == 2 else "model less the other"
    return Table(
        caption=f"Differences for {words_of(target)}, {less}, with {interval} intervals",
        columns=[*(NAMED[name][0] for name in named), "n", *map(words_of, metrics), *tests],
        rows=rows,
        numeric=[False] * len(named) + [True] * (1 + len(metrics) + len(tests)),
        file="comparisons.csv",
        rows_in_file=len(rows),
    )


TESTS: Final[Mapping[str, tuple[str, Callable[[float], str]]]] = {
    "only model right": ("model_only", "{:.0f}".format),
    "only other right": ("other_only", "{:.0f}".format),
    "p (McNemar)": ("p_mcnemar", short_p),
    "p (Holm)": ("p_holm", short_p),
}
"""Columns on McNemar's test, with the column of comparisons.csv and how it is written."""


def _cells(pair: pd.DataFrame, metrics: Sequence[str], tests: Sequence[str]) -> Iterator[str]:
    """Differences of a pair of models in each metric, and McNemar's test."""
    known = pair.set_index("metric")
    for metric in metrics:
        found = metric in known.index
        yield with_interval(*known.loc[metric, ["difference", "low", "high"]]) if found else ""
    tested = pair.dropna(subset=["p_mcnemar"]).to_dict("records")[:1]
    for name, number in (TESTS[test] for test in tests):
        yield number(tested[0][name]) if tested else ""


def plain(model: str) -> str:
    """Write the name of a model as words.

    Examples
    --------
    >>> plain("without_color"), plain("only_shape_2d")
    ('all but color', 'only shape 2d')
    """
    named = RUNG_WORDS.get(model) or model.replace("without_", "all but ")
    return named.replace("_", " ")


NAMED: Final[Mapping[str, tuple[str, Callable[[str], str]]]] = {
    "model": ("model", plain),
    "other": ("against", plain),
    "region": ("sees", REGION_WORDS.__getitem__),
    "population": ("pictures", POPULATION_WORDS.__getitem__),
}
"""Columns that say what is compared; those that are the same in all rows stand in the caption."""


def comparison_chart(comparisons: pd.DataFrame, metric: str, main: str) -> AnyChart:
    """How far the main model is above or below each other one, with intervals."""
    rows = comparisons[comparisons["metric"] == metric]
    shown = rows.assign(
        name=[plain(other) for other in rows["other"]],
        sees=rows["region"].map(REGION_WORDS),
        kind=_kinds(rows["other"]),
    )[["name", "sees", "kind", "difference", "low", "high", "n", "p_holm"]]
    order = shown.drop_duplicates("name").sort_values(["kind", "name"])["name"].tolist()
    base: Any = alt.Chart(shown).encode(
        y=alt.Y("name:N", sort=order, title=None),
        color=alt.Color("kind:N", title=None, scale=alt.Scale(range=list(CATEGORIES))),
        tooltip=[
            *("name", "sees", "n"),
            *(alt.Tooltip(f"{one}:Q", format=".3f") for one in ("difference", "low", "high")),
            alt.Tooltip("p_holm:Q", format=".3g", title="p McNemar (Holm)"),
        ],
    )
    zero = alt.Chart(shown).mark_rule(color=FAINT, strokeDash=[4, 4]).encode(x=alt.datum(0))
    title = f"{words_of(metric)}: {plain(main)} less the other"
    ends = [min(0.0, float(shown["low"].min())), max(0.0, float(shown["high"].max()))]
    within = [max(ends[0], -1.0), min(ends[1], 1.0)]
    scale = alt.Scale(domain=within, nice=True) if metric == "r2" else alt.Scale()
    x = alt.X("low:Q", title=title, scale=scale)
    spans = base.mark_rule(strokeWidth=2, clip=True).encode(x=x, x2="high:Q")
    points = base.mark_point(clip=True).encode(x="difference:Q")
    both = alt.layer(zero, spans, points).properties(width=270, height=alt.Step(18))
    order_of_columns = alt.Column("sees:N", title=None, sort=list(REGION_WORDS.values()))
    return cast(AnyChart, both.facet(column=order_of_columns))


def _kinds(models: pd.Series) -> list[str]:
    kinds = {"only_": "one module alone", "without_": "one module left out"}
    return [
        next((words for start, words in kinds.items() if model.startswith(start)), "another model")
        for model in models
    ]


def comparison_findings(comparisons: pd.DataFrame, metric: str, main: str) -> Iterator[str]:
    """Say how the main model stands against the other whole models, and which modules it misses most."""
    rows = comparisons[comparisons["metric"] == metric]
    whole = rows[~rows["other"].str.match(PARTS_OF_MAIN)]
    for row in whole.to_dict("records"):
        sees = REGION_WORDS.get(row["region"], row["region"])
        yield (
            f"'{plain(main)}' minus '{plain(row['other'])}', {sees}: {words_of(metric)} "
            f"{_signed(row['difference'])} [{_signed(row['low'])}, {_signed(row['high'])}], {int(row['n'])} "
            f"pictures{_mcnemar(row, main)}."
        )


def _signed(number: float) -> str:
    """Write a difference with its sign; nought has no minus."""
    return f"{round(number, 3) + 0.0:+.3f}"


def _mcnemar(row: Mapping[Any, Any], main: str) -> str:
    if pd.isna(row["p_mcnemar"]):
        return ""
    return (
        f"; only '{plain(main)}' is right on {row['model_only']:.0f}, only '{plain(row['other'])}' on "
        f"{row['other_only']:.0f}, McNemar's "
        f"{p_in_words(row['p_holm'])} after Holm's correction"
    )


def rung_chart(scores: pd.DataFrame, metrics: Sequence[str]) -> AnyChart:
    """Scores of the three rungs, side by side for each way of counting."""
    rows = scores[scores["metric"].isin(list(metrics))]
    shown = rows.assign(
        rung=rows["model"].map(RUNG_WORDS),
        pictures=rows["population"].map(RUNG_PICTURES),
        score=[words_of(metric) for metric in rows["metric"]],
    )[["rung", "pictures", "score", "value", "low", "high", "n"]]
    base: Any = alt.Chart(shown).encode(
        y=alt.Y("rung:N", sort=list(RUNG_WORDS.values()), title=None),
        yOffset=alt.YOffset("pictures:N", sort=list(RUNG_PICTURES.values())),
        color=alt.Color("pictures:N", title=None, sort=list(RUNG_PICTURES.values())),
        tooltip=[
            "rung",
            "pictures",
            *(alt.Tooltip(f"{one}:Q", format=".3f") for one in ("value", "low", "high")),
            "n",
        ],
    )
    spans = base.mark_rule().encode(
        x=alt.X("low:Q", title=None, scale=alt.Scale(zero=False)), x2="high:Q"
    )
    points = base.mark_point().encode(x="value:Q")
    both = alt.layer(spans, points).properties(width=230, height=alt.Step(16))
    columns = alt.Column("score:N", title=None)
    return cast(AnyChart, both.facet(column=columns).resolve_scale(x="independent"))


RUNG_PICTURES: Final = {
    "found": "pictures both find",
    "weighted": "these, weighted",
    "all": "all that the mesh finds",
    "lost_wrong": "all, lost ones wrong",
}
RUNG_WORDS: Final = {
    "rung_openface": "OpenFace's landmarks",
    "rung_mesh_same": "mesh, same pictures",
    "rung_mesh_all": "mesh, all it finds",
    "measured": "measured on all that the mesh finds",
}
