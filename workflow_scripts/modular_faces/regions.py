"""Named regions of a face, as binary masks drawn from the 478-point mesh.

A region is one or more polygons over the vertices of MediaPipe's face mesh, defined once in this
module and used for every landmark backend. `docs/regions.md` shows them and says what each one
leaves out.

Notes
-----
Where a turned head puts one region in front of another, the pixel goes to the first of
`PRECEDENCE`, so that the small regions never overlap. How polygons are filled, and why not by
OpenCV: `region_polygons`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from modular_faces.region_polygons import (
    LOOPS,
    POLYGONS,
    REGIONS,
    STRIPS,
    Points,
    fill_layers,
    polygon_edges,
)

Mask = npt.NDArray[np.bool_]

PRECEDENCE: Final = ("nose", "eyes", "mouth", "chin", "forehead", "cheeks")
CANONICAL_PREFIX: Final = "canonical_"
OUTER_EYE_CORNERS: Final = (33, 263)
SMALLEST_INTEROCULAR: Final = 2.0
LARGEST_CANONICAL_FACE: Final = 12.0

_EDGES: Final = polygon_edges([*([POLYGONS[name]] for name in PRECEDENCE), [STRIPS, LOOPS[-1:]]])


class CanonicalFace(NamedTuple):
    """A face at a fixed scale: what texture is measured on when pictures differ in size."""

    picture: npt.NDArray[np.uint8]
    masks: dict[str, Mask]
    scale: float


def region_masks(
    mesh: npt.NDArray[np.floating] | None, shape: Sequence[int], names: Iterable[str]
) -> dict[str, Mask]:
    """Draw the named regions of one face.

    Parameters
    ----------
    mesh : (478, 3) or (468, 3) ndarray of float, or None
        Mesh of the face, x and y in pixels of the picture, pixel centres at integers. None when no
        face was found.
    shape : sequence of int
        Height and width of the picture (further entries are ignored).
    names : iterable of str
        Any of `REGIONS`.

    Returns
    -------
    dict of str to (H, W) ndarray of bool
        A mask per name, in the order given, clipped to the picture. Without a mesh only ``image``
        is present.

    Raises
    ------
    ValueError
        An unknown name, or a mesh that is not finite.
    """
    wanted = list(dict.fromkeys(names))
    check_regions(wanted)
    height, width = int(shape[0]), int(shape[1])
    drawn: dict[str, Mask] = {"image": np.ones((height, width), dtype=bool)}
    if mesh is not None and wanted != ["image"]:
        points = _plane_points(mesh)
        drawn |= _draw(points, height, width)
        if "face_hull" in wanted:
            drawn["face_hull"] = _draw_hull(points, height, width)
    return {name: drawn[name] for name in wanted if name in drawn}


def check_regions(names: Iterable[str]) -> None:
    """Raise ValueError for a name that is not a region."""
    for name in names:
        if name not in REGIONS:
            raise ValueError(f"unknown region {name!r}: choose from {', '.join(REGIONS)}")


def usable_masks(masks: Mapping[str, Mask], *, min_pixels: int) -> dict[str, Mask]:
    """Keep the masks that hold at least `min_pixels` pixels."""
    return {name: mask for name, mask in masks.items() if np.count_nonzero(mask) >= min_pixels}


def region_notes(masks: Mapping[str, Mask], names: Iterable[str], *, min_pixels: int) -> str:
    """Say in words which regions give no values, and why.

    Parameters
    ----------
    masks : mapping of str to (H, W) ndarray of bool
        Masks from `region_masks` or `canonical_face`.
    names : iterable of str
        Regions that were asked for.
    min_pixels : int
        Fewest pixels a region needs.

    Returns
    -------
    str
        Notes joined by ``"; "``, empty when every region can be used. Example: ``"eyes: 3 pixels,
        fewer than 16"``.
    """
    notes, absent = [], []
    for name in names:
        if name not in masks:
            absent.append(name)
        elif (pixels := int(np.count_nonzero(masks[name]))) < min_pixels:
            notes.append(f"{name}: {pixels} pixels, fewer than {min_pixels}")
    if absent:
        notes.insert(0, f"{', '.join(absent)}: no face mesh")
    return "; ".join(notes)


def interocular(mesh: npt.NDArray[np.floating]) -> float:
    """Measure the distance between the eyes in pixels.

    It is taken between the outer corners (vertices 33 and 263), the usual "inter-ocular"
    normaliser of landmark errors [1]_, and in three dimensions, so that it does not shrink when
    the head turns.

    References
    ----------
    .. [1] Sagonas et al. 2013, 300 Faces in-the-Wild Challenge, doi:10.1109/ICCVW.2013.59
    """
    first, second = (np.asarray(mesh[vertex], dtype=np.float64) for vertex in OUTER_EYE_CORNERS)
    return float(np.linalg.norm(first - second))


def canonical_face(
    picture: npt.NDArray[np.uint8],
    mesh: npt.NDArray[np.floating] | None,
    names: Iterable[str],
    *,
    canonical_interocular: float,
) -> CanonicalFace | None:
    """Rescale a face so that its eyes are a fixed distance apart, and draw its regions anew.

    Parameters
    ----------
    picture : (H, W, 3) ndarray of uint8
        The picture, RGB.
    mesh : (478, 3) ndarray of float, or None
        Mesh in pixels of `picture`.
    names : iterable of str
        Regions to draw, any of `REGIONS` but ``image``, whose size no face bounds.
    canonical_interocular : float
        The inter-ocular distance wanted, in pixels (see `interocular`).

    Returns
    -------
    CanonicalFace or None
        The rescaled cut-out around the face, its masks named ``canonical_<region>``, and the scale.
        None without a mesh, when the face lies outside of the picture, or when the mesh is
        degenerate (eyes less than 2 px apart, or a face more than 12 times as large as the distance
        of its eyes).

    Notes
    -----
    Pixels are averaged over areas on the way down and interpolated bicubically on the way up.
    """
    wanted = list(dict.fromkeys(names))
    check_canonical_regions(wanted)
    if mesh is None:
        return None
    points, distance = _plane_points(mesh), interocular(mesh)
    height, width = picture.shape[:2]
    low = np.maximum(np.floor(points.min(axis=0)) - 1, 0).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0)) + 2, (width, height)).astype(int)
    extent = float(np.ptp(points, axis=0).max())
    if (
        distance < SMALLEST_INTEROCULAR
        or extent > LARGEST_CANONICAL_FACE * distance
        or (high <= low).any()
    ):
        return None
    scale = canonical_interocular / distance
    cut = picture[low[1] : high[1], low[0] : high[0]]
    size = np.maximum(np.rint(scale * (high - low)), 1).astype(int)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(cut, size.tolist(), interpolation=method)
    factors = size / (high - low)
    scaled = factors * (points - low + 0.5) - 0.5
    masks = region_masks(scaled, resized.shape, wanted)
    named = {CANONICAL_PREFIX + name: mask for name, mask in masks.items()}
    return CanonicalFace(np.asarray(resized, dtype=np.uint8), named, scale)


def check_canonical_regions(names: Iterable[str]) -> None:
    """Raise ValueError for a name that is not a region of the face itself."""
    for name in names:
        check_regions([name])
        if name == "image":
            raise ValueError(
                "region 'image' has no canonical size, it is the face that is rescaled: "
                "take 'face_oval'"
            )


def _plane_points(mesh: npt.NDArray[np.floating]) -> Points:
    points = np.asarray(mesh, dtype=np.float64)[:, :2]
    if not np.isfinite(points).all():
        raise ValueError(
            "the face mesh holds values that are not finite: pass None where no face was found"
        )
    return points


def _draw(points: Points, height: int, width: int) -> dict[str, Mask]:
    """Draw the oval and the small regions, each pixel in the first region that holds it."""
    layers = fill_layers(points, _EDGES, height, width)
    oval, taken = layers[-1], np.zeros((height, width), dtype=bool)
    drawn = {"face_oval": oval}
    for name, mask in zip(PRECEDENCE, layers[:-1], strict=True):
        drawn[name] = mask & ~taken
        taken |= mask
    oval |= taken
    return drawn


def _draw_hull(points: Points, height: int, width: int) -> Mask:
    order = cv2.convexHull(points.astype(np.float32), clockwise=False, returnPoints=False)
    edges = polygon_edges([[np.asarray(order, dtype=np.intp).reshape(1, -1)]])
    return np.asarray(fill_layers(points, edges, height, width)[0])
