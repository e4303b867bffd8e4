"""What descriptors are called where people read of them; tables keep the names of the columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

OF_PICTURES: Final = {
    "brightness": "brightness",
    "contrast": "contrast",
    "sharpness": "sharpness",
    "relative_sharpness": "sharpness for its contrast",
    "entropy_r": "entropy of red",
    "entropy_g": "entropy of green",
    "entropy_b": "entropy of blue",
    "brightness_oval": "brightness of the central oval",
    "contrast_oval": "contrast of the central oval",
    "entropy_r_oval": "entropy of red in the central oval",
    "entropy_g_oval": "entropy of green in the central oval",
    "entropy_b_oval": "entropy of blue in the central oval",
    "blockiness": "JPEG blocks",
    "colorfulness": "colourfulness",
    "saturation": "saturation",
    "grey": "lack of colour",
    "width": "width",
    "height": "height",
    "aspect": "width by height",
    "megapixels": "size in megapixels",
    "right_minus_left": "brightness, right half less left",
    "lower_minus_upper": "brightness, lower half less upper",
    "right_minus_left_oval": "brightness of the oval, right half less left",
    "lower_minus_upper_oval": "brightness of the oval, lower half less upper",
    "border_minus_center": "brightness, border less inside",
    "border_detail": "detail at the border",
    "half_detail": "detail of the emptiest half",
}
"""What is measured on every picture, by the name of the column, in the order of the columns."""

OF_FACES: Final = {
    "turned_away": "turn of the face to a side",
    "head_tilted": "tilt of the head",
    "several_faces": "several faces",
    "face_scale": "width of the face by that of the picture",
}
"""What is known where another part of the study found a face."""

CENTRAL_OVAL: Final = (
    " The central oval is an ellipse in the middle, the same in all pictures wherever the face is."
)


def words_of(name: str) -> str:
    """Say what a column of descriptors or of ratings, or another grouping of pictures, is called.

    Examples
    --------
    >>> words_of("brightness_oval")
    'brightness of the central oval'
    >>> words_of("rating_skin_lightness")
    'skin lightness'
    """
    return (OF_PICTURES | OF_FACES).get(name, name.removeprefix("rating_").replace("_", " "))


def about_oval(names: Iterable[str]) -> str:
    """Say what the central oval is, after a caption, where one of the descriptors is of it."""
    return CENTRAL_OVAL if any("oval" in words_of(name) for name in names) else ""
