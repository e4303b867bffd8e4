"""The 52 blendshapes of a face, read from its mesh by the network in the pinned landmark model.

These are LEARNT features: a network has learnt them from its maker's data, so a number is what that network
says of the face, no measurement. What they are called: `blendshape_names`.

References
----------
Grishchenko et al. (2023). Blendshapes GHUM: real-time monocular facial blendshape prediction.
arXiv:2309.05782.
MediaPipe, ``face_landmarker/face_blendshapes_graph.cc``: which 146 points, and in which order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from modular_faces.blendshape_names import BLENDSHAPES, EXPRESSION_COLUMNS
from modular_faces.tables import table_from_matrix

DECIMALS: Final = 5

POINTS: Final[NDArray[np.intp]] = np.array(
    [
        0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67,
        70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146,
        148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181,
        185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293,
        295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361,
        362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398,
        400, 402, 405, 409, 415, 454, 466, *range(468, 478),
    ],
    dtype=np.intp,
)  # fmt: skip
"""The 146 points of the mesh that the network takes, in its order."""


class BlendshapeNetwork:
    """The network that reads blendshapes, run on one thread.

    Parameters
    ----------
    content : bytes
        ``FaceModel.parts[BLENDSHAPES_PART]`` or `face_model.read_parts`.
    """

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        (taken,), (given,) = (
            self._interpreter.get_input_details(),
            self._interpreter.get_output_details(),
        )
        self._taken: int = taken["index"]
        self._given: int = given["index"]

    def read(self, mesh: NDArray[np.floating]) -> NDArray[np.float64]:
        """Read the blendshapes of one face.

        Parameters
        ----------
        mesh : (478, 3) ndarray of float
            Pixels of the upright picture. The network takes out place and size, but not the tilt of the
            head, as MediaPipe runs it.

        Returns
        -------
        (52,) ndarray of float64
            0 to 1, in the order of `BLENDSHAPES`.
        """
        points = np.ascontiguousarray(mesh[POINTS, :2][None], dtype=np.float32)
        self._interpreter.set_tensor(self._taken, points)
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._given), dtype=np.float64).ravel()


def expression_table(
    image_ids: Sequence[str],
    meshes: Mapping[str, NDArray[np.float64]],
    network: BlendshapeNetwork,
) -> pa.Table:
    """Read the blendshapes of all faces of a shard.

    Parameters
    ----------
    image_ids : sequence of str
        All pictures of the shard in the order of the table.
    meshes : mapping of str to (478, 3) ndarray of float64
        Those of trusted faces.
    network : BlendshapeNetwork

    Returns
    -------
    pyarrow.Table
        image_id and `EXPRESSION_COLUMNS`, rounded to five decimals; null without a mesh.
    """
    values = np.full((len(image_ids), len(BLENDSHAPES)), np.nan)
    for row, image_id in enumerate(image_ids):
        if image_id in meshes:
            values[row] = np.round(network.read(meshes[image_id]), DECIMALS)
    return table_from_matrix(image_ids, EXPRESSION_COLUMNS, values)
