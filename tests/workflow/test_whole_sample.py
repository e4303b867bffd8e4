"""The bundled sample, run as `make run` does: every file, every row, every column."""

import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clones import SAMPLE, Clone, read_csv

FIRST = ["image_id", "path", "manifest_row", "split", "label", "label_name"]
THEN = [
    *("sha256", "width", "height", "n_faces", "found", "trusted", "success", "failure_reason"),
    *("landmark_source", "variant", "stage", "detector_score", "mesh_presence"),
    *("landmark_quality", "confidence"),
]
REASONS = {"unreadable", "too_small", "too_large", "no_face", "not_trusted", "backend_error"}
PER_SHARD = {
    *("inspection.parquet", "pictures.arrow", "landmarks.parquet", "mesh.parquet"),
    *("faces.parquet", "color.parquet", "texture.parquet", "pose.parquet"),
    "expression.parquet",
}


@pytest.fixture(scope="module")
def results(whole_sample: Clone) -> Path:
    return whole_sample.folder / "results" / "sample"


@pytest.fixture(scope="module")
def rows(results: Path) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = pq.read_table(results / "features.parquet").to_pylist()
    return table


@pytest.fixture(scope="module")
def pictures() -> set[str]:
    return {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.glob("DATASET/*/?/*.jpg")}


def test_every_file_is_there(results: Path) -> None:
    assert {path.name for path in results.iterdir() if path.is_file()} == {
        *("features.parquet", "features_core.csv", "features_dictionary.csv", "mesh.parquet"),
        *("manifest.parquet", "labels.json", "summary.json", "study.parquet"),
        "datapackage.json",
    }
    assert {path.name for path in (results / "shards" / "0000").iterdir()} == PER_SHARD
    assert not [path for path in results.rglob("*") if path.name.startswith(".")]


def test_nothing_is_left_to_do(whole_sample: Clone) -> None:
    assert whole_sample.planned() == Counter()


def test_every_picture_has_its_row_in_every_table(results: Path, pictures: set[str]) -> None:
    assert len(pictures) >= 168
    for name in ("features.parquet", "mesh.parquet", "manifest.parquet"):
        ids = pq.read_table(results / name, columns=["image_id"]).column(0).to_pylist()
        assert len(ids) == len(pictures)
        assert set(ids) == pictures
    core = read_csv(results / "features_core.csv")
    assert {row["image_id"] for row in core} == pictures
    assert len(core) == len(pictures)


def test_columns_have_names_that_r_and_spss_take(results: Path) -> None:
    names = pq.read_schema(results / "features.parquet").names
    assert [name for name in names if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name)] == []
    assert len({name.lower() for name in names}) == len(names)


def test_fixed_columns_come_first(results: Path) -> None:
    names = pq.read_schema(results / "features.parquet").names
    ratings = [f"rating_{name}" for name in read_csv(SAMPLE / "ratings.csv")[0] if name != "image"]
    landmarks = [f"{axis}_{point}" for axis in "xy" for point in range(68)]
    angles = ["yaw_deg", "pitch_deg", "roll_deg"]
    openface = [f"pose_{name}" for name in ("Tx", "Ty", "Tz", "Rx", "Ry", "Rz")]
    expected = [*FIRST, *ratings, *THEN, *angles, *openface, *landmarks]
    assert names[: len(expected)] == expected
    rest = names[len(expected) :]
    assert all(
        name.startswith(("color_", "haralick_", "texture_notes", "expression_")) for name in rest
    )


def test_the_core_table_is_a_part_of_the_whole(results: Path) -> None:
    names = pq.read_schema(results / "features.parquet").names
    core = list(read_csv(results / "features_core.csv")[0])
    assert core == [name for name in names if name in core]
    assert not [name for name in core if name.endswith(("_nose", "_cheeks", "_chin", "_mouth"))]
    for name in (*FIRST, *THEN, "x_0", "y_67", "yaw_deg"):
        assert name in core
    for stem in ("color_rgb_r_00", "haralick_contrast_mean"):
        assert f"{stem}_image" in core
        assert f"{stem}_face_oval" in core


def test_the_dictionary_has_a_row_per_column(results: Path) -> None:
    schema = pq.read_schema(results / "features.parquet")
    dictionary = read_csv(results / "features_dictionary.csv")
    assert [row["name"] for row in dictionary] == schema.names
    assert [row for row in dictionary if not row["description"]] == []
    short = {"float": "float32", "double": "float64"}
    types = [short.get(str(field.type), str(field.type)) for field in schema]
    assert [row["dtype"] for row in dictionary] == types


def test_no_data_file_tells_where_it_was_made(whole_sample: Clone, results: Path) -> None:
    places = [str(whole_sample.folder).encode(), str(SAMPLE).encode(), b"/resources/sample"]
    names = ("listing", "logs", "benchmarks")
    files = [
        path
        for path in results.rglob("*")
        if path.is_file() and path.relative_to(results).parts[0] not in names
    ]
    assert len(files) > 16
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content = str(pq.read_schema(path).metadata).encode()
            for column in pq.read_table(path).columns:
                if str(column.type) == "string":
                    content += "\n".join(filter(None, column.to_pylist())).encode()
        assert [place for place in places if place in content] == [], path


def test_success_has_landmarks_and_failure_a_reason(rows: list[dict[str, Any]]) -> None:
    assert {row["success"] for row in rows} == {True, False}
    for row in rows:
        landmarks = [row[f"{axis}_{point}"] for axis in "xy" for point in range(68)]
        given = [value for value in landmarks if value is not None and math.isfinite(value)]
        angles = [row[name] for name in ("yaw_deg", "pitch_deg", "roll_deg")]
        if row["success"]:
            assert len(given) == 136
            assert None not in angles
            assert row["failure_reason"] == ""
            assert (row["found"], row["trusted"]) == (True, True)
            assert row["landmark_quality"] >= 0.5
            assert row["color_rgb_r_00_face_oval"] is not None
        else:
            assert landmarks == [None] * 136
            assert angles == [None] * 3
            assert row["failure_reason"] in REASONS
            assert row["color_rgb_r_00_face_oval"] is None
        assert row["color_rgb_r_00_image"] is not None
        assert row["haralick_contrast_mean_image"] is not None


def test_labels_and_ratings_are_those_of_the_dataset(rows: list[dict[str, Any]]) -> None:
    ratings = {row["image"]: row for row in read_csv(SAMPLE / "ratings.csv")}
    for row in rows:
        _, split, label, name = row["image_id"].split("/")
        assert (row["split"], row["label"]) == (split, label)
        given = ratings.get(name) or ratings[row["image_id"]]
        for column, value in given.items():
            if column != "image":
                assert row[f"rating_{column}"] == float(value)
    assert {row["label"]: row["label_name"] for row in rows} == {
        "1": "surprise",
        "2": "fear",
        "3": "disgust",
        "4": "happiness",
        "5": "sadness",
        "6": "anger",
        "7": "neutral",
    }


def test_the_place_in_the_folder_can_be_restored(rows: list[dict[str, Any]]) -> None:
    assert sorted(row["manifest_row"] for row in rows) == list(range(len(rows)))
    assert [row["image_id"] for row in rows] != sorted(row["image_id"] for row in rows)


def test_the_summary_counts_the_rows(results: Path, rows: list[dict[str, Any]]) -> None:
    summary = json.loads((results / "summary.json").read_text())
    assert summary["pictures"] == len(rows)
    assert summary["success"] == sum(row["success"] for row in rows)
    assert summary["failures"] == Counter(
        row["failure_reason"] for row in rows if not row["success"]
    )
    assert sum(stage["success"] for stage in summary["stages"]) == summary["success"]


def test_the_study_has_every_variant_of_every_picture(
    results: Path, rows: list[dict[str, Any]]
) -> None:
    study = pq.read_table(results / "study.parquet", columns=["image_id", "variant"]).to_pylist()
    variants = {row["variant"] for row in study}
    assert variants == {
        *("original", "grey_border", "narrow_border", "upscale_grey_border"),
        *("sharpen", "sharpen_strong", "unsharp"),
    }
    assert Counter((row["image_id"], row["variant"]) for row in study) == Counter(
        (row["image_id"], variant) for row in rows for variant in variants
    )
