"""Draw pictures by a hash of their names: the same ones in any number of shards, whatever else is there."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b


def hash_order(image_ids: Sequence[str], *, seed: int) -> list[int]:
    """Places of pictures in an order that looks random and depends only on their names and the seed."""
    keys = [
        blake2b(image_id.encode(), digest_size=8, key=str(seed).encode()).digest()
        for image_id in image_ids
    ]
    return sorted(range(len(image_ids)), key=lambda place: keys[place])
