"""The listing: which pictures a dataset holds, and which shard each belongs to.

Order of all tables: (64-bit hash of image_id, image_id). A shard is a range of the hash, so that
its pictures are the same whatever else the dataset holds.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np

from modular_faces.scan import Entry, image_id

SHARD_PIXELS = 100_000_000
SHARD_MOST = 4_000
SHARD_LEAST = 25
SAMPLE_SIZE = 64
SHARDS = "shards"
"""Folder of the lists of the shards, in that of the listing."""


@dataclass(frozen=True)
class ListingSummary:
    """Content of ``listing.json``.

    Attributes
    ----------
    dataset, root : str
        Name of the dataset and absolute path of its pictures.
    n_shards : int
        Shards that are ranges of the hash.
    shards : list of str
        File names inside ``shards/``, one per shard in order; those past `n_shards` hold pictures that were
        appended (see `modular_faces.appended`).
    digests : list of str
        16 hex digits per shard, over image_id, size and time of change of its pictures.
    counts : list of int
        Pictures per shard.
    count, total_bytes : int
        Pictures and bytes in all.
    left_out : dict of str to int
        Files that are not part of the dataset, by kind.
    label_digest : str
        Digest of the label files.
    chosen_shards : int or None
        The number of shards that was chosen for this dataset; None where the config always gave one.
    """

    dataset: str
    root: str
    n_shards: int
    shards: list[str]
    digests: list[str]
    counts: list[int]
    count: int
    total_bytes: int
    left_out: dict[str, int]
    label_digest: str
    chosen_shards: int | None


def in_order(entries: Iterable[Entry]) -> tuple[list[Entry], np.ndarray]:
    """Entries in (hash, image_id) order, and their hashes.

    Returns
    -------
    entries : list of Entry
    hashes : (n,) ndarray of uint64
    """
    rows = list(entries)
    from_bytes = int.from_bytes
    hashes = np.fromiter(
        (from_bytes(blake2b(row[0].encode(), digest_size=8).digest(), "big") for row in rows),
        dtype=np.uint64,
        count=len(rows),
    )
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    rows = [rows[k] for k in order.tolist()]
    for start in np.flatnonzero(ordered[1:] == ordered[:-1]).tolist():
        stop = start + int(np.searchsorted(ordered[start:], ordered[start], side="right"))
        rows[start:stop] = sorted(rows[start:stop])
    return rows, ordered


def sample_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Take the `SAMPLE_SIZE` entries with the smallest hashes: at random, yet always the same."""
    return in_order(entries)[0][:SAMPLE_SIZE]


def plan_shards(count: int, *, mean_pixels: float) -> int:
    """Choose the number of shards. It is chosen once, so that added pictures touch few shards.

    A job costs about a second before it works, and its temporary pictures lie on disk, so a shard
    holds `SHARD_PIXELS` pixels, but at most `SHARD_MOST` and at least `SHARD_LEAST` pictures:
    4,000 pictures of 100 x 100, 95 of 1024 x 1024.

    Parameters
    ----------
    count : int
        Pictures in the dataset.
    mean_pixels : float
        Mean width x height of the pictures.

    Returns
    -------
    int
        At least 1.
    """
    size = min(max(int(SHARD_PIXELS / max(mean_pixels, 1.0)), SHARD_LEAST), SHARD_MOST)
    return max(1, -(-count // size))


def check_root(folder: Path, *, dataset: str, root: str) -> ListingSummary | None:
    """Give the existing listing of a dataset, refusing one made from another root.

    Parameters
    ----------
    folder : Path
        Folder of the listing.
    dataset, root : str
        Name and absolute root now in use.

    Raises
    ------
    ValueError
        The listing belongs to other pictures.
    """
    if not (folder / "listing.json").exists():
        return None
    known = read_listing_json(folder)
    if known.root != root:
        raise ValueError(
            f"dataset.name '{dataset}' already stands for the pictures in {known.root}, "
            f"dataset.root is now {root}: give the new pictures another dataset.name, or, "
            f"if they are the same pictures moved, delete {folder.parent}"
        )
    return known


def write_shards(
    folder: Path,
    lists: Sequence[Sequence[Entry]],
    n_shards: int,
    *,
    dataset: str,
    root: str,
    left_out: Mapping[str, int],
    label_digest: str,
    chosen_shards: int | None,
) -> ListingSummary:
    """Write the lists of the shards, one content-addressed file each.

    Files that are already there are left untouched, so unchanged shards keep their time stamps.
    Shard files are JSON lines ``[path, size, mtime_ns]``. They count for nothing until
    `write_listing_json` names them.

    Parameters
    ----------
    folder : Path
        Made where missing.
    lists : sequence of sequence of Entry
        The pictures of each shard in order, from `hash_ranges`, or `modular_faces.appended.new_ones_behind`.
    n_shards : int
        How many of them are ranges of the hash.
    dataset, root : str
    left_out : mapping of str to int
    label_digest : str
    chosen_shards : int or None
        See `ListingSummary`.

    Returns
    -------
    ListingSummary

    Raises
    ------
    ValueError
        The folder holds the listing of another root (see `check_root`).
    """
    check_root(folder, dataset=dataset, root=root)
    shards = folder / SHARDS
    shards.mkdir(parents=True, exist_ok=True)
    present = {path.name for path in shards.iterdir()}
    names: list[str] = []
    for k, rows in enumerate(lists):
        content = list_content(rows)
        name = list_name(k, n_shards, content)
        if name not in present:
            _write_whole(shards / name, content)
        names.append(name)
    counts = [len(rows) for rows in lists]
    return ListingSummary(
        dataset=dataset,
        root=root,
        n_shards=n_shards,
        shards=names,
        digests=[name[-22:-6] for name in names],
        counts=counts,
        count=sum(counts),
        total_bytes=sum(row[2] for rows in lists for row in rows),
        left_out=dict(left_out),
        label_digest=label_digest,
        chosen_shards=chosen_shards,
    )


def hash_ranges(entries: Iterable[Entry], n_shards: int) -> list[list[Entry]]:
    """Cut entries into equal ranges of the hash, each in (hash, image_id) order."""
    rows, hashes = in_order(entries)
    limits = [-(-(k << 64) // n_shards) for k in range(1, n_shards)]
    cuts = np.searchsorted(hashes, np.array(limits, dtype=np.uint64), side="left").tolist()
    return [rows[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True)]


def list_content(rows: Iterable[Entry]) -> bytes:
    """Write the list of a shard as JSON lines."""
    encode = json.JSONEncoder(separators=(",", ":")).encode
    return "\n".join([encode(row[1:]) for row in rows]).encode()


def list_name(k: int, n_shards: int, content: bytes) -> str:
    """Name the list of shard `k` by its content."""
    width = max(4, len(str(n_shards - 1)))
    return f"{k:0{width}d}-{blake2b(content, digest_size=8).hexdigest()}.jsonl"


def write_listing_json(folder: Path, summary: ListingSummary) -> None:
    """Write ``listing.json``, which says which lists of shards count; left untouched where it says so."""
    content = json.dumps(asdict(summary), indent=1).encode()
    target = folder / "listing.json"
    if not target.exists() or target.read_bytes() != content:
        _write_whole(target, content)


def read_listing_json(folder: Path) -> ListingSummary:
    """Read ``listing.json`` of a listing's folder.

    Raises
    ------
    ValueError
        The file is damaged.
    """
    path = folder / "listing.json"
    try:
        return ListingSummary(**json.loads(path.read_bytes()))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}); remove it and start again") from None


def read_shard(path: str | os.PathLike[str]) -> list[Entry]:
    """Read the entries of one shard, in (hash, image_id) order."""
    lines = Path(path).read_text(encoding="ascii").split("\n")
    rows = json.loads(f"[{','.join(line for line in lines if line)}]")
    return [Entry(image_id(name), name, size, mtime_ns) for name, size, mtime_ns in rows]


def _write_whole(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
