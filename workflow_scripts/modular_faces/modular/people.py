"""Pictures of one person: kept in one fold and drawn as one, as duplicates are.

A model that has seen a person knows more of another picture of them than of a stranger. Where penalties are chosen
on pictures of people that the model has seen, they come out too weak for strangers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modular_faces.layouts.label_files import as_text
from modular_faces.layouts.matched_rows import matched_rows
from modular_faces.layouts.sheet import LayoutError
from modular_faces.modular.module_blocks import ModularData

KEY = "modular.models.people"
PERSON_COLUMNS = ("person", "identity", "subject")


def read_people(path: Path, image_ids: Sequence[str]) -> list[str | None]:
    """Read who is in each picture.

    Parameters
    ----------
    path : Path
        Table with a column of pictures (`layouts.ratings.KEY_COLUMNS`) and one of `PERSON_COLUMNS`.
    image_ids : sequence of str

    Returns
    -------
    list of str or None
        None where it is not known.

    Raises
    ------
    LayoutError
        See `layouts.matched_rows`; or there is no column of people.
    """
    file, rows, names = matched_rows(path, image_ids, KEY)
    column = next((name for name in PERSON_COLUMNS if name in file.columns), None)
    if column is None:
        raise LayoutError(
            f"{path} ({KEY}): expected a column {', '.join(PERSON_COLUMNS)}; seen {', '.join(file.columns)}"
        )
    people = {
        name: as_text(file.columns[column][row]) for row, name in zip(rows, names, strict=True)
    }
    return [people.get(image_id) or None for image_id in image_ids]


def groups_with_people(
    clusters: NDArray[np.int64], people: Sequence[str | None]
) -> NDArray[np.int64]:
    """Put pictures into one group that are duplicates or show the same person.

    Parameters
    ----------
    clusters : (n,) ndarray of int64
        Groups of duplicates.
    people : sequence of str or None, length n

    Returns
    -------
    (n,) ndarray of int64
        Numbered in the order in which they occur.

    Examples
    --------
    >>> groups_with_people(np.array([0, 1, 2, 2, 3]), ["a", "a", None, "b", "b"]).tolist()
    [0, 0, 1, 1, 1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(clusters)
    _, cluster = np.unique(clusters, return_inverse=True)
    number: dict[str, int] = {}
    known = [row for row, person in enumerate(people) if person is not None]
    who = [number.setdefault(str(people[row]), len(number)) for row in known]
    rows = np.concatenate([np.arange(n), np.array(known, dtype=np.intp)])
    first_person = n + int(cluster.max(initial=-1)) + 1
    others = np.concatenate([n + cluster.ravel(), first_person + np.array(who, dtype=np.intp)])
    size = first_person + len(number)
    links = coo_array((np.ones(len(rows)), (rows, others)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    seen: dict[int, int] = {}
    return np.array([seen.setdefault(int(one), len(seen)) for one in label[:n]], dtype=np.int64)


def with_people(data: ModularData, path: str | None) -> tuple[ModularData, list[str]]:
    """Keep pictures of one person together, where it is known who is in them, and say so.

    Parameters
    ----------
    data : ModularData
    path : str or None
        Table of people; without one only duplicates are kept together.

    Returns
    -------
    ModularData
    list of str
        A sentence for the reader.
    """
    if path is None:
        return data, []
    people = read_people(Path(path), data.image_ids.tolist())
    known = [person for person in people if person is not None]
    note = (
        f"{len(known)} pictures are known to show {len(set(known))} people: pictures of one person are kept in one "
        "fold, and drawn together for intervals."
    )
    return replace(data, cluster=groups_with_people(data.cluster, people)), [
        note,
        *_met(data, people),
    ]


def _met(data: ModularData, people: Sequence[str | None]) -> list[str]:
    """Say how many people of the test pictures models have met in training pictures."""
    who = np.array(people, dtype=object)
    there = {part: set(who[data.split == part].tolist()) - {None} for part in ("train", "test")}
    met = there["train"] & there["test"]
    if not met:
        return []
    return [
        f"{len(met)} of the {len(there['test'])} people in test pictures are in training pictures too."
    ]
