"""Inspect the files of one shard: each is read once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa

from modular_faces.files import UnreadableError, largest_file, read_file
from modular_faces.fingerprint import grey_thumbnail, perceptual_hashes
from modular_faces.images import decode_picture
from modular_faces.packs import PackWriter
from modular_faces.scan import Entry, file_path, shown_path
from modular_faces.tables import read_table

_GREY_STEP = 16

INSPECTION_SCHEMA = pa.schema(
    [
        ("image_id", pa.string()),
        ("path", pa.string()),
        ("bytes", pa.int64()),
        ("sha256", pa.string()),
        ("format", pa.string()),
        ("mode", pa.string()),
        ("n_frames", pa.int32()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("exif_orientation", pa.int8()),
        ("grey", pa.bool_()),
        ("decodable", pa.bool_()),
        ("failure_reason", pa.string()),
        ("decode_problem", pa.string()),
        ("phash", pa.uint64()),
        ("phash_mirrored", pa.uint64()),
        ("thumbnail", pa.binary()),
    ]
)
"""Columns of an inspection table. `bytes` and `sha256` are null for files that could not be read;
those from `format` to `grey`, the hashes and the thumbnail for pictures that were not decoded."""


def preprocess_shard(
    entries: Iterable[Entry],
    root: str | os.PathLike[str],
    pack: PackWriter,
    *,
    max_pixels: int,
    min_side: int,
) -> pa.Table:
    """Read and inspect every picture of a shard.

    Parameters
    ----------
    entries : iterable of Entry
        In (hash, image_id) order, as `listing.read_shard` gives them.
    root : path
        Folder of the dataset.
    pack : PackWriter
        Receives the file of each decodable picture, in the order of `entries`.
    max_pixels, min_side : int
        See `images.decode_picture`.

    Returns
    -------
    pyarrow.Table
        A row per entry, with `INSPECTION_SCHEMA`. A file that is gone, unreadable, too small or too
        large has its row with `failure_reason` and `decode_problem`; nothing is raised for it.
    """
    rows = []
    for entry in entries:
        row, content = inspect_picture(entry, root, max_pixels=max_pixels, min_side=min_side)
        if content is not None:
            pack.add(entry.image_id, content)
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=INSPECTION_SCHEMA)


def inspect_picture(
    entry: Entry, root: str | os.PathLike[str], *, max_pixels: int, min_side: int
) -> tuple[dict[str, Any], bytes | None]:
    """Inspect one picture.

    Returns
    -------
    row : dict
        Values of the columns of `INSPECTION_SCHEMA`; absent ones are null.
    content : bytes or None
        The file as it is, None where `failure_reason` is set.
    """
    row: dict[str, Any] = {
        "image_id": entry.image_id,
        "path": shown_path(entry.path),
        "decodable": False,
    }
    try:
        data = read_file(file_path(root, entry.path), max_bytes=largest_file(max_pixels))
        row |= {"bytes": len(data), "sha256": sha256(data).hexdigest()}
        picture = decode_picture(data, max_pixels=max_pixels, min_side=min_side)
    except UnreadableError as error:
        return row | {"failure_reason": error.reason, "decode_problem": error.problem}, None
    pixels = picture.pixels
    height, width, _ = pixels.shape
    direct, mirrored = perceptual_hashes(pixels)
    row |= {
        "format": picture.format,
        "mode": picture.mode,
        "n_frames": picture.n_frames,
        "width": width,
        "height": height,
        "exif_orientation": picture.exif_orientation,
        "grey": _is_grey(pixels),
        "decodable": True,
        "failure_reason": "",
        "decode_problem": "",
        "phash": direct,
        "phash_mirrored": mirrored,
        "thumbnail": grey_thumbnail(pixels).tobytes(),
    }
    return row, data


def _is_grey(pixels: np.ndarray) -> bool:
    few = pixels[::_GREY_STEP, ::_GREY_STEP]
    return all(bool((some == some[..., :1]).all()) for some in (few, pixels))


def refusals(inspection: str | os.PathLike[str]) -> dict[str, str]:
    """Read why pictures of a shard could not be decoded.

    Returns
    -------
    dict of str to str
        `failure_reason` of every picture by `image_id`, in the order of the table; empty for
        pictures that were decoded.
    """
    table = read_table(inspection, ["image_id", "failure_reason"])
    return dict(zip(*(column.to_pylist() for column in table.columns), strict=True))
