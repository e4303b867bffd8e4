"""Tables, plain folders and what all layouts have in common."""

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from layout_pictures import kaggle, labels_of, layout_of, picture, write

from modular_faces.layouts import LayoutError, sources_digest
from modular_faces.layouts.label_files import read_label_file
from modular_faces.layouts.sheet import safe_name


def csv_root(folder: Path) -> Path:
    for name in ("a/1.jpg", "a/2.jpg", "b/1.jpg"):
        picture(folder / name)
    return folder


def test_csv_with_labels_splits_and_ratings(tmp_path: Path) -> None:
    root = csv_root(tmp_path / "root")
    table = write(
        tmp_path / "t.csv",
        f"file,kind,part,score,note\na/1.jpg,happy,train,1.5,x\n./a//2.jpg,sad,test,NA,y\n"
        f"{root.absolute()}/b/1.jpg,,,2,z\nmissing.jpg,sad,train,3,w\n",
    )
    layout = layout_of(
        "auto", root, table=table, path_column="file", label_column="kind", split_column="part"
    )
    rows, labels = labels_of(layout)
    assert layout.name == "csv"
    assert list(rows) == ["a/1.jpg", "a/2.jpg", "b/1.jpg", "missing.jpg"]
    assert rows["a/1.jpg"] == {
        "image_id": "a/1.jpg",
        "split": "train",
        "label": "happy",
        "label_name": "happy",
        "rating_score": 1.5,
    }
    assert rows["a/2.jpg"]["rating_score"] is None
    assert rows["b/1.jpg"]["label"] is None
    assert rows["missing.jpg"]["rating_score"] == 3
    assert labels.unmatched == []
    assert layout.sources == [table]


def test_csv_from_parquet_with_chosen_ratings(tmp_path: Path) -> None:
    root = csv_root(tmp_path)
    table = tmp_path / "t.parquet"
    pq.write_table(
        pa.table({"path": ["a/1.jpg", "a/2.jpg"], "x": [1, 2], "y": [0.5, None], "l": [3.0, 4.0]}),
        table,
    )
    rows, labels = labels_of(
        layout_of("csv", root, table=table, rating_columns=["y"], label_column="l")
    )
    assert labels.rating_columns == ["rating_y"]
    assert [row["rating_y"] for row in rows.values()] == [0.5, None]
    assert [row["label"] for row in rows.values()] == ["3", "4"]


@pytest.mark.parametrize(("delimiter", "name"), [(";", "t.csv"), ("\t", "t.tsv")])
def test_delimiter_follows_the_header(tmp_path: Path, delimiter: str, name: str) -> None:
    table = write(tmp_path / name, "\ufeffpath|x\na,b|2\n".replace("|", delimiter))
    file = read_label_file(table)
    assert file.columns == {"path": ["a,b"], "x": ["2"]}


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("file,x\na/1.jpg,1\n", {}, r"no column 'path' \(dataset.path_column\); seen file, x"),
        (
            "path,x\na/1.jpg,1\n",
            {"label_column": "l"},
            r"no column 'l' \(dataset.label_column\); seen path, x",
        ),
        (
            "path,x\na/1.jpg,1\n",
            {"rating_columns": ["y"]},
            r"no column 'y' \(dataset.rating_columns\)",
        ),
        ("path,x\n../a/1.jpg,1\n", {}, "line 2: expected the path of a picture inside"),
        ("path,x\n/etc/passwd,1\n", {}, "line 2: expected the path of a picture inside"),
        ("path,x\n,1\n", {}, "line 2: expected the path of a picture inside"),
    ],
)
def test_csv_refusals(tmp_path: Path, text: str, options: dict[str, Any], message: str) -> None:
    table = write(tmp_path / "t.csv", text)
    with pytest.raises(LayoutError, match=message):
        layout_of("csv", csv_root(tmp_path / "root"), table=table, **options)


def test_csv_needs_a_table_and_pictures(tmp_path: Path) -> None:
    root = csv_root(tmp_path / "root")
    with pytest.raises(LayoutError, match=r"layout csv needs dataset\.table"):
        layout_of("csv", root)
    with pytest.raises(LayoutError, match="no such file; expected a table"):
        layout_of("csv", root, table=tmp_path / "none.csv")
    layout = layout_of("csv", root, table=write(tmp_path / "t.csv", "path\nx.jpg\n"))
    with pytest.raises(LayoutError, match=r"its paths match no picture in .*; seen x\.jpg"):
        layout.entries()
    broken = write(tmp_path / "t.parquet", "no")
    with pytest.raises(LayoutError, match="not a Parquet table"):
        layout_of("csv", root, table=broken)


def test_csv_paths_with_spaces_around_them(tmp_path: Path) -> None:
    for name in (" led.jpg", "led.jpg", "plain.jpg", " folder/x .jpg"):
        picture(tmp_path / name)
    text = "path,label\n led.jpg,a\nled.jpg,b\n plain.jpg ,c\n folder/x .jpg,d\n"
    table = write(tmp_path / "t.csv", text)
    layout = layout_of("csv", tmp_path, table=table, label_column="label")
    labels = {name: row["label"] for name, row in labels_of(layout)[0].items()}
    assert labels == {" led.jpg": "a", "led.jpg": "b", "plain.jpg": "c", " folder/x .jpg": "d"}
    assert all(entry.size for entry in layout.entries().entries)


def test_ratings_of_pictures_with_spaces_around_their_names(tmp_path: Path) -> None:
    for name in (" 1.jpg", "2.jpg"):
        picture(tmp_path / name)
    ratings = write(tmp_path / "r.csv", "image,trust\n 1.jpg,3\n 2.jpg ,4\n")
    rows, _ = labels_of(layout_of("folder", tmp_path, ratings=ratings))
    assert {name: row["rating_trust"] for name, row in rows.items()} == {" 1.jpg": 3, "2.jpg": 4}


def test_csv_picture_named_twice(tmp_path: Path) -> None:
    root = csv_root(tmp_path / "root")
    layout = layout_of(
        "csv", root, table=write(tmp_path / "t.csv", "path,x\na/1.jpg,1\na//1.jpg,2\n")
    )
    with pytest.raises(LayoutError, match=r"'a/1\.jpg' stands in lines 2 and 3"):
        layout.labels(layout.entries().entries)


def test_folder_has_no_labels(tmp_path: Path) -> None:
    layout = layout_of("auto", csv_root(tmp_path))
    rows, labels = labels_of(layout)
    assert layout.name == "folder"
    assert list(rows) == ["a/1.jpg", "a/2.jpg", "b/1.jpg"]
    assert rows["a/1.jpg"] == {
        "image_id": "a/1.jpg",
        "split": None,
        "label": None,
        "label_name": None,
    }
    assert labels.unlabelled == 0


def test_ratings_match_by_path_name_or_stem(tmp_path: Path) -> None:
    root = csv_root(tmp_path / "root")
    picture(root / "c/7.png")
    ratings = write(
        tmp_path / "r.csv",
        "image,warm,comment\na/1.jpg,1,x\n2.jpg,2,x\n7,3,x\n1.jpg,4,x\nnobody,5,x\n",
    )
    rows, labels = labels_of(layout_of("folder", root, ratings=ratings))
    assert {key: row["rating_warm"] for key, row in rows.items()} == {
        "a/1.jpg": 1.0,
        "a/2.jpg": 2.0,
        "b/1.jpg": None,
        "c/7.png": 3.0,
    }
    assert labels.ambiguous == ["1.jpg"]
    assert labels.unmatched == ["nobody"]
    assert labels.unlabelled == 1


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    picture(tmp_path / "root" / os.fsdecode(b"\xff.png"))
    (tmp_path / "r.csv").write_bytes(b"image,warm\n\xff.png,3\nno\xfe,4\n")
    rows, labels = labels_of(layout_of("folder", tmp_path / "root", ratings=tmp_path / "r.csv"))
    assert rows["%FF.png"]["rating_warm"] == 3.0
    assert labels.unmatched == ["no%FE"]


def test_column_with_a_typing_error_is_reported(tmp_path: Path) -> None:
    root = csv_root(tmp_path / "root")
    text = "path,warm,cold,note\na/1.jpg,1,2,x\na/2.jpg,2;5,3,y\n"
    ratings = write(tmp_path / "r.csv", text)
    for options in ({"ratings": ratings}, {"table": ratings}):
        _, labels = labels_of(layout_of("auto", root, **options))
        assert labels.rating_columns == ["rating_cold"]
        assert labels.problems == [
            f"{ratings} line 3: '2;5' is no number, so column 'warm' is not used"
        ]


def test_ratings_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"dataset\.ratings .*none\.csv: no such file"):
        layout_of("folder", csv_root(tmp_path / "root"), ratings=tmp_path / "none.csv")


def test_ratings_join_the_labels_of_a_layout(tmp_path: Path) -> None:
    ratings = write(tmp_path / "r.csv", "path;warm\ntrain_0001_aligned.jpg;9\n")
    layout = layout_of("rafdb", kaggle(tmp_path), ratings=ratings)
    rows, _ = labels_of(layout)
    assert rows["DATASET/train/5/train_0001_aligned.jpg"]["rating_warm"] == 9.0
    assert rows["DATASET/train/5/train_0001_aligned.jpg"]["label"] == "5"
    assert layout.sources[-1] == ratings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,warm\na,1\n", "expected a column image, path, image_id, stimulus; seen name, warm"),
        ("image,warm\na/1.jpg,hot\n", "no column of numbers beside 'image'"),
    ],
)
def test_ratings_refusals(tmp_path: Path, text: str, message: str) -> None:
    ratings = write(tmp_path / "r.csv", text)
    layout = layout_of("folder", csv_root(tmp_path / "root"), ratings=ratings)
    with pytest.raises(LayoutError, match=message):
        layout.labels(layout.entries().entries)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rafdb", "expected DATASET/train and DATASET/test with folders 1 to 7, or Image/aligned"),
        ("omi", r"expected attribute_means\.csv"),
    ],
)
def test_layout_not_recognised(tmp_path: Path, name: str, expected: str) -> None:
    for number in range(10):
        write(tmp_path / f"f{number}.txt", "")
    with pytest.raises(LayoutError, match=expected) as error:
        layout_of(name, tmp_path)
    assert "seen 'f0.txt', 'f1.txt'" in str(error.value)
    assert "and 2 more" in str(error.value)


def test_no_folder_no_picture_no_such_layout(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="no such folder"):
        layout_of("auto", tmp_path / "none")
    with pytest.raises(LayoutError, match="layout 'rafbd' is unknown; known: auto, rafdb"):
        layout_of("rafbd", tmp_path)
    with pytest.raises(LayoutError, match="seen no file at all"):
        layout_of("folder", tmp_path).entries()
    write(tmp_path / "a.txt", "")
    with pytest.raises(LayoutError, match=r"expected \.jpg.*seen 1 \.txt"):
        layout_of("folder", tmp_path).entries()
    with pytest.raises(LayoutError, match="seen an empty folder"):
        (tmp_path / "empty").mkdir()
        layout_of("omi", tmp_path / "empty")


def test_digest_of_sources_follows_their_content(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "x")
    os.utime(file, ns=(1, 1))
    before = sources_digest([file])
    assert sources_digest([file]) == before
    os.utime(file, ns=(1, 2))
    assert sources_digest([file]) != before
    assert sources_digest([]) != before


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("looks-like-you", "rating_looks_like_you"),
        ("Grösse (cm)", "rating_Gr_sse_cm"),
        ("a" * 80, "rating_" + "a" * 56),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name("rating", name) == safe
