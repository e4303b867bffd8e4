"""Signs of what cannot be undone: descriptors of every picture, and what a rescue saw; what each is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from modular_faces.descriptors import DESCRIPTOR_NAMES
from modular_faces.failures.descriptor_words import words_of

RESCUE_SIGNS: Final = ("turned_away", "head_tilted", "several_faces")
"""Known only where another part of the study found a face."""

WORDS: Final[dict[str, tuple[str, str]]] = {
    "half_detail": ("half of the picture is covered or empty", "no half of the picture is empty"),
    "turned_away": ("the face is seen from the front", "the face is turned away"),
    "head_tilted": ("the head is upright", "the head is tilted"),
    "several_faces": ("there is one face", "there are several faces"),
    "brightness": ("the picture is dark", "the picture is bright"),
    "relative_sharpness": (
        "the picture is blurred",
        "the picture is grainy for its contrast",
    ),
    "border_detail": (
        "there is little detail at the border of the picture",
        "detail lies at the border of the picture",
    ),
    "contrast": ("the picture has little contrast", "the picture has harsh contrast"),
    "sharpness": ("little is sharp in the picture", "the picture is grainy or very detailed"),
    "brightness_oval": ("the middle of the picture is dark", "the middle of the picture is bright"),
    "contrast_oval": ("its middle has little contrast", "its middle has harsh contrast"),
    "entropy_r": ("red has low entropy", "red has high entropy"),
    "entropy_g": ("green has low entropy", "green has high entropy"),
    "entropy_b": ("blue has low entropy", "blue has high entropy"),
    "entropy_r_oval": ("red has low entropy in the middle", "red has high entropy in the middle"),
    "entropy_g_oval": (
        "green has low entropy in the middle",
        "green has high entropy in the middle",
    ),
    "entropy_b_oval": ("blue has low entropy in the middle", "blue has high entropy in the middle"),
    "grey": ("the picture is in colour", "the picture is grey"),
    "blockiness": ("JPEG blocks are faint", "JPEG blocks show"),
    "colorfulness": ("the colours are pale", "the colours are rich"),
    "saturation": ("the colours are not saturated", "the colours are saturated"),
    "megapixels": ("the picture has few pixels", "the picture has many pixels"),
    "width": ("the picture is narrow", "the picture is wide"),
    "height": ("the picture is low", "the picture is tall"),
    "aspect": ("the picture is upright in format", "the picture is wide in format"),
    "right_minus_left": (
        "the left half of the picture is the brighter one",
        "the right half of the picture is the brighter one",
    ),
    "lower_minus_upper": (
        "the upper half of the picture is the brighter one",
        "the lower half of the picture is the brighter one",
    ),
    "right_minus_left_oval": (
        "the left half of its middle is the brighter one",
        "the right half of its middle is the brighter one",
    ),
    "lower_minus_upper_oval": (
        "the upper half of its middle is the brighter one",
        "the lower half of its middle is the brighter one",
    ),
    "border_minus_center": (
        "the border of the picture is darker than what lies inside it",
        "the border of the picture is brighter than what lies inside it",
    ),
}
"""What a low and what a high value is called; of nearly equally strong signs the one named first is taken."""

DIRECTIONS: Final[dict[str, bool]] = {
    "half_detail": False,
    "relative_sharpness": False,
    "turned_away": True,
    "head_tilted": True,
    "several_faces": True,
}
"""Signs that say something only when they are high in failures (True), or low."""

UNDONE_BY: Final[dict[tuple[str, bool], str]] = {
    ("brightness", False): "dark",
    ("brightness", True): "bright",
    ("contrast", False): "low_contrast",
    ("contrast", True): "high_contrast",
    ("sharpness", False): "blurred",
    ("relative_sharpness", False): "blurred",
    ("grey", True): "grey",
    ("colorfulness", False): "grey",
    ("saturation", False): "grey",
    ("blockiness", True): "coarse_jpeg",
    ("half_detail", False): "covered",
    ("megapixels", False): "few_pixels",
    ("head_tilted", True): "turned",
}
"""The cause that puts a sign into successes, by sign and whether it is high."""


def sign_words(sign: str, *, high: bool) -> str:
    """Say what a sign means."""
    if sign in WORDS:
        return WORDS[sign][high]
    return f"{words_of(sign)} is {'high' if high else 'low'}"


def sign_order() -> list[str]:
    """Names of all signs; those that say more about a picture first."""
    known = [*WORDS, *DESCRIPTOR_NAMES]
    return list(dict.fromkeys(known))


def best_rescue(study: pd.DataFrame, *, backend: str, variant: str) -> pd.DataFrame | None:
    """Faces that another part of the study found, that part which found most; None where none found any.

    A part of another backend that tells head angles goes before other variants of the same backend, whose errors
    are not independent of those that are studied.
    """
    own = (study["backend"] == backend) & (study["variant"] == variant)
    other = study["found"].astype(bool) & ~own
    if not other.any():
        return None
    if "yaw_deg" in study:
        independent = other & (study["backend"] != backend) & study["yaw_deg"].notna()
        other = independent if independent.any() else other
    keys = ["backend", "variant"]
    sizes = study.loc[other, keys].groupby(keys, observed=True, sort=True).size()
    best = sizes.index[int(sizes.to_numpy().argmax())]
    return study[other & (study["backend"] == best[0]) & (study["variant"] == best[1])]


def rescue_signs(
    study: pd.DataFrame, image_ids: Sequence[str], *, backend: str, variant: str
) -> pd.DataFrame:
    """What another part of the study saw of each picture: face angles and the number of faces.

    Parameters
    ----------
    study : pandas.DataFrame
        image_id, backend, variant, found, and where there are such yaw_deg, roll_deg and n_faces.
    image_ids : sequence of str
    backend, variant : str
        The part whose failures are studied; it is not asked.

    Returns
    -------
    pandas.DataFrame
        Indexed by image_id, columns `RESCUE_SIGNS`, NaN where no other part found a face. The other part that found
        most faces is asked for all pictures, so that failures and successes are seen through the same eyes.
    """
    empty = pd.DataFrame(np.nan, index=list(image_ids), columns=list(RESCUE_SIGNS))
    part = best_rescue(study, backend=backend, variant=variant)
    if part is None or not {"yaw_deg", "roll_deg", "n_faces"} <= set(study.columns):
        return empty
    seen = part.set_index("image_id").reindex(list(image_ids))
    return pd.DataFrame(
        {
            "turned_away": seen["yaw_deg"].abs(),
            "head_tilted": seen["roll_deg"].abs(),
            "several_faces": (seen["n_faces"] > 1).astype(float).where(seen["n_faces"].notna()),
        },
        index=list(image_ids),
    ).astype(float)
