"""Names of columns that several stages share."""

from __future__ import annotations

LANDMARK_COLUMNS = tuple(f"{axis}_{i}" for axis in "xy" for i in range(68))
"""The 68 landmarks, x of all, then y, in pixels."""

POSE_COLUMNS = ("yaw_deg", "pitch_deg", "roll_deg")
"""The face angle, in degrees."""
