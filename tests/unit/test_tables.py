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


def test_pictures_come_back_in_order_across_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BATCH_BYTES", 100)
    rng = np.random.default_rng(0)
    shapes = [(4, 5), (1, 1), (9, 3), (2, 2)]
    pictures = {
        f"p{i}": rng.integers(0, 256, (*shape, 3), np.uint8) for i, shape in enumerate(shapes)
    }
    with tables.PictureWriter(tmp_path / "pack.arrow") as writer:
        for image_id, picture in pictures.items():
            writer.add(image_id, picture)
    back = list(tables.read_pictures(tmp_path / "pack.arrow"))
    assert [image_id for image_id, _ in back] == list(pictures)
    for image_id, picture in back:
        np.testing.assert_array_equal(picture, pictures[image_id])


def test_an_empty_pack_is_read_as_no_pictures(tmp_path: Path) -> None:
    with tables.PictureWriter(tmp_path / "pack.arrow"):
        pass
    assert list(tables.read_pictures(tmp_path / "pack.arrow")) == []


def test_an_interrupted_file_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), tables.PictureWriter(tmp_path / "pack.arrow") as writer:
        writer.add("a", np.zeros((2, 2, 3), np.uint8))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


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
