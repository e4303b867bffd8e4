"""dlib as a backend: the real detector, with a small predictor trained here on what the mesh sees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from modular_faces.backends import Backend, Face, Stage
from modular_faces.backends.dlib import DlibBackend, DlibMissingError, box_of_landmarks
from modular_faces.backends.mesh import MeshBackend
from modular_faces.backends.registry import open_backend
from modular_faces.config_backends import Dlib
from modular_faces.config_loading import ConfigError, load_config
from modular_faces.landmark_error import eye_distance
from modular_faces.landmarks import find_faces
from modular_faces.stage_options import stage_options
from modular_faces.variants import Steps, apply_variant

dlib = pytest.importorskip("dlib", reason="dlib-bin has no wheel for this machine")

SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "DATASET" / "train"
DEBIAN = Path("/usr/share/dlib/shape_predictor_68_face_landmarks.dat")
BORDER: Steps = [{"pad": {"fraction": 0.5, "mode": "constant", "value": 127}}]
DETECTOR, MESH, FRAME = (Stage("border", BORDER, box) for box in ("detector", "mesh", "frame"))

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pictures() -> dict[str, Picture]:
    paths = sorted(SAMPLE.glob("4/*.jpg"))[:8]
    return {path.name: np.asarray(Image.open(path).convert("RGB")) for path in paths}


@pytest.fixture(scope="module")
def mesh() -> MeshBackend:
    return MeshBackend(model=None, threshold=0.3, points="learnt", second_look="never")


def faces(backend: Backend, pictures: Mapping[str, Picture], stage: Stage) -> dict[str, Face]:
    given = [(name, apply_variant(picture, stage.steps)) for name, picture in pictures.items()]
    answers = backend.find(given, stage=stage)
    return {answer.image_id: answer.faces[0] for answer in answers if answer.faces}


@pytest.fixture(scope="module")
def predictor(
    tmp_path_factory: pytest.TempPathFactory, pictures: dict[str, Picture], mesh: MeshBackend
) -> Path:
    """A predictor small enough to be trained in a second, on the very pictures it is tried on."""
    seen = faces(mesh, pictures, DETECTOR)
    detector = dlib.get_frontal_face_detector()
    images, objects = [], []
    for name, face in seen.items():
        picture = np.ascontiguousarray(apply_variant(pictures[name], BORDER).picture)
        boxes = [*detector(picture, 1), dlib.rectangle(*box_of_landmarks(face.landmarks))]
        parts = [dlib.point(round(x), round(y)) for x, y in face.landmarks]
        images.append(picture)
        objects.append([dlib.full_object_detection(box, parts) for box in boxes])
    options = dlib.shape_predictor_training_options()
    options.tree_depth, options.cascade_depth, options.num_trees_per_cascade_level = 2, 6, 30
    options.oversampling_amount, options.num_threads = 20, 1
    path = tmp_path_factory.mktemp("dlib") / "small.dat"
    dlib.train_shape_predictor(images, objects, options).save(str(path))
    return path


def options(predictor: Path | None, **other: Any) -> dict[str, Any]:
    return Dlib(predictor=None if predictor is None else str(predictor), **other).model_dump()


def error(found: Face, known: Face) -> float:
    apart = np.linalg.norm(found.landmarks - known.landmarks, axis=1).mean()
    return float(apart / eye_distance(known.landmarks))


@pytest.mark.parametrize("stage", [DETECTOR, MESH], ids=["its detector", "box of the mesh"])
def test_faces_are_found_where_the_mesh_sees_them(
    pictures: dict[str, Picture], mesh: MeshBackend, predictor: Path, stage: Stage
) -> None:
    backend = DlibBackend(options(predictor), mesh=mesh, mesh_accept=0.5)
    found, known = faces(backend, pictures, stage), faces(mesh, pictures, DETECTOR)
    assert found.keys() == known.keys() == pictures.keys()
    errors = [error(found[name], known[name]) for name in known]
    assert np.median(errors) < 0.06
    assert all(math.isnan(face.detector_score) == (stage is MESH) for face in found.values())
    assert {backend.certainty(face) for face in found.values()} == {1.0}


def test_only_faces_the_mesh_is_sure_of_are_given_to_the_predictor(
    pictures: dict[str, Picture], mesh: MeshBackend, predictor: Path
) -> None:
    backend = DlibBackend(options(predictor), mesh=mesh, mesh_accept=1.01)
    assert faces(backend, pictures, MESH) == {}


def test_the_frame_is_never_taken_for_a_face(pictures: dict[str, Picture], predictor: Path) -> None:
    backend = DlibBackend(options(predictor), mesh=None, mesh_accept=0.5)
    assert faces(backend, pictures, FRAME) == {}


def test_a_face_below_the_accepted_score_is_found_and_not_trusted(
    pictures: dict[str, Picture], predictor: Path
) -> None:
    backend = DlibBackend(options(predictor, accept=99.0), mesh=None, mesh_accept=0.5)
    outcomes = find_faces(
        dict.fromkeys(pictures, ""),
        lambda ids: [(name, picture) for name, picture in pictures.items() if name in ids],
        backend,
        stages=[DETECTOR],
        accept=0.5,
    )
    assert {(outcome.reason, outcome.trusted) for outcome in outcomes.values()} == {
        ("not_trusted", False)
    }
    points = np.array([o.face.landmarks.mean(axis=0) for o in outcomes.values() if o.face])
    assert points.min() > 30
    assert points.max() < 80


def test_the_box_of_landmarks_is_the_square_of_the_detector() -> None:
    points = np.full((68, 2), 50.0)
    points[:2] = (10, 20), (110, 120)
    assert box_of_landmarks(points) == (8, 10, 112, 112)


def test_a_missing_predictor_is_named(tmp_path: Path) -> None:
    with pytest.raises(DlibMissingError, match=r"'dlib.predictor' is empty; give the path"):
        DlibBackend(options(None), mesh=None, mesh_accept=0.5)
    with pytest.raises(DlibMissingError, match=r"there is no file .*nothing.dat"):
        DlibBackend(options(tmp_path / "nothing.dat"), mesh=None, mesh_accept=0.5)


def test_the_config_wants_a_predictor_and_opens_the_backend(predictor: Path) -> None:
    dataset = {"name": "a", "root": str(SAMPLE)}
    asked: dict[str, Any] = {"dataset": dataset, "landmarks": {"backend": "dlib"}}
    with pytest.raises(ConfigError, match=r"dlib.predictor is empty"):
        load_config(asked)
    config = load_config(asked | {"dlib": {"predictor": str(predictor)}})
    assert open_backend(stage_options(config, "landmarks")).name == "dlib"


@pytest.mark.skipif(not DEBIAN.is_file(), reason="Debian's package libdlib-data is not installed")
def test_the_predictor_that_debian_ships_agrees_with_the_mesh(
    pictures: dict[str, Picture], mesh: MeshBackend
) -> None:
    backend = DlibBackend(options(DEBIAN), mesh=None, mesh_accept=0.5)
    found, known = faces(backend, pictures, DETECTOR), faces(mesh, pictures, DETECTOR)
    assert found.keys() == pictures.keys()
    assert np.median([error(found[name], known[name]) for name in known]) < 0.12
