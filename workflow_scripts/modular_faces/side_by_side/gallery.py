"""The pictures on which two instruments disagree most, side by side with the landmarks of either. Private by nature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from modular_faces.bridge import Instrument
from modular_faces.bridge_figure import figure_name
from modular_faces.bridge_pictures import Picture, Pictures, worst_pictures
from modular_faces.inline_pictures import jpeg_url
from modular_faces.pages.parts import Record, RecordGroup, Table
from modular_faces.side_by_side.frames import pair_name
from modular_faces.tiles import LOST, draw_points

SIDE: Final = 200
"""Height of each of the two pictures in pixels."""
GAP: Final = 4
QUALITY: Final = 80
MOST_BYTES: Final = 8_000_000
"""Most bytes of all pictures together; those that come after are left out, with a sentence."""
BACKGROUND: Final = (128, 128, 128)

Pair = tuple[Instrument, Instrument]


def disagreement_groups(
    pairs: Sequence[Pair], frame: pd.DataFrame, pictures: Pictures
) -> list[RecordGroup]:
    """Make a group of each pair of instruments: pictures only one trusts, and those with landmarks farthest apart.

    Parameters
    ----------
    pairs : sequence of (Instrument, Instrument)
    frame : pandas.DataFrame
        Of `modular_faces.bridge_summary.study_frame`.
    pictures : callable
        Gives the wanted pictures by image_id.

    Returns
    -------
    list of RecordGroup
        Pairs without a picture to show are left out.
    """
    looked = {str(name): set(part["image_id"]) for name, part in frame.groupby("instrument")}
    said = [
        worst_pictures(a, b, seen_by_both=looked.get(a.name, set()) & looked.get(b.name, set()))
        for a, b in pairs
    ]
    wanted = {name for of_pair in said for name in of_pair}
    shown = dict(pictures(wanted))
    verdicts = dict(tuple(frame[frame["image_id"].isin(wanted)].groupby("image_id", sort=False)))
    left = MOST_BYTES
    groups = []
    for (a, b), of_pair in zip(pairs, said, strict=True):
        records: list[Record] = []
        for record in _records((a, b), of_pair, shown, verdicts):
            if len(record.picture) <= left:
                left -= len(record.picture)
                records.append(record)
        note = _note(a, b, len(of_pair) - len(records))
        title = pair_name(a.name, b.name)
        groups.append(RecordGroup(title, title, note, records))
    return [group for group in groups if group.records]


def _note(a: Instrument, b: Instrument, left_out: int) -> str:
    note = (
        f"Left the landmarks of {a.name}, right those of {b.name}; a red frame: no trusted face. First pictures "
        "that only one of them trusts, then those with landmarks farthest apart."
    )
    return note + (f" {left_out} left out." if left_out else "")


def _records(
    pair: Pair,
    said: Mapping[str, str],
    shown: Mapping[str, Picture],
    verdicts: Mapping[Any, pd.DataFrame],
) -> Iterator[Record]:
    known = [dict(zip(one.image_ids, one.landmarks, strict=True)) for one in pair]
    for number, (name, words) in enumerate(said.items()):
        if name not in shown:
            continue
        both = side_by_side(shown[name], [of_one.get(name) for of_one in known])
        rows = verdicts[name]
        label = rows["label"].iloc[0]
        labelled = isinstance(label, str) and bool(label)
        facts = [("Disagreement", words), *([("Label", label)] if labelled else [])]
        yield Record(
            name=f"{figure_name(pair[0].name, pair[1].name)}-{number}".lower().replace("_", "-"),
            title=name,
            alt=f"{name}: {words}",
            picture=jpeg_url(both, longest=max(both.size), quality=QUALITY),
            size=both.size,
            points=(),
            points_from=f"Left {pair[0].name}, right {pair[1].name}.",
            tags={"pair": pair_name(pair[0].name, pair[1].name)},
            facts=facts,
            tables=[_verdict_table(rows)],
        )


def side_by_side(picture: Picture, landmarks: Sequence[NDArray[np.float64] | None]) -> Image.Image:
    """Draw a picture once for each instrument.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
    landmarks : sequence of ((68, 2) ndarray of float64 or None)
        Pixels, centres at integers; None gets a red frame.

    Returns
    -------
    PIL.Image.Image
        `SIDE` pixels high.
    """
    scale = SIDE / picture.shape[0]
    width = max(1, round(scale * picture.shape[1]))
    whole = Image.new("RGB", (len(landmarks) * (width + GAP) - GAP, SIDE), BACKGROUND)
    small = Image.fromarray(picture).resize((width, SIDE), Image.Resampling.BICUBIC)
    for number, points in enumerate(landmarks):
        tile = small.copy()
        if points is None:
            ImageDraw.Draw(tile).rectangle((0, 0, width - 1, SIDE - 1), outline=LOST, width=4)
        else:
            draw_points(tile, (points + 0.5) * scale)
        whole.paste(tile, (number * (width + GAP), 0))
    return whole


def _verdict_table(rows: pd.DataFrame) -> Table:
    said = {True: "yes", False: "no"}
    cells = [
        [row["backend"], row["variant"], said[bool(row["found"])], said[bool(row["trusted"])]]
        for row in rows.to_dict("records")
    ]
    return Table(
        caption="What every instrument says of this picture",
        columns=("backend", "variant", "found", "trusted"),
        rows=cells,
        numeric=(False, False, False, False),
        file="",
        rows_in_file=len(cells),
    )
