"""Variants: named chains of steps, applied in memory, with the one map that leads back.

A variant is a list; each entry is a mapping of one step to its options, as in the config::

    upscaled_grey_border:
      - resize: {scale: 2}
      - pad: {fraction: 0.5, mode: constant, value: 127}

The steps themselves are in `modular_faces.steps` and `modular_faces.cause_steps`, and docs/variants.md explains each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import modular_faces.cause_steps  # noqa: F401 - enters its steps
from modular_faces import geometry
from modular_faces.geometry import IBUG68_MIRROR, FloatArray, IntArray
from modular_faces.step_options import check_options, hint
from modular_faces.steps import STEP_OPTIONS, STEPS, Picture

Steps = Sequence[Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Applied:
    """A picture after a variant.

    Attributes
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB. For a variant without steps this is the original array itself.
    affine : (2, 3) ndarray of float64
        From pixels of the original picture to pixels of this one.
    """

    picture: Picture
    affine: FloatArray

    @property
    def mirrored(self) -> bool:
        """Whether left and right have changed sides."""
        return bool(np.linalg.det(self.affine[:, :2]) < 0)


def apply_variant(picture: Picture, steps: Steps) -> Applied:
    """Apply the steps of a variant one after the other.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        RGB. It is not changed.
    steps : sequence of mappings
        Each of one step name to the mapping of its options; empty for the original picture.

    Returns
    -------
    Applied

    Raises
    ------
    ValueError
        When the picture has another shape or dtype or no pixels, a step is not well formed, or it
        would make too large a picture (`steps.MAX_PIXELS`).
    """
    check_picture(picture)
    affine = geometry.identity()
    for name, options in _checked(steps):
        picture, of_step = STEPS[name](picture, **options)
        affine = geometry.compose(affine, of_step)
    return Applied(picture, affine)


def check_picture(picture: Picture) -> None:
    """Refuse an array that is not a picture.

    Raises
    ------
    ValueError
        When the array is not (H, W, 3) uint8 with at least one pixel.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(
            f"picture has shape {picture.shape} and dtype {picture.dtype}; "
            "expected (H, W, 3) uint8 in RGB with at least one pixel"
        )


def check_steps(steps: object) -> None:
    """Check the steps of a variant without a picture, as the config does before any job starts.

    Parameters
    ----------
    steps : object
        Whatever the config holds.

    Raises
    ------
    ValueError
        One line that names the step, the option, the value and the cure.
    """
    _checked(steps)


def describe_variant(name: str, steps: Steps) -> str:
    """Say in one line what a variant does, defaults included.

    Parameters
    ----------
    name : str
    steps : sequence of mappings

    Returns
    -------
    str

    Raises
    ------
    ValueError
        As `check_steps`.

    Examples
    --------
    >>> describe_variant("grey_border", [{"resize": {"scale": 2}}, {"pad": {"fraction": 0.5}}])
    'grey_border: resize scale=2 interpolation=cubic, pad fraction=0.5 mode=constant value=127'
    >>> describe_variant("original", [])
    'original: the picture as it is'
    """
    words = [
        " ".join([step, *(f"{option}={_in_words(value)}" for option, value in options.items())])
        for step, options in _checked(steps)
    ]
    return f"{name}: {', '.join(words) or 'the picture as it is'}"


def landmarks_to_original(
    applied: Applied, points: npt.ArrayLike, partners: IntArray = IBUG68_MIRROR
) -> FloatArray:
    """Bring landmarks found on a variant back to the pixels of the original picture.

    Parameters
    ----------
    applied : Applied
        The variant the landmarks were found on.
    points : (n, 2) or (n, 3) array_like of float
        In pixels of the variant. A third coordinate is a depth in the same scale as x and y.
    partners : (n,) ndarray of int
        Index of each point's partner across the midline of the face; used where the variant is
        mirrored, because what the landmarker took for the left eye there is the right eye.

    Returns
    -------
    (n, 2) or (n, 3) ndarray of float64
        In pixels of the original picture, in the same order of landmarks.

    Raises
    ------
    ValueError
        When the points have another shape, or the variant is mirrored and ``partners`` is for
        another number of points.
    """
    found = np.asarray(points, dtype=np.float64)
    if found.ndim != 2 or found.shape[1] not in (2, 3):
        raise ValueError(f"landmarks have shape {found.shape}; expected (n, 2) or (n, 3)")
    if applied.mirrored:
        if len(partners) != len(found):
            raise ValueError(
                f"the variant is mirrored and {len(found)} landmarks came with partners for "
                f"{len(partners)}; pass partners, the index of each landmark's mirror image"
            )
        found = found[partners]
    back = geometry.invert(applied.affine)
    depth = found[:, 2:] * np.sqrt(abs(np.linalg.det(back[:, :2])))
    return np.hstack([geometry.transform(back, found[:, :2]), depth])


def _checked(steps: object) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(steps, (list, tuple)):
        raise ValueError(
            f"steps = {steps!r}: expected a list of steps, e.g. [{{pad: {{fraction: 0.5}}}}], "
            "or [] for the original picture"
        )
    return [_checked_step(number, entry) for number, entry in enumerate(steps, start=1)]


def _checked_step(number: int, entry: object) -> tuple[str, dict[str, Any]]:
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise ValueError(
            f"step {number} = {entry!r}: expected one step name with its options, "
            "e.g. {pad: {fraction: 0.5}} or {grayscale: {}}; further steps are further list entries"
        )
    ((name, options),) = entry.items()
    if name not in STEPS:
        raise ValueError(f"step {number}: unknown step {name} = {options!r}; {hint(name, STEPS)}")
    if not isinstance(options, Mapping):
        raise ValueError(
            f"step {number} ({name}): options = {options!r}: expected a mapping, "
            f"e.g. {{{name}: {{}}}} where it needs none"
        )
    return name, check_options(f"step {number} ({name})", STEP_OPTIONS[name], options)


def _in_words(value: object) -> str:
    if isinstance(value, (list, tuple)):
        rows = "; ".join(" ".join(f"{weight:.3g}" for weight in row) for row in value)
        return f"[{rows}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
