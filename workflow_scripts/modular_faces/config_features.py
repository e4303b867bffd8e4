"""The sections of the configuration on what is measured of a face."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from modular_faces.config_values import Distinct, Name, Section
from modular_faces.region_polygons import REGIONS

Bins = Annotated[int, Field(ge=2, le=256)]


class Regions(Section):
    """Parts of the picture that colour and texture are measured on."""

    face: Literal["face_oval", "face_hull"] = "face_oval"
    """The region that stands for the face in `features_core.csv`."""
    min_pixels: Annotated[int, Field(ge=1)] = 16
    """Regions with fewer pixels than this are empty: their values are missing."""


DEFAULT_REGIONS = [region for region in REGIONS if region != "face_hull"]
"""All but one of the two regions that stand for the whole face."""


class Color(Section):
    """Colour histograms."""

    regions: Annotated[list[str], Field(min_length=1), Distinct] = DEFAULT_REGIONS
    """Regions to measure."""
    spaces: dict[
        Literal["rgb", "hsv", "lab"], Annotated[list[Bins], Field(min_length=3, max_length=3)]
    ] = {
        "rgb": [8, 8, 8],
        "hsv": [8, 8, 8],
        "lab": [8, 8, 8],
    }
    """Number of bins of each channel of each colour space."""
    counts: bool = False
    """Raw pixel counts instead of relative frequencies."""
    variant: Name = "original"
    """The variant of the picture that is measured."""


class Texture(Section):
    """Haralick texture features."""

    regions: Annotated[list[str], Field(min_length=1), Distinct] = DEFAULT_REGIONS
    """Regions to measure at the size of the picture."""
    levels: Annotated[int, Field(ge=2, le=256)] = 64
    """Grey levels, fixed over 0 to 255."""
    distances: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1), Distinct] = [1]
    """Distances of the pixel pairs, in pixels."""
    statistics: Annotated[list[Literal["mean", "range"]], Field(min_length=1), Distinct] = [
        "mean",
        "range",
    ]
    """What is kept of the four directions."""
    canonical_regions: Annotated[list[str], Distinct] = ["face_oval"]
    """Regions to measure once more at a fixed size of the face, since texture at one pixel's distance
    measures resolution."""
    canonical_interocular: Annotated[float, Field(gt=4)] = 40.0
    """Distance of the eyes at that fixed size, in pixels."""
    variant: Name = "original"
    """The variant of the picture that is measured."""


class Pose(Section):
    """The 3-D face angle."""

    method: Literal["procrustes", "perspective"] = "procrustes"
    """`procrustes` fits the canonical face to the mesh as it is; `perspective` assumes a camera."""
    focal_length: Annotated[float, Field(gt=0)] = 1.0
    """Focal length of the assumed camera as a multiple of the longer side of the picture; counts for
    `perspective` only."""
