"""Landmarks, regions and face angle drawn on pictures: the table as a person can check it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from modular_faces.columns import LANDMARK_COLUMNS, POSE_COLUMNS
from modular_faces.packs import read_pictures
from modular_faces.pose import HeadPose, rotation_matrix
from modular_faces.regions import region_masks
from modular_faces.tables import matrix_from_table, read_meshes, read_table
from modular_faces.tiles import INK, LOST, blank_tile, draw_points, lay_out, write_caption

REGION_COLORS: Final[Mapping[str, tuple[int, int, int]]] = {
    "forehead": (230, 159, 0),
    "eyes": (86, 180, 233),
    "nose": (0, 158, 115),
    "cheeks": (240, 228, 66),
    "mouth": (213, 94, 0),
    "chin": (204, 121, 167),
}
"""Okabe & Ito's colours, which people with any colour vision tell apart."""
AXES: Final = (((1, 0, 0), (220, 50, 47)), ((0, 1, 0), (50, 160, 60)), ((0, 0, 1), (38, 100, 220)))
"""Head axes and their colours: to the person's left, up, out of the face."""
OPACITY: Final = 0.35
NOSE_TIP: Final = 30

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Drawn:
    """What is drawn on one picture.

    Attributes
    ----------
    picture : (H, W, 3) ndarray of uint8
    landmarks : (68, 2) ndarray of float64 or None
        Pixels; None for a lost picture.
    mesh : (478, 3) ndarray of float64 or None
    pose : HeadPose or None
    caption : str
        Up to two lines.
    """

    picture: Picture
    landmarks: NDArray[np.float64] | None
    mesh: NDArray[np.float64] | None
    pose: HeadPose | None
    caption: str


def draw_tile(drawn: Drawn, *, tile: int) -> Image.Image:
    """Draw one picture with its regions, landmarks and axes.

    Parameters
    ----------
    drawn : Drawn
    tile : int
        Side of the square the picture is fitted into, in pixels.
    """
    canvas, scale = blank_tile(_with_regions(drawn.picture, drawn.mesh), tile=tile)
    if drawn.landmarks is not None:
        points = (drawn.landmarks + 0.5) * scale
        draw_points(canvas, points)
        if drawn.pose is not None and np.isfinite(points[NOSE_TIP]).all():
            _draw_axes(ImageDraw.Draw(canvas), points[NOSE_TIP], drawn.pose, length=tile / 4)
    write_caption(canvas, drawn.caption, ink=INK if drawn.landmarks is not None else LOST)
    return canvas


def draw_sheet(pictures: Sequence[Drawn], *, columns: int, tile: int) -> Image.Image:
    """Lay out many pictures, row by row.

    Raises
    ------
    ValueError
        If there are none.
    """
    return lay_out([draw_tile(drawn, tile=tile) for drawn in pictures], columns=columns)


def choose(results: Path, *, number: int, seed: int, lost_only: bool) -> list[dict[str, Any]]:
    """Draw pictures from the table at random.

    Parameters
    ----------
    results : Path
        Folder of the results of a dataset.
    number : int
    seed : int
    lost_only : bool
        Only pictures without landmarks.

    Returns
    -------
    list of dict
        Their rows, in the order of the folder.
    """
    columns = [
        *("image_id", "path", "manifest_row", "success", "failure_reason", "variant", "label_name"),
        *(*POSE_COLUMNS, *LANDMARK_COLUMNS),
    ]
    table = read_table(results / "features.parquet", columns)
    rows = np.arange(table.num_rows)
    if lost_only:
        rows = rows[~np.array(table.column("success").to_pylist(), dtype=bool)]
    chosen = np.random.default_rng(seed).permutation(rows)[:number]
    picked = table.take(chosen)
    points = matrix_from_table(picked, LANDMARK_COLUMNS).reshape(-1, 2, 68).transpose(0, 2, 1)
    described = picked.drop_columns(list(LANDMARK_COLUMNS)).to_pylist()
    rows_with_points = [row | {"landmarks": xy} for row, xy in zip(described, points, strict=True)]
    return sorted(rows_with_points, key=lambda row: row["manifest_row"])


def drawn_results(results: Path, rows: Sequence[Mapping[str, Any]]) -> list[Drawn]:
    """Gather pictures, meshes and angles of some rows; files that cannot be read are blank.

    Parameters
    ----------
    results : Path
    rows : sequence of mapping
        As `choose` gives them.
    """
    wanted = {row["image_id"] for row in rows}
    pictures = dict(_pictures(results, wanted))
    meshes = read_meshes(results / "mesh.parquet")
    blank = np.full((100, 100, 3), 235, np.uint8)
    return [
        Drawn(
            picture=pictures.get(row["image_id"], blank),
            landmarks=row["landmarks"] if row["success"] else None,
            mesh=meshes.get(row["image_id"]),
            pose=_pose(row),
            caption=_caption(row),
        )
        for row in rows
    ]


def _pictures(results: Path, wanted: set[str]) -> Iterator[tuple[str, Picture]]:
    for pack in sorted(results.glob("shards/*/pictures.arrow")):
        yield from (pair for pair in read_pictures(pack) if pair[0] in wanted)


def _pose(row: Mapping[str, Any]) -> HeadPose | None:
    angles = [row[name] for name in POSE_COLUMNS]
    return None if None in angles else HeadPose(*angles)


def _caption(row: Mapping[str, Any]) -> str:
    name = Path(row["path"]).name
    if not row["success"]:
        return f"{name}\nlost: {row['failure_reason']}"
    pose = _pose(row)
    angle = "" if pose is None else "yaw {} pitch {} roll {}".format(*map(round, pose))
    return f"{name}\n{angle}"


def _with_regions(picture: Picture, mesh: NDArray[np.float64] | None) -> Picture:
    colored = picture.astype(np.float64)
    for name, mask in region_masks(mesh, picture.shape, REGION_COLORS).items():
        colored[mask] = (1 - OPACITY) * colored[mask] + OPACITY * np.array(REGION_COLORS[name])
    return np.rint(colored).astype(np.uint8)


def _draw_axes(
    pen: ImageDraw.ImageDraw, origin: NDArray[np.float64], pose: HeadPose, *, length: float
) -> None:
    rotation = rotation_matrix(pose)
    for axis, color in AXES:
        x, y, _ = rotation @ np.array(axis, dtype=np.float64) * length
        tip = (origin[0] + x, origin[1] - y)
        pen.line((origin[0], origin[1], *tip), fill=color, width=3)
