"""The rows of a study that count: one picture of each cluster of copies, seen by the detector, and its weight."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

RowsOf = Callable[[pa.RecordBatch], pa.RecordBatch]

_KEYS = ("backend", "variant")
_ROWS = 8192
"""Of a batch: more take more memory and no less time."""
_HELD = 50
"""Batches that are held before they are joined."""


class NotAStudyError(ValueError):
    """The table does not hold every variant on every picture; the message is one sentence."""


class NoSuccessesError(NotAStudyError):
    """A part of the study saw only pictures that the largest part lost, as the later variants of a cascade do."""


def copies_of(manifest: pd.DataFrame) -> list[str]:
    """Pictures that could be decoded and are copies of one that stands for them: identical, near, or mirrored."""
    if "duplicate_of" not in manifest.columns:
        return []
    copied = manifest["duplicate_of"].fillna("").ne("") & manifest["decodable"].fillna(
        False
    ).astype(bool)
    names: list[str] = manifest["image_id"][copied].tolist()
    return names


def without_copies(study: pd.DataFrame, manifest: pd.DataFrame) -> pd.DataFrame:
    """The study of one picture of each cluster of copies; the same table where there are no copies."""
    copies = copies_of(manifest)
    return study[~study["image_id"].isin(copies)] if copies else study


def batches_of(
    path: str | os.PathLike[str],
    columns: Sequence[str],
    *,
    rows_of: RowsOf | None,
    as_dictionaries: Sequence[str] = (),
) -> Iterator[pa.RecordBatch]:
    """Read columns of a table a batch at a time, and keep the wanted rows of each, so that the others are never held.

    Parameters
    ----------
    path : path-like
        Parquet.
    columns : sequence of str
        In the order of the batches.
    rows_of : callable or None
        Takes the wanted rows out of a batch; None for all.
    as_dictionaries : sequence of str, optional
        Columns of texts that repeat.

    Notes
    -----
    Row groups are read in turn, because pyarrow keeps what it read of a row group until it has read all that it was
    asked for.
    """
    wanted = list(columns)
    with pq.ParquetFile(path, read_dictionary=list(as_dictionaries)) as file:
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(_ROWS, [group], wanted, use_threads=False):
                rows = batch.select(wanted)
                yield rows if rows_of is None else rows_of(rows)


def wanted_rows(
    path: str | os.PathLike[str], columns: Sequence[str], *, rows_of: RowsOf | None
) -> pa.Table:
    """Read the wanted rows of some columns of a table, see `batches_of`."""
    schema = pq.read_schema(path)
    empty = pa.schema([schema.field(name) for name in columns]).empty_table()
    return pa.concat_tables(
        [empty, *map(_as_table, batches_of(path, columns, rows_of=rows_of))]
    ).replace_schema_metadata()


def _as_table(batch: pa.RecordBatch) -> pa.Table:
    return pa.Table.from_batches([batch])


def read_rows(
    path: str | os.PathLike[str], columns: Sequence[str], *, rows_of: RowsOf | None
) -> pd.DataFrame:
    """Read columns of a study, image_id first, a batch at a time: no name of a picture is held twice."""
    names = set(pq.read_schema(path).names)
    repeated = sorted(names & {"backend", "variant", "failure_reason"})
    schema = pq.ParquetFile(path, read_dictionary=repeated).schema_arrow
    others = [schema.empty_table().select(columns[1:])]
    known: dict[str, str] = {}
    image_ids = [np.array([], dtype=object)]
    for rows in batches_of(path, columns, rows_of=rows_of, as_dictionaries=repeated):
        read = rows["image_id"].to_pylist()
        image_ids.append(np.array([known.setdefault(name, name) for name in read], dtype=object))
        others.append(pa.table(rows).select(columns[1:]))
        if len(others) > _HELD:
            others = [_joined(others)]
    table = _joined(others)
    del others, known
    study: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    study.insert(0, "image_id", pd.Series(np.concatenate(image_ids), dtype=object))
    return study


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Join tables of few rows: each of them holds dictionaries that are larger than its rows."""
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def only_part(path: str | os.PathLike[str], *, backend: str, variant: str) -> RowsOf:
    """What takes the rows out of a batch of a study that `part_and_largest` would; all where there is no such part."""
    keys = list(_KEYS)
    counts: Counter[tuple[str, str]] = Counter()
    for batch in batches_of(path, keys, rows_of=None, as_dictionaries=keys):
        sizes = pa.table(batch).group_by(keys, use_threads=False).aggregate([([], "count_all")])
        for row in sizes.to_pylist():
            counts[row["backend"], row["variant"]] += row["count_all"]
    kept = {(backend, variant)}
    if (backend, variant) not in counts:
        kept = set(counts)
    elif counts[backend, variant] < max(counts.values()):
        kept.add(max(counts, key=lambda part: counts[part]))
    return rows_of_parts(kept)


def rows_of_parts(parts: Collection[tuple[str, str]]) -> RowsOf:
    """What takes the rows of some parts, backend and variant, out of a batch of a study."""

    def rows_of(batch: pa.RecordBatch) -> pa.RecordBatch:
        wanted = pa.array([False] * len(batch), pa.bool_())
        for part in parts:
            same = (pc.equal(batch[key], name) for key, name in zip(_KEYS, part, strict=True))
            wanted = pc.or_(wanted, pc.and_(*same))
        return batch.filter(wanted)

    return rows_of


def only_pictures(image_ids: Container[str] | None) -> RowsOf | None:
    """What takes the rows of some pictures out of a batch of a table; None for all pictures.

    Notes
    -----
    A set of names is asked, and not `pyarrow.compute.is_in`, which makes its table of the wanted names anew for each
    batch: with 200,000 of them and row groups of 4,096 rows that takes 25 times as long.
    """
    if image_ids is None:
        return None

    def rows_of(batch: pa.RecordBatch) -> pa.RecordBatch:
        names = batch["image_id"].to_pylist()
        return batch.filter(pa.array([name in image_ids for name in names], pa.bool_()))

    return rows_of


def one_after_the_other(*chosen: RowsOf | None) -> RowsOf:
    """What takes out of a batch the rows that all of some others take."""

    def rows_of(batch: pa.RecordBatch) -> pa.RecordBatch:
        for take in chosen:
            batch = batch if take is None else take(batch)
        return batch

    return rows_of


def part_and_largest(study: pd.DataFrame, *, backend: str, variant: str) -> pd.DataFrame:
    """The rows of one part of a study, with those of the largest where the part is a sample; none if there is none."""
    sizes = study.groupby(["backend", "variant"], observed=True, sort=False).size()
    kept = (study["backend"] == backend) & (study["variant"] == variant)
    if 0 < int(kept.sum()) < sizes.max():
        first, second = sizes.index[int(sizes.to_numpy().argmax())]
        kept |= (study["backend"] == first) & (study["variant"] == second)
    return study[kept]


def passed_over(part: pd.DataFrame) -> NDArray[np.bool_]:
    """Which pictures a variant would have made too large, so that no detector has seen them, (n,)."""
    if "failure_reason" not in part.columns:
        return np.zeros(len(part), dtype=bool)
    return np.asarray(part["failure_reason"].eq("too_large"), dtype=bool)


def part_weights(study: pd.DataFrame, part: pd.DataFrame) -> NDArray[np.float64]:
    """Weight of each picture in one part of a study.

    A part that holds fewer pictures than the largest one is a sample: every failure of that one, and some of
    its successes, which then stand for all of them.

    Parameters
    ----------
    study : pandas.DataFrame
    part : pandas.DataFrame
        The rows of one backend and variant.

    Returns
    -------
    (n,) ndarray of float64

    Raises
    ------
    NoSuccessesError
        If no success of the largest part is there, as in the data of a cascade or in a very small sample.
    NotAStudyError
        If a failure of the largest part is missing.
    """
    sizes = study.groupby(["backend", "variant"], observed=True, sort=False).size()
    if len(part) == sizes.max():
        return np.ones(len(part))
    backend, variant = sizes.index[int(sizes.to_numpy().argmax())]
    whole = study[(study["backend"] == backend) & (study["variant"] == variant)]
    trusted = pd.Series(whole["trusted"].to_numpy(dtype=bool), index=whole["image_id"].to_numpy())
    succeeded = trusted.reindex(part["image_id"]).to_numpy()
    if pd.isna(succeeded).any():
        raise NotAStudyError(
            "a part of the study holds pictures that its largest part does not hold"
        )
    failures, sampled = int((~trusted).sum()), int(succeeded.astype(bool).sum())
    if len(part) - sampled != failures:
        raise NotAStudyError(
            "a part of the study misses pictures that the largest part lost, so that it is no study of every variant "
            "on every picture; run it again, without tables of the cascade"
        )
    if not sampled:
        raise NoSuccessesError(
            "a part of the study holds only pictures that the largest part lost, so that nobody knows what it does to "
            "the others; run it again, without tables of the cascade or with a larger study.successes"
        )
    return np.where(succeeded.astype(bool), (len(trusted) - failures) / sampled, 1.0)
