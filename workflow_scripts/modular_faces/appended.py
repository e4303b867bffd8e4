"""New pictures in shards of their own, so that a few among a million make a few jobs and not a third of all.

Which shard a picture is in follows from its name, so that new pictures fall into all of them. With `dataset.append`
pictures stay where they were, and new ones go behind: nothing that is finished runs again, and the table
has the same rows as one made from scratch, the new ones last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modular_faces.listing import ListingSummary, list_content, list_name, read_shard
from modular_faces.scan import Entry


def new_ones_behind(
    ranges: Sequence[list[Entry]], before: ListingSummary, folder: Path
) -> list[list[Entry]]:
    """Leave every picture in the shard it was in, and put new ones into shards behind all others.

    Parameters
    ----------
    ranges : sequence of list of Entry
        All pictures that there are now, from `modular_faces.listing.hash_ranges`.
    before : ListingSummary
        The listing that is appended to, of as many ranges.
    folder : Path
        Of the lists of its shards.

    Returns
    -------
    list of list of Entry
        The shards of `before` with what is left in them, then as many of new pictures as are needed so that none is
        larger than the largest range was. Each in the order of the hash.

    Raises
    ------
    ValueError
        A list of `before` is gone.
    """
    behind = before.shards[len(ranges) :]
    place_of = {
        entry.image_id: place
        for place, name in enumerate(behind)
        for entry in known_entries(folder / name)
    }
    kept: list[list[Entry]] = []
    appended: list[list[Entry]] = [[] for _ in behind]
    new: list[Entry] = []
    for k, rows in enumerate(ranges):
        own = [row for row in rows if row.image_id not in place_of]
        for row in rows:
            if row.image_id in place_of:
                appended[place_of[row.image_id]].append(row)
        name = before.shards[k]
        if list_name(k, len(ranges), list_content(own)) == name:
            kept.append(own)
            continue
        known = {entry.image_id for entry in known_entries(folder / name)}
        kept.append([row for row in own if row.image_id in known])
        new += [row for row in own if row.image_id not in known]
    most = max(1, *before.counts[: len(ranges)])
    return [*kept, *appended, *(new[start : start + most] for start in range(0, len(new), most))]


def known_entries(path: Path) -> list[Entry]:
    """Read the list of a shard of an earlier run."""
    if not path.exists():
        raise ValueError(
            f"{path} is missing, so that it is not known which pictures are new: set dataset.append to "
            "false for one run"
        )
    return read_shard(path)
