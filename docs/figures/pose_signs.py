"""Draw docs/images/pose_signs.png: zero and signs of the face angle.

Run from the root of the repository: ``python docs/figures/pose_signs.py``.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from canonical_face import Canvas, Picture, draw_axes, shade, write

from modular_faces.face_model import FaceGeometry, FaceModel
from modular_faces.pose import HeadPose

OUTPUT = Path(__file__).parents[1] / "images" / "pose_signs.png"
TILE = 230
PANELS = (
    ("yaw_deg = +30", "towards the viewer's right", HeadPose(30, 0, 0)),
    ("pitch_deg = +25", "looks up", HeadPose(0, 25, 0)),
    ("roll_deg = +20", "tilts clockwise", HeadPose(0, 0, 20)),
    ("all 0", "canonical face, frontal", HeadPose(0, 0, 0)),
    ("yaw_deg = -30", "towards the viewer's left", HeadPose(-30, 0, 0)),
    ("pitch_deg = -25", "looks down", HeadPose(0, -25, 0)),
    ("roll_deg = -20", "tilts counter-clockwise", HeadPose(0, 0, -20)),
    ("yaw 30, pitch 20, roll 20", "nods, then turns, then tilts", HeadPose(30, 20, 20)),
)


def panel(geometry: FaceGeometry, title: str, meaning: str, pose: HeadPose) -> Picture:
    """Return one face with its title and meaning."""
    canvas = Canvas(TILE)
    shade(canvas, geometry, pose, wires=False)
    draw_axes(canvas, geometry, pose)
    write(canvas, title, (12, 28), scale=0.8)
    write(canvas, meaning, (12, 2 * TILE - 12), scale=0.75)
    return canvas.finish()


def main() -> None:
    """Draw the panels in two rows and write the file."""
    geometry = FaceModel.load(None).geometry
    panels = [panel(geometry, *entry) for entry in PANELS]
    rows = [np.hstack(panels[start : start + 4]) for start in (0, 4)]
    OUTPUT.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(OUTPUT), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
