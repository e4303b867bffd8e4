"""Which pictures the shards hold, as the workflow's listing beside them says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

LISTING = Path("listing", "listing.json")
SHOWN = 3


class Pictures(NamedTuple):
    """Pictures of a dataset, the shards they lie in, and the folder of the dataset's results."""

    pictures: int
    shards: int
    folder: Path


def count_pictures(outputs: Sequence[str]) -> Pictures | None:
    """Read the listing of the dataset that a job writes to.

    Parameters
    ----------
    outputs : sequence of str
        Files the job writes, somewhere under the folder of the dataset's results.

    Returns
    -------
    Pictures or None
        None when there is no listing to be read, as in another workflow that takes this plugin.
    """
    for folder in (parent for output in outputs[:1] for parent in Path(output).parents):
        try:
            listing = json.loads((folder / LISTING).read_text(encoding="utf-8"))
            return Pictures(int(listing["count"]), int(listing["n_shards"]), folder)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def pictures_of_shard(results: Path, shard: str) -> str:
    """Say which pictures a shard holds: how many, the first ones, and the file that lists them all.

    Parameters
    ----------
    results : Path
        Folder of the dataset's results.
    shard : str

    Returns
    -------
    str
        Empty when the listing cannot be read.
    """
    try:
        listing = json.loads((results / LISTING).read_text(encoding="utf-8"))
        count = int(listing["counts"][int(shard)])
        path = results / LISTING.parent / "shards" / listing["shards"][int(shard)]
        with path.open(encoding="utf-8") as lines:
            names = [json.loads(line)[0] for line in islice(lines, SHOWN)]
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return ""
    more = ", ..." if count > len(names) else ""
    return f"{count} pictures ({', '.join(names)}{more}), listed in {path}"
