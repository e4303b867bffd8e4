"""The one landmark model that is accepted."""

from __future__ import annotations

MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
"""Digest of `face_landmarker.task`, 3,758,596 bytes; it stands in the metadata of every table."""
