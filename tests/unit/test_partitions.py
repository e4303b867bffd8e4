"""A table in several files is one table, for every program that reads it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modular_faces.table_parts import iterate_rows, parquet_folder_sink, rows_in_turn
from modular_faces.tables import read_table

COLUMNS = ["image_id", "x_0", "success"]
NUMBERS = list(range(11))
WHOLE = pa.table(
    {
        "image_id": [f"{k}.jpg" for k in NUMBERS],
        "x_0": pa.array([None if k == 4 else k / 2 for k in NUMBERS], pa.float32()),
        "success": [k % 2 == 0 for k in NUMBERS],
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eleven rows, given three at a time, in files of at least five."""
    path = tmp_path / "features.parquet"
    with parquet_folder_sink(path, rows_per_file=5, metadata={"dataset": "d"}) as write:
        for start in range(0, 11, 3):
            write(WHOLE.slice(start, 3))
    return path


def test_files_are_cut_at_whole_parts_and_say_what_they_are(folder: Path) -> None:
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["part-00000.parquet", "part-00001.parquet"]
    assert [pq.read_metadata(file).num_rows for file in files] == [6, 5]
    assert pq.read_schema(files[1]).metadata == {b"dataset": b"d"}


def test_arrow_and_the_library_read_one_table(folder: Path) -> None:
    assert pq.read_table(folder).replace_schema_metadata().equals(WHOLE)
    assert read_table(folder, ["x_0"]).column("x_0").to_pylist() == WHOLE["x_0"].to_pylist()
    parts = pa.concat_tables(iterate_rows(folder, COLUMNS))
    assert parts.replace_schema_metadata().equals(WHOLE)


def test_pandas_reads_one_table(folder: Path) -> None:
    pd.testing.assert_frame_equal(pd.read_parquet(folder), WHOLE.to_pandas(), check_dtype=False)


def test_polars_reads_one_table(folder: Path) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed (pip install polars)")
    read = polars.read_parquet(folder)
    assert read.to_dicts() == WHOLE.to_pylist()
    assert polars.scan_parquet(folder).filter(polars.col("success")).collect().height == 6


def test_duckdb_reads_one_table(folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed (pip install duckdb)")
    rows = duckdb.sql(f"SELECT * FROM '{folder}/*.parquet'").fetchall()
    assert rows == [tuple(row.values()) for row in WHOLE.to_pylist()]


def test_a_folder_takes_the_place_of_a_file_and_of_another_folder(folder: Path) -> None:
    single = folder.with_name("single.parquet")
    single.write_text("a file")
    for path in (single, folder):
        with parquet_folder_sink(path, rows_per_file=20, metadata={}) as write:
            write(WHOLE.slice(0, 2))
        assert [file.name for file in path.iterdir()] == ["part-00000.parquet"]
        assert pq.read_table(path).num_rows == 2


def test_an_error_leaves_the_folder_as_it_was(folder: Path) -> None:
    def write_half() -> None:
        with parquet_folder_sink(folder, rows_per_file=5, metadata={}) as write:
            write(WHOLE)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        write_half()
    assert pq.read_table(folder).num_rows == 11
    assert [path.name for path in folder.parent.iterdir()] == ["features.parquet"]


def test_rows_come_in_turn_whatever_the_row_groups(tmp_path: Path) -> None:
    pq.write_table(WHOLE, tmp_path / "a.parquet", row_group_size=4)
    take = rows_in_turn(tmp_path / "a.parquet")
    taken = [take(number).column("image_id").to_pylist() for number in (0, 3, 6, 9, 1)]
    assert [len(part) for part in taken] == [0, 3, 6, 2, 0]
    assert [name for part in taken for name in part] == WHOLE["image_id"].to_pylist()
