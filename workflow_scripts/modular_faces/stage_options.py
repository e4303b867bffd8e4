"""What each stage needs of the configuration, as plain values that rules can carry.

A stage runs again when its options change, and only then; the order of keys in a config file does not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modular_faces.config import Config
from modular_faces.config_features import Color, Texture

RELIABILITY_FILE = "attribute_reliability.csv"
"""Where a dataset keeps the reliability of its mean ratings, if it does."""

PEOPLE_FILE = "people.csv"
"""Where it says who is in each picture, if it does."""

_OF_STUDIES = ("bootstrap", "edges", "groups", "model", "pixels", "quantiles")
FAILURE_KEYS: dict[str, tuple[str, ...]] = {
    "rates": ("confidence", "quantiles"),
    "entropy": ("confidence", "bootstrap"),
    "groups": ("confidence", "quantiles", "groups", "bootstrap"),
    "gallery": ("gallery",),
    "means": ("confidence", "permutations", "sample", "side"),
    "edges": ("edges", "permutations", "sample", "side"),
    "shap_pixels": ("confidence", "permutations", "pixels", "sample", "side"),
    "interventions_plan": ("sample",),
    "interventions": ("confidence", "verdict"),
    "shap": ("confidence", "bootstrap", "model"),
    "verdict": ("confidence", "verdict"),
    "methods": (*_OF_STUDIES, "confidence", "permutations", "sample", "side", "verdict"),
}
"""Keys of the section failures that each study depends on, beside the outcome and the draw of its pictures."""

_DRAW = ("pictures", "seed")


def stage_options(config: Config, stage: str) -> dict[str, Any]:
    """Everything of the configuration that changes the result of a stage, as plain JSON values.

    The order of keys in the config does not matter: options are sorted.

    Parameters
    ----------
    config : Config
    stage : str
        preprocess, manifest, landmarks, color, texture, pose, expression, aligned or merge.

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
    if stage in ("color", "texture", "aligned", "pose", "expression"):
        return _options_of_faces(config, stage)
    if stage == "landmarks":
        return _backend_options(config, config.landmarks.backend) | {"cascade": _cascade(config)}
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


def _options_of_faces(config: Config, stage: str) -> dict[str, Any]:
    """Options of the stages that measure a face whose mesh is known."""
    model = {"model": config.landmarks.model}
    if stage == "expression":
        return model
    if stage == "pose":
        pose = config.pose
        focal_length = pose.focal_length if pose.method == "perspective" else None
        return model | {"method": pose.method, "focal_length": focal_length}
    variants = config.all_variants()
    if stage == "aligned":
        aligned = config.modular.aligned
        options = aligned.model_dump(exclude={"variant"}) | model
        return options | {"face": config.regions.face, "steps": variants[aligned.variant]}
    section: Color | Texture = getattr(config, stage)
    return section.model_dump(exclude={"variant"}) | {
        "min_pixels": config.regions.min_pixels,
        "steps": variants[section.variant],
    }


def _backend_options(config: Config, backend: str) -> dict[str, Any]:
    landmarks = config.landmarks
    options: dict[str, Any] = {
        "backend": backend,
        "model": landmarks.model,
        "threshold": landmarks.detector_threshold,
        "points": landmarks.points,
        "second_look": landmarks.second_look,
        "accept": landmarks.accept,
    }
    if backend == "mesh":
        return options
    options |= {"mesh_accept": landmarks.accept}
    if backend == "openface":
        openface = config.openface.model_dump(exclude={"accept"})
        return options | {"accept": config.openface.accept, "openface": openface}
    if backend == "dlib":
        return options | {"accept": 0.5, "dlib": config.dlib.model_dump()}
    if backend == "rekognition":
        section = config.rekognition.model_dump(exclude={"accept", "price", "price_date"})
        return options | {"accept": config.rekognition.accept, "rekognition": section}
    return options | {"accept": config.precomputed.accept}


def _cascade(config: Config) -> list[dict[str, Any]]:
    variants = config.all_variants()
    if config.landmarks.backend == "precomputed":
        return [_precomputed_stage(config, name) for name in config.precomputed.sources]
    return [
        {"name": s.variant, "steps": variants[s.variant], "box": s.box}
        for s in config.landmarks.cascade
    ]


def _precomputed_stage(config: Config, source: str) -> dict[str, Any]:
    steps = config.all_variants()[config.precomputed.sources[source].variant]
    return {"name": source, "steps": steps, "box": "detector"}


def precomputed_options(config: Config, source: str) -> dict[str, Any]:
    """How one source of outputs that exist already is read."""
    options = config.precomputed.sources[source].model_dump(exclude={"variant"})
    return _in_key_order({"name": source} | options)


def layout_options(config: Config) -> dict[str, Any]:
    """Arguments of `modular_faces.layouts.open_layout`, as plain JSON values."""
    options = config.dataset.model_dump(exclude={"layout", "append"})
    beside = Path(config.dataset.root) / "ratings.csv"
    ratings = config.dataset.ratings or (str(beside) if beside.is_file() else None)
    return {**options, "name": config.dataset.layout, "ratings": ratings}


def study_options(config: Config, backend: str, variant: str) -> dict[str, Any]:
    """Options of one part of the study: a cascade of one variant alone.

    Parameters
    ----------
    config : Config
    backend : str
    variant : str
        For precomputed the name of a source.

    Returns
    -------
    dict
        As `stage_options(config, "landmarks")`.
    """
    if backend == "precomputed":
        stage = _precomputed_stage(config, variant)
    else:
        stage = {"name": variant, "steps": config.all_variants()[variant], "box": "detector"}
    return _in_key_order(_backend_options(config, backend) | {"cascade": [stage]})


def study_sample(config: Config, *, pictures: int) -> dict[str, Any]:
    """Share and seed of the sample of successes that most parts of the study look at."""
    successes = config.study.successes
    share = 1.0 if successes == "all" else min(1.0, successes / max(pictures, 1))
    return {"share": share, "seed": config.failures.seed}


def failure_options(config: Config, study: str) -> dict[str, Any]:
    """Everything of the configuration that changes the result of a study of the failures.

    Parameters
    ----------
    config : Config
    study : str
        Name of the study, such as rates.

    Returns
    -------
    dict
        Keyword arguments of the study: the outcome and the draw of pictures for all, then its own.

    Raises
    ------
    ValueError
        If there is no such study.
    """
    if study not in FAILURE_KEYS:
        raise ValueError(f"no study of the failures is called '{study}'")
    backend, variant = config.outcome_run()
    section = config.failures.model_dump()
    own = {key: section[key] for key in (*_DRAW, *FAILURE_KEYS[study])}
    own |= {"steps": config.all_variants()} if study == "rates" else {}
    return _in_key_order({"backend": backend, "variant": variant} | own)


def intervention_options(config: Config) -> dict[str, Any]:
    """Causes with their doses, and placebos, in the order of the config, which counts: the strongest dose is last."""
    options: dict[str, Any] = config.failures.interventions.model_dump(mode="json")
    return options


def intervened_variant(config: Config) -> dict[str, Any] | None:
    """Options of the backend that looks at changed pictures; None where it cannot, or each picture costs money."""
    backend, variant = config.outcome_run()
    again = backend not in ("precomputed", "rekognition")
    return study_options(config, backend, variant) if again else None


def model_options(config: Config) -> dict[str, Any]:
    """Everything of the configuration that changes the models of modules.

    Returns
    -------
    dict
        The section modular.models without `regions` and what only `rescued_options` need, with the region that
        stands for the face, the landmark model and the tables of reliabilities and of people, where there are such.
    """
    section = config.modular.models.model_dump(exclude={"regions", *_RESCUED_KEYS})
    for key, file in (("reliability", RELIABILITY_FILE), ("people", PEOPLE_FILE)):
        beside = Path(config.dataset.root) / file
        section[key] = section[key] or (str(beside) if beside.is_file() else None)
    own = {"face": config.regions.face, "model": config.landmarks.model}
    return _in_key_order(section | own)


_RESCUED_KEYS = ("least_rescued", "rescued_permutations")


def rescued_options(config: Config) -> dict[str, Any]:
    """How SHAP patterns of rescued pictures are compared: keyword arguments of `modular.rescued.rescued_table`."""
    models = config.modular.models
    return {
        "least": models.least_rescued,
        "permutations": models.rescued_permutations,
        "confidence": models.confidence,
        "seed": models.seed,
    }


def page_options(config: Config) -> dict[str, Any]:
    """Everything of the configuration that the pages show results of, beside the table of features.

    Returns
    -------
    dict
        The study, the failures, aligned faces and the models of modules, without the places of tables: the same
        dataset gives the same options wherever it lies.
    """
    models = config.modular.models.model_dump(exclude={"people", "reliability", "judgments"})
    return _in_key_order(
        {
            "study": config.study.model_dump() | {"variants": config.study_variants()},
            "failures": config.failures.model_dump(
                mode="json", exclude={"groups_table", "truth_table"}
            ),
            "aligned": stage_options(config, "aligned"),
            "models": models,
        }
    )


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
