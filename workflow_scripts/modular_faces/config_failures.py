"""The sections of the configuration on the failure study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from modular_faces.config_backends import BackendName
from modular_faces.config_causes import FailureModel, Interventions, Verdict
from modular_faces.config_values import Distinct, Name, PathName, Section

Count = Annotated[int, Field(ge=1)]


class Study(Section):
    """Every variant on every picture: the data of the failure study, never of the table."""

    variants: list[Name] | Literal["all"] = []
    """Names of variants, or `all` for every variant there is. Where there is none, `snakemake failures` takes
    the shipped ones. The variant of the outcome (`failures.outcome`) is added where it is missing."""
    backends: Annotated[list[BackendName], Field(min_length=1), Distinct] = ["mesh"]
    """What finds landmarks on them; `precomputed` stands for all its sources, whatever the variants."""
    successes: Count | Literal["all"] = "all"
    """For large datasets: how many pictures on which the outcome succeeds the other variants look at, beside
    all on which it fails; a seeded sample of about so many, which then counts for all of them."""


class FailureOutcome(Section):
    """Whose failures are studied."""

    backend: BackendName | None = None
    """By default openface where it is in the study or its outputs are a source, else the mesh."""
    variant: Name | None = None
    """By default `original`, the pictures as they are; for backend precomputed the name of a source."""


class Edges(Section):
    """Where edges lie in failures and in successes."""

    kernel: Literal["sobel", "laplacian", "canny"] = "sobel"
    """Which edges: gradient, second derivative, or thin lines."""
    threshold: Annotated[float, Field(gt=0)] = 100.0
    """Sobel and Laplacian: least response of an edge, in grey levels. Canny: its upper threshold, half of it being
    the lower one."""
    strongest: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Share of pixels that count as edges where a fixed share of the strongest gradients is taken, because a
    fixed threshold measures contrast."""
    pictures: Count = 100
    """Failures, and as many successes, that are stacked in a draw."""
    draws: Count = 50
    """How often that is repeated."""


class Gallery(Section):
    """Lost pictures on the private page."""

    pictures: Annotated[int, Field(ge=0, le=1000)] = 200
    """Most pictures that are shown, from every probable cause some."""


class PixelShap(Section):
    """Which pixels speak for failure."""

    model: Literal["linear", "boosted"] = "linear"
    """Logistic regression, or gradient-boosted trees, which are slower and see more than sums of pixels."""
    side: Annotated[int, Field(ge=8, le=32)] = 24
    """Longer side of the small grey pictures that are modelled, in pixels."""
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    """Parts of which each is predicted by a model of the others."""


class Failures(Section):
    """The failure study: `snakemake failures`."""

    outcome: FailureOutcome = FailureOutcome()
    seed: Annotated[int, Field(ge=0)] = 1
    """Of every sample, permutation and bootstrap."""
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    """Of every interval."""
    permutations: Annotated[int, Field(ge=2000)] = 2000
    """Of every permutation test."""
    bootstrap: Annotated[int, Field(ge=200)] = 2000
    """Samples of every bootstrap interval."""
    sample: Annotated[int, Field(ge=100)] = 1000
    """Failures, and as many successes, of the studies that look at pixels or change pictures; a seeded sample
    where there are more."""
    pictures: Annotated[int, Field(ge=100)] = 200_000
    """Pictures that the study is about; a seeded draw where there are more, so that memory stays the same."""
    side: Annotated[int, Field(ge=16, le=256)] = 100
    """Longest side, in pixels, of the frame in which pictures are laid over each other: their median size, or less."""
    quantiles: Annotated[int, Field(ge=2, le=20)] = 4
    """Groups of equal size by brightness, contrast and the like."""
    groups: list[str] | Literal["auto"] = "auto"
    """Columns of the manifest or of `groups_table` that say which group a picture belongs to, or that hold a
    rating; `auto`: gender, race, age and skin colour where there are such."""
    groups_table: PathName | None = None
    """A table (CSV, TSV or Parquet) with a column `image` (path, file name or stem) and columns of groups."""
    truth_table: PathName | None = None
    """A table with a column `image` and columns x_0..x_67, y_0..y_67: known landmarks, in pixels of the original
    picture, against which the landmark error is measured."""
    edges: Edges = Edges()
    gallery: Gallery = Gallery()
    pixels: PixelShap = PixelShap()
    interventions: Interventions = Interventions()
    model: FailureModel = FailureModel()
    verdict: Verdict = Verdict()

    @model_validator(mode="after")
    def _both_or_neither(self) -> Failures:
        if self.outcome.variant is not None and self.outcome.backend is None:
            raise ValueError(
                f"outcome.variant is '{self.outcome.variant}' and there is no outcome.backend; give both, "
                "such as {backend: mesh, variant: original}"
            )
        return self


def default_outcome(backends: Sequence[str], sources: Mapping[str, str]) -> tuple[str, str]:
    """Choose whose failures are studied when the config does not say.

    Parameters
    ----------
    backends : sequence of str
        Backends of the study.
    sources : mapping of str to str
        The variant that each source of existing outputs was measured on.

    Returns
    -------
    backend, variant : str
        OpenFace on the original picture, else outputs that exist already of the original picture, else the
        mesh, or the first other backend, on the original picture, else the first source.
    """
    if "openface" in backends:
        return "openface", "original"
    imported = list(sources) if "precomputed" in backends else []
    of_original = [name for name in imported if sources[name] == "original"]
    if of_original:
        return "precomputed", of_original[0]
    detectors = [name for name in backends if name != "precomputed"]
    if imported and not detectors:
        return "precomputed", imported[0]
    return "mesh" if "mesh" in detectors or not detectors else detectors[0], "original"
