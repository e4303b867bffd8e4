"""The section of the configuration on the pictures and what is known of them."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from modular_faces.config_values import Name, PathName, Section


class Dataset(Section):
    """Which pictures, and what is known of them."""

    name: Name
    """Names the results: everything is written to `results/<name>/`. One name, one root."""
    root: PathName
    """Folder of the pictures, absolute or relative to where snakemake is started."""
    layout: Literal["auto", "rafdb", "omi", "csv", "folder"] = "auto"
    """How the folder is laid out; `auto` recognises rafdb and omi, and else takes any folder."""
    table: PathName | None = None
    """Layout csv: a table (CSV, TSV or Parquet) with a row per picture."""
    path_column: str = "path"
    """Layout csv: the column that holds the path of the picture, relative to the root."""
    label_column: str | None = None
    """Layout csv: the column that holds a category."""
    split_column: str | None = None
    """Layout csv: the column that says train or test."""
    rating_columns: list[str] | None = None
    """Layout csv: columns of ratings; by default every other column of numbers."""
    ratings: PathName | None = None
    """A table with a column `image` (path, file name or stem) and columns of ratings, for any layout; by
    default `ratings.csv` in the root where there is one."""

    append: bool = False
    """Put pictures that came since the last run into shards of their own, behind the others, so that no finished shard
    runs again. The table has the same rows, the new ones last; `false` puts all into one order again."""

    @model_validator(mode="after")
    def _columns_belong_to_a_table(self) -> Dataset:
        for key in ("label_column", "split_column", "rating_columns"):
            if getattr(self, key) is not None and self.table is None:
                raise ValueError(
                    f"{key} names a column of dataset.table, and there is no dataset.table; "
                    "give the table, or leave the key out"
                )
        return self
