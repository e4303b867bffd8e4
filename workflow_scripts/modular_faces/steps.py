"""The steps a variant is made of. A new step is one function here; nothing else changes.

A step takes a picture, ``(H, W, 3)`` uint8 RGB, and keyword-only options, and returns the changed
picture and the affine map, ``(2, 3)`` float64, from the old pixel coordinates to the new. `step`
enters it into `STEPS` under its own name and reads from its signature what each option accepts, so
that the function can rely on its options. It must not write into the picture it is given.

OpenCV is imported inside the functions: the config is checked against `STEPS` wherever the workflow
is parsed, and that needs no pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

import numpy as np
import numpy.typing as npt

from modular_faces import geometry
from modular_faces.geometry import FloatArray
from modular_faces.step_options import (
    Choice,
    Fill,
    Flag,
    Number,
    OnlyWith,
    Option,
    Weights,
    Whole,
    declared_options,
)

Picture = npt.NDArray[np.uint8]
Changed = tuple[Picture, FloatArray]
StepFunction = TypeVar("StepFunction", bound=Callable[..., Changed])

MAX_PIXELS: Final = 64_000_000
"""No step makes a picture of more pixels than this."""

MAX_SIDE: Final = 32_767
"""No step makes a picture longer or wider than this (OpenCV's own limit when it warps)."""


class TooLargeError(ValueError):
    """A step would make too large a picture."""


STEPS: Final[dict[str, Callable[..., Changed]]] = {}
"""Every step by its name in the config."""

STEP_OPTIONS: Final[dict[str, dict[str, Option]]] = {}
"""The options of every step, as its signature declares them."""


def step(function: StepFunction) -> StepFunction:
    """Enter ``(picture, *, option: Annotated[type, kind], ...) -> (picture, affine)`` as a step.

    Raises
    ------
    TypeError
        When an option does not say what it accepts, or another step has the name.
    """
    name = function.__name__
    if name in STEPS:
        raise TypeError(f"step {name} exists already; give the new one another name")
    STEP_OPTIONS[name] = declared_options(function)
    STEPS[name] = function
    return function


@step
def kernel(
    picture: Picture, *, weights: Annotated[Sequence[Sequence[float]], Weights()]
) -> Changed:
    """Correlate each channel with a table of weights (not flipped, as OpenCV's filter2D).

    Beyond its edges the picture is mirrored about the outermost pixel (``dcb|abcd|cba``). The sum
    is taken in float64 as the weights stand, not normalised, then rounded (halves to even) and cut
    to 0-255.
    """
    import cv2

    table = np.asarray(weights, dtype=np.float64)
    result = cv2.filter2D(picture.astype(np.float64), -1, table, borderType=cv2.BORDER_REFLECT_101)
    return _to_uint8(result), geometry.identity()


@step
def unsharp(
    picture: Picture,
    *,
    sigma: Annotated[float, Number(0.1, 50)],
    amount: Annotated[float, Number(0, 20)],
) -> Changed:
    """Add ``amount`` times what a Gaussian blur of ``sigma`` pixels takes away."""
    import cv2

    sharp = picture.astype(np.float32)
    blurred = cv2.GaussianBlur(sharp, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return _to_uint8(sharp + np.float32(amount) * (sharp - blurred)), geometry.identity()


@step
def resize(
    picture: Picture,
    *,
    scale: Annotated[float, Number(0.01, 64)],
    interpolation: Annotated[
        str, Choice("nearest", "linear", "cubic", "area", "lanczos")
    ] = "cubic",
) -> Changed:
    """Resize to ``scale`` times each side, rounded to whole pixels and never below one.

    The map follows from the true sizes, so it may differ a little from ``scale``. Only ``area``
    averages what it makes smaller; take it for a scale below one.
    """
    import cv2

    height, width = picture.shape[:2]
    new_height, new_width = max(1, _half_up(scale * height)), max(1, _half_up(scale * width))
    _refuse_too_large("resize", new_height, new_width)
    flags = {
        "nearest": cv2.INTER_NEAREST_EXACT,
        "linear": cv2.INTER_LINEAR,
        "cubic": cv2.INTER_CUBIC,
        "area": cv2.INTER_AREA,
        "lanczos": cv2.INTER_LANCZOS4,
    }
    result = cv2.resize(picture, (new_width, new_height), interpolation=flags[interpolation])
    return _as_picture(result), geometry.scaling(new_width / width, new_height / height)


@step
def pad(
    picture: Picture,
    *,
    fraction: Annotated[float, Number(0.001, 10)],
    mode: Annotated[str, Choice("constant", "replicate", "reflect")] = "constant",
    value: Annotated[int | str, Fill(), OnlyWith("mode", "constant")] = 127,
) -> Changed:
    """Put a border around the picture, on each side ``fraction`` of its length along that axis.

    A picture of 100 x 100 with a fraction of .5 gets 50 pixels on all four sides and becomes 200 x
    200. ``replicate`` repeats the outermost pixel, ``reflect`` mirrors about it (``dcb|abcd|cba``),
    ``constant`` fills with ``value``, a grey level or the mean colour of the picture.
    """
    import cv2

    height, width = picture.shape[:2]
    down, right = _half_up(fraction * height), _half_up(fraction * width)
    _refuse_too_large("pad", height + 2 * down, width + 2 * right)
    borders = {
        "constant": cv2.BORDER_CONSTANT,
        "replicate": cv2.BORDER_REPLICATE,
        "reflect": cv2.BORDER_REFLECT_101,
    }
    result = cv2.copyMakeBorder(
        picture, down, down, right, right, borders[mode], value=_colour(picture, value)
    )
    return _as_picture(result), geometry.translation(right, down)


@step
def gamma(picture: Picture, *, gamma: Annotated[float, Number(0.05, 20)]) -> Changed:
    """Set each channel to ``255 * (level / 255) ** gamma``: below one brightens, above darkens."""
    levels = _to_uint8(255 * (np.arange(256) / 255) ** gamma)
    return levels[picture], geometry.identity()


@step
def clahe(
    picture: Picture,
    *,
    clip_limit: Annotated[float, Number(0.1, 100)] = 2.0,
    tiles: Annotated[int, Whole(1, 64)] = 8,
) -> Changed:
    """Equalise the local contrast of lightness (L of 8-bit Lab) in ``tiles`` by ``tiles`` fields.

    References
    ----------
    Zuiderveld 1994, "Contrast Limited Adaptive Histogram Equalization", Graphics Gems IV.
    """
    import cv2

    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    lab[..., 0] = cv2.createCLAHE(clip_limit, (tiles, tiles)).apply(lab[..., 0])
    return _as_picture(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)), geometry.identity()


@step
def equalize(picture: Picture) -> Changed:
    """Equalise the histogram of luminance (Y of YCrCb) and leave the colours."""
    import cv2

    ycrcb = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
    ycrcb[..., 0] = cv2.equalizeHist(ycrcb[..., 0])
    return _as_picture(cv2.cvtColor(ycrcb, cv2.COLOR_YCrCb2RGB)), geometry.identity()


@step
def denoise(
    picture: Picture,
    *,
    strength: Annotated[float, Number(1, 255)] = 30,
    radius: Annotated[float, Number(0.5, 10)] = 2,
) -> Changed:
    """Smooth with a bilateral filter, which keeps edges.

    ``strength`` is the sigma of the weight on colour differences (sum over the channels, in grey
    levels), ``radius`` the sigma of the weight on distance, in pixels.

    References
    ----------
    Tomasi & Manduchi 1998, https://doi.org/10.1109/ICCV.1998.710815
    """
    import cv2

    return _as_picture(cv2.bilateralFilter(picture, 0, strength, radius)), geometry.identity()


@step
def grayscale(picture: Picture) -> Changed:
    """Set the three channels to ``0.299 R + 0.587 G + 0.114 B`` (ITU-R BT.601), rounded."""
    import cv2

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return _as_picture(np.repeat(grey[..., None], 3, axis=2)), geometry.identity()


@step
def rotate(
    picture: Picture,
    *,
    degrees: Annotated[float, Number(-360, 360)],
    expand: Annotated[bool, Flag()] = True,
    fill: Annotated[int | str, Fill()] = 127,
) -> Changed:
    """Turn the picture about its centre, clockwise for positive ``degrees``.

    Values are interpolated linearly. With ``expand`` the result is as large as the turned
    picture needs, else as large as before. Pixels from outside hold ``fill``, a grey level or the
    mean colour of the picture.
    """
    import cv2

    height, width = picture.shape[:2]
    turn = geometry.rotation(degrees, ((width - 1) / 2, (height - 1) / 2))
    new_width, new_height = width, height
    if expand:
        extent = np.abs(turn[:, :2]) @ [width, height]
        new_width, new_height = (int(side) for side in np.ceil(extent.round(6)))
        shift = geometry.translation((new_width - width) / 2, (new_height - height) / 2)
        turn = geometry.compose(turn, shift)
    _refuse_too_large("rotate", new_height, new_width)
    result = cv2.warpAffine(
        picture,
        turn,
        (new_width, new_height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_colour(picture, fill),
    )
    return _as_picture(result), turn


@step
def mirror(picture: Picture) -> Changed:
    """Flip the picture left to right."""
    return np.ascontiguousarray(picture[:, ::-1]), geometry.mirroring(picture.shape[1])


def _refuse_too_large(name: str, height: int, width: int) -> None:
    if height * width > MAX_PIXELS or max(height, width) > MAX_SIDE:
        raise TooLargeError(
            f"step {name} would make a picture of {width} x {height} pixels; the limits are "
            f"{MAX_PIXELS:,} pixels and {MAX_SIDE:,} a side: enlarge less, or shrink before it"
        )


def _colour(picture: Picture, value: int | str) -> tuple[float, float, float]:
    if value == "mean":
        red, green, blue = np.rint(picture.mean(axis=(0, 1), dtype=np.float64))
        return float(red), float(green), float(blue)
    return float(value), float(value), float(value)


def _half_up(value: float) -> int:
    return int(np.floor(value + 0.5))


def _to_uint8(values: npt.ArrayLike) -> Picture:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _as_picture(values: npt.ArrayLike) -> Picture:
    return np.asarray(values, dtype=np.uint8)
