"""Opens the backend that the configuration names, and imports no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modular_faces.backends import Backend

BACKENDS = ("mesh", "openface", "dlib", "rekognition", "precomputed")


def open_backend(options: Mapping[str, Any], *, tables: Sequence[str] = ()) -> Backend:
    """Load a backend.

    Parameters
    ----------
    options : mapping
        As `modular_faces.stage_options.stage_options` gives them for the stage landmarks.
    tables : sequence of str
        Backend precomputed: paths of the tables of its sources, in the order of the cascade.

    Raises
    ------
    ValueError
        If there is no such backend.
    """
    name = options["backend"]
    if name == "mesh":
        return _open_mesh(options)
    if name == "openface":
        from modular_faces.backends.openface import OpenFaceBackend

        return OpenFaceBackend(
            options["openface"], mesh=_mesh_for_boxes(options), mesh_accept=options["mesh_accept"]
        )
    if name == "dlib":
        from modular_faces.backends.dlib import DlibBackend

        return DlibBackend(
            options["dlib"], mesh=_mesh_for_boxes(options), mesh_accept=options["mesh_accept"]
        )
    if name == "rekognition":
        from modular_faces.backends.rekognition import RekognitionBackend

        return RekognitionBackend(options["rekognition"])
    if name == "precomputed":
        from modular_faces.backends.precomputed import PrecomputedBackend

        sources = [stage["name"] for stage in options["cascade"]]
        if len(tables) != len(sources):
            raise ValueError("outputs that exist already are read by the workflow only")
        return PrecomputedBackend(dict(zip(sources, tables, strict=True)))
    raise ValueError(f"there is no backend '{name}'; known: {', '.join(BACKENDS)}")


def _open_mesh(options: Mapping[str, Any]) -> Backend:
    from modular_faces.backends.mesh import mesh_backend

    return mesh_backend(options)


def _mesh_for_boxes(options: Mapping[str, Any]) -> Backend | None:
    wanted = any(stage["box"] == "mesh" for stage in options["cascade"])
    return _open_mesh(options) if wanted else None
