"""Names of the 52 blendshapes that `blendshapes` reads.

Names are those of Apple's ARKit; right and left are the person's. The first, ``neutral``, is not documented
by its maker and stays near zero.
"""

from __future__ import annotations

from typing import Final

from modular_faces.dictionary_file import Description

BLENDSHAPES: Final = (
    "neutral",
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight"),
    *("eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft"),
    *("eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight"),
    *("eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight"),
    *("jawForward", "jawLeft", "jawOpen", "jawRight"),
    *("mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight"),
    *("mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft"),
    *("mouthPressRight", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper"),
    *("mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft", "mouthSmileRight"),
    *("mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight"),
    *("noseSneerLeft", "noseSneerRight"),
)
"""Names in the order of the network's output."""
EXPRESSION_COLUMNS: Final = tuple(f"expression_{name}" for name in BLENDSHAPES)


def describe_expression() -> list[Description]:
    """Rows of the data dictionary: (name, module, region, unit, dtype, description, source)."""
    return [
        (
            column,
            "expression",
            "",
            "1",
            "float32",
            f"LEARNT: how far the face does {name}, 0 to 1, read from the mesh by a network",
            "MediaPipe blendshapes, arXiv:2309.05782",
        )
        for column, name in zip(EXPRESSION_COLUMNS, BLENDSHAPES, strict=True)
    ]
