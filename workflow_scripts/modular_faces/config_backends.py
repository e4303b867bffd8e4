"""The sections of the configuration on OpenFace and on outputs that a lab already has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from modular_faces.config_values import Fraction, Name, PathName, Section

BackendName = Literal["mesh", "openface", "dlib", "rekognition", "precomputed"]

SIDED = {
    "openface": "OpenFace's gaze, eyes and action units",
    "rekognition": "Rekognition's own numbers",
}
"""What of a backend would be that of a mirrored face on a mirrored picture."""


class OpenFace(Section):
    """Cambridge OpenFace 2.2, for backend openface; how to get it and what it does: docs/openface.md."""

    runner: Literal["native", "apptainer", "podman", "docker"] = "native"
    """How `FaceLandmarkImg` is started: as a program of this machine, or in a container."""
    path: str | None = None
    """The program; by default `FaceLandmarkImg` on the PATH (native), or where the image has it."""
    image: str = "algebr/openface"
    """Image of the container; for apptainer also a file (.sif) or an unpacked folder."""
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = (
        "sha256:f43ad4e7fa4530143c7a9e0e8eca7e4f2b45599c1ef19680b68ad1eebba05197"
    )
    """Digest of the image that is run, whatever its tag says now. With a file as image: null, or the
    sha256 of the file, which is then checked."""
    mloc: str | None = "model/main_clnf_general.txt"
    """`-mloc`, the landmark model, seen from the program's folder; null for OpenFace's own choice
    (main_ceclm_general.txt: takes seconds to load and needs files that are downloaded separately)."""
    wild: bool = False
    """`-wild`: a wider search, ten times slower."""
    accept: Fraction = 0.7
    """Least `confidence` of a face that is trusted."""
    frame_box: Annotated[list[float], Field(min_length=4, max_length=4)] = [0.05, 0.2, 0.95, 1.0]
    """Stages with box frame: the face in parts of width and height of the variant: left ear, eyebrows,
    right ear, chin."""
    fx: Annotated[float, Field(gt=0)] | None = None
    """`-fx`, focal length of the camera in pixels of the original picture; null: OpenFace guesses from the
    size of the variant, and pose changes with border and crop. With `fy`."""
    fy: Annotated[float, Field(gt=0)] | None = None
    """`-fy`; with `fx`."""
    cx: float | None = None
    """`-cx`, optical centre in pixels of the original picture; null: the centre of the variant. With `cy`."""
    cy: float | None = None
    """`-cy`; with `cx`."""
    timeout: Annotated[float, Field(gt=0)] = 120.0
    """Seconds without a further picture done after which OpenFace is stopped and goes on without the
    picture that held it up; loading the model counts too."""

    @model_validator(mode="after")
    def _pairs_and_box(self) -> OpenFace:
        for one, other in (("fx", "fy"), ("cx", "cy")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(
                    f"{one} and {other} go together: OpenFace ignores one without the other"
                )
        x0, y0, x1, y1 = self.frame_box
        if not (x0 < x1 and y0 < y1):
            raise ValueError(
                f"frame_box is {self.frame_box}; give left, top, right, bottom in this order"
            )
        return self


class Dlib(Section):
    """dlib's HOG detector and 68 landmarks, for backend dlib: docs/backends.md."""

    predictor: PathName | None = None
    """Path of `shape_predictor_68_face_landmarks.dat`; its terms allow non-commercial use only."""
    upsample: Annotated[int, Field(ge=0, le=3)] = 1
    """How often the picture is doubled before the detector looks, which sees no face below 80 pixels."""
    threshold: float = 0.0
    """Least score of the detector for a face to be seen; negative ones show more."""
    accept: float = 0.0
    """Least score of the detector for a face to be trusted. dlib has no measure of its landmarks."""


class Rekognition(Section):
    """Amazon Rekognition's DetectFaces, for backend rekognition; sends pictures to Amazon: docs/backends.md."""

    consent: bool = False
    """Must be true: that the pictures may be sent to Amazon, on your own login and bill."""
    region: str | None = None
    """Where Amazon processes them, such as eu-west-1; null for that of your login (`aws configure`)."""
    cache: PathName = "rekognition"
    """Folder of the answers, one JSON file for each picture and variant; what is there is not asked again. Outside the
    results, so that removing results costs nothing."""
    accept: Fraction = 0.9
    """Least `Confidence` / 100 of a face that is trusted: that there is a face. Rekognition has no measure of its
    landmarks."""
    retries: Literal["standard", "adaptive"] = "adaptive"
    """botocore's way of trying again: with longer and longer pauses, and with `adaptive` also slower from the start
    where Amazon throttles."""
    attempts: Annotated[int, Field(ge=1, le=50)] = 10
    """How often a call is made in all before the job stops."""
    price: Annotated[float, Field(ge=0)] = 1.0
    """US dollars for 1,000 pictures, for the estimate that is printed before anything is sent: an assumption to check
    against https://aws.amazon.com/rekognition/pricing/ for your region."""
    price_date: str = "2026-10"
    """When that page gave that price (group 2, to which DetectFaces belongs, first million pictures of a month)."""


class PrecomputedSource(Section):
    """Outputs that a lab already has of the pictures of this dataset."""

    path: str
    """A folder of CSV or JSON files, one for each picture, or a single file."""
    format: Literal["auto", "openface", "rekognition", "table", "list"] = "auto"
    """`openface`: CSVs of any version; `rekognition`: JSON of DetectFaces; `table`: a CSV, TSV or Parquet
    file with a row per face; `list`: names of pictures, found or lost."""
    columns: dict[str, str] = {}
    """Format table: where our columns are in it, {ours: theirs}. Ours are name, found, confidence,
    x_0..x_67, y_0..y_67 (`x_#` stands for all 68) and any of OpenFace's."""
    listed: Literal["found", "lost"] = "found"
    """Format list, where a line is only a name: what the pictures in the list are."""
    variant: Name = "original"
    """The variant the numbers were measured on; pixels are those of that picture."""


class Precomputed(Section):
    """Outputs that a lab already has, for backend precomputed: docs/precomputed.md."""

    sources: dict[Name, PrecomputedSource] = {}
    """By name. As landmarks.backend they are asked in this order, each for what is still lost; in the study
    each stands for itself."""
    accept: Fraction = 0.7
    """Least confidence of a face that is trusted; what has no confidence is trusted."""


def check_backends(
    asked: Iterable[str | None], dlib: Dlib, rekognition: Rekognition, precomputed: Precomputed
) -> None:
    """Refuse backends that are asked for and lack what they cannot do without.

    Raises
    ------
    ValueError
        Names the key and the cure.
    """
    names = set(asked)
    if "dlib" in names and dlib.predictor is None:
        raise ValueError(
            "dlib.predictor is empty; give the path of shape_predictor_68_face_landmarks.dat "
            "(docs/backends.md says where to get it)"
        )
    if "rekognition" in names and not rekognition.consent:
        raise ValueError(
            "rekognition.consent is false, and backend rekognition sends every picture to Amazon; set it to "
            "true if you may do that with these pictures (docs/backends.md)"
        )
    if "precomputed" in names and not precomputed.sources:
        raise ValueError(
            "precomputed.sources is empty; say where the outputs are: "
            "precomputed: {sources: {mine: {path: /my/outputs}}}"
        )
