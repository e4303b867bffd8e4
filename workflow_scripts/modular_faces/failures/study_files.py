"""The tables of a failure study, read for the pictures alone that it is about."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from modular_faces.failures.drawn import count_all, drawn_pictures
from modular_faces.failures.outcome import Level, Outcome, outcomes_at_both_levels
from modular_faces.failures.study_rows import (
    NotAStudyError,
    RowsOf,
    one_after_the_other,
    only_part,
    only_pictures,
    read_rows,
    wanted_rows,
)

STUDY_COLUMNS = ("image_id", "backend", "variant", "found", "trusted", "landmark_quality")
MANIFEST_COLUMNS = ("image_id", "decodable", "label_name", "label", "split", "duplicate_of")


@dataclass(frozen=True)
class StudyFiles:
    """Where the tables of a study are, and which pictures of them are read.

    Attributes
    ----------
    study, manifest : path-like
        `study.parquet` and `manifest.parquet`.
    options : mapping
        Of the study: `backend` and `variant` say whose failures are studied, `pictures` how many pictures are drawn,
        with `seed`, where there are more; other keys are left for who asks.
    """

    study: str | os.PathLike[str]
    manifest: str | os.PathLike[str]
    options: Mapping[str, Any]

    @property
    def part(self) -> dict[str, str]:
        """Backend and variant whose failures are studied."""
        return {key: self.options[key] for key in ("backend", "variant")}

    @cached_property
    def drawn(self) -> frozenset[str] | None:
        """Names of the pictures that the study is about; None for all."""
        return drawn_pictures(
            self.manifest, most=self.options["pictures"], seed=self.options["seed"]
        )

    def rows(self, columns: Iterable[str] = STUDY_COLUMNS) -> pd.DataFrame:
        """Rows of the study, of every part; see `load_study`."""
        return load_study(self.study, columns, only_pictures(self.drawn))

    def listed(self, columns: Iterable[str] = MANIFEST_COLUMNS) -> pd.DataFrame:
        """Rows of the manifest; see `read_manifest`."""
        return read_manifest(self.manifest, columns, only_pictures(self.drawn))

    def outcomes(self) -> dict[Level, Outcome]:
        """Whose failures are studied, at both levels; nothing is held of other parts of the study.

        Raises
        ------
        NotAStudyError
            See `modular_faces.failures.outcome.outcomes_at_both_levels`.
        """
        part = only_part(self.study, **self.part)
        rows_of = one_after_the_other(part, only_pictures(self.drawn))
        return outcomes_at_both_levels(
            load_study(self.study, rows_of=rows_of),
            self.listed(),
            **self.part,
            drawn_from=None
            if self.drawn is None
            else count_all(self.study, self.manifest, drawn=len(self.drawn), **self.part),
        )


def load_study(
    path: str | os.PathLike[str],
    columns: Iterable[str] = STUDY_COLUMNS,
    rows_of: RowsOf | None = None,
) -> pd.DataFrame:
    """Read a study, a row per picture, backend and variant.

    Parameters
    ----------
    path : path-like
        `study.parquet`.
    columns : iterable of str
        Columns to read, those of `STUDY_COLUMNS` first; failure_reason comes with them.
    rows_of : callable, optional
        Takes the rows to keep out of a batch: `modular_faces.failures.study_rows.only_part`.

    Returns
    -------
    pandas.DataFrame
        backend and variant are categories, in the order of the study; every name of a picture is held once,
        however many parts speak of it.

    Raises
    ------
    NotAStudyError
        For any other table, such as that of the cascade.
    """
    names = set(pq.read_schema(path).names)
    missing = [name for name in STUDY_COLUMNS[:5] if name not in names]
    if missing:
        raise NotAStudyError(
            f"{path} is no study: it has no column {', '.join(missing)}. A table of the cascade cannot "
            "be used, because its later variants saw only pictures that earlier ones had lost; use "
            "study.parquet."
        )
    wanted = [name for name in dict.fromkeys((*columns, "failure_reason")) if name in names]
    return read_rows(path, wanted, rows_of=rows_of)


def read_manifest(
    path: str | os.PathLike[str],
    columns: Iterable[str] = MANIFEST_COLUMNS,
    rows_of: RowsOf | None = None,
) -> pd.DataFrame:
    """Read the columns of the manifest that an outcome needs, those that are there, of all pictures or the wanted."""
    names = set(pq.read_schema(path).names)
    wanted = [name for name in dict.fromkeys(columns) if name in names]
    table = wanted_rows(path, wanted, rows_of=rows_of)
    return table.to_pandas(split_blocks=True, self_destruct=True)
