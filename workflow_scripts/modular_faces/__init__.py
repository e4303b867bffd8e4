"""modular-faces: colour, texture, landmarks and head pose of every face in a folder of pictures.

The library knows nothing of Snakemake. Importing it is cheap: `extract` is loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modular_faces.extraction import extract as extract

__all__ = ["__version__", "extract"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "extract":
        from modular_faces.extraction import extract

        return extract
    raise AttributeError(f"module 'modular_faces' has no attribute '{name}'")
