"""Tables of the user's own, and what is wrong with them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.failures.user_tables import joined_groups, read_groups, read_truth
from modular_faces.layouts.sheet import LayoutError
from modular_faces.tables import write_table

IDS = ["x/a.jpg", "x/b.jpg", "x/c.jpg"]


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text)
    return path


def test_groups_by_path_name_or_stem(tmp_path: Path) -> None:
    table = read_groups(
        written(tmp_path, "image,race,age\nx/c.jpg,A,30\na,B,\nnobody.jpg,C,1\n"), IDS
    )
    assert table.index.tolist() == IDS
    assert [value for value in table["race"] if isinstance(value, str)] == ["B", "A"]
    assert table["age"].tolist()[2] == 30
    assert table["age"].isna().tolist() == [True, True, False]


def test_groups_take_the_place_of_columns_of_the_manifest(tmp_path: Path) -> None:
    manifest = pa.table(
        {"image_id": IDS, "gender": ["m"] * 3, "label": ["1", "2", "3"], "bytes": [1, 2, 3]}
    )
    write_table(manifest, tmp_path / "manifest.parquet", metadata={})
    alone = joined_groups(tmp_path / "manifest.parquet", None)
    assert list(alone.columns) == ["gender", "label"]
    both = joined_groups(tmp_path / "manifest.parquet", written(tmp_path, "image,gender\nb,f\n"))
    assert list(both.columns) == ["label", "gender"]
    assert both.loc["x/b.jpg", "gender"] == "f"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,race\na,B\n", r"expected a column image, path, image_id, stimulus; seen name, race"),
        ("image\na\n", r"\(failures.groups_table\): no column of groups"),
        ("image,race\na,B\nx/a.jpg,C\n", r"'x/a.jpg' stands in lines 2 and 3"),
        ("image,race\nq,B\n", r"its names match no picture of the dataset, such as 'x/a.jpg'"),
    ],
)
def test_a_table_of_groups_that_cannot_be_used_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(LayoutError, match=message):
        read_groups(written(tmp_path, text), IDS)


def test_known_landmarks_are_read_where_they_are_whole(tmp_path: Path) -> None:
    header = ",".join(["image", *LANDMARK_COLUMNS])
    whole = ",".join(str(k) for k in range(136))
    path = written(tmp_path, f"{header}\nb,{whole}\nc,{'NA,' * 135}1\n")
    names, points = read_truth(path, IDS)
    assert names == ["x/b.jpg"]
    assert points.shape == (1, 68, 2)
    np.testing.assert_array_equal(points[0, 3], [3, 71])


def test_known_landmarks_need_every_column(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"no column 'x_1'; expected x_0..x_67 and y_0..y_67"):
        read_truth(written(tmp_path, "image,x_0\na,1\n"), IDS)
