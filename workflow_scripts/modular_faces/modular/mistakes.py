"""Single pictures for the private page: the hardest mistakes, and what each module added. Private by nature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from modular_faces.inline_pictures import jpeg_url
from modular_faces.pages.parts import Record, RecordGroup, Table

LONGEST: Final = 160
QUALITY: Final = 80
OF_A_GROUP: Final = 8
"""Pictures of a category or rating, of found and of lost ones each."""

NOT_TAKEN_APART: Final = [
    (
        "What each module added",
        "not known: the face was lost, and a model of what the picture still has spoke instead",
    )
]
"""A fact on pictures that the main model could not see."""

ODDS: Final = "Contributions are to the log odds, the scale that the model adds on."
UNIT: Final = "Contributions are in the unit of the rating."
LOST: Final = (
    "The faces in these pictures were lost: there are no landmarks, or none to be trusted. A model of what the "
    "pictures still have spoke instead, and what each module added is not known."
)

Picture = NDArray[np.uint8]


def called_wrong(predictions: pd.DataFrame) -> pd.DataFrame:
    """Pictures that were given a wrong category, found ones before lost ones, the surest of each category first.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Rows of predictions.parquet of one model, region and repeat, task emotions.

    Returns
    -------
    pandas.DataFrame
        image_id, found, said, truth, probability, given_truth (probability of the label); at most `OF_A_GROUP` found
        and as many lost ones for each category that was said.
    """
    wide = predictions.pivot(index="image_id", columns="target", values="predicted")
    labels = predictions[predictions["truth"] == 1].set_index("image_id")["target"]
    wide = wide.loc[wide.index.isin(labels.index)]
    found = predictions.drop_duplicates("image_id").set_index("image_id")["found"].astype(bool)
    truth = labels.loc[wide.index]
    said = wide.idxmax(axis=1)
    places = wide.columns.get_indexer(truth)
    made = pd.DataFrame(
        {
            "image_id": wide.index,
            "found": found.loc[wide.index].to_numpy(),
            "said": said.to_numpy(),
            "truth": truth.to_numpy(),
            "probability": wide.max(axis=1).to_numpy(),
            "given_truth": wide.to_numpy()[np.arange(len(wide)), places],
        }
    )
    wrong = made[made["said"] != made["truth"]]
    ordered = wrong.sort_values(
        ["found", "said", "probability", "image_id"], ascending=[False, True, False, True]
    )
    groups = ordered.groupby(["found", "said"], sort=False)
    return groups.head(OF_A_GROUP).reset_index(drop=True)


def rated_wrong(predictions: pd.DataFrame) -> pd.DataFrame:
    """Pictures whose rating was missed most, found ones before lost ones, in standard deviations of the rating.

    Returns
    -------
    pandas.DataFrame
        image_id, found, target, truth, predicted, missed_by; at most `OF_A_GROUP` found and as many lost ones of
        each rating.
    """
    known = predictions.dropna(subset=["truth", "predicted"])
    spread = known.groupby("target")["truth"].transform("std")
    missed = (known["predicted"] - known["truth"]) / spread.where(spread > 0)
    made = known.assign(missed_by=missed).dropna(subset=["missed_by"])
    made["size"] = made["missed_by"].abs()
    ordered = made.sort_values(
        ["found", "target", "size", "image_id"], ascending=[False, True, False, True]
    )
    chosen = ["image_id", "found", "target", "truth", "predicted", "missed_by"]
    groups = ordered.groupby(["found", "target"], sort=False)
    return groups.head(OF_A_GROUP)[chosen].reset_index(drop=True)


def contribution_table(contributions: pd.DataFrame, image_id: str, targets: list[str]) -> Table:
    """What each module adds to the scores of one picture."""
    rows = contributions[
        (contributions["image_id"] == image_id) & contributions["target"].isin(targets)
    ]
    wide = rows.pivot_table(index="module", columns="target", values="contribution", sort=False)
    wide = wide.reindex(columns=[name for name in targets if name in wide.columns])
    wide = wide.sort_values(list(wide.columns)[:1], ascending=False) if len(wide) else wide
    names = [name.replace("_", " ") for name in wide.columns]
    return Table(
        caption="What each module added",
        columns=["module", *names],
        rows=[
            [
                str(module).replace("_", " "),
                *("" if np.isnan(value) else f"{value:+.2f}" for value in line),
            ]
            for module, line in zip(wide.index, wide.to_numpy(), strict=True)
        ],
        numeric=[False] + [True] * len(names),
        file="",
        rows_in_file=len(wide),
    )


def mistake_groups(
    predictions: pd.DataFrame,
    contributions: pd.DataFrame,
    pictures: Mapping[str, Picture],
) -> list[RecordGroup]:
    """Make a group of pictures for each category that was said wrongly, and for each rating; lost faces in their own.

    A group of lost faces comes after that of found ones, so that what is seen first can be taken apart.

    Parameters
    ----------
    predictions, contributions : pandas.DataFrame
        Of the main model, one region, the first repeat.
    pictures : mapping of str to (H, W, 3) ndarray of uint8
        By image id; see `wanted_pictures`.
    """
    emotions = predictions[predictions["task"] == "emotions"]
    ratings = predictions[predictions["task"] == "ratings"]
    groups = []
    for (found, said), rows in called_wrong(emotions).groupby(["found", "said"], sort=False):
        records = [
            _called(number, row, contributions, pictures[str(row["image_id"])])
            for number, row in enumerate(rows.to_dict("records"))
            if row["image_id"] in pictures
        ]
        name, title, note = f"called {said}", f"Called {said}", f"Surest mistakes first. {ODDS}"
        groups.append(_group(name, title, note, records, found=bool(found)))
    for (found, target), rows in rated_wrong(ratings).groupby(["found", "target"], sort=False):
        records = [
            _rated(number, row, contributions, pictures[str(row["image_id"])])
            for number, row in enumerate(rows.to_dict("records"))
            if row["image_id"] in pictures
        ]
        words = str(target).replace("_", " ")
        name, title, note = f"rated {target}", f"Rating {words}", f"Missed most first. {UNIT}"
        groups.append(_group(name, title, note, records, found=bool(found)))
    return [group for group in groups if group.records]


def _group(name: str, title: str, note: str, records: list[Record], *, found: bool) -> RecordGroup:
    """Make a group of found faces, or of lost ones, which says so."""
    if found:
        return RecordGroup(name, title, note, records)
    return RecordGroup(f"{name} lost", f"{title}: face lost", LOST, records)


def wanted_pictures(predictions: pd.DataFrame) -> set[str]:
    """Ids of the pictures that `mistake_groups` will show."""
    emotions = predictions[predictions["task"] == "emotions"]
    ratings = predictions[predictions["task"] == "ratings"]
    return {*called_wrong(emotions)["image_id"], *rated_wrong(ratings)["image_id"]}


def main_rows(rows: pd.DataFrame, *, model: str, regions: Iterable[str]) -> pd.DataFrame:
    """Rows of the model that is shown: the main one, the first region, the first repeat."""
    if not len(rows):
        return rows
    kept = rows[rows["region"] == next(iter(regions))]
    if "model" in kept:
        kept = kept[(kept["model"] == model) & (kept["repeat"] == 0)]
    return kept


def _place(number: int, row: Mapping[str, object]) -> str:
    """Place of a picture in its group, which lost ones do not share with found ones."""
    return f"{number}" if row["found"] else f"lost-{number}"


def _called(
    number: int, row: Mapping[str, object], contributions: pd.DataFrame, picture: Picture
) -> Record:
    said, truth, name = str(row["said"]), str(row["truth"]), str(row["image_id"])
    facts = [
        ("Called", said),
        ("Label", truth),
        (f"Probability of {said}", f"{row['probability']:.2f}"),
        (f"Probability of {truth}", f"{row['given_truth']:.2f}"),
    ]
    alt = f"labelled {truth}, called {said}"
    table = contribution_table(contributions, name, [said, truth])
    facts += NOT_TAKEN_APART if not table.rows else []
    return _record(
        f"{said}-{_place(number, row)}", name, alt, picture, facts, table, {"target": said}
    )


def _rated(
    number: int, row: Mapping[str, object], contributions: pd.DataFrame, picture: Picture
) -> Record:
    target, name = str(row["target"]), str(row["image_id"])
    words = target.replace("_", " ")
    facts = [
        ("Rating", words),
        ("Raters", f"{row['truth']:.2f}"),
        ("Model", f"{row['predicted']:.2f}"),
        ("Missed by", f"{row['missed_by']:+.1f} standard deviations of the rating"),
    ]
    alt = f"{words}: rated {row['truth']:.2f}, predicted {row['predicted']:.2f}"
    table = contribution_table(contributions, name, [target])
    facts += NOT_TAKEN_APART if not table.rows else []
    return _record(
        f"{target}-{_place(number, row)}", name, alt, picture, facts, table, {"target": target}
    )


def _record(
    key: str,
    name: str,
    alt: str,
    picture: Picture,
    facts: list[tuple[str, str]],
    table: Table,
    tags: Mapping[str, str],
) -> Record:
    height, width = picture.shape[:2]
    return Record(
        name="picture-" + "".join(c if c.isalnum() else "-" for c in key.lower()),
        title=name,
        alt=alt,
        picture=jpeg_url(Image.fromarray(picture), longest=LONGEST, quality=QUALITY),
        size=(width, height),
        points=(),
        points_from="",
        tags=tags,
        facts=facts,
        tables=[table] if table.rows else [],
    )
