"""The sections of the configuration on models of modules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from modular_faces.config_values import Distinct, Fraction, Name, PathName, Section

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
ModuleName = Literal[
    "lab",
    "color",
    "texture",
    "landmarks",
    "shape_2d",
    "shape_frontal",
    "measures",
    "pose",
    "expression",
    "action_units",
    "aligned",
]
ModuleList = Annotated[list[ModuleName], Field(min_length=1), Distinct]

_MEASURED: list[ModuleName] = [
    "color",
    "texture",
    "aligned",
    "shape_2d",
    "shape_frontal",
    "measures",
    "pose",
]


class Models(Section):
    """Linear models that predict categories and ratings from modules."""

    regions: Annotated[list[Literal["image", "face"]], Field(min_length=1), Distinct] = [
        "image",
        "face",
    ]
    """What of the picture models may look at: the whole of it, or nothing but the face."""
    models: dict[Name, ModuleList] = {
        "lab": ["lab"],
        "modular": _MEASURED,
        "modular_learnt": [*_MEASURED, "expression", "action_units"],
    }
    """Modules of each model; those that a run does not have are left out, and said so."""
    main: Name = "modular"
    """The model that is taken apart: each module alone, all but one, Shapley values, shuffled labels."""
    groups: dict[Name, ModuleList] = {"shape": ["shape_2d", "shape_frontal", "measures"]}
    """Modules of the main model that are taken out together; every other one stands for itself."""
    components: Count = 400
    """Most principal components of a module."""
    strengths: Annotated[list[Positive], Field(min_length=1), Distinct] = [
        *(1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0),
    ]
    """Strengths of the penalty that are tried, for columns whose variances add to one."""
    inner_folds: Annotated[int, Field(ge=2)] = 4
    """Folds inside the training pictures, by which penalties are chosen."""
    scale_candidates: Annotated[int, Field(ge=0)] = 20
    """Random proportions of the modules' penalties that are tried, beside the regular ones."""
    search_width: Count = 600
    """Most components, over all modules, with which these proportions are searched for in large datasets."""
    class_weights: Literal["none", "balanced"] = "none"
    """`balanced` lets every category count alike in training; either way the main model is also judged as if
    categories were equally common (`<main>_balanced`)."""
    folds: Annotated[int, Field(ge=2)] = 5
    """Folds where there is no official split into train and test."""
    repeats: Count = 1
    """How often such folds are drawn."""
    least_pictures: Annotated[int, Field(ge=2)] = 10
    """Fewest training pictures of a category; rarer ones are left out, and said so."""
    draws: Annotated[int, Field(ge=100)] = 1000
    """Draws of the bootstrap of predictions."""
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """Level of all intervals and bands."""
    shuffles: Annotated[int, Field(ge=2)] = 200
    """How often the main model is fitted to shuffled labels."""
    refits: Annotated[int, Field(ge=2)] = 100
    """Fits on resampled pictures for the stability of weights and forward patterns."""
    least_lost: Fraction = 0.02
    """Share of lost pictures from which on found ones are also weighted by the chance to find them."""
    least_lost_pictures: Count = 30
    """Fewest lost training pictures for that: the chance to be found is learnt from them."""
    weight_quantile: Annotated[float, Field(gt=0, le=1)] = 0.99
    """Such weights are cut at this quantile."""
    weight_strength: Positive = 0.01
    """Penalty of the logistic regression behind them."""
    weight_draws: Annotated[int, Field(ge=20)] = 200
    """Draws of the bootstrap in which these weights are estimated anew."""
    least_rescued: Count = 10
    """Fewest pictures that a later attempt of the cascade brought back, and fewest found at once, whose SHAP patterns
    are compared."""
    rescued_permutations: Annotated[int, Field(ge=2000)] = 5000
    """Permutations of that comparison."""
    people: PathName | None = None
    """A table of who is in each picture: a column `image` (path, file name or stem) and one called `person`,
    `identity` or `subject`; by default `people.csv` in dataset.root. Pictures of one person are then kept in one
    fold and drawn together for intervals."""
    reliability: PathName | None = None
    """A table of the reliability of mean ratings: columns `attribute` and `reliability_spearman_brown` (or
    `reliability`), perhaps `low` and `high`; by default `attribute_reliability.csv` in dataset.root."""
    judgments: PathName | None = None
    """A long table of single judgments, from which reliability is computed: columns `image`, `attribute`,
    `rating`."""
    least_reliability: Fraction = 0.6
    """Ratings below this are left out of means over ratings."""
    tolerance: Positive = 3e-4
    """The logistic regression is done when its loss is within about half the square of this of the least."""
    iterations: Count = 500
    """Most steps of the logistic regression."""
    seed: int = 20240101
    """Of folds, draws and shuffles."""

    @model_validator(mode="after")
    def _main_and_groups_are_models(self) -> Models:
        if self.main not in self.models:
            raise ValueError(
                f"main is '{self.main}', which is no model; choose from {', '.join(self.models)}"
            )
        seen: set[str] = set()
        for group, modules in self.groups.items():
            for module in modules:
                if module not in self.models[self.main]:
                    raise ValueError(
                        f"groups.{group} names '{module}', which the main model '{self.main}' does not have"
                    )
                if module in seen:
                    raise ValueError(f"groups: '{module}' is in two groups; once is enough")
                seen.add(module)
        return self
