"""Names of columns and files that several stages share."""

from __future__ import annotations

LANDMARK_COLUMNS = tuple(f"{axis}_{i}" for axis in "xy" for i in range(68))
"""The 68 landmarks, x of all, then y, in pixels."""

POSE_COLUMNS = ("yaw_deg", "pitch_deg", "roll_deg")
"""The face angle, in degrees."""

OPTIONAL_FILES = {
    "full": "features.csv",
    "faces": "faces.parquet",
    "openface": "openface.parquet",
    "rekognition": "rekognition.parquet",
}
"""Files written on request; old ones are removed when they are no longer asked for."""
OPENFACE_POSE_COLUMNS = ("pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz")
"""OpenFace's own head pose: place in mm, rotation in radians, seen from its camera."""
