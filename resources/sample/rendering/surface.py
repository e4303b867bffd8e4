"""Colour of skin, eyes, mouth and clothes at the pixels that see them."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from . import eyes, shading, skin
from .body import EYE, Body
from .camera import View
from .hair import STYLES
from .mesh import MOUTH, SHIRT, SKIN, TEETH, TONGUE
from .person import Person
from .raster import Fragments
from .scene import Scene

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SKIN_WRAP = np.array([0.32, 0.16, 0.10])
OTHER_WRAP = np.array([0.05, 0.05, 0.05])
TOOTH_WIDTH = 0.085
CORNEA = 1.6
CATCHLIGHT_HEIGHT = 0.35


def surface_colour(
    person: Person,
    expression: Mapping[str, float],
    body: Body,
    seen: Fragments,
    shadow: shading.ShadowMap,
    view: View,
    scene: Scene,
) -> Array:
    """Linear colour of the covered pixels, (pixels, 3)."""
    material = body.material[seen.triangle[seen.covered]]
    stack = np.column_stack([body.positions, body.normals, body.local, body.lips, body.open_sky])
    values = seen.interpolate(body.triangles, stack)
    place, local, lips = values[:, :3], values[:, 6:9], values[:, 9]
    sky = np.clip(values[:, 10], 0, 1)
    smooth = values[:, 3:6] / np.linalg.norm(values[:, 3:6], axis=1, keepdims=True)
    albedo, relief, shine = _paint(
        person, expression.get("browInnerUp", 0.0), local, lips, material, scene
    )
    normal = _bump(smooth, relief, seen, view)
    to_viewer = np.array([0, 0, scene.distance]) - place
    to_viewer /= np.linalg.norm(to_viewer, axis=1, keepdims=True)
    light = scene.light_direction()
    lit = shadow.visible(place + 0.02 * smooth, scene.softness, 0.03, 0.03)
    cosine = normal @ light
    on_skin = (material == SKIN)[:, None]

    direct = shading.wrapped(cosine, np.where(on_skin, SKIN_WRAP, OTHER_WRAP)) * scene.key
    direct *= lit[:, None] ** np.where(on_skin, [0.8, 1.0, 1.05], 1.0)
    bounced = sky[:, None] / (1 - albedo * (1 - sky[:, None]))
    upward = 0.62 + 0.38 * normal[:, 1] + 0.22 * normal[:, 2]
    colour: Array = albedo * (direct + bounced * upward[:, None] * scene.around)

    sheen = 0.8 * shading.gloss(normal, light, to_viewer, 10)
    sheen += 0.5 * shading.gloss(normal, light, to_viewer, 40)
    edge = (1 - np.clip((normal * to_viewer).sum(axis=1), 0, 1)) ** 4 * 0.05
    colour += (sheen * np.clip(cosine, 0, 1) * lit * shine)[:, None] * scene.key
    colour += (edge * sky * shine)[:, None] * scene.around

    on_eye = material == EYE
    colour[on_eye] += _catchlight(smooth, local, to_viewer, light, on_eye)[:, None] * scene.key
    colour[on_eye] *= 0.62 + 0.38 * sky[on_eye, None]
    teeth = material == TEETH
    colour[teeth] *= 0.5 + 0.5 * sky[teeth, None]
    inside = (material == MOUTH) | (material == TONGUE)
    colour[inside] *= sky[inside, None] ** 0.6
    return colour


def _paint(
    person: Person, raised: float, local: Array, lips: Array, material: Ints, scene: Scene
) -> tuple[Array, Array, Array]:
    """Albedo (n, 3), relief (n,) and shininess (n,) by material."""
    identity = person.identity
    albedo = np.zeros_like(local)
    relief = np.zeros(len(local))
    shine = np.full(len(local), 0.2)
    on_skin = material == SKIN
    sample = skin.paint(
        local[on_skin],
        lips[on_skin],
        identity,
        person.anchors,
        raised,
        STYLES[identity.hair_style].recede,
    )
    albedo[on_skin], relief[on_skin], shine[on_skin] = sample.albedo, sample.relief, sample.gloss
    on_eye = material == EYE
    albedo[on_eye] = eyes.paint_eye(local[on_eye], identity.iris_colour, 0.6)
    teeth = material == TEETH
    gaps = np.abs(np.sin(local[teeth, 0] * np.pi / TOOTH_WIDTH)) ** 0.25
    albedo[teeth] = skin.to_linear(np.array([0.95, 0.92, 0.86])) * (0.6 + 0.4 * gaps)[:, None]
    albedo[material == MOUTH] = skin.to_linear(np.array([0.52, 0.22, 0.21]))
    albedo[material == TONGUE] = skin.to_linear(np.array([0.70, 0.36, 0.36]))
    albedo[material == SHIRT] = skin.to_linear(np.array(scene.shirt))
    return albedo, relief, shine


def _catchlight(
    normal: Array, local: Array, to_viewer: Array, light: Array, on_eye: NDArray[np.bool_]
) -> Array:
    """Reflection of the light on the cornea at the eye's pixels.

    The cornea bulges, so its normals turn faster than the eyeball's; the light is taken a little
    lower than it stands, or else the upper lid would nearly always hide its reflection.
    """
    lowered = light * [1, CATCHLIGHT_HEIGHT, 1]
    lowered /= np.linalg.norm(lowered)
    tilt = np.arccos(np.clip(local[on_eye, 2], -1, 1))
    weight = np.clip(local[on_eye, 2], 0, 1) ** 40
    axis = (normal[on_eye] * weight[:, None]).sum(axis=0)
    axis /= max(float(np.linalg.norm(axis)), 1e-9)
    bulge = np.where(tilt < eyes.IRIS_ANGLE * 1.1, CORNEA - 1, 0)[:, None]
    bent = normal[on_eye] + bulge * (normal[on_eye] - axis)
    bent /= np.linalg.norm(bent, axis=1, keepdims=True)
    return np.minimum(5 * shading.gloss(bent, lowered, to_viewer[on_eye], 170), 0.9)


def _bump(normal: Array, relief: Array, seen: Fragments, view: View) -> Array:
    """Tilt normals by the slope of the relief in the picture plane."""
    height = np.zeros(seen.triangle.shape)
    height[seen.covered] = relief
    slopes = [
        cv2.Sobel(height, cv2.CV_64F, *order, ksize=3)[seen.covered] / 8 * view.pixels_per_decimetre
        for order in ((1, 0), (0, 1))
    ]
    tilt = np.column_stack([slopes[0], -slopes[1], 0 * slopes[0]])
    tilt -= (tilt * normal).sum(axis=1, keepdims=True) * normal
    tilted = normal - np.clip(tilt, -0.6, 0.6)
    result: Array = tilted / np.linalg.norm(tilted, axis=1, keepdims=True)
    return result
