"""The sections of the configuration on causes of failures: what is tried, on how many pictures, and what counts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from modular_faces.config_values import Distinct, Name, Section
from modular_faces.variants import check_steps

Steps = list[dict[str, dict[str, Any]]]
Measure = Literal["brightness", "contrast", "sharpness"]

QUANTILE = re.compile(r"^q([0-9]{1,2})$")
"""A dose taken from the pictures: `q50` is the median."""


def with_doses(steps: Steps, quantiles: Mapping[int, float]) -> Steps:
    """Put numbers in the place of doses that are quantiles.

    Parameters
    ----------
    steps : list of mapping
    quantiles : mapping of int to float
        The number for each percentage.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> with_doses([{"brighten": {"to": "q50"}}], {50: 104.2})
    [{'brighten': {'to': 104.2}}]
    """

    def dose(value: Any) -> Any:
        match = QUANTILE.match(value) if isinstance(value, str) else None
        return value if match is None else quantiles[int(match[1])]

    return [
        {name: {key: dose(value) for key, value in options.items()} for name, options in s.items()}
        for s in steps
    ]


def percentages_of(doses: Mapping[str, Steps]) -> list[int]:
    """Percentages of the quantiles that some doses ask for, sorted."""
    matches = (
        QUANTILE.match(value)
        for steps in doses.values()
        for step in steps
        for options in step.values()
        for value in options.values()
        if isinstance(value, str)
    )
    return sorted({int(match[1]) for match in matches if match})


class Cause(Section):
    """One supposed cause of failures, with changes of a picture that undo it or put it in."""

    words: str
    """What ails the picture, as the report says it: "the face fills the picture"."""
    remedy: str = ""
    """What undoes it, as the report says it: "a grey border"; empty where nothing does."""
    undo: dict[Name, Steps] = {}
    """Doses of the remedy, each a variant, the strongest last; `q25` in the place of a number stands for that
    percentile of `measure` among successes."""
    put_in: dict[Name, Steps] = {}
    """Doses of the cause, each a variant, tried on successes; `q25` is a percentile among failures."""
    measure: Measure | None = None
    """The measure that is changed: a cure counts only where it is not pushed beyond the range seen in successes."""
    box: Literal["detector", "frame"] = "detector"
    """Where the face is looked for. `frame` goes past the detector: a remedy, which names no cause."""

    @model_validator(mode="after")
    def _doses_are_variants(self) -> Cause:
        if not self.undo and not self.put_in:
            raise ValueError("undo and put_in are both empty; give a variant for one of them")
        for name, steps in {**self.undo, **self.put_in}.items():
            asked = percentages_of({name: steps})
            if asked and self.measure is None:
                raise ValueError(f"dose '{name}' is a quantile, and no measure is named")
            try:
                check_steps(with_doses(steps, dict.fromkeys(asked, 100.0)))
            except ValueError as error:
                raise ValueError(f"dose '{name}': {error}") from None
        return self


PLACEBOS: dict[str, Steps] = {
    "one_pixel_right": [{"shift": {"right": 1}}],
    "one_pixel_down": [{"shift": {"down": 1}}],
    "mirrored": [{"mirror": {}}],
    "jpeg_again": [{"jpeg": {"quality": 95}}],
    "resized_and_back": [
        {"resize": {"scale": 1.25, "interpolation": "linear"}},
        {"resize": {"scale": 0.8, "interpolation": "area"}},
    ],
}


def _border(fraction: float) -> Steps:
    return [{"pad": {"fraction": fraction, "mode": "constant", "value": 127}}]


CAUSES: dict[str, Cause] = {
    "tight_framing": Cause(
        words="the face fills the picture",
        remedy="a grey border",
        undo={"border_15": _border(0.15), "border_30": _border(0.3), "border_50": _border(0.5)},
        put_in={"crop_80": [{"crop": {"keep": 0.8}}], "crop_60": [{"crop": {"keep": 0.6}}]},
    ),
    "small_face": Cause(
        words="the face is small in the picture",
        remedy="cutting the margins off",
        undo={
            "closer_80": [{"crop": {"keep": 0.8}}],
            "closer_65": [{"crop": {"keep": 0.65}}],
            "closer_50": [{"crop": {"keep": 0.5}}],
        },
        put_in={"border_100": _border(1.0), "border_200": _border(2.0)},
    ),
    "few_pixels": Cause(
        words="the picture has few pixels",
        remedy="enlarging",
        undo={"twice": [{"resize": {"scale": 2}}], "three_times": [{"resize": {"scale": 3}}]},
        put_in={
            "half_size": [{"resize": {"scale": 0.5, "interpolation": "area"}}],
            "quarter_size": [{"resize": {"scale": 0.25, "interpolation": "area"}}],
        },
    ),
    "dark": Cause(
        words="the picture is dark",
        remedy="brightening",
        measure="brightness",
        undo={f"brightened_{q}": [{"brighten": {"to": q}}] for q in ("q25", "q50", "q75")},
        put_in={f"darkened_{q}": [{"darken": {"to": q}}] for q in ("q25", "q10")},
    ),
    "bright": Cause(
        words="the picture is bright",
        remedy="darkening",
        measure="brightness",
        undo={f"darkened_{q}": [{"darken": {"to": q}}] for q in ("q75", "q50")},
        put_in={f"brightened_{q}": [{"brighten": {"to": q}}] for q in ("q75", "q90")},
    ),
    "low_contrast": Cause(
        words="the picture has little contrast",
        remedy="raising the contrast",
        measure="contrast",
        undo={f"contrast_{q}": [{"raise_contrast": {"to": q}}] for q in ("q25", "q50", "q75")},
        put_in={f"flattened_{q}": [{"lower_contrast": {"to": q}}] for q in ("q25", "q10")},
    ),
    "high_contrast": Cause(
        words="the picture has harsh contrast",
        remedy="lowering the contrast",
        measure="contrast",
        undo={f"contrast_{q}": [{"lower_contrast": {"to": q}}] for q in ("q75", "q50")},
        put_in={f"harsh_{q}": [{"raise_contrast": {"to": q}}] for q in ("q75", "q90")},
    ),
    "blurred": Cause(
        words="the picture is blurred",
        remedy="deblurring or sharpening",
        measure="sharpness",
        undo={
            "sharpened": [{"kernel": {"weights": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]}}],
            "unsharp": [{"unsharp": {"sigma": 2.0, "amount": 1.5}}],
            "deblurred_1": [{"deblur": {"sigma": 1.0}}],
            "deblurred_2": [{"deblur": {"sigma": 2.0}}],
            "deblurred_3": [{"deblur": {"sigma": 3.0}}],
        },
        put_in={"blurred_2": [{"blur": {"sigma": 2.0}}], "blurred_4": [{"blur": {"sigma": 4.0}}]},
    ),
    "noisy": Cause(
        words="the picture is grainy",
        remedy="smoothing",
        measure="sharpness",
        undo={"denoised": [{"denoise": {}}], "softened": [{"blur": {"sigma": 1.0}}]},
    ),
    "turned": Cause(
        words="the face is tilted in the picture",
        remedy="turning the picture",
        undo={
            f"turned_{name}": [{"rotate": {"degrees": degrees, "expand": False}}]
            for name, degrees in (
                ("left_15", -15),
                ("right_15", 15),
                ("left_30", -30),
                ("right_30", 30),
            )
        },
        put_in={
            f"tilted_{degrees}": [{"rotate": {"degrees": degrees, "expand": False}}]
            for degrees in (30, 60)
        },
    ),
    "colors": Cause(
        words="the colours mislead the detector",
        remedy="taking the colours away",
        undo={"grey": [{"grayscale": {}}]},
    ),
    "grey": Cause(words="the picture is grey", put_in={"made_grey": [{"grayscale": {}}]}),
    "coarse_jpeg": Cause(
        words="the picture is compressed coarsely",
        put_in={"jpeg_30": [{"jpeg": {"quality": 30}}], "jpeg_10": [{"jpeg": {"quality": 10}}]},
    ),
    "covered": Cause(
        words="part of the face is covered",
        put_in={
            f"{side}_covered": [{"cover": {"side": side}}] for side in ("left", "upper", "lower")
        },
    ),
    "detector": Cause(
        words="the detector sees no face",
        remedy="reading the whole frame without the detector",
        box="frame",
        undo={"whole_frame": []},
    ),
}


class Interventions(Section):
    """Pictures changed in one respect, to see which change brings failures back."""

    causes: dict[Name, Cause] = {}
    """Further supposed causes, or others under a shipped name."""
    without: Annotated[list[Name], Distinct] = []
    """Shipped causes that are not tried."""
    placebos: Annotated[dict[Name, Steps], Field(min_length=1)] = PLACEBOS
    """Changes without meaning. A cause with k doses is compared with k of them, so that no cause may have more doses
    than there are placebos."""

    @model_validator(mode="after")
    def _enough_placebos(self) -> Interventions:
        for name, steps in self.placebos.items():
            try:
                check_steps(steps)
            except ValueError as error:
                raise ValueError(f"placebo '{name}': {error}") from None
        for name, cause in self.all_causes().items():
            doses = max(len(cause.undo), len(cause.put_in))
            if doses > len(self.placebos):
                raise ValueError(
                    f"cause '{name}' has {doses} doses, and there are {len(self.placebos)} placebos; "
                    "give fewer doses or more placebos"
                )
        return self

    def all_causes(self) -> dict[str, Cause]:
        """Shipped and configured causes by name, without those left out."""
        known = CAUSES | self.causes
        return {name: cause for name, cause in known.items() if name not in self.without}

    def words_of_causes(self) -> dict[str, str]:
        """What every one of them is called."""
        return {name: cause.words for name, cause in self.all_causes().items()}


class FailureModel(Section):
    """The model that predicts failures from descriptors, and what it says of them (SHAP)."""

    pictures: Annotated[int, Field(ge=100)] = 20_000
    """Most pictures the model learns from, drawn by a hash of their names."""
    folds: Annotated[int, Field(ge=2, le=20)] = 5
    """Parts of the pictures, each predicted by a model that has not seen it nor a duplicate of it."""
    least_failures: Annotated[int, Field(ge=10)] = 50
    """Fewer failures or successes than this are not modelled."""


class Verdict(Section):
    """When a cause is named."""

    least_share: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """A cause is named where the corrected interval of its share lies above this."""
    least_association: Annotated[float, Field(ge=0, lt=1)] = 0.2
    """Least size of Cliff's delta of what only goes along with failing (.147 is called small, .33 medium)."""
