"""Two tables of the same pictures, column by column."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modular_faces import compare


def csv(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_columns_are_compared_picture_by_picture(tmp_path: Path) -> None:
    old = csv(tmp_path / "old.csv", "path,a,gone\nx.jpg,1,1\ny.jpg,2,1\nz.jpg,,1\nw.jpg,9,9\n")
    table = pa.table({"path": ["y.jpg", "x.jpg", "z.jpg"], "a": [2.5, 1.0, 3.0], "new": [1, 2, 3]})
    pq.write_table(table, tmp_path / "new.parquet")
    agreement = compare.compare_tables(old, tmp_path / "new.parquet", key="path", new_key="path")
    assert (agreement.matched, agreement.only_old, agreement.only_new) == (3, 1, 0)
    assert agreement.missing_columns == ("gone",)
    assert agreement.new_columns == ("new",)
    (column,) = agreement.columns
    assert (column.n, column.only_old, column.only_new, column.equal) == (2, 0, 1, 1)
    assert column.mean_difference == 0.25
    assert column.max_difference == 0.5
    assert column.correlation == pytest.approx(1.0)


def test_the_naming_columns_may_differ(tmp_path: Path) -> None:
    old = csv(tmp_path / "old.csv", "image,a\nx.jpg,1\n")
    new = csv(tmp_path / "new.csv", "path,a\nx.jpg,1\n")
    assert compare.compare_tables(old, new, key="image", new_key="path").columns[0].equal == 1


def test_names_are_matched_by_stem_where_paths_differ(tmp_path: Path) -> None:
    old = csv(tmp_path / "old.csv", "path,a\nx,1\ny,1\n")
    new = csv(tmp_path / "new.csv", "path,a\ntest/x.jpg,1\ntest/y.jpg,3\n")
    (column,) = compare.compare_tables(old, new, key="path", new_key="path").columns
    assert (column.n, column.equal, column.max_difference) == (2, 1, 2.0)
    assert np.isnan(column.correlation)


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("name,a\nx.jpg,1\n", "no column 'path'"),
        ("path,a\nx.jpg,1\nx.jpg,2\n", "names the picture 'x.jpg' twice"),
        ("path,a\nq.jpg,1\n", "no picture is in both tables.*'q'.*'x'"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(tmp_path: Path, old: str, message: str) -> None:
    new = csv(tmp_path / "new.csv", "path,a\nx.jpg,1\n")
    with pytest.raises(ValueError, match=message):
        compare.compare_tables(csv(tmp_path / "old.csv", old), new, key="path", new_key="path")


def test_the_agreement_is_shown_and_written(tmp_path: Path) -> None:
    old = csv(tmp_path / "old.csv", "path,a\nx.jpg,1\n")
    agreement = compare.compare_tables(old, old, key="path", new_key="path")
    lines = compare.agreement_text(agreement).splitlines()
    assert lines[0].startswith("1 pictures in both tables")
    assert lines[-1].split()[:3] == ["a", "1", "1"]
    compare.write_agreement(agreement, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "a,1,0,0,1,0.0,0.0,nan"
