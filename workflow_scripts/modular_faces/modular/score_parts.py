"""Scores for the page: the table with the lab's model first, baselines, references, confusion, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import altair as alt
import pandas as pd

from modular_faces.figures import CATEGORIES, AnyChart
from modular_faces.modular.module_blocks import REGION_WORDS

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


def name_of(model: str) -> str:
    """Write the name of a whole model as words.

    Examples
    --------
    >>> name_of("modular_learnt"), name_of("shuffled")
    ('modular learnt', 'labels shuffled (chance)')
    """
    return NAMES.get(model, model.replace("_", " "))


def with_interval(value: float, low: float, high: float) -> str:
    """Write a number with its interval.

    Examples
    --------
    >>> with_interval(0.71234, 0.69, 0.73)
    '0.712 [0.690, 0.730]'
    """
    if pd.isna(value):
        return ""
    value, low, high = (round(number, 3) + 0.0 for number in (value, low, high))
    if pd.isna(low) or pd.isna(high):
        return f"{value:.3f}"
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def short_p(p: float) -> str:
    """Write a p-value into a cell of a table.

    Examples
    --------
    >>> short_p(0.0342), short_p(0.00001)
    ('0.034', '< .001')
    """
    return "< .001" if p < 0.001 else f"{p:.3f}"


def none_lost(scores: pd.DataFrame) -> pd.Series:
    """Rows of found pictures, or of lost ones as wrong, that repeat a row of all pictures because none was lost."""
    keys = ["target", "model", "region", "split"]
    n = scores.groupby([*keys, "population"])["n"].max().unstack("population")
    lost = n.reindex(columns=["all", "found"]).diff(axis="columns")["found"]
    whole = pd.MultiIndex.from_frame(scores[keys]).isin(lost.index[lost == 0])
    return whole & scores["population"].isin(["found", "lost_wrong"])


def score_chart(scores: pd.DataFrame, target: str, metric: str) -> AnyChart:
    """Models on the way down, their scores with intervals, in each way to count lost pictures."""
    rows = scores[(scores["target"] == target) & (scores["metric"] == metric)]
    rows = rows[~rows["model"].str.match(NOT_WHOLE) & ~none_lost(rows)]
    rows = rows[rows["split"].isin(["test", "cross_validation"])].assign(
        sees=rows["region"].map(REGION_WORDS),
        pictures=rows["population"].map(POPULATION_WORDS),
        name=rows["model"].map(name_of),
    )
    order = [name_of(model) for model in model_order(rows["model"].tolist())]
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
    """What each module gives alone, what is lost without it, and its Shapley value, each on a scale of its own."""
    rows = _part_rows(scores[scores["target"] == target], metric, main)
    gained = "saved" if metric == "log_loss" else "gained"
    titles = {name: words_of(metric) for name in ("alone", "all but it")}
    titles["Shapley value"] = f"{words_of(metric)} {gained}"
    columns = [
        _parts_column(rows[rows["what"] == what], metric, title, sorted(set(rows["of"])))
        for what, title in titles.items()
        if what in set(rows["what"])
    ]
    return cast(AnyChart, alt.hconcat(*columns))


def _parts_column(rows: pd.DataFrame, metric: str, title: str, modules: Sequence[str]) -> Any:
    colors = alt.Scale(domain=list(REGION_WORDS.values()), range=list(CATEGORIES[:2]))
    base: Any = alt.Chart(rows).encode(
        y=alt.Y("of:N", title=None, scale=alt.Scale(domain=modules)),
        yOffset=alt.YOffset("sees:N", sort=list(REGION_WORDS.values())),
        color=alt.Color("sees:N", title=None, scale=colors),
        tooltip=[alt.Tooltip("of:N", title="module"), "sees", "what", *_numbers(), "n"],
    )
    axis, scale = alt.Axis(tickCount=4), alt.Scale(domain=_reach(rows, metric), nice=True)
    x = alt.X("value:Q", title=title, scale=scale, axis=axis)
    spans = base.mark_rule(clip=True).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    return alt.layer(spans, base.mark_point(clip=True).encode(x=x)).properties(
        width=190, height=alt.Step(14), title=rows["what"].iloc[0]
    )


def _reach(rows: pd.DataFrame, metric: str) -> list[float]:
    """Ends of a scale that holds every interval, with room for points; R2 ends at -.5."""
    ends = rows[["value", "low", "high"]]
    low, high = float(ends.min().min()), float(ends.max().max())
    low = max(low, -0.5) if metric == "r2" else low
    if rows["what"].iloc[0] == "Shapley value":
        low, high = min(low, 0.0), max(high, 0.0)
    room = 0.06 * (high - low) or 0.1
    return [round(low - room, 4), round(high + room, 4)]


def grouped_modules(scores: pd.DataFrame, main: str) -> str:
    """Say which modules are taken out together, in a sentence; empty where each stands for itself."""
    whole = "+".join(scores.loc[scores["model"] == main, "modules"].dropna()).split("+")
    without = scores[scores["model"].str.startswith("without_")].drop_duplicates("model")
    groups = {
        words_of(model.removeprefix("without_")): [
            words_of(name) for name in dict.fromkeys(whole) if name not in str(left).split("+")
        ]
        for model, left in zip(without["model"], without["modules"], strict=True)
    }
    return "".join(
        f" {name.capitalize()} stands for {', '.join(parts[:-1])} and {parts[-1]} together."
        for name, parts in groups.items()
        if len(parts) > 1
    )


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
