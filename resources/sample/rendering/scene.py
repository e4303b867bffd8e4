"""What surrounds a face: light, camera, background and the picture's quality."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .noise import noise2
from .skin import to_linear

Array = NDArray[np.float64]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Scene:
    """Light, camera and background of one picture.

    Attributes
    ----------
    light_azimuth, light_height : float
        Direction the main light comes from, degrees: azimuth > 0 from the viewer's right, height
        > 0 from above, (0, 0) from the camera.
    light, ambient : float
        Strength of the main light and of the light from all around.
    light_colour, ambient_colour : tuple of three floats
        Linear colours.
    softness : float
        Blur of the cast shadows, decimetres.
    exposure : float
        Factor on all light.
    distance : float
        Camera to face, decimetres.
    fill, chin, shift : float
        See `camera.crop_around`.
    gaze_yaw, gaze_pitch : float
        Where the eyes look against the camera, degrees, signs as in `camera.Pose`.
    background : str
        "gradient", "blur", "bokeh" or "plain".
    background_colours : tuple of two colours
        sRGB.
    shirt : tuple of three floats
        sRGB.
    grain : float
        Deviation of the sensor noise, grey levels.
    blur : float
        Deviation of the lens blur, pixels of the final picture.
    seed : int
    """

    light_azimuth: float
    light_height: float
    light: float
    ambient: float
    light_colour: Colour
    ambient_colour: Colour
    softness: float
    exposure: float
    distance: float
    fill: float
    chin: float
    shift: float
    gaze_yaw: float
    gaze_pitch: float
    background: str
    background_colours: tuple[Colour, Colour]
    shirt: Colour
    grain: float
    blur: float
    seed: int

    @property
    def key(self) -> Array:
        """Colour times strength of the main light, (3,)."""
        return np.array(self.light_colour) * self.light

    @property
    def around(self) -> Array:
        """Colour times strength of the light from all around, (3,)."""
        return np.array(self.ambient_colour) * self.ambient

    def light_direction(self) -> Array:
        """Unit vector towards the main light in camera coordinates, (3,)."""
        azimuth, height = np.radians([self.light_azimuth, self.light_height])
        return np.array(
            [np.sin(azimuth) * np.cos(height), np.sin(height), np.cos(azimuth) * np.cos(height)]
        )


def paint_background(scene: Scene, size: int) -> Array:
    """Linear background picture, (size, size, 3)."""
    rng = np.random.default_rng([scene.seed, 11])
    first, second = (to_linear(np.array(colour)) for colour in scene.background_colours)
    y, x = np.mgrid[0:size, 0:size] / size
    angle = rng.uniform(0, 2 * np.pi)
    ramp = 0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    if scene.background == "plain":
        ramp = 0.25 * ramp
    if scene.background in {"blur", "bokeh"}:
        ramp = ramp + 0.35 * noise2(rng, size, size, size * rng.uniform(0.04, 0.12))
    ramp = np.clip(ramp, 0, 1)[..., None]
    picture = first * (1 - ramp) + second * ramp
    if scene.background == "blur":
        for _ in range(rng.integers(2, 5)):
            left, width = rng.uniform(-0.1, 1), rng.uniform(0.05, 0.3)
            inside = ((x > left) & (x < left + width))[..., None] * 1.0
            inside = cv2.GaussianBlur(inside, (0, 0), size * 0.03)[..., None]
            picture = picture * (1 - inside * 0.7) + inside * 0.7 * picture * rng.uniform(0.4, 1.7)
    if scene.background == "bokeh":
        lights = np.zeros((size, size, 3))
        for _ in range(rng.integers(6, 16)):
            centre = tuple(int(v) for v in rng.uniform(0, size, 2))
            colour = second * rng.uniform(0.3, 1.2) + rng.uniform(0, 0.25, 3)
            disc = np.zeros((size, size, 3))
            cv2.circle(disc, centre, int(size * rng.uniform(0.03, 0.1)), colour.tolist(), -1)
            lights += disc * rng.uniform(0.2, 0.7)
        picture = picture + cv2.GaussianBlur(lights, (0, 0), size * 0.012)
    result: Array = np.clip(picture, 0.002, 1.2)
    return result
