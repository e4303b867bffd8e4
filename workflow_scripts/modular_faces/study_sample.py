"""Which pictures a part of the study looks at, where not every success is worth the time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import blake2b

from modular_faces.tables import read_table


def is_sampled(image_id: str, *, share: float, seed: int) -> bool:
    """Whether a picture is in the sample: decided by its name and the seed alone.

    Parameters
    ----------
    image_id : str
    share : float
        Of all pictures that are in the sample, 0 to 1.
    seed : int

    Notes
    -----
    The first 64 bits of a BLAKE2b hash stand for a number drawn from 0 to 1, so that the sample is the same for
    any number of shards, and a picture keeps its place when others come.
    """
    digest = blake2b(f"{seed}\0{image_id}".encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def pictures_of_part(
    refused: Mapping[str, str],
    reference: str | os.PathLike[str] | None,
    *,
    share: float,
    seed: int,
) -> dict[str, str]:
    """Choose the pictures of a shard that a part of the study looks at.

    Parameters
    ----------
    refused : mapping of str to str
        Why each picture of the shard could not be decoded, or an empty string.
    reference : path-like or None
        The landmarks of the part whose failures are studied; None for that part itself, and where every
        picture is looked at.
    share, seed
        Of the sample of pictures on which the reference succeeds; all on which it fails are taken.

    Returns
    -------
    dict of str to str
        As `refused`, for the chosen pictures.
    """
    if reference is None:
        return dict(refused)
    table = read_table(reference, ["image_id", "success"])
    succeeded = dict(
        zip(table.column("image_id").to_pylist(), table.column("success").to_pylist(), strict=True)
    )
    return {
        image_id: reason
        for image_id, reason in refused.items()
        if not succeeded[image_id] or is_sampled(image_id, share=share, seed=seed)
    }
