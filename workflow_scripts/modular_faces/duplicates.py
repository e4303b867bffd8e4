"""Pictures that occur more than once: identical bytes, near copies, mirror images.

Two pictures are near duplicates when their perceptual hashes differ in at most `max_distance` of
64 bits and their 24 x 24 grey thumbnails correlate with at least `min_correlation`; mirrored ones
when that holds for one of them mirrored. Thumbnails without contrast correlate with nothing.

Measured on 588 faces, cropped to 100 x 100 in two ways (1,176 pictures, each of another person
within a crop; tests/unit/test_duplicates.py repeats it where the pictures are present):

================================================  ============  ===================
compared with the picture itself                  bits, most    correlation, least
================================================  ============  ===================
JPEG again at quality 50, 75, 95                  4             .9979
to 96 x 96 and back, linear and cubic             4             .999
to 200 x 200 and to 224 x 224                     4             .9997
brightness x 1.1 and x 0.9                        6             .9955
brightness + 25, clipped                          8             .995
gamma .8                                          8             .995
sharpened 3 x 3                                   6             .976
================================================  ============  ===================

Of the 345,156 pairs of different people none comes nearer than 8 bits or correlates more than .931;
with one of them mirrored 6 bits and .951. The two crops of one photograph differ by 18 bits or more
and correlate at most .745. So 6 bits with a correlation of .99 finds all of the first four lines
and no other person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa

from modular_faces.fingerprint import THUMBNAIL_SIDE
from modular_faces.scan import hash64

BUCKET_MOST = 512
_CHUNK_PAIRS = 200_000
_CHUNK_THUMBNAILS = 1_000
_HASH_BITS = 64
_LEAST_CONTRAST = 1.0


def duplicates_table(
    inspection: pa.Table,
    *,
    splits: Sequence[str | None] | None,
    max_distance: int,
    min_correlation: float,
) -> pa.Table:
    """Find the duplicates of a whole dataset from its gathered inspection tables.

    Parameters
    ----------
    inspection : pyarrow.Table
        Columns image_id, sha256, phash, phash_mirrored, thumbnail of `preprocess`.
    splits : sequence of str or None, or None
        Split of each row, for `duplicate_across_split`.
    max_distance, min_correlation
        See `find_duplicates`.

    Returns
    -------
    pyarrow.Table
        See `find_duplicates`.
    """
    hashes, mirrored = (
        inspection.column(name).fill_null(0).to_numpy().astype(np.uint64)
        for name in ("phash", "phash_mirrored")
    )
    return find_duplicates(
        inspection.column("image_id").to_pylist(),
        inspection.column("sha256").to_pylist(),
        hashes,
        mirrored,
        _thumbnails(inspection.column("thumbnail")),
        splits=splits,
        max_distance=max_distance,
        min_correlation=min_correlation,
    )


def find_duplicates(
    image_ids: Sequence[str],
    sha256: Sequence[str | None],
    hashes: np.ndarray,
    mirrored: np.ndarray,
    thumbnails: np.ndarray,
    *,
    splits: Sequence[str | None] | None,
    max_distance: int,
    min_correlation: float,
) -> pa.Table:
    """Find identical, near and mirrored duplicates and join them to clusters.

    Parameters
    ----------
    image_ids : sequence of str, length n
    sha256 : sequence of str or None, length n
        None for files that could not be read.
    hashes, mirrored : (n,) ndarray of uint64
        Perceptual hashes of each picture and of its mirror image.
    thumbnails : (n, 576) ndarray of uint8
        Zeros for pictures that were not decoded.
    splits : sequence of str or None, or None
    max_distance : int
        Greatest number of differing bits, 0 to 32.
    min_correlation : float
        Least correlation of the thumbnails.

    Returns
    -------
    pyarrow.Table
        Rows as `image_ids`. `duplicate_kind`: closest relation to any other picture of the cluster
        (``identical``, ``near``, ``mirrored``), empty for pictures that occur once.
        `duplicate_cluster`: 16 hex digits, the hash of the cluster's first image_id in code point
        order, whatever the order of the rows. `duplicate_of`: that first image_id, empty on the
        first itself. `duplicate_across_split`: the cluster has pictures in more than one split.

    Notes
    -----
    Candidates share all but one bit of at least one of ``max_distance // 2 + 1`` bands of the hash,
    which misses no pair within `max_distance`, unless more than `BUCKET_MOST` pictures share a
    band: then only those nearest in the order of the hash are compared, so that time grows with
    the number of pictures. Clusters are transitive.
    """
    firsts, copies = _identical(sha256)
    kinds = np.full(len(image_ids), 3)
    parents = np.arange(len(image_ids))
    for first, other in copies:
        _join(parents, first, other)
        kinds[[first, other]] = 0
    known = firsts[_contrasts(thumbnails)[firsts] >= _LEAST_CONTRAST]
    for kind, queries in ((1, hashes), (2, mirrored)):
        for pair in _candidates(hashes[known], queries[known], max_distance):
            left, right = known[pair[0]], known[pair[1]]
            if kind == 1:
                once = left < right
                left, right = left[once], right[once]
            sure = _correlations(thumbnails, left, right, kind == 2) >= min_correlation
            for a, b in zip(left[sure].tolist(), right[sure].tolist(), strict=True):
                _join(parents, a, b)
                kinds[[a, b]] = np.minimum(kinds[[a, b]], kind)
    return _describe(image_ids, splits, kinds, parents)


def _thumbnails(column: pa.ChunkedArray) -> np.ndarray:
    """Thumbnails as (n, 576) ndarray of uint8, zeros where there is none."""
    size = THUMBNAIL_SIDE**2
    parts = [np.empty(0, np.uint8)]
    for chunk in column.chunks:
        whole = chunk.fill_null(bytes(size)).cast(pa.binary(size))
        start = whole.offset * size
        parts.append(np.frombuffer(whole.buffers()[1], np.uint8)[start : start + len(whole) * size])
    return np.concatenate(parts).reshape(-1, size)


def _contrasts(thumbnails: np.ndarray) -> np.ndarray:
    """Compute the standard deviation of each thumbnail."""
    starts = range(0, len(thumbnails), _CHUNK_THUMBNAILS)
    parts = [thumbnails[k : k + _CHUNK_THUMBNAILS].std(axis=1) for k in starts]
    return np.concatenate([np.empty(0), *parts])


def _identical(sha256: Sequence[str | None]) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """First row of each content, and pairs (first, later row) of equal content."""
    seen: dict[str, int] = {}
    copies = []
    for row, digest in enumerate(sha256):
        if digest is not None and seen.setdefault(digest, row) != row:
            copies.append((seen[digest], row))
    return np.array(sorted(seen.values()), dtype=np.int64), copies


def _candidates(
    hashes: np.ndarray, queries: np.ndarray, max_distance: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of different rows whose query and hash differ in at most `max_distance` bits."""
    limits = np.linspace(0, _HASH_BITS, max_distance // 2 + 2).astype(int).tolist()
    for start, stop in pairwise(limits):
        turned, asked = _rotate(hashes, start), _rotate(queries, start)
        order, asked_order = np.argsort(turned), np.argsort(asked)
        turned, asked = turned[order], asked[asked_order]
        low = _HASH_BITS - (stop - start)
        for flip in (0, *(1 << bit for bit in range(low, _HASH_BITS))):
            begin, end = _buckets(turned, asked ^ np.uint64(flip), low)
            for left, right in _expand(begin, end):
                near = np.bitwise_count(asked[left] ^ turned[right]) <= max_distance
                first, second = asked_order[left[near]], order[right[near]]
                different = first != second
                yield first[different], second[different]


def _buckets(turned: np.ndarray, wanted: np.ndarray, low: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of sorted hashes that share the bits above `low`, at most `BUCKET_MOST` of them."""
    bucket = (wanted >> np.uint64(low)) << np.uint64(low)
    place = np.searchsorted(turned, wanted)
    begin = np.searchsorted(turned, bucket)
    end = np.searchsorted(turned, bucket | np.uint64((1 << low) - 1), side="right")
    half = BUCKET_MOST // 2
    return np.maximum(begin, place - half), np.minimum(end, place + half)


def _rotate(hashes: np.ndarray, bits: int) -> np.ndarray:
    if bits == 0:
        return hashes
    return (hashes << np.uint64(bits)) | (hashes >> np.uint64(_HASH_BITS - bits))


def _expand(begin: np.ndarray, end: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each row with every place of its range begin..end, some hundred thousand pairs at a time."""
    counts = np.maximum(end - begin, 0)
    total = np.concatenate([[0], np.cumsum(counts)])
    cuts = np.searchsorted(total, np.arange(0, total[-1] + _CHUNK_PAIRS, _CHUNK_PAIRS)).tolist()
    for first, stop in pairwise(sorted({*(min(cut, len(counts)) for cut in cuts), len(counts)})):
        some = counts[first:stop]
        left = np.repeat(np.arange(first, stop), some)
        shift = begin[first:stop] - (total[first:stop] - total[first])
        yield left, np.arange(len(left)) + np.repeat(shift, some)


def _correlations(
    thumbnails: np.ndarray, left: np.ndarray, right: np.ndarray, mirror: bool
) -> np.ndarray:
    """Pearson correlation of pairs of thumbnails, the left one mirrored on request."""
    result = np.empty(len(left))
    for start in range(0, len(left), _CHUNK_THUMBNAILS):
        part = slice(start, start + _CHUNK_THUMBNAILS)
        first = thumbnails[left[part]].reshape(-1, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
        first = first[..., ::-1] if mirror else first
        a = first.reshape(-1, THUMBNAIL_SIDE**2).astype(np.float64)
        b = thumbnails[right[part]].astype(np.float64)
        a -= a.mean(axis=1, keepdims=True)
        b -= b.mean(axis=1, keepdims=True)
        variances = np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b)
        result[part] = np.einsum("ij,ij->i", a, b) / np.sqrt(variances)
    return result


def _root(parents: np.ndarray, row: int) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = int(parents[row])
    return row


def _join(parents: np.ndarray, a: int, b: int) -> None:
    first, second = sorted((_root(parents, a), _root(parents, b)))
    parents[second] = first


def _describe(
    image_ids: Sequence[str],
    splits: Sequence[str | None] | None,
    kinds: np.ndarray,
    parents: np.ndarray,
) -> pa.Table:
    clusters: dict[int, list[int]] = {}
    for row in np.flatnonzero(kinds < 3).tolist():
        clusters.setdefault(_root(parents, row), []).append(row)
    names = np.array(["identical", "near", "mirrored", ""])
    cluster = [""] * len(image_ids)
    original = [""] * len(image_ids)
    across = [False] * len(image_ids)
    for rows in clusters.values():
        first = min(image_ids[row] for row in rows)
        spread = splits is not None and len({splits[row] for row in rows} - {None, ""}) > 1
        for row in rows:
            cluster[row] = f"{hash64(first):016x}"
            original[row] = "" if image_ids[row] == first else first
            across[row] = spread
    return pa.table(
        {
            "image_id": pa.array(image_ids, pa.string()),
            "duplicate_kind": pa.array(names[kinds].tolist(), pa.string()),
            "duplicate_cluster": pa.array(cluster, pa.string()),
            "duplicate_of": pa.array(original, pa.string()),
            "duplicate_across_split": pa.array(across, pa.bool_()),
        }
    )
