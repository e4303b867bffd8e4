"""Names of columns and files that several stages share."""

from __future__ import annotations

LANDMARK_COLUMNS = tuple(f"{axis}_{i}" for axis in "xy" for i in range(68))
"""The 68 landmarks, x of all, then y, in pixels."""

POSE_COLUMNS = ("yaw_deg", "pitch_deg", "roll_deg")
"""The face angle, in degrees."""

OPTIONAL_FILES = {"full": "features.csv", "faces": "faces.parquet"}
"""Files written on request; old ones are removed when they are no longer asked for."""
