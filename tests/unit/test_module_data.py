"""Modules as they are read from the files of a run."""

from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pytest

from modular_faces.columns import LANDMARK_COLUMNS, POSE_COLUMNS
from modular_faces.face_model import FaceGeometry, load_geometry
from modular_faces.modular.module_blocks import ModularData, Module, Region
from modular_faces.modular.module_data import duplicate_numbers, load_modular_data, module_columns
from modular_faces.tables import mesh_table, write_table

IDS = ["a", "b", "c", "d"]
COLORS = ["color_rgb_r_00_image", "color_rgb_r_00_face_oval", "color_rgb_r_00_nose"]
TEXTURES = [
    "haralick_contrast_mean_image",
    "haralick_contrast_range_image",
    "haralick_contrast_mean_face_oval",
    "haralick_contrast_mean_canonical_face_oval",
]
MEASURED = [*POSE_COLUMNS, *LANDMARK_COLUMNS, "expression_jawOpen", *COLORS, *TEXTURES]


@pytest.fixture(scope="module")
def geometry() -> FaceGeometry:
    return load_geometry(None)


@pytest.fixture
def results(tmp_path: Path, geometry: FaceGeometry) -> Path:
    """A run of four pictures: c is lost, a and d are the same picture."""
    columns = {
        "image_id": IDS,
        "split": ["train", "test", "train", "test"],
        "label": ["10", "2", "2", "10"],
        "label_name": ["joy", "fear", "fear", "joy"],
        "found": [True, True, False, True],
        "trusted": [True, True, False, True],
        "rating_smart": [1.5, None, 3.0, 4.0],
        "color_notes": [""] * 4,
    }
    columns |= {name: [float(k), 1.0, None, 2.0] for k, name in enumerate(MEASURED)}
    write_table(pa.table(columns), tmp_path / "features.parquet", metadata={})
    manifest = {
        "image_id": IDS,
        "duplicate_cluster": ["f0", "", "", "f0"],
        "duplicate_across_split": [True, False, False, True],
        "decodable": [True, True, True, True],
    }
    write_table(pa.table(manifest), tmp_path / "manifest.parquet", metadata={})
    mesh = np.concatenate([geometry.vertices, np.zeros((10, 3))]) * (9.0, -9.0, -9.0) + 50
    meshes = dict.fromkeys("abd", mesh)
    write_table(mesh_table(IDS, meshes), tmp_path / "mesh.parquet", metadata={})
    return tmp_path


def load(results: Path, geometry: FaceGeometry, region: Region = "image") -> ModularData:
    return load_modular_data(results, region=region, face="face_oval", geometry=geometry)


def test_lab_is_colour_haralick_and_landmarks_and_nothing_else(
    results: Path, geometry: FaceGeometry
) -> None:
    lab = load(results, geometry).modules["lab"].columns
    assert set(lab) == {COLORS[0], TEXTURES[0], *LANDMARK_COLUMNS}
    lab = load(results, geometry, "face").modules["lab"].columns
    assert set(lab) == {COLORS[1], TEXTURES[2], *LANDMARK_COLUMNS}


def test_the_face_has_no_column_of_the_whole_picture(results: Path, geometry: FaceGeometry) -> None:
    data = load(results, geometry, "face")
    assert data.modules["color"].columns == tuple(COLORS[1:])
    assert data.modules["texture"].columns == tuple(TEXTURES[2:])
    assert not [name for name in data.columns(list(data.modules)) if name.endswith("_image")]


def test_lost_pictures_keep_their_row(results: Path, geometry: FaceGeometry) -> None:
    data = load(results, geometry)
    assert len(data) == 4
    assert data.success.tolist() == [True, True, False, True]
    for name in ("shape_2d", "shape_frontal", "measures", "pose", "expression"):
        assert data.modules[name].complete.tolist() == [True, True, False, True], name
    assert data.modules["shape_2d"].values.shape == (4, 956)
    assert data.modules["shape_frontal"].values.shape == (4, 1434)


def test_targets_and_duplicates(results: Path, geometry: FaceGeometry) -> None:
    data = load(results, geometry)
    assert list(data.classes.items()) == [("2", "fear"), ("10", "joy")]
    np.testing.assert_array_equal(data.ratings["smart"], [1.5, np.nan, 3.0, 4.0])
    assert data.cluster.tolist() == [0, 1, 2, 0]
    assert data.across_split.tolist() == [True, False, False, True]
    assert data.split.tolist() == ["train", "test", "train", "test"]


def test_modules_that_the_run_has_not_are_left_out(results: Path, geometry: FaceGeometry) -> None:
    data = load(results, geometry)
    assert "aligned" not in data.modules
    assert "action_units" not in data.modules
    with pytest.raises(ValueError, match=r"there is no module 'aligned' in .*; it has lab, color"):
        data.block(["aligned"])


def test_aligned_faces_are_taken_by_region(results: Path, geometry: FaceGeometry) -> None:
    names = ["aligned_hog8_r00c00_d022_image", "aligned_hog8_r00c00_d022_face"]
    table = pa.table(
        {"image_id": IDS, "aligned_notes": [""] * 4, **dict.fromkeys(names, [0.5] * 4)}
    )
    write_table(table, results / "aligned.parquet", metadata={})
    assert load(results, geometry).modules["aligned"].columns == (names[0],)
    assert load(results, geometry, "face").modules["aligned"].columns == (names[1],)


def test_action_units_are_those_of_the_trusted_face(results: Path, geometry: FaceGeometry) -> None:
    table = pa.table(
        {
            "image_id": ["a", "a", "d"],
            "trusted": [False, True, True],
            "AU12_r": pa.array([9.0, 1.0, 2.0], pa.float32()),
            "AU12_c": pa.array([9.0, 1.0, 0.0], pa.float32()),
            "gaze_0_x": pa.array([9.0, 9.0, 9.0], pa.float32()),
        }
    )
    write_table(table, results / "openface.parquet", metadata={})
    units = load(results, geometry).modules["action_units"]
    assert units.columns == ("AU12_r", "AU12_c")
    assert units.learnt
    np.testing.assert_array_equal(units.values[:, 0], [1.0, np.nan, np.nan, 2.0])


def test_files_of_other_pictures_are_refused(results: Path, geometry: FaceGeometry) -> None:
    write_table(mesh_table(IDS[::-1], {}), results / "mesh.parquet", metadata={})
    with pytest.raises(ValueError, match=r"mesh\.parquet holds other pictures than features"):
        load(results, geometry)


def test_unknown_regions_and_modules_are_refused(results: Path, geometry: FaceGeometry) -> None:
    with pytest.raises(ValueError, match="region is 'hair'; choose image or face"):
        load(results, geometry, cast(Region, "hair"))
    with pytest.raises(ValueError, match="'aligned' is not made of columns of features"):
        module_columns("aligned", [], region="image", face="face_oval")


def test_rows_can_be_taken(results: Path, geometry: FaceGeometry) -> None:
    part = load(results, geometry).take(np.array([2, 1]))
    assert part.image_ids.tolist() == ["c", "b"]
    assert part.classes == {"2": "fear"}
    assert part.modules["pose"].values.shape == (2, 3)
    assert part.cluster.tolist() == [2, 1]


def test_a_block_puts_modules_side_by_side(results: Path, geometry: FaceGeometry) -> None:
    data = load(results, geometry)
    block, places = data.block(["pose", "expression"]), data.slices(["pose", "expression"])
    assert places == {"pose": slice(0, 3), "expression": slice(3, 4)}
    np.testing.assert_array_equal(block[:, places["pose"]], data.modules["pose"].values)
    assert data.columns(["pose", "expression"]) == [*POSE_COLUMNS, "expression_jawOpen"]


def test_duplicates_share_a_number() -> None:
    assert duplicate_numbers(["x", None, "", "x", "y"]).tolist() == [0, 1, 2, 0, 3]


def test_values_and_columns_of_a_module_must_fit() -> None:
    with pytest.raises(ValueError, match=r"module pose: values \(2, 3\) and 1 columns do not fit"):
        Module("pose", "face", ("yaw_deg",), np.zeros((2, 3), np.float32))
