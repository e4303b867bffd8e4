"""Merging keeps every row, blanks what is not trusted, and refuses tables that do not fit."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from modular_faces import merge
from modular_faces.columns import LANDMARK_COLUMNS, OPENFACE_POSE_COLUMNS, POSE_COLUMNS
from modular_faces.tables import write_table

FLOAT = pa.float32()


Paths = tuple[str, ...]


def manifest(*image_ids: str) -> pa.Table:
    n = len(image_ids)
    return pa.table(
        {
            "image_id": pa.array(image_ids, pa.string()),
            "path": pa.array(image_ids, pa.string()),
            "manifest_row": pa.array(range(n), pa.int64()),
            "split": pa.array([None] * n, pa.string()),
            "rating_age": pa.array([20.0] * n, pa.float64()),
            "bytes": pa.array([1] * n, pa.int64()),
            "sha256": pa.array(["0"] * n, pa.string()),
            "width": pa.array([100] * n, pa.int32()),
            "height": pa.array([100] * n, pa.int32()),
        }
    )


def landmarks(success: dict[str, bool]) -> pa.Table:
    good = list(success.values())
    reasons = ["" if g else "not_trusted" for g in good]
    columns = {
        "image_id": pa.array(success, pa.string()),
        "found": pa.array([True] * len(good)),
        "trusted": pa.array(good),
        "success": pa.array(good),
        "failure_reason": pa.array(reasons),
        "landmark_source": pa.array(["mesh"] * len(good)),
        "variant": pa.array(["original"] * len(good)),
        "stage": pa.array([1] * len(good), pa.int16()),
        "n_faces": pa.array([1] * len(good), pa.int16()),
        "detector_score": pa.array([0.9] * len(good), FLOAT),
        "mesh_presence": pa.array([0.5] * len(good), FLOAT),
        "landmark_quality": pa.array([0.75] * len(good), FLOAT),
        "confidence": pa.array([0.25] * len(good), FLOAT),
    }
    columns |= {
        name: pa.array([7.0] * len(good), FLOAT)
        for name in (*OPENFACE_POSE_COLUMNS, *LANDMARK_COLUMNS)
    }
    return pa.table(columns)


def numbers(image_ids: list[str], *names: str) -> pa.Table:
    columns = {name: pa.array([0.5] * len(image_ids), FLOAT) for name in names}
    return pa.table({"image_id": pa.array(image_ids, pa.string()), **columns})


def written(folder: Path, success: dict[str, bool]) -> Paths:
    """Tables of one shard on disk."""
    image_ids = list(success)
    tables = {
        "landmarks": landmarks(success),
        "pose": numbers(image_ids, *POSE_COLUMNS),
        "expression": numbers(image_ids, "expression_jawOpen"),
        "color": numbers(image_ids, "color_rgb_r_00_image", "color_rgb_r_00_eyes"),
        "texture": numbers(image_ids, "haralick_contrast_mean_canonical_face_oval"),
    }
    paths = {name: str(folder / f"{'_'.join(image_ids)}_{name}") for name in tables}
    for name, table in tables.items():
        write_table(table, paths[name], metadata={})
    stages = ("landmarks", "pose", "expression", "color", "texture")
    return tuple(paths[stage] for stage in stages)


@pytest.fixture
def shards(tmp_path: Path) -> tuple[str, list[Paths]]:
    write_table(manifest("a", "b", "c"), tmp_path / "manifest", metadata={})
    paths = [written(tmp_path, {"a": True, "b": False}), written(tmp_path, {"c": True})]
    return str(tmp_path / "manifest"), paths


def test_landmarks_are_given_only_where_they_are_trusted(
    shards: tuple[str, list[Paths]],
) -> None:
    rows = pa.concat_tables(merge.read_features(*shards)).to_pylist()
    assert [row["image_id"] for row in rows] == ["a", "b", "c"]
    assert [row["x_0"] for row in rows] == [7.0, None, 7.0]
    assert [row["y_67"] for row in rows] == [7.0, None, 7.0]
    assert [row["failure_reason"] for row in rows] == ["", "not_trusted", ""]
    assert [row["pose_Rz"] for row in rows] == [7.0, None, 7.0]
    assert [row["confidence"] for row in rows] == [0.25, 0.25, 0.25]


def test_fixed_columns_come_first(shards: tuple[str, list[Paths]]) -> None:
    names = next(merge.read_features(*shards)).column_names
    assert names[:8] == [
        *("image_id", "path", "manifest_row", "split", "rating_age"),
        *("sha256", "width", "height"),
    ]
    assert names[8:20] == list(merge.OUTCOME_COLUMNS)
    assert "bytes" not in names


def test_tables_of_other_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="different pictures"):
        merge.shard_features(
            manifest("a"), landmarks({"b": True}), numbers(["a"], *POSE_COLUMNS), []
        )


def test_missing_shards_are_refused(shards: tuple[str, list[Paths]]) -> None:
    path, paths = shards
    with pytest.raises(ValueError, match="the manifest has more rows than the shards"):
        list(merge.read_features(path, paths[:1]))


def test_core_columns_are_the_picture_and_the_face() -> None:
    names = [
        *("image_id", "x_0", "color_notes", "color_rgb_r_00_image", "color_rgb_r_00_face_oval"),
        *("color_rgb_r_00_face_hull", "haralick_entropy_mean_eyes"),
        "haralick_entropy_mean_canonical_face_oval",
    ]
    assert merge.core_columns(names, face="face_oval") == [*names[:5], names[7]]
    assert merge.core_columns(names, face="face_hull") == [*names[:4], names[5]]


def write(folder: Path, shards: tuple[str, list[Paths]], rename: dict[str, str]) -> list[str]:
    return merge.write_features(
        merge.read_features(*shards),
        features=str(folder / "features.parquet"),
        core=str(folder / "core.csv"),
        full=str(folder / "full.csv"),
        rows_per_file=None,
        face="face_oval",
        rename=rename,
        metadata={"dataset": "d"},
    )


def test_new_names_stand_in_the_csv_files_only(
    tmp_path: Path, shards: tuple[str, list[Paths]]
) -> None:
    names = write(tmp_path, shards, {"color_rgb_r_00_image": "red_0"})
    features = pq.read_table(tmp_path / "features.parquet")
    core = pa_csv.read_csv(tmp_path / "core.csv")
    full = pa_csv.read_csv(tmp_path / "full.csv")
    assert features.column_names == names
    assert features.schema.metadata[b"dataset"] == b"d"
    assert features.num_rows == core.num_rows == full.num_rows == 3
    assert "red_0" in core.column_names and "color_rgb_r_00_image" not in core.column_names
    assert "color_rgb_r_00_eyes" in full.column_names
    assert "color_rgb_r_00_eyes" not in core.column_names


def test_a_new_name_for_no_column_is_refused_and_nothing_is_written(
    tmp_path: Path, shards: tuple[str, list[Paths]]
) -> None:
    with pytest.raises(ValueError, match=r"no column 'color_rgb_r_00_imag'; did you mean"):
        write(tmp_path, shards, {"color_rgb_r_00_imag": "red_0"})
    assert not (tmp_path / "features.parquet").exists()
    assert not (tmp_path / "core.csv").exists()
