"""A posed head with its eyeballs as one set of triangles in camera coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import eyes, shading
from .camera import Camera
from .expression import as_targets
from .mesh import TEETH, BaseMesh, vertex_normals
from .person import Person
from .scene import Scene

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

EYE = 5
TEETH_SHIFT = {"helper-upper-teeth": (0.0, -0.045, 0.025), "helper-lower-teeth": (0.0, 0.0, 0.01)}
GAZE_LIMIT = np.array([0.42, 0.3])


@dataclass(frozen=True)
class Body:
    """All triangles of a posed head.

    Attributes
    ----------
    positions, normals : (n, 3) ndarray
        Camera coordinates.
    local : (n, 3) ndarray
        Place on the unshaped base mesh; for eyeballs the direction in the gaze frame.
    lips, open_sky : (n,) ndarray
        Share of lip, and share of the surroundings that is seen.
    triangles : (t, 3) ndarray of int
    material : (t,) ndarray of int
        As in `mesh`, and `EYE`.
    moved : (m, 3) ndarray
        Refined skin, mouth and teeth in head coordinates.
    """

    positions: Array
    normals: Array
    local: Array
    lips: Array
    open_sky: Array
    triangles: Ints
    material: Ints
    moved: Array


def moved_skin(mesh: BaseMesh, person: Person, expression: Mapping[str, float]) -> Array:
    """Refined positions of a person with an expression, head coordinates, (m, 3)."""
    vertices = mesh.blend(person.vertices, as_targets(expression))
    for group, shift in TEETH_SHIFT.items():
        vertices[mesh.groups[group]] += shift
    return mesh.refined(vertices)


def gaze_in_head(scene: Scene, camera: Camera) -> Array:
    """Where the eyes look, as far as they can turn, in head coordinates, (3,)."""
    yaw, pitch = np.radians([scene.gaze_yaw, scene.gaze_pitch])
    gaze = camera.rotation.T @ np.array([np.sin(yaw), np.sin(pitch), np.cos(yaw)])
    return np.append(np.clip(gaze[:2] / max(gaze[2], 0.3), -GAZE_LIMIT, GAZE_LIMIT), 1.0)


def pose_body(
    mesh: BaseMesh, person: Person, expression: Mapping[str, float], camera: Camera, scene: Scene
) -> Body:
    """Move a person's skin, set the eyes into the sockets and place all before the camera."""
    topology = mesh.topology
    moved = moved_skin(mesh, person, expression)
    teeth = topology.triangles[topology.material == TEETH][:, ::-1]
    sphere, sphere_triangles = eyes.unit_sphere()
    frame = eyes.gaze_frame(gaze_in_head(scene, camera))
    positions, local = [moved], [mesh.refined(mesh.vertices)]
    normals = [vertex_normals(moved, topology.triangles)]
    triangles, material = (
        [topology.triangles, teeth],
        [topology.material, np.full(len(teeth), TEETH)],
    )
    count = len(moved)
    for centre, radius in person.eyes:
        positions.append(centre + radius * sphere @ frame)
        normals.append(sphere @ frame)
        local.append(sphere)
        triangles.append(sphere_triangles + count)
        material.append(np.full(len(sphere_triangles), EYE))
        count += len(sphere)
    every, outward, faces = (np.concatenate(part) for part in (positions, normals, triangles))
    hair = person.hair.nodes[::3, 2::3].reshape(-1, 3)
    lips = np.zeros(count)
    lips[: len(moved)] = mesh.refined(mesh.lips)
    return Body(
        positions=camera.place(every),
        normals=outward @ camera.rotation.T,
        local=np.concatenate(local),
        lips=lips,
        open_sky=shading.ambient_occlusion(every, outward, person.centre, faces, hair),
        triangles=faces,
        material=np.concatenate(material),
        moved=moved,
    )
