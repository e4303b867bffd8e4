"""The configuration: the single home of every default, its check, and what each stage needs of it.

`config/config.schema.json` and the reference in `config/README.md` are generated from these models.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from modular_faces.config_backends import (
    SIDED,
    Dlib,
    OpenFace,
    Precomputed,
    Rekognition,
)
from modular_faces.config_backends import check_backends as check_own_keys
from modular_faces.config_dataset import Dataset
from modular_faces.config_failures import Failures, Study, default_outcome
from modular_faces.config_features import Color, Pose, Regions, Texture
from modular_faces.config_landmarks import Landmarks
from modular_faces.config_modular import Modular
from modular_faces.config_values import Fraction, Name, PathName, Section
from modular_faces.region_polygons import REGIONS
from modular_faces.variants import check_steps

Steps = list[dict[str, dict[str, Any]]]

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


class Preprocess(Section):
    """What counts as a picture."""

    min_side: Annotated[int, Field(ge=1)] = 16
    """Pictures with a shorter side than this many pixels are `too_small`."""
    max_megapixels: Annotated[float, Field(gt=0)] = 50.0
    """Pictures with more pixels than this (in millions) are `too_large`; they are not decoded."""


class Duplicates(Section):
    """When two pictures count as the same picture."""

    max_distance: Annotated[int, Field(ge=0, le=32)] = 6
    """Greatest number of differing bits of the 64-bit perceptual hashes of near duplicates."""
    min_correlation: Fraction = 0.99
    """Least correlation of the grey thumbnails of near duplicates."""


class Merge(Section):
    """The final files."""

    full_csv: bool = False
    """Also write `features.csv` with every column."""
    rows_per_file: Annotated[int, Field(ge=1)] = 1_000_000
    """Above so many pictures `features.parquet` is a folder of files of so many rows (to the next 4,096), which
    is read like one file."""
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


class Config(Section):
    """Everything that can be said about a run."""

    dataset: Dataset
    results: PathName = "results"
    """Folder of all results."""
    share: bool = False
    """Make pages that may be given away: aggregates only, no picture of a person."""
    shards: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """Number of shards (units of work); `auto` chooses once from number and size of the pictures."""
    variants: dict[Name, Steps] = {}
    """Further variants, or others under a shipped name: {name: [{step: {option: value}}, ...]}."""
    preprocess: Preprocess = Preprocess()
    duplicates: Duplicates = Duplicates()
    landmarks: Landmarks = Landmarks()
    openface: OpenFace = OpenFace()
    dlib: Dlib = Dlib()
    rekognition: Rekognition = Rekognition()
    precomputed: Precomputed = Precomputed()
    study: Study = Study()
    regions: Regions = Regions()
    color: Color = Color()
    texture: Texture = Texture()
    pose: Pose = Pose()
    modular: Modular = Modular()
    merge: Merge = Merge()
    failures: Failures = Failures()

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
            "modular.aligned.variant": [self.modular.aligned.variant],
            "precomputed.sources": [s.variant for s in self.precomputed.sources.values()],
        }
        for key, names in used.items():
            _refuse_unknown(names, known, key, "variant")
        self._check_outcome(known)
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
        for key, name in (
            ("color", self.color.variant),
            ("texture", self.texture.variant),
            ("modular.aligned", self.modular.aligned.variant),
        ):
            if any("mirror" in step for step in known[name]):
                raise ValueError(
                    f"{key}.variant: '{name}' mirrors the picture, and left and right of the face would "
                    "change places; take a variant without mirror"
                )
        self._check_backends(known)
        return self

    def _check_outcome(self, known: dict[str, Steps]) -> None:
        outcome = self.failures.outcome
        imported = outcome.backend == "precomputed"
        names: Iterable[str] = self.precomputed.sources if imported else known
        if outcome.variant is not None:
            kind = "source" if imported else "variant"
            _refuse_unknown([outcome.variant], names, "failures.outcome.variant", kind)

    def _check_backends(self, known: dict[str, Steps]) -> None:
        own = SIDED.get(self.landmarks.backend)
        for stage in self.landmarks.cascade:
            if stage.box == "mesh" and self.landmarks.backend not in ("openface", "dlib"):
                raise ValueError(
                    "landmarks.cascade: box mesh tells OpenFace or dlib where to look; with backend "
                    f"{self.landmarks.backend} take detector or frame"
                )
            if own and any("mirror" in step for step in known[stage.variant]):
                raise ValueError(
                    f"landmarks.cascade: '{stage.variant}' mirrors the picture, and {own} would be those "
                    "of a mirrored face; take a variant without mirror"
                )
        asked = {self.landmarks.backend, *self.study.backends, self.failures.outcome.backend}
        check_own_keys(asked, self.dlib, self.rekognition, self.precomputed)

    def all_variants(self) -> dict[str, Steps]:
        """Shipped and configured variants by name."""
        return SHIPPED_VARIANTS | self.variants

    @property
    def study_asked(self) -> bool:
        """Whether the study is made with the table, and not only for `snakemake failures`."""
        return bool(self.study.variants) or "precomputed" in self.study.backends

    def study_runs(self) -> list[tuple[str, str]]:
        """Backend and variant of every part of the study, in order; for precomputed the source.

        The part whose failures are studied comes first where the config names it only in failures.outcome.
        """
        runs = self._named_runs()
        outcome = self.outcome_run()
        return runs if outcome in runs else [outcome, *runs]

    def outcome_run(self) -> tuple[str, str]:
        """Backend and variant whose failures are studied."""
        named = self.failures.outcome
        sources = {name: source.variant for name, source in self.precomputed.sources.items()}
        backends = [named.backend] if named.backend else self.study.backends
        backend, variant = default_outcome(backends, sources)
        return backend, named.variant or variant

    def _named_runs(self) -> list[tuple[str, str]]:
        runs: list[tuple[str, str]] = []
        for backend in self.study.backends:
            names = (
                list(self.precomputed.sources)
                if backend == "precomputed"
                else self.study_variants()
            )
            runs += [(backend, name) for name in names]
        return runs

    def rung_part(self) -> tuple[str, str] | None:
        """Part of the study whose landmarks models are compared with: OpenFace's, as the pictures are if possible."""
        if self.landmarks.backend != "mesh":
            return None
        parts = [run for run in self.study_runs() if run[0] in ("openface", "precomputed")]
        plain = [run for run in parts if run[1] == "original"]
        return next(iter([*plain, *parts]), None)

    def study_variants(self) -> list[str]:
        """Names of the variants of the study, in the order of the config; sorted for `all` and for none."""
        if self.study.variants == "all":
            return sorted(self.all_variants())
        return list(dict.fromkeys(self.study.variants)) or sorted(SHIPPED_VARIANTS)


def unused_variants(config: Config) -> list[str]:
    """Variants of the config's own that no stage looks at."""
    used = {stage.variant for stage in config.landmarks.cascade}
    used |= {*config.study_variants(), config.color.variant, config.texture.variant}
    used.add(config.modular.aligned.variant)
    used |= {source.variant for source in config.precomputed.sources.values()}
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
