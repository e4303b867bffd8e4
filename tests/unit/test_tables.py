"""Tables and packs are whole or absent, and give back what they were given."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from modular_faces import tables


def test_missing_numbers_are_null_on_disk_and_nan_in_memory(tmp_path: Path) -> None:
    values = np.array([[1.5, np.nan], [2.5, 4.0]])
    table = tables.table_from_matrix(["a", "b"], ["p", "q"], values)
    tables.write_table(table, tmp_path / "t.parquet", metadata={"dataset": "d"})
    stored = pq.read_table(tmp_path / "t.parquet")
    assert stored.column("q").null_count == 1
    assert stored.schema.metadata == {b"dataset": b"d"}
    np.testing.assert_array_equal(tables.matrix_from_table(stored, ["p", "q"]), values)


def test_a_matrix_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(1, 2\).*2 pictures"):
        tables.table_from_matrix(["a", "b"], ["p", "q"], np.zeros((1, 2)))


def test_an_interrupted_rewrite_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), tables.whole_file(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["t.txt"]


def test_meshes_survive_the_table(tmp_path: Path) -> None:
    mesh = np.arange(478 * 3, dtype=np.float64).reshape(478, 3)
    table = tables.mesh_table(["a", "b"], {"b": mesh})
    tables.write_table(table, tmp_path / "m.parquet", metadata={})
    back = tables.read_meshes(tmp_path / "m.parquet")
    assert list(back) == ["b"]
    np.testing.assert_array_equal(back["b"], mesh)


def test_significant_digits_do_not_depend_on_the_size_of_a_number() -> None:
    values = np.array([[1.23456e-5, -98765.4321], [0.0, np.nan]])
    rounded = tables.round_significant(values, digits=3)
    np.testing.assert_array_equal(rounded, [[1.23e-5, -98800.0], [0.0, np.nan]])


def test_what_killed_processes_left_of_a_file_is_swept_away(tmp_path: Path) -> None:
    mine, other = tmp_path / ".a.parquet.77.0123abcd", tmp_path / ".ba.parquet.77.0123abcd"
    for path in (mine, other):
        path.touch()
    with tables.whole_file(tmp_path / "a.parquet") as temporary:
        temporary.write_text("whole")
    assert sorted(tmp_path.iterdir()) == [other, tmp_path / "a.parquet"]


def test_of_two_that_write_a_file_the_later_end_fails(tmp_path: Path) -> None:
    def write_during_another() -> None:
        with tables.whole_file(tmp_path / "a") as slow:
            slow.write_text("old")
            with tables.whole_file(tmp_path / "a") as quick:
                quick.write_text("new")

    with pytest.raises(FileNotFoundError):
        write_during_another()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]
