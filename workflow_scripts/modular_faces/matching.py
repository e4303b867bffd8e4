"""Which picture of the dataset a name in somebody's outputs means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Matches:
    """Names brought to pictures.

    Attributes
    ----------
    pictures : dict of str to str
        `image_id` by name; each picture once.
    unmatched : tuple of str
        Names that no picture has.
    ambiguous : dict of str to tuple of str
        Names that several pictures have, with their ids; they are not used.
    repeated : dict of str to tuple of str
        Pictures that several names mean: the first name counts, the others are not used.
    """

    pictures: Mapping[str, str]
    unmatched: tuple[str, ...]
    ambiguous: Mapping[str, tuple[str, ...]]
    repeated: Mapping[str, tuple[str, ...]]


def match_names(names: Sequence[str], paths: Iterable[tuple[str, str]]) -> Matches:
    """Bring names to pictures, by path or by stem.

    A name means the pictures with its stem, or, where it has no suffix of its own, with itself as stem; of
    these, the ones with the most folders in common, counted from the file upwards; of these, the ones with the
    same suffix, where there are such.

    Parameters
    ----------
    names : sequence of str
        Paths, absolute or not, file names, or stems; with slashes or backslashes.
    paths : iterable of (str, str)
        `image_id` and path of every picture.
    """
    by_stem: dict[str, list[tuple[str, PurePosixPath]]] = {}
    for image_id, text in paths:
        path = PurePosixPath(text)
        by_stem.setdefault(path.stem, []).append((image_id, path))
    pictures: dict[str, str] = {}
    unmatched: list[str] = []
    ambiguous: dict[str, tuple[str, ...]] = {}
    owners: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        path = PurePosixPath(name.replace("\\", "/"))
        found = _best(path, by_stem.get(path.stem) or by_stem.get(path.name) or [])
        if not found:
            unmatched.append(name)
        elif len(found) > 1:
            ambiguous[name] = tuple(found)
        else:
            owners.setdefault(found[0], []).append(name)
    for image_id, claims in owners.items():
        pictures[claims[0]] = image_id
    repeated = {image_id: tuple(claims) for image_id, claims in owners.items() if len(claims) > 1}
    return Matches(pictures, tuple(unmatched), ambiguous, repeated)


def _best(name: PurePosixPath, candidates: Sequence[tuple[str, PurePosixPath]]) -> list[str]:
    if not candidates:
        return []
    ranks = [(_common_folders(name, path), path.suffix == name.suffix) for _, path in candidates]
    best = max(ranks)
    return [image_id for (image_id, _), rank in zip(candidates, ranks, strict=True) if rank == best]


def _common_folders(one: PurePosixPath, other: PurePosixPath) -> int:
    count = 0
    for folder, other_folder in zip(
        reversed(one.parts[:-1]), reversed(other.parts[:-1]), strict=False
    ):
        if folder != other_folder:
            break
        count += 1
    return count
