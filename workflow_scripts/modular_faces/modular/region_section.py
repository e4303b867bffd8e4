"""The section on what a model gains from seeing the whole picture rather than the face only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import altair as alt
import pandas as pd

from modular_faces.failures.report_parts import p_in_words
from modular_faces.figures import FAINT, AnyChart
from modular_faces.modular.module_blocks import REGION_WORDS
from modular_faces.modular.page_parts import HEAD_METRIC, Figures, ScoreTables
from modular_faces.modular.score_parts import short_p, with_interval, words_of
from modular_faces.modular.specificity_parts import CONTROL
from modular_faces.pages.parts import Block, Table, Text

ONE_REGION: Final = (
    "The models saw only one of the two, the whole picture or the face, so there is nothing to compare. With "
    "`modular.models.regions: [image, face]` this section says what the background adds."
)
NONE_SHARED: Final = "No picture was found and tried both as a whole picture and as a face only."
MEANING: Final = (
    "The same model on the same found pictures, once with the whole picture, once with the face only. Right of 0 the "
    "whole picture predicts better: through hair, clothes and background. Lines are {interval} intervals; every draw "
    "takes the same pictures for both."
)
HOLM: Final = " McNemar's p-values are corrected by Holm's method over all tests of this section."


def region_blocks(tables: ScoreTables, figures: Figures) -> Iterator[Block]:
    """Say what the whole picture adds, with the negative control where it was rated.

    Parameters
    ----------
    tables : ScoreTables
    figures : Figures
    """
    rows = tables.regions
    if "metric" not in rows or rows.empty:
        one = tables.scores["region"].nunique() < 2 if "region" in tables.scores else True
        yield Text([ONE_REGION if one else NONE_SHARED])
        return
    yield Text(list(region_findings(rows)), listed=True)
    meaning = MEANING.format(interval=tables.interval)
    ratings = rows[rows["metric"] == "r2"]
    if len(ratings) > 1:
        yield figures(region_chart(ratings), "whole_less_face", "R2: whole less face", meaning)
    else:
        yield Text([meaning])
    yield region_table(rows, tables.interval)


def region_findings(rows: pd.DataFrame) -> Iterator[str]:
    """Say the differences of what sums up, of how many ratings an interval leaves out 0, and of the control."""
    heads = rows[rows["target"].isin(list(HEAD_METRIC))]
    for row in heads.to_dict("records"):
        yield (
            f"{words_of(row['metric']).capitalize()} ({words_of(row['target'])}) is {row['image']:.3f} from the "
            f"{REGION_WORDS['image']} and {row['face']:.3f} from the {REGION_WORDS['face']}: difference "
            f"{_difference(row)}, n = {int(row['n'])}{_mcnemar(row)}."
        )
    ratings = rows[(rows["metric"] == "r2") & ~rows["target"].isin(list(HEAD_METRIC))]
    if len(ratings):
        better, worse = (ratings["low"] > 0).sum(), (ratings["high"] < 0).sum()
        yield (
            f"Of {len(ratings)} ratings R2 is higher from the {REGION_WORDS['image']} for {better} and from the "
            f"{REGION_WORDS['face']} for {worse}, counting intervals that leave out 0 (each taken alone, not corrected "
            "for their number)."
        )
    for row in ratings[ratings["target"] == CONTROL].to_dict("records"):
        yield _control(row)


def _control(row: Mapping[Any, Any]) -> str:
    if row["low"] > 0:
        said = "falls when only the face is seen, as it must"
    elif row["high"] < 0:
        said = "rises when only the face is seen, which it must not: the face, or how it was cut out, tells of it"
    else:
        said = "is not shown to fall when only the face is seen: the interval holds 0"
    return (
        f"Negative control: R2 of '{CONTROL}', a matter of the background, {said} ({row['image']:.3f} from the "
        f"{REGION_WORDS['image']}, {row['face']:.3f} from the {REGION_WORDS['face']}, difference {_difference(row)}, "
        f"n = {int(row['n'])})."
    )


def _difference(row: Mapping[Any, Any]) -> str:
    value, low, high = (round(row[name], 3) + 0.0 for name in ("difference", "low", "high"))
    return f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"


def _mcnemar(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["p_mcnemar"]):
        return ""
    return (
        f"; only the {REGION_WORDS['image']} is right on {row['image_only']:.0f} pictures, only the face on "
        f"{row['face_only']:.0f}, McNemar's {p_in_words(row['p_holm'])} after Holm's correction"
    )


def region_chart(ratings: pd.DataFrame) -> AnyChart:
    """R2 from the whole picture less R2 from the face only, with intervals, largest first."""
    names = ["difference", "low", "high", "image", "face", "n"]
    shown = ratings[names].assign(rating=[words_of(name) for name in ratings["target"]])
    order = shown.sort_values("difference", ascending=False)["rating"].tolist()
    base: Any = alt.Chart(shown).encode(
        y=alt.Y("rating:N", sort=order, title=None),
        tooltip=["rating", "n", *(alt.Tooltip(f"{one}:Q", format=".3f") for one in names[:5])],
    )
    zero = alt.Chart(shown).mark_rule(color=FAINT, strokeDash=[4, 4]).encode(x=alt.datum(0))
    title = f"R2: {REGION_WORDS['image']} less {REGION_WORDS['face']}"
    spans = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    points = base.mark_point().encode(x="difference:Q")
    both = alt.layer(zero, spans, points).properties(width=420, height=alt.Step(16))
    return cast(AnyChart, both)


def region_table(rows: pd.DataFrame, interval: str) -> Table:
    """Every difference, what sums up first."""
    tested = rows["p_mcnemar"].notna().any()
    tests = ["only whole right", "only face right", "p (McNemar)", "p (Holm)"] if tested else []
    first = rows["target"].isin(list(HEAD_METRIC))
    ordered = rows.loc[first.sort_values(ascending=False, kind="stable").index]
    return Table(
        caption=(
            f"{REGION_WORDS['image'].capitalize()} less {REGION_WORDS['face']}, found ones only, with {interval} "
            f"intervals of the difference.{HOLM if tested else ''}"
        ),
        columns=["predicted", "score", *REGION_WORDS.values(), "difference", "n", *tests],
        rows=[[*_cells(row), *_tests(row, tests)] for row in ordered.to_dict("records")],
        numeric=[False, False] + [True] * (4 + len(tests)),
        file="regions.csv",
        rows_in_file=len(rows),
    )


def _cells(row: Mapping[Any, Any]) -> list[str]:
    return [
        *(words_of(row["target"]), words_of(row["metric"])),
        *(f"{row['image']:.3f}", f"{row['face']:.3f}"),
        with_interval(row["difference"], row["low"], row["high"]),
        str(int(row["n"])),
    ]


def _tests(row: Mapping[Any, Any], tests: list[str]) -> list[str]:
    if not tests or pd.isna(row["p_mcnemar"]):
        return [""] * len(tests)
    counts = [f"{row[name]:.0f}" for name in ("image_only", "face_only")]
    return [*counts, short_p(row["p_mcnemar"]), short_p(row["p_holm"])]
