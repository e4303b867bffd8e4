"""Scores for the page: the table with the lab's model first, baselines, references, confusion, calibration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

import altair as alt
import pandas as pd

from modular_faces.figures import CATEGORIES, AnyChart
from modular_faces.pages.parts import Table

EMOTION: Final = "emotion"
MEAN: Final = "mean_of_ratings"
METRICS: Final = {
    EMOTION: ("accuracy", "balanced_accuracy", "macro_f1", "log_loss", "calibration_error"),
    "rating": ("r2", "mse", "mae", "r"),
}
POPULATION_WORDS: Final = {
    "all": "all pictures",
    "lost_wrong": "all, lost ones wrong",
    "found": "found ones only",
    "weighted": "found ones, weighted",
}
REGION_WORDS: Final = {"image": "whole picture", "face": "face only"}
SPLIT_WORDS: Final = {
    "test": "test",
    "test_without_duplicates": "test without duplicates",
    "cross_validation": "cross-validation",
}
NAMES: Final = {"baseline": "baseline (majority or mean)", "shuffled": "labels shuffled (chance)"}
FIRST: Final = ("lab",)
LAST: Final = ("baseline", "shuffled")
NOT_WHOLE: Final = r"only_|without_|rung_"
"""Models that are parts of the main one or compare instruments; they have sections of their own."""


def model_order(models: Sequence[str]) -> list[str]:
    """Put the lab's model first, chance last; the others keep their order.

    Examples
    --------
    >>> model_order(["baseline", "modular", "lab"])
    ['lab', 'modular', 'baseline']
    """
    present = list(dict.fromkeys(models))
    middle = [name for name in present if name not in (*FIRST, *LAST)]
    ends = [[name for name in group if name in present] for group in (FIRST, LAST)]
    return [*ends[0], *middle, *ends[1]]


def kind_of(target: str) -> str:
    """Which metrics a target has."""
    return EMOTION if target == EMOTION else "rating"


def words_of(name: str) -> str:
    """Write a target or a metric as words.

    Examples
    --------
    >>> words_of("r2"), words_of("mean_of_ratings")
    ('R2', 'mean of ratings')
    """
    return {"r2": "R2", "mse": "MSE", "mae": "MAE"}.get(name, name.replace("_", " "))


def with_interval(value: float, low: float, high: float) -> str:
    """Write a number with its interval.

    Examples
    --------
    >>> with_interval(0.71234, 0.69, 0.73)
    '0.712 [0.690, 0.730]'
    """
    if pd.isna(value):
        return ""
    if pd.isna(low) or pd.isna(high):
        return f"{value:.3f}"
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def score_table(
    scores: pd.DataFrame, references: pd.DataFrame, target: str, interval: str
) -> Table:
    """Every whole model's scores for one target, then what others report.

    Parameters
    ----------
    scores : pandas.DataFrame
        scores.csv.
    references : pandas.DataFrame
        references.csv, of this dataset.
    target : str
    interval : str
        Such as ``95 %``.
    """
    metrics = METRICS[kind_of(target)]
    rows = list(_score_rows(scores[scores["target"] == target], metrics))
    rows += list(_reference_rows(references, target, metrics))
    words = [words_of(name) for name in metrics]
    return Table(
        caption=f"Scores for {words_of(target)}, with {interval} intervals" if rows else "Scores",
        columns=["model", "sees", "pictures", "split", "n", *words],
        rows=rows,
        numeric=[False] * (5 + len(metrics)),
        file="scores.csv",
        rows_in_file=len(scores),
    )


def _score_rows(scores: pd.DataFrame, metrics: Sequence[str]) -> Iterator[list[str]]:
    whole = scores[~scores["model"].str.match(NOT_WHOLE)]
    whole = whole[whole["metric"].isin(metrics)]
    for model in model_order(whole["model"].tolist()):
        of_model = whole[whole["model"] == model]
        groups = of_model.groupby(["region", "population", "split"], sort=False)
        for (region, population, split), group in groups:
            found = group.set_index("metric")
            cells = [
                with_interval(*found.loc[m, ["value", "low", "high"]]) if m in found.index else ""
                for m in metrics
            ]
            yield [
                *(NAMES.get(model, model), REGION_WORDS.get(region, region)),
                *(POPULATION_WORDS.get(population, population), SPLIT_WORDS.get(split, split)),
                *(str(int(group["n"].max())), *cells),
            ]


def _reference_rows(
    references: pd.DataFrame, target: str, metrics: Sequence[str]
) -> Iterator[list[str]]:
    if "target" not in references:
        return
    for model, group in references[references["target"] == target].groupby("model", sort=False):
        values = dict(zip(group["metric"], group["value"], strict=True))
        cells = [f"{values[m]:.3f}" if m in values else "" for m in metrics]
        published = (group["origin"] == "published").all()
        yield [str(model), "published" if published else "earlier result", "", "", "", *cells]


def reference_table(references: pd.DataFrame) -> Table:
    """Where the results of others come from, and how they were tested.

    No column is called like a filter of the page, so that the table stays whole whichever category is looked at.
    """
    rows = references[["model", "target", "metric", "value", "protocol", "source"]]
    rows = rows.assign(target=rows["target"].map(words_of), metric=rows["metric"].map(words_of))
    rows = rows.rename(columns={"target": "predicts"})
    return Table(
        caption="Where published and earlier results come from",
        columns=["model", "predicts", "metric", "value", "protocol", "source"],
        rows=[[f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row]
              for row in rows.itertuples(index=False)],
        numeric=[False, False, False, True, False, False],
        file="references.csv",
        rows_in_file=len(rows),
    )  # fmt: skip


def score_chart(scores: pd.DataFrame, target: str, metric: str) -> AnyChart:
    """Models on the way down, their scores with intervals, in each way to count lost pictures."""
    rows = scores[(scores["target"] == target) & (scores["metric"] == metric)]
    rows = rows[~rows["model"].str.match(NOT_WHOLE)]
    rows = rows[rows["split"].isin(["test", "cross_validation"])].assign(
        sees=rows["region"].map(REGION_WORDS),
        pictures=rows["population"].map(POPULATION_WORDS),
        name=rows["model"].map(NAMES).fillna(rows["model"]),
    )
    order = [NAMES.get(name, name) for name in model_order(rows["model"].tolist())]
    shown = rows[["name", "sees", "pictures", "value", "low", "high", "n"]]
    base: Any = alt.Chart(shown).encode(
        y=alt.Y("name:N", sort=order, title=None),
        yOffset=alt.YOffset("pictures:N", sort=list(POPULATION_WORDS.values())),
        color=alt.Color("pictures:N", title=None, sort=list(POPULATION_WORDS.values())),
        tooltip=["name", "sees", "pictures", *_numbers(), "n"],
    )
    title = words_of(metric)
    scale = _scale_of(metric)
    points = base.mark_point(clip=True).encode(x=alt.X("value:Q", title=title, scale=scale))
    spans = base.mark_rule(clip=True).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    layers = [spans, points]
    both = alt.layer(*layers).properties(width=270, height=alt.Step(13))
    return cast(
        AnyChart,
        both.facet(column=alt.Column("sees:N", title=None, sort=list(REGION_WORDS.values()))),
    )


def parts_chart(scores: pd.DataFrame, target: str, metric: str, main: str) -> AnyChart:
    """What each module gives alone, what is lost without it, and its Shapley value."""
    rows = _part_rows(scores[scores["target"] == target], metric, main)
    base: Any = alt.Chart(rows).encode(
        y=alt.Y("of:N", title=None),
        yOffset="sees:N",
        color=alt.Color("sees:N", title=None, scale=alt.Scale(range=list(CATEGORIES))),
        tooltip=[alt.Tooltip("of:N", title="module"), "sees", "what", *_numbers()],
    )
    scale = _scale_of(metric)
    x = alt.X("value:Q", title=words_of(metric), scale=scale, axis=alt.Axis(tickCount=5))
    points = base.mark_point(clip=True).encode(x=x)
    spans = base.mark_rule(clip=True).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    both = alt.layer(spans, points).properties(width=210, height=alt.Step(14))
    columns = alt.Column("what:N", title=None, sort=["alone", "all but it", "Shapley value"])
    return cast(AnyChart, both.facet(column=columns).resolve_scale(x="independent"))


def _part_rows(scores: pd.DataFrame, metric: str, main: str) -> pd.DataFrame:
    scores = scores[
        (scores["population"] == "found") & scores["split"].isin(["test", "cross_validation"])
    ]
    plain = scores[scores["metric"] == metric]
    shapley = scores[scores["metric"] == f"shapley_{metric}"]
    parts = [
        _part(plain, "only_", "alone"),
        _part(plain, "without_", "all but it"),
        shapley.assign(of=shapley["modules"].map(_group_name(plain, main)), what="Shapley value"),
    ]
    joined = pd.concat(parts, ignore_index=True)
    joined["sees"] = joined["region"].map(REGION_WORDS)
    joined["of"] = joined["of"].str.replace("_", " ")
    return joined[["of", "what", "sees", "value", "low", "high", "n"]]


def _part(scores: pd.DataFrame, prefix: str, what: str) -> pd.DataFrame:
    rows = scores[scores["model"].str.startswith(prefix)]
    return rows.assign(of=rows["model"].str.removeprefix(prefix), what=what)


def _group_name(scores: pd.DataFrame, main: str) -> Any:
    """Call a group of modules what the models without it are called."""
    whole = set("+".join(scores.loc[scores["model"] == main, "modules"].dropna()).split("+"))
    without = scores[scores["model"].str.startswith("without_")]
    names = {
        frozenset(whole - set(modules.split("+"))): model.removeprefix("without_")
        for model, modules in zip(without["model"], without["modules"], strict=True)
    }
    return lambda modules: names.get(frozenset(str(modules).split("+")), str(modules))


def _scale_of(metric: str) -> alt.Scale:
    """R2 has no lower end: below -.5 points leave the chart, and the table has them."""
    bounded = {"r2": [-0.5, 1.0], "accuracy": [0.0, 1.0]}
    return alt.Scale(domain=bounded[metric]) if metric in bounded else alt.Scale(zero=False)


def _numbers() -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:Q", format=".3f") for name in ("value", "low", "high")]


def each_target_chart(scores: pd.DataFrame) -> AnyChart:
    """One score of several targets, models in colours and in their order, a column for each region."""
    rows = scores[scores["split"].isin(["test", "cross_validation"])]
    rows = rows.assign(
        sees=rows["region"].map(REGION_WORDS), rating=[words_of(name) for name in rows["target"]]
    )
    shown = rows[["rating", "model", "sees", "value", "low", "high", "n"]]
    order = shown.groupby("rating")["value"].max().sort_values(ascending=False).index.tolist()
    models = list(dict.fromkeys(shown["model"]))
    base: Any = alt.Chart(shown).encode(
        y=alt.Y("rating:N", sort=order, title=None),
        yOffset=alt.YOffset("model:N", sort=models),
        color=alt.Color("model:N", title=None, sort=models),
        tooltip=["rating", "model", "sees", *_numbers(), "n"],
    )
    scale = _scale_of("r2")
    spans = base.mark_rule(clip=True).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    points = base.mark_point(clip=True).encode(x=alt.X("value:Q", title="R2", scale=scale))
    both = alt.layer(spans, points).properties(width=260, height=alt.Step(11))
    return cast(
        AnyChart,
        both.facet(column=alt.Column("sees:N", title=None, sort=list(REGION_WORDS.values()))),
    )
