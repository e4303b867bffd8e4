"""Blendshapes: the points the network takes, its names, and what it says of a face."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from modular_faces.blendshape_names import BLENDSHAPES, EXPRESSION_COLUMNS, describe_expression
from modular_faces.blendshapes import POINTS, BlendshapeNetwork, expression_table
from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection
from modular_faces.face_model import BLENDSHAPES_PART, FaceModel

SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "DATASET" / "train"


@pytest.fixture(scope="module")
def network() -> BlendshapeNetwork:
    return BlendshapeNetwork(FaceModel.load(None).parts[BLENDSHAPES_PART])


def mesh_of(path: Path) -> np.ndarray:
    model = FaceModel.load(None)
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    assert picture is not None
    bordered = cv2.copyMakeBorder(picture, 50, 50, 50, 50, cv2.BORDER_CONSTANT, value=(127,) * 3)
    pixels = np.asarray(bordered, np.uint8)
    found = detect(model, pixels, threshold=0.3, overlap=0.3)
    return mesh_from_region(model, pixels, region_from_detection(found[0])).mesh.astype(float)


@pytest.fixture(scope="module")
def happy_mesh() -> np.ndarray:
    return mesh_of(sorted((SAMPLE / "4").glob("*.jpg"))[0])


@pytest.fixture(scope="module")
def neutral_mesh() -> np.ndarray:
    return mesh_of(sorted((SAMPLE / "7").glob("*.jpg"))[0])


def test_the_network_takes_146_points_each_once() -> None:
    assert POINTS.shape == (146,)
    assert len(set(POINTS.tolist())) == 146
    assert set(range(468, 478)) <= set(POINTS.tolist())


def test_names_are_52_and_fit_r_and_spss() -> None:
    assert len(set(BLENDSHAPES)) == 52
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) for name in EXPRESSION_COLUMNS)
    assert [row[0] for row in describe_expression()] == list(EXPRESSION_COLUMNS)


def test_a_smile_is_read_as_one(
    network: BlendshapeNetwork, happy_mesh: np.ndarray, neutral_mesh: np.ndarray
) -> None:
    smile = BLENDSHAPES.index("mouthSmileLeft")
    assert network.read(happy_mesh)[smile] > network.read(neutral_mesh)[smile] + 0.1


def test_place_and_size_of_the_face_do_not_matter(
    network: BlendshapeNetwork, happy_mesh: np.ndarray
) -> None:
    expected = network.read(happy_mesh)
    assert expected.shape == (52,)
    np.testing.assert_allclose(network.read(happy_mesh * 3 + 40), expected, atol=1e-3)


def test_pictures_without_a_mesh_have_no_values(
    network: BlendshapeNetwork, happy_mesh: np.ndarray
) -> None:
    table = expression_table(["a", "b"], {"b": happy_mesh}, network)
    assert table.column_names == ["image_id", *EXPRESSION_COLUMNS]
    values = table.column("expression_jawOpen").to_pylist()
    assert values[0] is None
    assert values[1] == pytest.approx(
        network.read(happy_mesh)[BLENDSHAPES.index("jawOpen")], abs=1e-5
    )
