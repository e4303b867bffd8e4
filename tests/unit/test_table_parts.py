"""Tables that come in parts are the same files however they were cut."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from modular_faces.csv_cells import safe_cells
from modular_faces.table_parts import csv_sink, write_parts


def numbers(start: int, count: int) -> pa.Table:
    return pa.table({"n": pa.array(range(start, start + count), pa.int64())})


def test_row_groups_do_not_depend_on_the_parts(tmp_path: Path) -> None:
    cuts = {"one": [11], "many": [0, 3, 1, 0, 5, 2], "exact": [4, 4, 3]}
    files = []
    for name, counts in cuts.items():
        starts = [sum(counts[:k]) for k in range(len(counts))]
        parts = [numbers(start, count) for start, count in zip(starts, counts, strict=True)]
        write_parts(parts, tmp_path / name, metadata={"a": "b"}, row_group=4)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1] == files[2]
    stored = pq.ParquetFile(tmp_path / "one")
    assert [stored.metadata.row_group(k).num_rows for k in range(3)] == [4, 4, 3]
    assert stored.read().column("n").to_pylist() == list(range(11))


def test_no_rows_at_all_still_make_a_table(tmp_path: Path) -> None:
    write_parts([numbers(0, 0)], tmp_path / "t", metadata={})
    assert pq.read_table(tmp_path / "t").column_names == ["n"]


def test_csv_holds_chosen_columns_under_their_new_names(tmp_path: Path) -> None:
    table = pa.table({"a": ["x,y", None], "b": [1.5, None], "c": [True, False]})
    with csv_sink(tmp_path / "t.csv", columns=["c", "b", "a"], rename={"b": "B"}) as write:
        write(table)
        write(table)
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines == ['"c","B","a"', *['"TRUE",1.5,"x,y"', '"FALSE",,'] * 2]


def test_text_of_a_csv_file_is_no_formula_and_ids_join_with_those_of_other_csv_files(
    tmp_path: Path,
) -> None:
    names = ["=1+1.jpg", "-2.jpg", "'=1+1.jpg", "'", "a=b.jpg", "＠x.jpg", None]
    table = pa.table({"image_id": names, "x": [-1.5, 2.0, -3.0, 0.0, 1.0, 1.0, 1.0]})
    with csv_sink(tmp_path / "t.csv", columns=["image_id", "x"], rename={}) as write:
        write(table)
    cells = pd.read_csv(tmp_path / "t.csv")
    assert cells["image_id"].fillna("").tolist() == [cell or "" for cell in safe_cells(names)]
    assert cells["image_id"].tolist()[:4] == ["'=1+1.jpg", "'-2.jpg", "''=1+1.jpg", "'"]
    assert cells["x"].tolist() == [-1.5, 2.0, -3.0, 0.0, 1.0, 1.0, 1.0]
