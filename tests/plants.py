"""Failures with one known cause: pictures that are spoilt in one way, and the detector that minds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from modular_faces.descriptors import (
    border_detail,
    border_mask,
    channel_entropies,
    laplacian_variance,
)
from modular_faces.failures.picture_measures import grey_of
from modular_faces.variants import Steps, apply_variant
from simulated_detector import Picture, Rule, bright_enough, face_likes, middle

DARK: Steps = [{"darken": {"to": 20}}]
BLACK: Steps = [{"kernel": {"weights": [[0.0]]}}]
TIGHT: Steps = [{"crop": {"keep": 0.5}}]
DECOY: Steps = [{"grayscale": {}}, {"jpeg": {"quality": 40}}]
DECOY_SIGNS = frozenset({"grey", "coarse_jpeg", "blockiness", "colorfulness", "saturation"})

Spoil = Callable[[int, Picture], Picture]


def changed_by(steps: Steps) -> Spoil:
    """Spoil a picture by a variant."""
    return lambda place, picture: apply_variant(picture, steps).picture


def flat_blue(place: int, picture: Picture) -> Picture:
    """Leave four values of blue."""
    flat = picture.copy()
    flat[..., 2] = 128 + picture[..., 2] // 64
    return flat


def edges_at_the_border(place: int, picture: Picture) -> Picture:
    """Even out the middle and roughen the border, in grey of the same brightness."""
    even = picture[4:-4, 4:-4].mean()
    rough = even + np.random.default_rng(place).normal(0, 25, picture.shape[:2])
    edges = np.repeat(np.clip(np.rint(rough), 0, 255)[..., None], 3, axis=2).astype(np.uint8)
    edges[4:-4, 4:-4] = round(even)
    return edges


def sharp_enough(picture: Picture) -> bool:
    """Whether the middle has steps from pixel to pixel, for its contrast."""
    grey = grey_of(middle(picture))
    return laplacian_variance(grey) > 5.5 * float(grey.var())


def has_margin(picture: Picture) -> bool:
    """Whether the outermost two pixels on every side show nothing but even background."""
    grey = grey_of(picture)
    frame = np.concatenate(
        [grey[:2].ravel(), grey[-2:].ravel(), grey[:, :2].ravel(), grey[:, -2:].ravel()]
    )
    return float(frame.std()) < 8


def shows_both_halves(picture: Picture) -> bool:
    """Whether most of the middle shows something, whichever way it is turned."""
    grey = grey_of(middle(picture)).astype(float)
    steps = np.abs(np.diff(grey, axis=0))[:, 1:] + np.abs(np.diff(grey, axis=1))[1:]
    return float((steps < 0.5).mean()) < 0.3


def has_blue(picture: Picture) -> bool:
    """Whether blue has more than 3 bits of entropy."""
    return channel_entropies(picture)[2] > 3


def calm_border(picture: Picture) -> bool:
    """Whether the border holds no more than twice the detail of the picture."""
    grey = grey_of(picture)
    return border_detail(grey, border_mask(*grey.shape)) < 2


@dataclass(frozen=True)
class Plant:
    """One known cause.

    Attributes
    ----------
    rule : callable
        Whether the detector finds a face.
    spoil : callable
        Makes a picture fail, given its place and the picture.
    causes, signs : frozenset of str
        What the verdict may name first: causes whose remedy undoes it, or the sign of it where nothing does.
    """

    rule: Rule
    spoil: Spoil
    causes: frozenset[str]
    signs: frozenset[str]


def _plant(rule: Rule, spoil: Spoil, *, causes: str = "", signs: str) -> Plant:
    return Plant(rule, spoil, frozenset(causes.split()), frozenset(signs.split()))


PLANTS: Mapping[str, Plant] = {
    "darkness": _plant(bright_enough, changed_by(DARK), causes="dark", signs="brightness"),
    "blur": _plant(
        sharp_enough,
        changed_by([{"blur": {"sigma": 0.8}}]),
        causes="blurred",
        signs="relative_sharpness",
    ),
    "tight framing": _plant(
        has_margin, changed_by(TIGHT), causes="tight_framing", signs="border_detail"
    ),
    "covered half": _plant(
        shows_both_halves, changed_by([{"cover": {"side": "left"}}]), signs="half_detail"
    ),
    "low blue": _plant(has_blue, flat_blue, causes="colors", signs="entropy_b"),
    "border edges": _plant(
        calm_border,
        edges_at_the_border,
        causes="tight_framing small_face",
        signs="border_detail",
    ),
}


def planted(plant: Plant, *, n: int, lost: int, seed: int) -> dict[str, Picture]:
    """Draw n pictures of which the first so many are spoilt."""
    pictures = face_likes(n, seed=seed, spoil={})
    return {
        name: plant.spoil(place, picture) if place < lost else picture
        for place, (name, picture) in enumerate(pictures.items())
    }


def with_decoys(plant: Plant, *, n: int, lost: int, seed: int) -> dict[str, Picture]:
    """Draw the same; four of five spoilt pictures, and eight others, are also grey and coarsely compressed.

    The decoy comes first and the spoiling last, so that the cause is as strong as without it.
    """
    decoys = [place for place in range(lost) if place % 5] + list(range(lost, lost + 8))
    pictures = face_likes(n, seed=seed, spoil=dict.fromkeys(decoys, DECOY))
    return {
        name: plant.spoil(place, picture) if place < lost else picture
        for place, (name, picture) in enumerate(pictures.items())
    }
