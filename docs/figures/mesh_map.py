"""Draw docs/images/mesh_map.png: the 68 iBUG points on the canonical face.

Run from the root of the repository: ``python docs/figures/mesh_map.py``.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from canonical_face import Canvas, shade, write

from modular_faces.face_model import FaceModel
from modular_faces.ibug68 import IBUG68_VERTICES
from modular_faces.pose import HeadPose

OUTPUT = Path(__file__).parents[1] / "images" / "mesh_map.png"
SIZE = 900
FRONTAL = HeadPose(0, 0, 0)


def main() -> None:
    """Draw the face, the points and their numbers, and write the file."""
    geometry = FaceModel.load(None).geometry
    canvas = Canvas(SIZE)
    shade(canvas, geometry, FRONTAL, wires=True)
    places = canvas.place(geometry.vertices[IBUG68_VERTICES])
    for number, (x, y) in enumerate(places.tolist()):
        cv2.circle(canvas.picture, (round(x), round(y)), 8, (200, 40, 30), -1, cv2.LINE_AA)
        write(canvas, str(number), (x + 9, y - 9), scale=0.85)
    write(canvas, "the person's right", (20, 2 * SIZE - 30), scale=1.3)
    write(canvas, "the person's left", (2 * SIZE - 380, 2 * SIZE - 30), scale=1.3)
    OUTPUT.parent.mkdir(exist_ok=True)
    cropped = canvas.finish()[40:]
    cv2.imwrite(str(OUTPUT), cv2.cvtColor(np.asarray(cropped, np.uint8), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
