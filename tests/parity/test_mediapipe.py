"""Agreement with MediaPipe's own FaceLandmarker on the same pictures.

Needs ``mediapipe==0.10.33`` (and the system libraries libEGL and libGLESv2 that it loads) beside
the workflow's own packages; skips with the reason where they are missing.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from modular_faces.blendshape_names import BLENDSHAPES
from modular_faces.blendshapes import BlendshapeNetwork
from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection, region_map
from modular_faces.face_model import BLENDSHAPES_PART, FaceModel, bundle_path
from modular_faces.pose import angles, head_pose

VERSION = "0.10.33"
THRESHOLD = 0.5
ROOT = Path(__file__).parents[2]
SETS = {
    "sample": (ROOT / "resources" / "sample", "*_aligned.jpg", 1),
    "crops": (ROOT.parent / "shared" / "data" / "crops" / "raf100", "*.jpg", 10),
    "tight crops": (ROOT.parent / "shared" / "data" / "crops" / "xtight100", "*.jpg", 10),
    "full size": (ROOT.parent / "shared" / "data" / "omi" / "images", "*.jpg", 20),
}


@dataclass(frozen=True)
class Pair:
    """One picture: MediaPipe's answer and ours, None where no face was found."""

    shape: tuple[int, ...]
    theirs: np.ndarray | None
    ours: np.ndarray | None
    raw: np.ndarray | None
    rotation: np.ndarray | None
    blendshapes: dict[str, float] | None


@pytest.fixture(scope="module")
def landmarker() -> Iterator[tuple[Any, Any]]:
    try:
        mediapipe = importlib.import_module("mediapipe")
        vision = importlib.import_module("mediapipe.tasks.python.vision")
        tasks = importlib.import_module("mediapipe.tasks.python")
        options = vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(bundle_path())),
            num_faces=1,
            min_face_detection_confidence=THRESHOLD,
            min_face_presence_confidence=THRESHOLD,
            output_facial_transformation_matrixes=True,
            output_face_blendshapes=True,
        )
        reference = vision.FaceLandmarker.create_from_options(options)
    except (ImportError, OSError) as error:
        pytest.skip(f"mediapipe=={VERSION} with libEGL and libGLESv2 is not installed: {error}")
    if mediapipe.__version__ != VERSION:
        pytest.skip(f"mediapipe is {mediapipe.__version__}, the reference is {VERSION}")
    with reference:
        yield mediapipe, reference


@pytest.fixture(scope="module", params=SETS)
def pairs(request: pytest.FixtureRequest, landmarker: tuple[Any, Any]) -> list[Pair]:
    folder, pattern, step = SETS[request.param]
    paths = sorted(folder.rglob(pattern))[::step]
    if not paths:
        pytest.skip(f"no pictures of the set '{request.param}' on this machine")
    model = FaceModel.load(None)
    pictures = (cv2.imread(str(path), cv2.IMREAD_COLOR_RGB) for path in paths)
    return [answers(model, landmarker, picture) for picture in pictures if picture is not None]


def answers(model: FaceModel, landmarker: tuple[Any, Any], picture: np.ndarray) -> Pair:
    mediapipe, reference = landmarker
    height, width = picture.shape[:2]
    result = reference.detect(
        mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)
    )
    theirs = rotation = ours = raw = blendshapes = None
    if result.face_landmarks:
        points = [(point.x, point.y, point.z) for point in result.face_landmarks[0]]
        theirs = np.array(points) * (width, height, width)
        rotation = result.facial_transformation_matrixes[0][:3, :3]
        blendshapes = {shape.category_name: shape.score for shape in result.face_blendshapes[0]}
    found = detect(model, picture, threshold=THRESHOLD, overlap=0.3)
    if found:
        region = region_from_detection(found[0])
        face = mesh_from_region(model, picture, region)
        if face.presence >= THRESHOLD:
            ours = face.mesh.astype(np.float64)
            # MediaPipe counts pixels from elsewhere: half a network pixel to the lower right.
            raw = ours.copy()
            raw[:, :2] += region_map(region)[:, :2].sum(axis=1) / 2
    return Pair(picture.shape, theirs, ours, raw, rotation, blendshapes)


def test_the_same_faces_are_found(pairs: list[Pair]) -> None:
    differing = sum((pair.theirs is None) != (pair.ours is None) for pair in pairs)
    assert any(pair.ours is not None for pair in pairs)
    assert differing <= 0.02 * len(pairs)


def test_points_agree(pairs: list[Pair]) -> None:
    errors = []
    for pair in pairs:
        if pair.raw is None or pair.theirs is None:
            continue
        eyes = np.linalg.norm(pair.theirs[33, :2] - pair.theirs[263, :2])
        errors.append(np.linalg.norm((pair.raw - pair.theirs)[:, :2], axis=1).mean() / eyes)
    print(f"median NME {np.median(errors):.5f}, largest {max(errors):.5f}, n {len(errors)}")
    assert np.median(errors) <= 0.002


def test_depth_agrees(pairs: list[Pair]) -> None:
    differences = [
        np.abs(pair.raw - pair.theirs)[:, 2].mean() / np.ptp(pair.theirs[:, 2])
        for pair in pairs
        if pair.raw is not None and pair.theirs is not None
    ]
    assert np.median(differences) <= 0.002


def test_perspective_pose_agrees(pairs: list[Pair]) -> None:
    geometry = FaceModel.load(None).geometry
    differences = []
    for pair in pairs:
        if pair.theirs is None or pair.rotation is None:
            continue
        height, width = pair.shape[:2]
        mesh = pair.theirs - (0.5, 0.5, 0.0)
        focal = 0.5 / math.tan(math.radians(63) / 2) * height / max(height, width)
        ours = head_pose(mesh, pair.shape, geometry, method="perspective", focal_length=focal)
        scale = np.linalg.norm(pair.rotation[:, 0])
        differences.append(np.abs(np.subtract(ours, angles(pair.rotation / scale))).max())
    assert max(differences) <= 0.01


def blendshape_differences(pairs: list[Pair], *, mesh: str) -> np.ndarray:
    """Largest difference of each face between MediaPipe's blendshapes and those read from a mesh."""
    network = BlendshapeNetwork(FaceModel.load(None).parts[BLENDSHAPES_PART])
    differences = []
    for pair in pairs:
        points = getattr(pair, mesh)
        if pair.blendshapes is None or points is None:
            continue
        names = ["_neutral" if name == "neutral" else name for name in BLENDSHAPES]
        expected = [pair.blendshapes[name] for name in names]
        differences.append(np.abs(network.read(points) - expected).max())
    return np.array(differences)


def test_blendshapes_of_the_same_mesh_agree(pairs: list[Pair]) -> None:
    differences = blendshape_differences(pairs, mesh="theirs")
    print(f"largest difference {differences.max():.5f}, n {len(differences)}")
    assert differences.max() <= 1e-5


def test_blendshapes_of_our_mesh_agree(pairs: list[Pair]) -> None:
    differences = blendshape_differences(pairs, mesh="ours")
    print(f"median difference {np.median(differences):.5f}, largest {differences.max():.5f}")
    assert np.median(differences) <= 0.02
