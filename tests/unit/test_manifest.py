"""The manifest joins what is known of each file."""

import pyarrow as pa
import pytest

from modular_faces.layouts import Labels
from modular_faces.manifest import label_report, manifest_table, natural_places
from modular_faces.preprocess import INSPECTION_SCHEMA


def inspection(*image_ids: str) -> pa.Table:
    rows = [
        {
            "image_id": image_id,
            "path": image_id,
            "sha256": "same",
            "decodable": True,
            "failure_reason": "",
            "decode_problem": "",
            "phash": 0,
            "phash_mirrored": 0,
            "thumbnail": bytes(576),
        }
        for image_id in image_ids
    ]
    return pa.Table.from_pylist(rows, schema=INSPECTION_SCHEMA)


def labels(*image_ids: str) -> pa.Table:
    names = pa.array(image_ids, pa.string())
    splits = pa.array(["train", "test"][: len(image_ids)], pa.string())
    return pa.table({"image_id": names, "split": splits, "rating_smile": [1.5, None]})


def test_a_row_per_file_with_labels_and_duplicates() -> None:
    table = manifest_table(
        inspection("b/10.jpg", "b/9.jpg"),
        labels("b/10.jpg", "b/9.jpg"),
        max_distance=6,
        min_correlation=0.99,
    )
    assert table.column_names[:5] == ["image_id", "path", "manifest_row", "split", "rating_smile"]
    rows = table.to_pylist()
    assert [row["manifest_row"] for row in rows] == [1, 0]
    assert [row["duplicate_kind"] for row in rows] == ["identical", "identical"]
    assert rows[0]["duplicate_cluster"] == rows[1]["duplicate_cluster"]
    assert all(row["duplicate_across_split"] for row in rows)
    assert not {"phash", "phash_mirrored", "thumbnail"} & set(table.column_names)


def test_labels_of_other_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="different pictures"):
        manifest_table(inspection("a", "b"), labels("a", "c"), max_distance=6, min_correlation=0.99)


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["2/10.jpg", "2/9.jpg", "10/1.jpg", "a.jpg"]
    assert natural_places(names).tolist() == [1, 0, 2, 3]


def test_the_report_counts_labels_that_found_no_picture() -> None:
    found = Labels(
        table=labels("a", "b"),
        label_columns=[],
        rating_columns=["rating_smile"],
        truth_columns=[],
        unlabelled=3,
        unmatched=[f"{k}.jpg" for k in range(50)],
        ambiguous=["x.jpg"],
        problems=["bad.txt: empty"],
    )
    report = label_report(found, layout="omi", left_out={".txt": 1})
    assert (report["layout"], report["left_out"]) == ("omi", {".txt": 1})
    assert report["unlabelled_pictures"] == 3
    assert report["unmatched_labels"] == 50
    assert len(report["first_unmatched"]) == 20
    assert report["unreadable_label_files"] == ["bad.txt: empty"]
