"""How many pictures the shards hold, as the workflow's listing beside them says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

LISTING = Path("listing", "listing.json")


class Pictures(NamedTuple):
    """Pictures of a dataset, and the shards they lie in."""

    pictures: int
    shards: int


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
            return Pictures(int(listing["count"]), int(listing["n_shards"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
