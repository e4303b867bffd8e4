"""The gallery: lost pictures by probable cause, each with what is known of it. Private by nature."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.failures.counting import counted
from modular_faces.failures.descriptor_words import words_of
from modular_faces.failures.gallery_choice import Lost
from modular_faces.failures.outcome import LEVELS, Outcome
from modular_faces.failures.report_parts import StudyReport
from modular_faces.failures.study_files import STUDY_COLUMNS
from modular_faces.failures.study_rows import only_pictures, wanted_rows
from modular_faces.inline_pictures import jpeg_url
from modular_faces.pages.parts import Record, RecordGroup, Table

LONGEST: Final = 160
"""Longer side of a thumbnail, pixels."""
QUALITY: Final = 80
MOST_BYTES: Final = 8_000_000
"""Most bytes of all thumbnails together."""

ATTEMPT_COLUMNS: Final = (*STUDY_COLUMNS, *LANDMARK_COLUMNS)

Picture = NDArray[np.uint8]


def read_attempts(path: str | os.PathLike[str], image_ids: Sequence[str]) -> pd.DataFrame:
    """Read every attempt on some pictures, with landmarks.

    Parameters
    ----------
    path : path-like
        `study.parquet`.
    image_ids : sequence of str

    Returns
    -------
    pandas.DataFrame
        A row per picture and attempt, in the order of the study.
    """
    table = wanted_rows(path, ATTEMPT_COLUMNS, rows_of=only_pictures(frozenset(image_ids)))
    return table.to_pandas()


def gallery_groups(
    lost: Lost,
    outcome: Outcome,
    *,
    attempts: pd.DataFrame,
    manifest: pd.DataFrame,
    descriptors: pd.DataFrame,
    pictures: Iterable[tuple[str, Picture]],
) -> list[RecordGroup]:
    """Gather thumbnails, landmarks and records of the chosen pictures.

    Parameters
    ----------
    lost : Lost
    outcome : Outcome
    attempts : pandas.DataFrame
        With `ATTEMPT_COLUMNS`, a row per picture and attempt.
    manifest : pandas.DataFrame
        With image_id, path, and where there are such label_name and split.
    descriptors : pandas.DataFrame
        Numbers, indexed by image_id.
    pictures : iterable of (str, (H, W, 3) ndarray of uint8)
        The chosen ones, in any order; those that are missing are left out.

    Returns
    -------
    list of RecordGroup
        Fewer pictures than chosen where the thumbnails would be larger than `MOST_BYTES`.
    """
    wanted = set(lost.image_ids)
    shown = {
        image_id: (
            jpeg_url(Image.fromarray(pixels), longest=LONGEST, quality=QUALITY),
            pixels.shape,
        )
        for image_id, pixels in pictures
        if image_id in wanted
    }
    of_picture = dict(tuple(attempts.groupby("image_id", observed=True, sort=False)))
    rows = manifest.set_index("image_id")
    groups, left, number = [], MOST_BYTES, 0
    for cause, image_ids in lost.causes.items():
        records = []
        for image_id in image_ids:
            if image_id not in shown or len(shown[image_id][0]) > left:
                continue
            url, shape = shown[image_id]
            left -= len(url)
            number += 1
            records.append(
                _record(
                    f"picture-{number}",
                    (cause, lost.words[cause]),
                    url=url,
                    size=(shape[1], shape[0]),
                    row=rows.loc[image_id].to_dict(),
                    attempts=of_picture.get(image_id, attempts.iloc[:0]),
                    measures=descriptors.loc[image_id] if image_id in descriptors.index else None,
                    outcome=outcome,
                )
            )
        note = f"{len(records):,} of {counted(lost.failures[cause], 'picture')}."
        title = _capital(lost.words[cause])
        groups.append(RecordGroup(name=cause, title=title, note=note, records=records))
    return groups


def gallery_report(outcome: Outcome, groups: Sequence[RecordGroup]) -> StudyReport:
    """Say what the gallery shows."""
    shown = sum(len(group.records) for group in groups)
    failures = int(outcome.failed.sum())
    return StudyReport(
        study="gallery",
        title="Gallery",
        question="What do the lost pictures look like, and what brings them back?",
        skipped=None if shown else "No picture failed, so there is none to show.",
        findings=[
            f"{shown:,} of {counted(failures, 'lost picture')} by probable cause. Dots are landmarks that another "
            "attempt found. Each picture opens what is known of it. Where the page is narrowed to a backend or "
            "variant, those of them are left that it loses too.",
            *([f"They are from {outcome.drawn_from}."] if outcome.drawn_from else []),
        ]
        if shown
        else [],
        n={"pictures": len(outcome.failed), "failures": failures, "shown": shown},
    )


def _record(
    name: str,
    cause: tuple[str, str],
    *,
    url: str,
    size: tuple[int, int],
    row: Mapping[str, Any],
    attempts: pd.DataFrame,
    measures: pd.Series[Any] | None,
    outcome: Outcome,
) -> Record:
    label = row.get("label_name")
    known = {
        "Probable cause": cause[1],
        "Label": label,
        "Part of the dataset": row.get("split"),
        "Size": f"{size[0]} × {size[1]} pixels",
    }
    facts = [(words, str(value)) for words, value in known.items() if _is_known(value)]
    if measures is not None:
        facts += [
            (_capital(words_of(str(k))), _number(v)) for k, v in measures.items() if _is_known(v)
        ]
    points, source = _rescued_points(attempts, outcome.level)
    whose = f"{label}, " if _is_known(label) else ""
    return Record(
        name=name,
        title=str(row["path"]),
        alt=f"{row['path']}: {whose}{cause[1]}",
        picture=url,
        size=size,
        points=points,
        points_from=source,
        tags={"cause": cause[0]} | ({"label": str(label)} if _is_known(label) else {}),
        facts=facts,
        tables=[_attempts_table(attempts)],
        lost_by=[
            (str(row.backend), str(row.variant), level)
            for row in attempts.itertuples()
            for level in LEVELS
            if not getattr(row, level)
        ],
    )


def _rescued_points(attempts: pd.DataFrame, level: str) -> tuple[list[tuple[float, float]], str]:
    """Landmarks of the surest attempt that brought the picture back."""
    saved = attempts[attempts[level].astype(bool)]
    if saved.empty:
        return [], "No landmarks: nothing that was tried brought this picture back."
    quality = saved["landmark_quality"].fillna(-1).to_numpy(dtype=np.float64)
    best = saved.iloc[int(quality.argmax())]
    xy = best[list(LANDMARK_COLUMNS)].to_numpy(dtype=np.float64).reshape(2, -1).T
    points = [(round(float(x), 1), round(float(y), 1)) for x, y in xy if np.isfinite(x + y)]
    return points, f"Landmarks: {best['backend']} on {best['variant']}."


def _attempts_table(attempts: pd.DataFrame) -> Table:
    said = {True: "yes", False: "no"}
    rows = [
        [
            *(str(row["backend"]), str(row["variant"])),
            *(said[bool(row["found"])], said[bool(row["trusted"])]),
            _number(row["landmark_quality"]) if _is_known(row["landmark_quality"]) else "",
        ]
        for row in attempts.to_dict("records")
    ]
    return Table(
        caption="Every attempt on this picture",
        columns=("backend", "variant", "found", "trusted", "quality"),
        rows=rows,
        numeric=(False, False, False, False, True),
        file="",
        rows_in_file=len(rows),
    )


def _is_known(value: object) -> bool:
    return value is not None and value == value and value != ""  # noqa: PLR0124


def _number(value: float) -> str:
    return format(float(value), ".4g")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
