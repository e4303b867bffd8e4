"""OMI's layouts, each built from tiny pictures, each refusal named."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from layout_pictures import labels_of, layout_of, picture, write

from modular_faces.layouts import LayoutError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

OMI_TABLE = "stimulus,trustworthy,looks-like-you\n1,40.5,1\n2,,2\n3,7,3\n"


@pytest.mark.parametrize("file", ["attribute_means.csv", "attribute_ratings.csv"])
def test_omi(tmp_path: Path, file: str) -> None:
    for number in (1, 2, 10):
        picture(tmp_path / f"images/{number}.jpg")
    write(tmp_path / file, OMI_TABLE)
    layout = layout_of("auto", tmp_path)
    rows, labels = labels_of(layout)
    assert layout.name == "omi"
    assert labels.rating_columns == ["rating_trustworthy", "rating_looks_like_you"]
    assert rows["images/1.jpg"]["rating_trustworthy"] == 40.5
    assert rows["images/2.jpg"]["rating_trustworthy"] is None
    assert rows["images/2.jpg"]["rating_looks_like_you"] == 2.0
    assert rows["images/10.jpg"]["rating_looks_like_you"] is None
    assert labels.unmatched == ["3"]
    assert labels.unlabelled == 1


@pytest.mark.parametrize("inside", [True, False])
def test_omi_in_train_and_test_folders(tmp_path: Path, inside: bool) -> None:
    picture(tmp_path / "train_set/1.jpg")
    picture(tmp_path / "test_set/images/2.jpg")
    if inside:
        write(tmp_path / "train_set/attribute_means.csv", "stimulus,happy\n1,5\n")
        write(tmp_path / "test_set/attribute_means.csv", "stimulus,happy\n2,6\n")
    else:
        write(tmp_path / "attribute_means.csv", "stimulus,happy\n1,5\n2,6\n")
    rows, _ = labels_of(layout_of("omi", tmp_path))
    assert [(row["split"], row["rating_happy"]) for row in rows.values()] == [
        ("test", 6.0),
        ("train", 5.0),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stimulus,happy\n1,5\n1,6\n", "picture '1' stands in lines 2 and 3; expected one row"),
        ("stimulus,happy\n1,much\n", "line 2: expected a number in column 'happy'; seen 'much'"),
        ("face,happy\n1,5\n", r"no column 'stimulus' \(layout omi\); seen face, happy"),
        ("stimulus,happy\n77,5\n", "match no picture; expected names like '1.jpg'.* seen '77'"),
        ("stimulus,a-b,a.b\n1,5,6\n", "column 'rating_a_b' occurs twice"),
        ("stimulus,a,a\n1,5,6\n", "a column name occurs twice in the header"),
    ],
)
def test_omi_refusals(tmp_path: Path, text: str, message: str) -> None:
    picture(tmp_path / "images/1.jpg")
    write(tmp_path / "attribute_means.csv", text)
    layout = layout_of("omi", tmp_path)
    with pytest.raises(LayoutError, match=message):
        layout.labels(layout.entries().entries)


def linked(target: Path, sources: Iterable[Path]) -> None:
    target.mkdir(parents=True)
    for source in sources:
        (target / source.name).symlink_to(source)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the OMI pictures, which are not distributed")
def test_real_omi(tmp_path: Path) -> None:
    linked(tmp_path / "images", sorted((SHARED / "omi/images").iterdir())[:50])
    (tmp_path / "attribute_means.csv").symlink_to(SHARED / "omi/attribute_means.csv")
    _, labels = labels_of(layout_of("auto", tmp_path))
    assert len(labels.rating_columns) == 34
    assert "rating_looks_like_you" in labels.rating_columns
    assert labels.table.num_rows == 50
    assert labels.unlabelled == 0
    assert len(labels.unmatched) == 550
