"""Draw docs/images/regions.png: the regions on the canonical face and on a photograph.

Run from the root of the repository: ``python docs/figures/regions.py``.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from canonical_face import Canvas, shade, write
from numpy.typing import NDArray
from PIL import Image

from modular_faces.detector import detect
from modular_faces.face_mesh import mesh_from_region, region_from_detection
from modular_faces.face_model import FaceModel
from modular_faces.overlay import REGION_COLORS
from modular_faces.pose import HeadPose, rotation_matrix
from modular_faces.region_polygons import REGIONS
from modular_faces.regions import PRECEDENCE, region_masks

ROOT = Path(__file__).parents[2]
PHOTOGRAPH = ROOT / "resources" / "sample" / "photographs" / "astronaut.jpg"
HEAD = np.s_[10:150, 58:198]
SIDE = 520
STRENGTH = 0.55


def paint(picture: NDArray[np.uint8], mesh: NDArray[np.float64]) -> None:
    """Tint the small regions, and outline the oval in black over the hull in grey, in place."""
    masks = region_masks(mesh, picture.shape, REGIONS)
    for name in PRECEDENCE:
        tinted = (1 - STRENGTH) * picture[masks[name]] + STRENGTH * np.array(REGION_COLORS[name])
        picture[masks[name]] = np.rint(tinted).astype(np.uint8)
    for name, colour in (("face_hull", (120, 120, 120)), ("face_oval", (20, 20, 20))):
        outline, _ = cv2.findContours(
            masks[name].astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        cv2.drawContours(picture, outline, -1, colour, 4, cv2.LINE_AA)


def draw_pose(model: FaceModel, yaw: float) -> Canvas:
    """Draw the canonical face, turned, with its regions."""
    canvas = Canvas(SIDE)
    pose = HeadPose(yaw, 0.0, 0.0)
    shade(canvas, model.geometry, pose, wires=False)
    viewer = model.geometry.vertices @ rotation_matrix(pose).T
    paint(canvas.picture, np.column_stack([canvas.place(viewer), -viewer[:, 2]]))
    return canvas


def draw_photograph(model: FaceModel) -> NDArray[np.uint8]:
    """Draw the face of the photograph with its regions."""
    picture = np.asarray(Image.open(PHOTOGRAPH).convert("RGB"))[HEAD]
    large = cv2.resize(picture, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_CUBIC).astype(
        np.uint8
    )
    face = detect(model, large, threshold=0.5, overlap=0.3)[0]
    mesh = mesh_from_region(model, large, region_from_detection(face)).mesh
    paint(large, mesh.astype(np.float64))
    small = cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8)


def main() -> None:
    """Write the figure."""
    model = FaceModel.load(None)
    frontal, turned = draw_pose(model, 0.0), draw_pose(model, -45.0)
    for row, (name, colour) in enumerate(REGION_COLORS.items()):
        place = (30, 60 + 44 * row)
        cv2.rectangle(frontal.picture, (30, place[1] - 24), (58, place[1] + 4), colour, -1)
        write(frontal, name, (70, place[1]), scale=1.0)
    write(turned, "black: face_oval, grey: face_hull", (150, 2 * SIDE - 30), scale=1.0)
    figure = np.hstack([frontal.finish(), turned.finish(), draw_photograph(model)])
    path = ROOT / "docs" / "images" / "regions.png"
    cv2.imwrite(str(path), cv2.cvtColor(figure, cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
